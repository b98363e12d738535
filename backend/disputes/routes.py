"""A borrower disputes something, follows it, answers questions, and takes it back."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.disputes import queries, service
from backend.disputes.errors import (
    DisputedUnknown,
    DisputeMoveRefused,
    DisputeOpen,
    DisputeRepeated,
    DisputeSettled,
    DisputeUnknown,
    TooManyDisputes,
)
from backend.disputes.schemas import (
    DisputeInSchema,
    DisputePageSchema,
    WholeDisputeSchema,
    WordsInSchema,
)
from backend.disputes.wording import in_words
from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading, transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import Page, PageArgs
from backend.kit.problems import NotFound

blp = blueprint(
    "disputes",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/disputes",
    description="Something in the books is wrong, she says; a person answers with reasons.",
)


def _whole(session: Session, dispute_id: UUID) -> dict[str, Any]:
    own = {"borrower_id": caller().id, "dispute_id": dispute_id}
    row = queries.get_dispute(session, **own)
    return {**in_words(row, locale=locale()), "steps": queries.list_steps(session, **own)}


@blp.route("")
class OwnDisputes(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, DisputePageSchema)
    def get(self, args: dict[str, Any]) -> Page:
        """What you disputed and how it stands, newest first."""
        with reading() as session:
            found = queries.page_own(session, borrower_id=caller().id, args=args)
        return Page([in_words(row, locale=locale()) for row in found.items], found.next_cursor)

    @idempotent
    @refuses(
        NotFound,
        DisputedUnknown,
        DisputeOpen,
        DisputeSettled,
        DisputeRepeated,
        TooManyDisputes,
    )
    @blp.arguments(DisputeInSchema)
    @blp.response(201, WholeDisputeSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any]:
        """Say what is wrong. Until it is decided your tier stays and no reminder is sent."""
        with transaction() as session:
            dispute_id = service.submit(session, borrower_id=caller().id, now=clock.now(), **args)
            return _whole(session, dispute_id)


@blp.route("/<uuid:dispute_id>")
class OwnDispute(MethodView):
    @refuses(DisputeUnknown)
    @blp.response(200, WholeDisputeSchema)
    def get(self, dispute_id: UUID) -> dict[str, Any]:
        """One dispute with every step, the answer, its reasons, and what would change it."""
        with reading() as session:
            return _whole(session, dispute_id)


@blp.route("/<uuid:dispute_id>/reply")
class Reply(MethodView):
    @idempotent
    @refuses(DisputeUnknown, DisputeMoveRefused)
    @blp.arguments(WordsInSchema)
    @blp.response(200, WholeDisputeSchema)
    def post(self, args: dict[str, Any], dispute_id: UUID) -> dict[str, Any]:
        """Answer what you were asked."""
        with transaction() as session:
            service.reply(
                session, borrower_id=caller().id, dispute_id=dispute_id, now=clock.now(), **args
            )
            return _whole(session, dispute_id)


@blp.route("/<uuid:dispute_id>/withdraw")
class Withdrawal(MethodView):
    @idempotent
    @refuses(DisputeUnknown, DisputeMoveRefused)
    @blp.response(200, WholeDisputeSchema)
    def post(self, dispute_id: UUID) -> dict[str, Any]:
        """Take a dispute back."""
        with transaction() as session:
            service.withdraw(
                session, borrower_id=caller().id, dispute_id=dispute_id, now=clock.now()
            )
            return _whole(session, dispute_id)
