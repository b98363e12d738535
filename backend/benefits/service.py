"""Granting a benefit, and noting that the core system has taken it over."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.orm import Session

from backend.benefits import queries
from backend.benefits.models import BenefitGrant, BenefitGrantLookup
from backend.benefits.rules import Kind, State
from backend.kit.ids import new_id


def grant_benefit(
    session: Session,
    *,
    borrower_id: UUID,
    kind: Kind,
    terms: Mapping[str, Any],
    cause: str,
    now: datetime,
    expires_on: date | None = None,
) -> UUID:
    """Offer a benefit. `terms`: the kind's own; amounts in minor units beside a currency."""
    grant_id = new_id()
    session.execute(
        insert(BenefitGrant).values(
            borrower_id=borrower_id,
            id=grant_id,
            kind=kind,
            terms=dict(terms),
            cause=cause,
            state=State.OFFERED,
            granted_at=now,
            expires_on=expires_on,
        )
    )
    session.execute(insert(BenefitGrantLookup).values(grant_id=grant_id, borrower_id=borrower_id))
    return grant_id


def acknowledge(session: Session, *, grant_id: UUID, now: datetime) -> datetime:
    """Note once that the core system has it; again changes nothing. Refuses: GrantUnknown."""
    owner = queries.get_owner(session, grant_id=grant_id)
    return session.execute(
        update(BenefitGrant)
        .where(BenefitGrant.borrower_id == owner, BenefitGrant.id == grant_id)
        .values(acknowledged_at=func.coalesce(BenefitGrant.acknowledged_at, now))
        .returning(BenefitGrant.acknowledged_at)
    ).scalar_one()  # type: ignore[return-value]  # just set
