"""Staff look a borrower up; every look is logged with its purpose, and she can read that."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView

from backend.borrowers import queries, service
from backend.borrowers.errors import BorrowerNotFound, NotAnAccountManager, PurposeMissing
from backend.borrowers.rules import ASSIGNED_AT_ONCE_MAX, mask_phone
from backend.borrowers.schemas import (
    AssignedManySchema,
    AssignedPageSchema,
    AssignInSchema,
    AssignManySchema,
    AssignmentSchema,
    FoundSchema,
    ProfileSchema,
    PurposeArgs,
    SearchArgs,
)
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.ports import BorrowerPanel
from backend.kit.rate_limit import DEFAULT, LOOK_UP

blp = blueprint(
    "borrowers",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="Find a borrower and see her whole picture. Each look is logged with its purpose.",
    permission="borrowers.read_assigned",
    rate=LOOK_UP,
)


@blp.route("/borrowers")
class SearchView(MethodView):
    @refuses(PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(SearchArgs, location="query")
    @blp.response(200, FoundSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
        """Find borrowers by a whole external id, phone number or full name; never by a part.

        An account manager finds those who are assigned to her.
        """
        # A GET that writes: what is seen and that it was seen are one act.
        with transaction() as session:
            found = queries.list_matching(session, query=args["q"], who=caller())
            service.look(
                session,
                who=caller(),
                borrower_ids=[profile.id for profile in found],
                purpose=purpose["purpose"],
                what="search",
                now=clock.now(),
            )
        return {
            "items": [
                {
                    "id": profile.id,
                    "external_id": profile.external_id,
                    "name": profile.name,
                    "phone": mask_phone(profile.phone) if profile.phone else None,
                }
                for profile in found
            ]
        }


@blp.route("/borrowers/<uuid:borrower_id>")
class ProfileView(MethodView):
    @refuses(BorrowerNotFound, PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, ProfileSchema)
    def get(self, purpose: dict[str, Any], borrower_id: UUID) -> dict[str, Any]:
        """A borrower's particulars, and each feature's part of her picture."""
        panels: Mapping[str, BorrowerPanel] = current_app.config.get("BORROWER_PANELS", {})
        now = clock.now()
        with transaction() as session:
            service.look(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                purpose=purpose["purpose"],
                what="profile",
                now=now,
            )
            profile = queries.get_profile(session, borrower_id=borrower_id)
            shown = {
                name: panel(session, borrower_id=borrower_id, locale=locale(), now=now)
                for name, panel in panels.items()
            }
        return asdict(profile) | {"panels": shown}


@blp.route("/borrowers/<uuid:borrower_id>/assignment")
class AssignmentView(MethodView):
    @permits("borrowers.assign")
    @rated(DEFAULT)
    @refuses(BorrowerNotFound, NotAnAccountManager)
    @blp.arguments(AssignInSchema)
    @blp.response(200, AssignmentSchema)
    def put(self, args: dict[str, Any], borrower_id: UUID) -> Any:
        """Give her an account manager, in place of the one she has. Shows nothing else of her."""
        with transaction() as session:
            service.assign(
                session,
                borrower_id=borrower_id,
                staff_id=args["staff_id"],
                by=caller().id,
                now=clock.now(),
            )
            return queries.find_assignment(session, borrower_id=borrower_id)

    @permits("borrowers.assign")
    @rated(DEFAULT)
    @refuses(BorrowerNotFound)
    @blp.response(204)
    def delete(self, borrower_id: UUID) -> None:
        """Leave her without an account manager."""
        with transaction() as session:
            service.unassign(session, borrower_id=borrower_id, by=caller().id, now=clock.now())


@blp.route("/assignments")
class Assignments(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, AssignedPageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """The borrowers assigned to you. The look is logged."""
        with transaction() as session:
            found = queries.page_assigned(session, who=caller(), args=args)
            if found.items:
                service.look(
                    session,
                    who=caller(),
                    borrower_ids=[item["borrower_id"] for item in found.items],
                    purpose=None,
                    what="assigned list",
                    now=clock.now(),
                )
        return found

    @idempotent
    @permits("borrowers.assign")
    @rated(DEFAULT)
    @refuses(BorrowerNotFound, NotAnAccountManager)
    @blp.arguments(AssignManySchema)
    @blp.response(200, AssignedManySchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Give many borrowers one account manager: those named, or all that somebody has.

        Each is hers in place of whoever was; one that is nobody refuses all. Shows nothing of them.
        """
        with transaction() as session:
            ids, is_more = args["borrower_ids"], False
            if ids is None:
                limit = ASSIGNED_AT_ONCE_MAX
                held = service.list_to_hand_on(
                    session, staff_id=args["from_staff_id"], limit=limit + 1
                )
                ids, is_more = held[:limit], len(held) > limit
            assigned = service.assign_many(
                session,
                borrower_ids=ids,
                staff_id=args["staff_id"],
                by=caller().id,
                now=clock.now(),
            )
        return {"assigned": assigned, "is_more": is_more}
