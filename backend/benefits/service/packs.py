"""Packs: composed by one person, published by another, offered to whom they are for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.benefits import queries
from backend.benefits.errors import (
    PackCodeTaken,
    PackUnknown,
    VersionNotDraft,
)
from backend.benefits.models import BenefitPack, BenefitPackVersion
from backend.benefits.offer_sql import GIVE, choose
from backend.benefits.pack import Item, read_pack
from backend.benefits.rules import State
from backend.benefits.service.grants import Given, tell_given
from backend.evidence import service as evidence
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.problems import FieldError, Invalid, PreconditionFailed
from backend.kit.programme_zone import Moment
from backend.profile import queries as profile
from backend.staff.errors import SecondPersonNeeded


def create_pack(session: Session, *, code: str, created_by: UUID, now: datetime) -> None:
    """A pack without a version yet. Refuses: PackCodeTaken."""
    made = session.execute(
        upsert(BenefitPack)
        .values(code=code, created_by=created_by, created_at=now)
        .on_conflict_do_nothing()
        .returning(BenefitPack.code)
    ).first()
    if made is None:
        raise PackCodeTaken


def write_draft(
    session: Session,
    *,
    code: str,
    month: date,
    document: Mapping[str, Any],
    budget: int,
    author_id: UUID,
    today: date,
    now: datetime,
) -> int:
    """A draft of what the pack holds from a month on; returns its version.

    Refuses: PackUnknown, Invalid, CashLike, KindReserved.
    """
    # The pack's row is the lock under which numbers are given out.
    if (
        session.execute(
            select(BenefitPack.code).where(BenefitPack.code == code).with_for_update()
        ).first()
        is None
    ):
        raise PackUnknown
    _check(session, month=month, document=document, today=today)
    latest = session.execute(
        select(func.coalesce(func.max(BenefitPackVersion.version), 0)).where(
            BenefitPackVersion.pack_code == code
        )
    ).scalar_one()
    session.execute(
        insert(BenefitPackVersion).values(
            pack_code=code,
            version=latest + 1,
            month=month,
            state="draft",
            document=document,
            budget=budget,
            author_id=author_id,
            created_at=now,
        )
    )
    return int(latest) + 1


def edit_draft(
    session: Session,
    *,
    code: str,
    version: int,
    edits: int,
    month: date,
    document: Mapping[str, Any],
    budget: int,
    editor_id: UUID,
    today: date,
) -> None:
    """Replace a draft whole. Its author is then who edited it last: four eyes on every word.

    Refuses: PackUnknown, VersionNotDraft, PreconditionFailed, Invalid, CashLike, KindReserved.
    """
    row = _lock_version(session, code=code, version=version)
    if row.state != "draft":
        raise VersionNotDraft
    if row.edits != edits:
        raise PreconditionFailed
    _check(session, month=month, document=document, today=today)
    _update(
        session, row, month=month, document=document, budget=budget, author_id=editor_id,
        edits=row.edits + 1,
    )  # fmt: skip


def publish_version(
    session: Session, *, code: str, version: int, publisher_id: UUID, today: date, now: datetime
) -> None:
    """Another person lets a draft count from its month on.

    Refuses: PackUnknown, VersionNotDraft, SecondPersonNeeded, Invalid (the month is past, or has
    a published version).
    """
    row = _lock_version(session, code=code, version=version)
    if row.state != "draft":
        raise VersionNotDraft
    if row.author_id == publisher_id:
        raise SecondPersonNeeded
    _check(session, month=row.month, document=row.document, today=today)
    try:
        with session.begin_nested():
            _update(session, row, state="published", publisher_id=publisher_id, published_at=now)
    except IntegrityError:
        detail = "This month has a published version already."
        raise Invalid(errors=[FieldError("#/month", detail)]) from None
    names = ("pack_code", "version", "month", "document", "budget", "author_id")
    published = {name: getattr(row, name) for name in names} | {"publisher_id": publisher_id}
    act, record = evidence.Act.POLICY_PUBLISHED, {"policy": "benefit_pack", **published}
    evidence.record(session, type=act, borrower_id=None, record=record, now=now)


def _check(session: Session, *, month: date, document: Mapping[str, Any], today: date) -> None:
    if month < today.replace(day=1):
        raise Invalid(errors=[FieldError("#/month", "Must not lie in the past.")])
    read_pack(document, facts=profile.get_catalogue(session).types)


def _lock_version(session: Session, *, code: str, version: int) -> AnyRow:
    session.execute(
        select(BenefitPackVersion.version)
        .where(BenefitPackVersion.pack_code == code, BenefitPackVersion.version == version)
        .with_for_update()
    )
    return queries.get_version(session, code=code, version=version)


def _update(session: Session, row: AnyRow, **values: Any) -> None:
    session.execute(
        update(BenefitPackVersion)
        .where(
            BenefitPackVersion.pack_code == row.pack_code,
            BenefitPackVersion.version == row.version,
        )
        .values(**values)
    )


@dataclass(frozen=True)
class Bounds:
    """A share of everybody: ids after one, up to and including another."""

    after: UUID
    last: UUID


def find_offer_bounds(session: Session, *, after: UUID, limit: int) -> Bounds | None:
    """The next share of the borrowers after an id; None at the end."""
    ids = profile.list_after(session, after=after, limit=limit)
    return Bounds(after, ids[-1]) if ids else None


def offer_range(session: Session, *, bounds: Bounds, today: date, now: datetime) -> int:
    """Offer what is in the live versions to those of this share whom it is for and who lack it.

    Item by item, while the version's budget lasts; the version's row is locked meanwhile, and
    an item is offered to a borrower once for each month. How many offers there were.
    """
    offers = [
        offer
        for row in _lock_live(session, today=today)
        for offer in _choose_offers(session, row, bounds=bounds, now=now)
    ]
    everybody = [each for offer in offers for each in offer.borrower_ids]
    evidence.prepare(session, borrower_ids=everybody, now=now)
    for offer in offers:
        _give(session, offer, today=today, now=now)
    return len(everybody)


@dataclass(frozen=True)
class _Offer:
    """An item of a version, and to whom it is offered."""

    version: AnyRow
    item: Item
    occasion: str
    borrower_ids: list[UUID]


def _choose_offers(session: Session, row: AnyRow, *, bounds: Bounds, now: datetime) -> list[_Offer]:
    catalogue = profile.get_catalogue(session, with_retired=True)
    pack = read_pack(row.document, facts=catalogue.types)
    who = choose(pack.audience, catalogue.columns())
    offers, left = [], row.budget - row.used
    for item in pack.items:
        occasion = f"pack:{row.pack_code}:{row.version}:{item.code}"
        chosen = session.execute(
            who,
            {
                "after": bounds.after,
                "last": bounds.last,
                "limit": left,
                "occasion": occasion,
                **Moment(now).parameters,
            },
        )
        offer = _Offer(row, item, occasion, list(chosen.scalars()))
        left -= len(offer.borrower_ids)
        offers.append(offer)
    if left != row.budget - row.used:
        _update(session, row, used=row.budget - left)
    return [offer for offer in offers if offer.borrower_ids]


def _give(
    session: Session,
    offer: _Offer,
    *,
    today: date,
    now: datetime,
) -> None:
    version, item, borrower_ids = offer.version, offer.item, offer.borrower_ids
    ids = [new_id() for _ in borrower_ids]
    expires_on = today + timedelta(days=item.days)
    session.execute(
        GIVE,
        {
            "borrower_ids": borrower_ids,
            "ids": ids,
            "kind": str(item.kind),
            "terms": dict(item.terms),
            "occasion": offer.occasion,
            "code": version.pack_code,
            "version": version.version,
            "needs_proof": item.needs_proof,
            "expires_on": expires_on,
            "now": now,
        },
    )
    given = [
        Given(borrower_id, id_, item.kind, item.terms, offer.occasion, expires_on, State.OFFERED)
        for borrower_id, id_ in zip(borrower_ids, ids, strict=True)
    ]
    tell_given(session, given, now=now)


def _lock_live(session: Session, *, today: date) -> list[AnyRow]:
    """Of each pack the published version of the latest month that has begun, locked."""
    newest = (
        select(BenefitPackVersion.pack_code, func.max(BenefitPackVersion.month).label("month"))
        .where(BenefitPackVersion.state == "published", BenefitPackVersion.month <= today)
        .group_by(BenefitPackVersion.pack_code)
        .subquery()
    )
    return list(
        session.execute(
            select(BenefitPackVersion.__table__)
            .join(
                newest,
                (newest.c.pack_code == BenefitPackVersion.pack_code)
                & (newest.c.month == BenefitPackVersion.month),
            )
            .where(BenefitPackVersion.state == "published")
            .order_by(BenefitPackVersion.pack_code)
            .with_for_update(of=BenefitPackVersion)
        ).all()
    )
