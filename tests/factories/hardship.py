"""Applications, money in the fund, and partners."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.benefits.reasons import Reason
from backend.consents.rules import Purpose, Source
from backend.consents.service import Said, put_consents
from backend.documents import service as documents
from backend.documents.rules import Outcome
from backend.documents.service import Found
from backend.hardship import service
from backend.hardship.affordability import Statement
from backend.hardship.rules import Ground, State
from backend.hardship.service import Application, Decision
from backend.kit.money import Money
from tests.clock import NOW, TODAY
from tests.factories.documents import make_document, make_suspicion

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


def say_yes(session: Session, borrower_id: UUID) -> None:
    """Her consent to introductions of either kind."""
    put_consents(
        session,
        borrower_id=borrower_id,
        said=[
            Said(purpose=purpose, version=1, granted=True)
            for purpose in (Purpose.TRAINING_REFERRAL, Purpose.AID_REFERRAL)
        ],
        source=Source.APP,
        now=NOW,
    )


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


def make_case(session: Session, ann: UUID, *, staff: tuple[UUID, UUID]) -> dict[str, str]:
    """An open application, a proposal for another one, and documents in three states."""
    first, _ = staff
    make_partner(session)
    fill_fund(session, amount_minor=10_000, by=staff)
    earlier = make_application(session, ann)
    fund_grant_id = propose(session, ann, earlier, by=first)
    service.decide(
        session,
        borrower_id=ann,
        application_id=earlier,
        decision=Decision(State.GRANTED, [Ground.NEEDED], "Take your time.", TODAY),
        decided_by=first,
        today=TODAY,
        now=NOW,
    )
    suspected, verified = (make_document(session, ann, shade=shade) for shade in (20, 21))
    documents.verify(
        session,
        borrower_id=ann,
        document_id=verified,
        found=Found(Outcome.VERIFIED, "issuer_asked", issuer="Blue Mill", expires_on=TODAY),
        unscanned_is_shown=False,
        checked_by=first,
        today=TODAY,
        now=NOW,
    )
    return {
        "document_id": str(make_document(session, ann)),
        "verified_id": str(verified),
        "suspicion_id": str(make_suspicion(session, ann, suspected, suspected_by=first)),
        "application_id": str(make_application(session, ann)),
        "fund_grant_id": str(fund_grant_id),
    }
