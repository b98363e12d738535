"""Benefits that come with an award, beside the packs: given once, taken back while unused."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.benefits.models import BenefitGrant
from backend.benefits.rules import PACK_KINDS, TERMS_KEYS, Ending, Kind, State
from backend.benefits.service.grants import grant_benefit
from backend.events.benefits import BenefitChanged
from backend.kit.outbox import announce
from backend.kit.programme_zone import programme_day
from backend.kit.texts import Text

GIFT_LIFE = timedelta(days=60)
# What is counted in a gift; every other term of a kind is the name of what gave it.
GIFT_COUNTS = {"days": 30, "sessions": 1}


def give_gift(
    session: Session,
    *,
    borrower_id: UUID,
    kind: str,
    name: Text,
    cause: str,
    occasion: str,
    now: datetime,
) -> UUID:
    """Offer one of the kinds that packs may hold, for 60 days; `name`: of what gives it."""
    gift = Kind(kind)
    if gift not in PACK_KINDS:
        raise ValueError(kind)
    terms: dict[str, Any] = {
        term: GIFT_COUNTS.get(term, name.en) for term in sorted(TERMS_KEYS[gift])
    }
    return grant_benefit(
        session,
        borrower_id=borrower_id,
        kind=gift,
        terms=terms,
        cause=cause,
        now=now,
        expires_on=programme_day(now) + GIFT_LIFE,
        occasion=occasion,
    )


def take_gift_back(session: Session, *, borrower_id: UUID, grant_id: UUID, now: datetime) -> bool:
    """End a gift whose reason never was; False where she has taken it up, or it has ended."""
    row = session.execute(
        select(BenefitGrant.__table__)
        .where(BenefitGrant.borrower_id == borrower_id, BenefitGrant.id == grant_id)
        .with_for_update()
    ).one()
    if row.state != State.OFFERED:
        return False
    session.execute(
        update(BenefitGrant)
        .where(BenefitGrant.borrower_id == borrower_id, BenefitGrant.id == grant_id)
        .values(state=State.REVOKED, changed_at=now, ended_at=now, ending=Ending.NO_LONGER_FITS)
    )
    announce(
        session,
        BenefitChanged(borrower_id, now, grant_id=grant_id, kind=row.kind, state=State.REVOKED),
    )
    return True
