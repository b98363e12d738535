"""Reads of referrals."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from rewards.referrals.errors import ReferralUnknown
from rewards.referrals.models import Referral, ReferralCode, ReferralCodeLookup


def find_code(session: Session, *, borrower_id: UUID) -> str | None:
    """Her code, if she has asked for it before."""
    return session.execute(
        select(ReferralCode.code).where(ReferralCode.borrower_id == borrower_id)
    ).scalar_one_or_none()


def find_owner(session: Session, *, code: str) -> UUID | None:
    """Whose code it is."""
    return session.execute(
        select(ReferralCodeLookup.borrower_id).where(ReferralCodeLookup.code == code)
    ).scalar_one_or_none()


def find_own(session: Session, *, borrower_id: UUID) -> AnyRow | None:
    """The invitation that she accepted."""
    return session.execute(
        select(Referral.__table__).where(Referral.borrower_id == borrower_id)
    ).first()


def page_brought(session: Session, *, referrer_id: UUID, args: Mapping[str, Any]) -> Page:
    """Whom she brought, newest first; who they are is not told."""
    columns = (Referral.id, Referral.state, Referral.accepted_at, Referral.confirmed_at)
    query: Any = select(*columns).where(Referral.referrer_id == referrer_id)
    return page(session, query, keys=(Referral.id,), descending=True, args=args)


def page_in_review(session: Session, *, args: Mapping[str, Any]) -> Page:
    """What waits for a person, the oldest first."""
    query = select(Referral.__table__).where(Referral.state == "in_review")
    return page(session, query, keys=(Referral.accepted_at, Referral.id), args=args)


def get_referral(session: Session, *, borrower_id: UUID) -> AnyRow:
    """The referral of a friend. Refuses: ReferralUnknown."""
    row = find_own(session, borrower_id=borrower_id)
    if row is None:
        raise ReferralUnknown
    return row
