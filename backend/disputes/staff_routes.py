"""Staff work through disputes: what is due first, what was said, a question, an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.borrowers import service as borrowers
from backend.borrowers.errors import BorrowerNotFound, PurposeMissing
from backend.borrowers.rules import AccessPurpose
from backend.borrowers.schemas import PurposeArgs
from backend.disputes import queries, service
from backend.disputes.errors import DisputeMoveRefused, DisputeUnknown
from backend.disputes.rules import State
from backend.disputes.schemas import (
    DisputeDecisionInSchema,
    QuestionToHerInSchema,
    QueuedDisputePageSchema,
    StaffDisputeSchema,
)
from backend.disputes.wording import in_words
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller, permits, rated
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.programme_zone import programme_day
from backend.kit.rate_limit import LOOK_UP
from backend.staff import service as staff

OF_ONE = "/borrowers/<uuid:borrower_id>/disputes/<uuid:dispute_id>"

blp = blueprint(
    "disputes",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1/staff",
    description="Something in the books is wrong, she says; a person answers with reasons.",
    permission="disputes.read",
)


def _look(
    session: Session,
    borrower_ids: Sequence[UUID],
    *,
    purpose: dict[str, Any],
    now: datetime,
    act: AccessPurpose | None = None,
) -> None:
    borrowers.look(
        session,
        who=caller(),
        borrower_ids=borrower_ids,
        purpose=purpose["purpose"],
        what="dispute",
        now=now,
        act=act,
    )


def _begin_act(
    session: Session, name: str, borrower_id: UUID, dispute_id: UUID, purpose: dict[str, Any]
) -> datetime:
    now = clock.now()
    _look(session, [borrower_id], purpose=purpose, now=now, act=AccessPurpose.RISK_REVIEW)
    staff.record_action(
        session, staff_id=caller().id, action=f"dispute.{name}", subject=f"dispute:{dispute_id}"
    )
    return now


def _whole(session: Session, borrower_id: UUID, dispute_id: UUID) -> dict[str, Any]:
    row = queries.get_dispute(session, borrower_id=borrower_id, dispute_id=dispute_id)
    return {
        **in_words(row, locale=locale()),
        "borrower_id": row.borrower_id,
        "due_on": row.due_on,
        "taken_by": row.taken_by,
        "decided_by": row.decided_by,
        "steps": queries.list_steps(session, borrower_id=borrower_id, dispute_id=dispute_id),
    }


@blp.route("/disputes")
class Queue(MethodView):
    @rated(LOOK_UP)
    @refuses(PurposeMissing)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, QueuedDisputePageSchema)
    def get(self, purpose: dict[str, Any], args: dict[str, Any]) -> Page:
        """Disputes that wait for an answer, what is due first, first. The look is logged.

        An account manager sees those of the borrowers assigned to her.
        """
        now = clock.now()
        today = programme_day(now)
        with transaction() as session:
            found = queries.page_queue(session, who=caller(), args=args)
            ids = list(dict.fromkeys(row.borrower_id for row in found.items))
            _look(session, ids, purpose=purpose, now=now)
        items = [{**row._mapping, "is_overdue": row.due_on < today} for row in found.items]
        return Page(items, found.next_cursor)


@blp.route(OF_ONE)
class StaffDispute(MethodView):
    @rated(LOOK_UP)
    @refuses(PurposeMissing, BorrowerNotFound, DisputeUnknown)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, StaffDisputeSchema)
    def get(self, purpose: dict[str, Any], borrower_id: UUID, dispute_id: UUID) -> dict[str, Any]:
        """One dispute with everything that was said."""
        with transaction() as session:
            _look(session, [borrower_id], purpose=purpose, now=clock.now())
            return _whole(session, borrower_id, dispute_id)


@blp.route(f"{OF_ONE}/take")
class Taking(MethodView):
    @idempotent
    @permits("disputes.decide")
    @refuses(BorrowerNotFound, DisputeUnknown, DisputeMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.response(200, StaffDisputeSchema)
    def post(self, purpose: dict[str, Any], borrower_id: UUID, dispute_id: UUID) -> dict[str, Any]:
        """Say that you look at it."""
        with transaction() as session:
            now = _begin_act(session, "take", borrower_id, dispute_id, purpose)
            service.take(
                session,
                borrower_id=borrower_id,
                dispute_id=dispute_id,
                staff_id=caller().id,
                now=now,
            )
            return _whole(session, borrower_id, dispute_id)


@blp.route(f"{OF_ONE}/ask")
class Question(MethodView):
    @idempotent
    @permits("disputes.decide")
    @refuses(BorrowerNotFound, DisputeUnknown, DisputeMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(QuestionToHerInSchema)
    @blp.response(200, StaffDisputeSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, dispute_id: UUID
    ) -> dict[str, Any]:
        """Ask her for what is missing, in words that she reads."""
        with transaction() as session:
            now = _begin_act(session, "ask", borrower_id, dispute_id, purpose)
            service.ask(
                session,
                borrower_id=borrower_id,
                dispute_id=dispute_id,
                question=args["text"],
                staff_id=caller().id,
                now=now,
            )
            return _whole(session, borrower_id, dispute_id)


@blp.route(f"{OF_ONE}/decide")
class Decision(MethodView):
    @idempotent
    @permits("disputes.decide")
    @refuses(BorrowerNotFound, DisputeUnknown, DisputeMoveRefused)
    @blp.arguments(PurposeArgs, location="headers")
    @blp.arguments(DisputeDecisionInSchema)
    @blp.response(200, StaffDisputeSchema)
    def post(
        self, purpose: dict[str, Any], args: dict[str, Any], borrower_id: UUID, dispute_id: UUID
    ) -> dict[str, Any]:
        """Answer it. A fee or penalty that was wrong is waived at once."""
        with transaction() as session:
            now = _begin_act(session, "decide", borrower_id, dispute_id, purpose)
            service.decide(
                session,
                borrower_id=borrower_id,
                dispute_id=dispute_id,
                staff_id=caller().id,
                now=now,
                **args | {"outcome": State(args["outcome"])},
            )
            return _whole(session, borrower_id, dispute_id)
