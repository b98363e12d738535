"""Items, redemptions and invitations, for tests that are not about how they came about."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from rewards.catalogue import service
from rewards.referrals.models import Referral
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower
from tests.factories.points import give_points
from tests.factories.programme import enrol

TERMS = {
    "voucher": {"merchant": "Corner Bookshop", "goods": "One paperback"},
    "physical_gift": {"goods": "A mug"},
    "lesson": {"title": "Budgets", "url": "https://learn.example/budgets"},
    "donation": {"recipient": "Food bank", "purpose": "Ten meals"},
}
_numbers = count(1)


def make_item(session: Session, kind: str = "lesson", **more: Any) -> UUID:
    """A live item at 100 points."""
    values = {
        "code": f"an_item_{next(_numbers)}",
        "kind": kind,
        "names": {"en": f"A {kind}", "zh-CN": "礼品"},
        "about": {"en": "Something nice", "zh-CN": "好东西"},
        "terms": TERMS[kind],
        "price_points": 100,
        "limit_each": None,
        "audience": {"all": []},
        "stock": None,
        "state": "live",
    } | more
    return service.create_item(session, values=values, created_by=None, now=NOW)


def make_voucher(session: Session, *codes: str) -> UUID:
    """A live voucher with these codes in stock."""
    item_id = make_item(session, "voucher")
    service.import_codes(
        session,
        item_id=item_id,
        codes=codes,
        valid_until=TODAY + timedelta(days=90),
        today=TODAY,
    )
    return item_id


def redeem(session: Session, borrower_id: UUID, item_id: UUID, **more: Any) -> UUID:
    """One of an item, for her points."""
    values: dict[str, Any] = {"quantity": 1, "price_points": None, "address": None} | more
    return service.redeem(
        session, borrower_id=borrower_id, item_id=item_id, today=TODAY, now=NOW, **values
    )


def redemption_of(
    session: Session, borrower_id: UUID, *, kind: str = "voucher", is_claimed: bool = False
) -> str:
    """The id of something that she exchanged points for, ready to be claimed or sent."""
    enrol(session, borrower_id)
    give_points(session, borrower_id, 100)
    code = f"OF-{borrower_id}"
    item_id = make_voucher(session, code) if kind == "voucher" else make_item(session, kind)
    address = "7 Bell Street" if kind == "physical_gift" else None
    made = redeem(session, borrower_id, item_id, address=address)
    if is_claimed:
        service.claim(session, borrower_id=borrower_id, redemption_id=made, now=NOW)
    return str(made)


def referral_of(session: Session, borrower_id: UUID) -> str:
    """The id of an invitation that she accepted, and that waits for a person."""
    referral_id = new_id()
    session.execute(
        insert(Referral).values(
            borrower_id=borrower_id,
            id=referral_id,
            referrer_id=make_borrower(session),
            state="in_review",
            signals=["same_phone"],
            accepted_on=TODAY,
            accepted_at=NOW,
        )
    )
    return str(referral_id)
