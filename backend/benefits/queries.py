"""Reads of grants, packs and proofs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.benefits.errors import GrantUnknown, PackUnknown
from backend.benefits.models import (
    BenefitGrant,
    BenefitGrantLookup,
    BenefitGuard,
    BenefitNegotiation,
    BenefitPack,
    BenefitPackVersion,
    BenefitProof,
)
from backend.benefits.rules import GUARD_CAUSE, OPEN, Kind
from backend.borrowers.models import Borrower
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.problems import NotFound
from backend.loans import queries as loans


def list_changed_since(
    session: Session, *, since: datetime | None, args: Mapping[str, Any]
) -> Page:
    """Grants for the core system, those that changed longest ago first."""
    query = select(
        BenefitGrant.id,
        Borrower.external_id.label("borrower_external_id"),
        BenefitGrant.kind,
        BenefitGrant.terms,
        BenefitGrant.cause,
        BenefitGrant.state,
        BenefitGrant.granted_at,
        BenefitGrant.changed_at,
        BenefitGrant.expires_on,
        BenefitGrant.acknowledged_at,
    ).join(Borrower, Borrower.id == BenefitGrant.borrower_id)
    if since is not None:
        query = query.where(BenefitGrant.changed_at >= since)
    return page(session, query, keys=(BenefitGrant.changed_at, BenefitGrant.id), args=args)


def get_owner(session: Session, *, grant_id: UUID) -> UUID:
    """Whose grant it is. Refuses: GrantUnknown."""
    owner = session.execute(
        select(BenefitGrantLookup.borrower_id).where(BenefitGrantLookup.grant_id == grant_id)
    ).scalar_one_or_none()
    if owner is None:
        raise GrantUnknown
    return owner


_OWN = select(
    *BenefitGrant.__table__.c, BenefitPackVersion.document.label("pack_document")
).outerjoin(
    BenefitPackVersion,
    (BenefitPackVersion.pack_code == BenefitGrant.pack_code)
    & (BenefitPackVersion.version == BenefitGrant.pack_version),
)


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her grants, newest first, each with the pack that it came from."""
    query = _OWN.where(BenefitGrant.borrower_id == borrower_id)
    return page(session, query, keys=(BenefitGrant.id,), descending=True, args=args)


def get_own(session: Session, *, borrower_id: UUID, grant_id: UUID) -> AnyRow:
    """One grant of hers. Refuses: GrantUnknown."""
    row = session.execute(
        _OWN.where(BenefitGrant.borrower_id == borrower_id, BenefitGrant.id == grant_id)
    ).first()
    if row is None:
        raise GrantUnknown
    return row


def find_free_proof(
    session: Session, *, borrower_id: UUID, kind: str, today: date
) -> AnyRow | None:
    """Her proof of that kind that lasts longest, is still good, and that no grant has used."""
    used = (
        select(BenefitGrant.id)
        .where(
            BenefitGrant.borrower_id == BenefitProof.borrower_id,
            BenefitGrant.proof_id == BenefitProof.id,
        )
        .exists()
    )
    return session.execute(
        select(BenefitProof.id, BenefitProof.expires_on)
        .where(
            BenefitProof.borrower_id == borrower_id,
            BenefitProof.kind == kind,
            BenefitProof.expires_on >= today,
            ~used,
        )
        .order_by(BenefitProof.expires_on.desc(), BenefitProof.id)
        .limit(1)
    ).first()


def list_open_guards(session: Session, *, borrower_ids: Sequence[UUID]) -> Sequence[AnyRow]:
    """Of these, whoever has grants of her last Guard that are not fulfilled: id and day."""
    among = any_(literal(list(borrower_ids), ARRAY(Uuid)))
    is_open = (
        select(BenefitGrant.id)
        .where(
            BenefitGrant.borrower_id == BenefitGuard.borrower_id,
            # Said again, so that any plan may go by the key.
            BenefitGrant.borrower_id == among,
            BenefitGrant.cause == GUARD_CAUSE,
            BenefitGrant.state.in_(OPEN),
            BenefitGrant.kind != Kind.FEE_WAIVER,
        )
        .exists()
    )
    return session.execute(
        select(BenefitGuard.borrower_id, BenefitGuard.granted_on)
        .where(BenefitGuard.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))), is_open)
        .order_by(BenefitGuard.borrower_id)
        .with_for_update(of=BenefitGuard)
    ).all()


@dataclass(frozen=True)
class Waivable:
    """Penalty interest of a loan that may still be waived, by the first day of its month.

    `is_negotiated`: some of it was waived by agreement before, which happens once.
    """

    currency: str
    months: Mapping[date, int]
    is_negotiated: bool


def waivable(session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime) -> Waivable:
    """What is open of each month that had no waiver, as her rows stand. Refuses: NotFound."""
    record = loans.find_record(session, borrower_id=borrower_id, loan_id=loan_id)
    if record is None:
        raise NotFound
    return Waivable(
        currency=record.currency,
        months=record.waivable_penalties(today=day_in_zone(now, record.timezone)),
        is_negotiated=is_negotiated(session, borrower_id=borrower_id, loan_id=loan_id),
    )


def is_negotiated(session: Session, *, borrower_id: UUID, loan_id: UUID) -> bool:
    """Whether penalty interest of the loan was waived by agreement before."""
    found = session.execute(
        select(BenefitNegotiation.loan_id).where(
            BenefitNegotiation.borrower_id == borrower_id, BenefitNegotiation.loan_id == loan_id
        )
    ).first()
    return found is not None


def get_pack(session: Session, *, code: str) -> AnyRow:
    """A pack by its code. Refuses: PackUnknown."""
    row = session.execute(select(BenefitPack.__table__).where(BenefitPack.code == code)).first()
    if row is None:
        raise PackUnknown
    return row


def page_packs(session: Session, *, args: Mapping[str, Any]) -> Page:
    """All packs by their code."""
    query = select(BenefitPack.__table__)
    return page(session, query, keys=(BenefitPack.code,), args=args)


def list_versions(session: Session, *, code: str) -> Sequence[AnyRow]:
    """A pack's versions, newest first."""
    return session.execute(
        select(BenefitPackVersion.__table__)
        .where(BenefitPackVersion.pack_code == code)
        .order_by(BenefitPackVersion.version.desc())
        .limit(100)
    ).all()


def get_version(session: Session, *, code: str, version: int) -> AnyRow:
    """One version. Refuses: PackUnknown."""
    row = session.execute(
        select(BenefitPackVersion.__table__).where(
            BenefitPackVersion.pack_code == code, BenefitPackVersion.version == version
        )
    ).first()
    if row is None:
        raise PackUnknown
    return row
