"""Reads of borrowers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, false, func, select, true
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import AccessLog, Assignment, Borrower, BorrowerLookup, ExternalRef
from backend.borrowers.rules import (
    REGIONS,
    SEARCH_RESULTS_MAX,
    Viewer,
    find_phone,
    normalise_name,
    sees_assigned,
    sees_everybody,
)
from backend.kit import crypto
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.logs import get_logger
from backend.kit.paging import Page, page
from backend.kit.texts import Locale, pick_locale

log = get_logger(__name__)
PHONE, NAME, BORN_ON = "borrower.phone", "borrower.name", "borrower.born_on"


@dataclass(frozen=True, slots=True)
class Ref:
    """Where the thing with a lender's id lives here."""

    borrower_id: UUID
    object_id: UUID


@dataclass(frozen=True, slots=True)
class Profile:
    """A borrower's particulars in the clear."""

    id: UUID
    external_id: str
    locale: str
    timezone: str
    own_timezone: str | None
    phone: str | None
    name: str | None
    born_on: date | None
    monthly_income_minor: int | None
    income_verified: bool | None
    monthly_debt_minor: int | None
    employment: str | None
    declared_facts: Mapping[str, Any]


def find_ref(session: Session, *, kind: str, external_id: str) -> Ref | None:
    """Where a lender's id leads."""
    row = session.execute(
        select(ExternalRef.borrower_id, ExternalRef.object_id).where(
            ExternalRef.kind == kind, ExternalRef.external_id == external_id
        )
    ).one_or_none()
    return Ref(row.borrower_id, row.object_id) if row else None


def get_id(session: Session, *, external_id: str) -> UUID:
    """Our id of the lender's borrower. Refuses: BorrowerNotFound."""
    ref = find_ref(session, kind="borrower", external_id=external_id)
    if ref is None:
        raise BorrowerNotFound
    return ref.borrower_id


def get_profile(session: Session, *, borrower_id: UUID) -> Profile:
    """Her particulars, opened. Refuses: BorrowerNotFound."""
    borrower = session.get(Borrower, borrower_id)
    if borrower is None:
        raise BorrowerNotFound
    return _open(borrower)


def _open(borrower: Borrower) -> Profile:
    born_on = open_field(borrower.born_on_cipher, context=BORN_ON)
    return Profile(
        id=borrower.id,
        external_id=borrower.external_id,
        locale=borrower.locale,
        timezone=borrower.timezone,
        own_timezone=borrower.own_timezone,
        phone=open_field(borrower.phone_cipher, context=PHONE),
        name=open_field(borrower.name_cipher, context=NAME),
        born_on=date.fromisoformat(born_on) if born_on else None,
        monthly_income_minor=borrower.monthly_income_minor,
        income_verified=borrower.income_verified,
        monthly_debt_minor=borrower.monthly_debt_minor,
        employment=borrower.employment,
        declared_facts=borrower.declared_facts,
    )


def open_field(sealed: bytes | None, *, context: str) -> str | None:
    """A sealed column in the clear."""
    return None if sealed is None else crypto.decrypt(sealed, context=context)


def find_locale(session: Session, *, borrower_id: UUID) -> Locale | None:
    """The language that she chose, or that the lender named."""
    found = session.execute(
        select(Borrower.locale).where(Borrower.id == borrower_id)
    ).scalar_one_or_none()
    return None if found is None else pick_locale(found)


def find_timezone(session: Session, *, borrower_id: UUID) -> str | None:
    """Her contracts' zone; every day of hers is a date in it."""
    return session.execute(
        select(Borrower.timezone).where(Borrower.id == borrower_id)
    ).scalar_one_or_none()


def get_day(session: Session, *, borrower_id: UUID, now: datetime) -> date:
    """Her day, in her contract's zone. Refuses: BorrowerNotFound."""
    zone = find_timezone(session, borrower_id=borrower_id)
    if zone is None:
        raise BorrowerNotFound
    return day_in_zone(now, zone)


def list_matching(session: Session, *, query: str, who: Viewer) -> list[Profile]:
    """Borrowers whose external id, phone number or full name is exactly this, at most 20.

    Of those that `who` may see: others' namesakes do not crowd out her own.
    """
    ids = list(session.execute(_by_external_id(query, who)).scalars())
    ids += _by_hash(session, kind="name", value=normalise_name(query), who=who)
    found_phones = [find_phone(query, region=region) for region in REGIONS.values()]
    for phone in sorted({phone for phone in found_phones if phone is not None}):
        ids += _by_hash(session, kind="phone", value=phone, who=who)
    found = session.execute(
        select(Borrower).where(Borrower.id.in_(ids)).order_by(Borrower.id).limit(SEARCH_RESULTS_MAX)
    )
    return [_open(borrower) for borrower in found.scalars()]


def visible_to(who: Viewer, borrower_id: Any) -> ColumnElement[bool]:
    """Whether she may see the borrower whose id stands in that column."""
    if sees_everybody(who):
        return true()
    if not sees_assigned(who):
        return false()
    return exists().where(Assignment.borrower_id == borrower_id, *_hers(who))


def _hers(who: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (Assignment.staff_id == who.id, Assignment.ended_at.is_(None))


def _by_external_id(external_id: str, who: Viewer) -> Any:
    return select(ExternalRef.object_id).where(
        ExternalRef.kind == "borrower",
        ExternalRef.external_id == external_id,
        visible_to(who, ExternalRef.object_id),
    )


def find_by_phone(session: Session, *, phone: str, region: str) -> Sequence[UUID]:
    """Whose number this is; several people may share one."""
    number = find_phone(phone, region=region)
    return [] if number is None else list_by_phone(session, phone=number)


def list_by_phone(session: Session, *, phone: str) -> Sequence[UUID]:
    """Whose number in E.164 this is; several people may share one."""
    return _by_hashes(session, kind="phone", hashes=crypto.keyed_hashes(phone, kind="phone"))


def _by_hash(session: Session, *, kind: str, value: str, who: Viewer) -> Sequence[UUID]:
    hashes = crypto.keyed_hashes(value, kind=kind)
    return _by_hashes(
        session, visible_to(who, BorrowerLookup.borrower_id), kind=kind, hashes=hashes
    )


def _by_hashes(
    session: Session, *conditions: ColumnElement[bool], kind: str, hashes: Sequence[bytes]
) -> Sequence[UUID]:
    # While look-up keys rotate, some are hashed with the one and some with the other.
    found = select(BorrowerLookup.borrower_id).where(
        BorrowerLookup.kind == kind, BorrowerLookup.hash.in_(hashes), *conditions
    )
    return (
        session.execute(
            found.distinct().order_by(BorrowerLookup.borrower_id).limit(SEARCH_RESULTS_MAX)
        )
        .scalars()
        .all()
    )


def select_places() -> Select[*tuple[Any, ...]]:
    """Everybody's id, zone and language, for a statement that joins it."""
    return select(Borrower.id.label("borrower_id"), Borrower.timezone, Borrower.locale)


def select_managers() -> Select[*tuple[Any, ...]]:
    """Whose account manager is who now, for a statement that joins it."""
    return select(Assignment.borrower_id, Assignment.staff_id).where(Assignment.ended_at.is_(None))


def list_zones(session: Session) -> list[str]:
    """The zones in which there are borrowers."""
    return list(session.execute(select(Borrower.timezone).distinct()).scalars())


def list_birthdays(
    session: Session, *, after: UUID, limit: int, zones: Sequence[str]
) -> list[tuple[UUID, str, date | None]]:
    """The next borrowers in these zones: id, zone, date of birth."""
    rows = session.execute(
        select(Borrower.id, Borrower.timezone, Borrower.born_on_cipher)
        .where(Borrower.id > after, Borrower.timezone.in_(zones))
        .order_by(Borrower.id)
        .limit(limit)
    )
    return [
        (row.id, row.timezone, date.fromisoformat(born) if born else None)
        for row in rows
        for born in (open_field(row.born_on_cipher, context=BORN_ON),)
    ]


def list_born_on(session: Session, *, borrower_ids: Sequence[UUID]) -> dict[UUID, date | None]:
    """Their days of birth, opened, where they are known."""
    rows = session.execute(
        select(Borrower.id, Borrower.born_on_cipher).where(Borrower.id.in_(borrower_ids))
    )
    opened = {row.id: open_field(row.born_on_cipher, context=BORN_ON) for row in rows}
    return {id_: None if day is None else date.fromisoformat(day) for id_, day in opened.items()}


def list_names(session: Session, *, borrower_ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """Their names, opened, where they are known."""
    rows = session.execute(
        select(Borrower.id, Borrower.name_cipher).where(Borrower.id.in_(borrower_ids))
    )
    return {row.id: open_field(row.name_cipher, context=NAME) for row in rows}


@dataclass(frozen=True, slots=True)
class Reach:
    """In what language, and by which number, she is written to."""

    locale: Locale
    phone: str | None


def reach() -> Select[*tuple[Any, ...]]:
    """Everybody's id, the zone in which she probably is, and whether there is a number: `reach`."""
    return select(
        Borrower.id.label("borrower_id"),
        func.coalesce(Borrower.own_timezone, Borrower.timezone).label("zone"),
        Borrower.phone_cipher.is_not(None).label("has_phone"),
    )


def list_reach(
    session: Session, *, borrower_ids: Sequence[UUID], with_phones: bool
) -> dict[UUID, Reach]:
    """How these are written to; numbers are opened only where they are wanted."""
    rows = session.execute(
        select(Borrower.id, Borrower.locale, Borrower.phone_cipher).where(
            Borrower.id.in_(borrower_ids)
        )
    )
    return {
        row.id: Reach(
            "zh-CN" if row.locale == "zh-CN" else "en",
            _open_number(row) if with_phones else None,
        )
        for row in rows
    }


def _open_number(row: AnyRow) -> str | None:
    # One number that no key opens any more must not keep all others from their messages.
    try:
        return open_field(row.phone_cipher, context=PHONE)
    except crypto.UnreadableError:
        log.warning("number_unreadable", borrower_id=str(row.id))
        return None


def list_accesses(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Who looked at her data, for what, newest first."""
    columns = (AccessLog.id, AccessLog.at, AccessLog.purpose, AccessLog.what, AccessLog.role)
    query: Any = select(*columns).where(AccessLog.borrower_id == borrower_id)
    return page(session, query, keys=(AccessLog.id,), args=args, descending=True)


def list_assigned_among(
    session: Session, *, who: Viewer, borrower_ids: Sequence[UUID]
) -> frozenset[UUID]:
    """Which of these are assigned to her."""
    if not borrower_ids or not sees_assigned(who):
        return frozenset()
    found = select(Assignment.borrower_id).where(
        Assignment.borrower_id.in_(borrower_ids), *_hers(who)
    )
    return frozenset(session.execute(found).scalars())


def check_there_are(session: Session, *, borrower_ids: Sequence[UUID]) -> None:
    """Refuses: BorrowerNotFound, when one of them is nobody."""
    wanted = set(borrower_ids)
    found = select(func.count()).select_from(Borrower).where(Borrower.id.in_(wanted))
    if session.execute(found).scalar_one() != len(wanted):
        raise BorrowerNotFound


def lock(session: Session, *, borrower_ids: Collection[UUID]) -> None:
    """Hold these borrowers against each other's changes, in one order.

    Refuses: BorrowerNotFound, when one of them is nobody.
    """
    wanted = set(borrower_ids)
    found = session.execute(
        select(Borrower.id)
        .where(Borrower.id.in_(wanted))
        .order_by(Borrower.id)
        .with_for_update(key_share=True)
    )
    if len(found.all()) != len(wanted):
        raise BorrowerNotFound


def find_assignment(session: Session, *, borrower_id: UUID) -> AnyRow | None:
    """Who looks after her now, and since when."""
    columns = (
        Assignment.borrower_id,
        Assignment.staff_id,
        Assignment.since,
        Assignment.assigned_by,
    )
    return session.execute(
        select(*columns).where(Assignment.borrower_id == borrower_id, Assignment.ended_at.is_(None))
    ).one_or_none()


def page_assigned(session: Session, *, who: Viewer, args: Mapping[str, Any]) -> Page:
    """Whom she looks after."""
    query: Any = (
        select(Assignment.borrower_id, Assignment.since, Borrower.external_id, Borrower.name_cipher)
        .join(Borrower, Borrower.id == Assignment.borrower_id)
        .where(*_hers(who), true() if sees_assigned(who) else false())
    )
    found = page(session, query, keys=(Assignment.borrower_id,), args=args)
    return replace(found, items=[_with_name(row) for row in found.items])


def _with_name(row: Any) -> dict[str, Any]:
    return {**row._mapping, "name": open_field(row.name_cipher, context=NAME)}


def list_existing(session: Session, *, external_ids: Sequence[str]) -> dict[str, Row[Any]]:
    """The stored borrowers of these ids, locked in one order."""
    rows = session.execute(
        select(Borrower.__table__)
        .join(ExternalRef, ExternalRef.object_id == Borrower.id)
        .where(ExternalRef.kind == "borrower", ExternalRef.external_id.in_(external_ids))
        .order_by(Borrower.id)
        .with_for_update(of=Borrower)
    )
    return {row.external_id: row for row in rows}


def list_in_common(session: Session, *, one: UUID, other: UUID) -> list[str]:
    """What two borrowers share of that by which they are found: phone, name.

    The particulars are compared, since hashes of two keys do not meet while keys rotate.
    """
    mine, theirs = (get_profile(session, borrower_id=each) for each in (one, other))
    pairs = {
        "phone": (mine.phone, theirs.phone),
        "name": (normalise_name(mine.name or ""), normalise_name(theirs.name or "")),
    }
    return [name for name, (first, second) in pairs.items() if first and first == second]
