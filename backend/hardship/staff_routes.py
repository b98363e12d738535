"""Staff take applications up, ask, decide, and suggest partners."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrower_queries
from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.hardship import queries, service, view
from backend.hardship.errors import (
    ApplicationMoveRefused,
    ApplicationUnknown,
    CheckerDecides,
    PartnerUnknown,
    ReferralSuggested,
)
from backend.hardship.rules import Ground, State
from backend.hardship.schemas import (
    HardshipDecisionInSchema,
    QuestionInSchema,
    QueuePageSchema,
    StaffApplicationSchema,
    SuggestionSchema,
)
from backend.hardship.service import Decision
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import Invalid
from backend.kit.rate_limit import LOOK_UP
from backend.staff import service as staff

PLACE = "/staff/borrowers/<uuid:borrower_id>/hardship-applications/<uuid:application_id>"

blp = blueprint(
    "hardship",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="What happened, what is left of a month, and the help that comes of it.",
    permission="hardship.read",
)


def act(session: Session, borrower_id: UUID, *, purpose: str | None, now: datetime) -> None:
    """An act on her hardship is a look that says why by itself."""
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=[borrower_id],
        purpose=purpose,
        what="hardship",
        now=now,
        act=AccessPurpose.RISK_REVIEW,
    )


def record(session: Session, action: str, application_id: UUID, **details: str) -> None:
    """On the trail: that it was done, and nothing of what she told us."""
    staff.record_action(
        session,
        staff_id=caller().id,
        action=action,
        subject=f"hardship-application:{application_id}",
        details=details,
    )


def shown(session: Session, borrower_id: UUID, application_id: UUID) -> dict[str, Any]:
    """What staff are answered after an act."""
    return view.get_for_staff(
        session, borrower_id=borrower_id, application_id=application_id, locale=locale()
    )


@blp.route("/hardship-applications")
class Queue(MethodView):
    @rated(LOOK_UP)
    @refuses(PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, QueuePageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> Page:
        """Open applications, the one promised first first. The look is logged.

        An account manager sees those of the borrowers assigned to her.
        """
        with transaction() as session:
            found = queries.page_queue(session, who=caller(), args=args)
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=list(dict.fromkeys(row.borrower_id for row in found.items)),
                purpose=purpose["purpose"],
                what="hardship queue",
                now=clock.now(),
            )
        return found


@blp.route(PLACE)
class StaffApplication(MethodView):
    @rated(LOOK_UP)
    @refuses(BorrowerNotFound, PurposeMissing, ApplicationUnknown)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, StaffApplicationSchema)
    def get(
        self, purpose: dict[str, Any], borrower_id: UUID, application_id: UUID
    ) -> dict[str, Any]:
        """What she told us, and what her figures say. The look is logged."""
        with transaction() as session:
            borrowers.look(
                session,
                who=caller(),
                borrower_ids=[borrower_id],
                purpose=purpose["purpose"],
                what="hardship application",
                now=clock.now(),
            )
            return shown(session, borrower_id, application_id)


@blp.route(f"{PLACE}/review")
class Review(MethodView):
    @idempotent
    @permits("hardship.decide")
    @refuses(BorrowerNotFound, ApplicationUnknown, ApplicationMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, StaffApplicationSchema)
    def post(
        self, purpose: dict[str, Any], borrower_id: UUID, application_id: UUID
    ) -> dict[str, Any]:
        """Take it up, so that she sees that somebody works on it."""
        with transaction() as session:
            act(session, borrower_id, purpose=purpose["purpose"], now=clock.now())
            service.take_up(session, borrower_id=borrower_id, application_id=application_id)
            record(session, "hardship.review", application_id)
            return shown(session, borrower_id, application_id)


@blp.route(f"{PLACE}/questions")
class Questions(MethodView):
    @idempotent
    @permits("hardship.decide")
    @refuses(BorrowerNotFound, ApplicationUnknown, ApplicationMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(QuestionInSchema)
    @blp.response(200, StaffApplicationSchema)
    def post(
        self,
        purpose: dict[str, Any],
        args: dict[str, Any],
        borrower_id: UUID,
        application_id: UUID,
    ) -> dict[str, Any]:
        """Ask her for something. Relief that has begun goes on."""
        now = clock.now()
        with transaction() as session:
            act(session, borrower_id, purpose=purpose["purpose"], now=now)
            service.ask(
                session,
                borrower_id=borrower_id,
                application_id=application_id,
                words=args["question"],
                asked_by=caller().id,
                now=now,
            )
            record(session, "hardship.ask", application_id)
            return shown(session, borrower_id, application_id)


@blp.route(f"{PLACE}/decide")
class StaffDecision(MethodView):
    @idempotent
    @permits("hardship.decide")
    @refuses(BorrowerNotFound, ApplicationUnknown, ApplicationMoveRefused, CheckerDecides, Invalid)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(HardshipDecisionInSchema)
    @blp.response(200, StaffApplicationSchema)
    def post(
        self,
        purpose: dict[str, Any],
        args: dict[str, Any],
        borrower_id: UUID,
        application_id: UUID,
    ) -> dict[str, Any]:
        """Grant relief until a day, or decline; with grounds, and words that she reads.

        Whoever checked one of its documents does not decide.
        """
        now = clock.now()
        with transaction() as session:
            act(session, borrower_id, purpose=purpose["purpose"], now=now)
            service.decide(
                session,
                borrower_id=borrower_id,
                application_id=application_id,
                decision=Decision(
                    outcome=State(args["outcome"]),
                    grounds=[Ground(each) for each in dict.fromkeys(args["grounds"])],
                    words=args["answer"],
                    relief_until_on=args["relief_until_on"],
                ),
                decided_by=caller().id,
                today=borrower_queries.get_day(session, borrower_id=borrower_id, now=now),
                now=now,
            )
            record(session, "hardship.decide", application_id, outcome=args["outcome"])
            return shown(session, borrower_id, application_id)


@blp.route(f"{PLACE}/referrals")
class Suggestions(MethodView):
    @idempotent
    @permits("hardship.decide")
    @refuses(BorrowerNotFound, ApplicationUnknown, ApplicationMoveRefused, PartnerUnknown)
    @refuses(ReferralSuggested, Invalid)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(SuggestionSchema)
    @blp.response(201, StaffApplicationSchema)
    def post(
        self,
        purpose: dict[str, Any],
        args: dict[str, Any],
        borrower_id: UUID,
        application_id: UUID,
    ) -> dict[str, Any]:
        """Suggest a partner to her. Nothing is passed on before she says yes."""
        now = clock.now()
        with transaction() as session:
            act(session, borrower_id, purpose=purpose["purpose"], now=now)
            service.suggest(
                session,
                borrower_id=borrower_id,
                application_id=application_id,
                partner_code=args["partner_code"],
                course=args["course"],
                suggested_by=caller().id,
                now=now,
            )
            record(session, "hardship.suggest", application_id, partner=args["partner_code"])
            return shown(session, borrower_id, application_id)
