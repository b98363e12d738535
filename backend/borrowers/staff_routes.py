"""Staff look a borrower up; every look is logged with its purpose, and she can read that."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import current_app
from flask.views import MethodView

from backend.borrowers import queries, service
from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.rules import AccessPurpose, mask_phone
from backend.borrowers.schemas import FoundSchema, ProfileSchema, PurposeArgs, SearchArgs
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.ports import BorrowerPanel
from backend.kit.rate_limit import LOOK_UP

blp = blueprint(
    "borrowers",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff/borrowers",
    description="Find a borrower and see her whole picture. Each look is logged with its purpose.",
    permission="borrowers.read",
    rate=LOOK_UP,
)


@blp.route("")
class SearchView(MethodView):
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(SearchArgs, location="query")
    @blp.response(200, FoundSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
        """Find borrowers by a whole external id, phone number or full name; never by a part."""
        # A GET that writes: what is seen and that it was seen are one act.
        with transaction() as session:
            found = queries.list_matching(session, query=args["q"])
            service.log_access(
                session,
                borrower_ids=[profile.id for profile in found],
                staff_id=caller().id,
                purpose=AccessPurpose(purpose["purpose"]),
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


@blp.route("/<uuid:borrower_id>")
class ProfileView(MethodView):
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, ProfileSchema)
    @refuses(BorrowerNotFound)
    def get(self, purpose: dict[str, Any], borrower_id: UUID) -> dict[str, Any]:
        """A borrower's particulars, and each feature's part of her picture."""
        panels: Mapping[str, BorrowerPanel] = current_app.config.get("BORROWER_PANELS", {})
        now = clock.now()
        with transaction() as session:
            profile = queries.get_profile(session, borrower_id=borrower_id)
            service.log_access(
                session,
                borrower_ids=[borrower_id],
                staff_id=caller().id,
                purpose=AccessPurpose(purpose["purpose"]),
                what="profile",
                now=now,
            )
            shown = {
                name: panel(session, borrower_id=borrower_id, locale=locale(), now=now)
                for name, panel in panels.items()
            }
        return asdict(profile) | {"panels": shown}
