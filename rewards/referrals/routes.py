"""A member's code, whom she brought, and a friend's yes."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.idempotency import idempotent
from backend.kit.paging import PageArgs
from backend.kit.programme_zone import programme_day
from rewards.referrals import queries, service
from rewards.referrals.errors import (
    AlreadyReferred,
    CircularReferral,
    CodeUnknown,
    NotEnrolled,
    NotNewHere,
    OwnCode,
)
from rewards.referrals.rules import State
from rewards.referrals.schemas import (
    OwnReferralSchema,
    ReferralAcceptedSchema,
    ReferralAcceptSchema,
)
from rewards.referrals.wording import INVITATION, STATES

blp = blueprint(
    "referrals",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/referral",
    description="Recommend the programme to a friend, or accept a friend's invitation.",
)


@blp.route("")
class OwnReferral(MethodView):
    @blp.arguments(PageArgs, location="query")
    @blp.response(200, OwnReferralSchema)
    def get(self, args: dict[str, Any]) -> dict[str, Any]:
        """Your code, the invitation that you accepted, and whom you brought, newest first.

        Outside the programme there is no code.
        """
        # A GET that may write: a code is made when somebody first asks for it.
        with transaction() as session:
            code = service.ensure_code(session, borrower_id=caller().id)
            brought = queries.page_brought(session, referrer_id=caller().id, args=args)
            accepted = _accepted(session, borrower_id=caller().id)
        return {
            "code": code,
            "text": None if code is None else INVITATION.in_(locale()),
            "accepted": accepted,
            "items": [_in_words(row._mapping) for row in brought.items],
            "next_cursor": brought.next_cursor,
        }


def _accepted(session: Session, *, borrower_id: UUID) -> dict[str, Any] | None:
    row = queries.find_own(session, borrower_id=borrower_id)
    return None if row is None else _in_words(row._mapping)


def _in_words(row: Any) -> dict[str, Any]:
    return {**row, "state_text": STATES[State(row["state"])].in_(locale())}


@blp.route("/accept")
class Acceptance(MethodView):
    @idempotent
    @refuses(NotEnrolled, CodeUnknown, OwnCode, AlreadyReferred, CircularReferral, NotNewHere)
    @blp.arguments(ReferralAcceptSchema)
    @blp.response(201, ReferralAcceptedSchema)
    def post(self, args: dict[str, Any]) -> dict[str, Any] | None:
        """Say yes to a friend's invitation, by her code. She is not told who you are."""
        now = clock.now()
        with transaction() as session:
            service.accept(
                session,
                borrower_id=caller().id,
                code=args["code"],
                today=programme_day(now),
                now=now,
            )
            return _accepted(session, borrower_id=caller().id)
