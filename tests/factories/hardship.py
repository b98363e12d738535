"""Applications, money in the fund, and partners."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.hardship import service
from backend.hardship.affordability import Statement
from backend.hardship.rules import Reason
from backend.hardship.service import Application
from backend.kit.money import Money
from tests.clock import NOW, TODAY

MONTH = TODAY.replace(day=1)
AFFORDABILITY: dict[str, Any] = {
    "currency": "CNY",
    "income": {"wages": 500_000},
    "fixed_costs": {"housing": 300_000},
    "flexible_costs": {"food": 150_000},
    "other_debts_minor": 40_000,
}
APPLICATION: dict[str, Any] = {"reason": "illness", "affordability": AFFORDABILITY}


def make_application(
    session: Session, borrower_id: UUID, *, reason: Reason = Reason.ILLNESS
) -> UUID:
    """Submitted today."""
    return service.apply(
        session,
        borrower_id=borrower_id,
        application=Application(reason=reason, statement=Statement(**AFFORDABILITY)),
        today=TODAY,
        now=NOW,
    )


def fill_fund(session: Session, *, amount_minor: int, by: tuple[UUID, UUID]) -> None:
    """Two people put money into this month."""
    top_up_id = service.ask_top_up(
        session,
        amount=Money(amount_minor, "CNY"),
        month=MONTH,
        reason="For the tests",
        asked_by=by[0],
        now=NOW,
    )
    service.decide_top_up(
        session, top_up_id=top_up_id, is_confirmed=True, decided_by=by[1], now=NOW
    )


def propose(
    session: Session, borrower_id: UUID, application_id: UUID, *, by: UUID, amount_minor: int = 100
) -> UUID:
    """Reserved, and for another person to decide."""
    return service.propose_grant(
        session,
        borrower_id=borrower_id,
        application_id=application_id,
        amount=Money(amount_minor, "CNY"),
        proposed_by=by,
        month=MONTH,
        now=NOW,
    )


def make_partner(session: Session, code: str = "open_door", *, kind: str = "aid") -> str:
    values = {
        "kind": kind,
        "name": "Open Door",
        "about": {"en": "A friendly ear.", "zh-CN": "愿意倾听。"},
        "regions": ["CN-SH"],
        "is_synthetic": True,
        "is_active": True,
    }
    service.put_partner(session, code=code, values=values, changed_by=None, now=NOW)
    return code


def make_referral(
    session: Session, borrower_id: UUID, application_id: UUID, *, partner: str, by: UUID
) -> UUID:
    """Suggested today."""
    return service.suggest(
        session,
        borrower_id=borrower_id,
        application_id=application_id,
        partner_code=partner,
        course=None,
        suggested_by=by,
        now=NOW,
    )
