"""Reads of grants."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.benefits.errors import GrantUnknown
from backend.benefits.models import BenefitGrant, BenefitGrantLookup
from backend.borrowers.models import Borrower
from backend.kit.paging import Page, page


def list_granted_since(
    session: Session, *, since: datetime | None, args: Mapping[str, Any]
) -> Page:
    """Grants for the core system, oldest first."""
    query = select(
        BenefitGrant.id,
        Borrower.external_id.label("borrower_external_id"),
        BenefitGrant.kind,
        BenefitGrant.terms,
        BenefitGrant.cause,
        BenefitGrant.state,
        BenefitGrant.granted_at,
        BenefitGrant.expires_on,
        BenefitGrant.acknowledged_at,
    ).join(Borrower, Borrower.id == BenefitGrant.borrower_id)
    if since is not None:
        query = query.where(BenefitGrant.granted_at >= since)
    return page(session, query, keys=(BenefitGrant.granted_at, BenefitGrant.id), args=args)


def get_owner(session: Session, *, grant_id: UUID) -> UUID:
    """Whose grant it is. Refuses: GrantUnknown."""
    owner = session.execute(
        select(BenefitGrantLookup.borrower_id).where(BenefitGrantLookup.grant_id == grant_id)
    ).scalar_one_or_none()
    if owner is None:
        raise GrantUnknown
    return owner
