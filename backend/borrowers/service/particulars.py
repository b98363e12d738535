"""Storing borrowers as the core system describes them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict, cast
from uuid import UUID

from sqlalchemy import Row as DbRow
from sqlalchemy import Table, bindparam, insert, text, update
from sqlalchemy.orm import Session

from backend.borrowers.errors import invalid_email, invalid_phone
from backend.borrowers.models import Borrower
from backend.borrowers.queries import BORN_ON, EMAIL, NAME, PHONE, list_existing, open_field
from backend.borrowers.rules import find_email, find_phone, region_of
from backend.borrowers.service.keys import store_lookups
from backend.events.borrowers import BorrowerChanged, BorrowersStored
from backend.kit import crypto
from backend.kit.bulk import Outcome, without_repeats
from backend.kit.ids import new_id
from backend.kit.outbox import announce, announce_all
from backend.kit.problems import Invalid
from backend.kit.texts import Locale


class BorrowerInput(TypedDict):
    """A borrower; what is absent is unknown."""

    external_id: str
    locale: Locale
    timezone: str
    phone: str | None
    email: str | None
    name: str | None
    born_on: date | None
    monthly_income_minor: int | None
    income_verified: bool | None
    monthly_debt_minor: int | None
    employment: str | None
    facts: dict[str, Any]


_PLAIN = ("monthly_income_minor", "income_verified", "monthly_debt_minor", "employment")
_SEALED = (("phone", PHONE), ("email", EMAIL), ("name", NAME), ("born_on", BORN_ON))
_CHECKED = (("phone", invalid_phone), ("email", invalid_email))

_STORE_REFS = text(
    """
    INSERT INTO external_ref (kind, external_id, borrower_id, object_id)
    SELECT 'borrower', external_id, id, id
      FROM unnest(CAST(:external_ids AS text[]), CAST(:ids AS uuid[])) AS i(external_id, id)
     ORDER BY external_id
    ON CONFLICT DO NOTHING
    RETURNING object_id
    """
)
_Item = tuple[int, UUID, dict[str, Any]]
_TABLE = cast(Table, Borrower.__table__)


def put_borrowers(
    session: Session,
    rows: Sequence[BorrowerInput],
    *,
    now: datetime,
    backfill: bool = False,
) -> list[Outcome]:
    """Store borrowers, each whole: what a row leaves out becomes unknown.

    Language and zone that a borrower chose herself stay.
    """
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda row: row["external_id"]):
        stored = _put(session, rows, places, outcomes, now=now)
        # An id that somebody else took meanwhile has its borrower now: a second look compares them.
        raced = [i for i in places if outcomes[i].status == "refused" and not outcomes[i].problem]
        if raced:
            stored += _put(session, rows, raced, outcomes, now=now)
        ids = tuple(borrower_id for _, borrower_id, _ in stored)
        announce_all(session, [BorrowerChanged(each, now, backfill=backfill) for each in ids])
        if backfill and ids:
            announce(session, BorrowersStored(None, now, borrower_ids=ids))
    return outcomes


def _put(
    session: Session,
    rows: Sequence[BorrowerInput],
    places: Sequence[int],
    outcomes: list[Outcome],
    *,
    now: datetime,
) -> list[_Item]:
    existing = list_existing(session, external_ids=[rows[i]["external_id"] for i in places])
    new: list[_Item] = []
    changed: list[_Item] = []
    for place in places:
        content = _content(rows[place])
        known = existing.get(content["external_id"])
        fault = _find_fault(rows[place], content)
        if fault is not None:
            outcomes[place] = Outcome.refused(fault)
        elif known is None:
            new.append((place, new_id(), content))
        elif _is_same(known, content):
            outcomes[place] = Outcome("unchanged", known.id)
        else:
            changed.append((place, known.id, _with_what_stays(known, content)))
    stored = _insert(session, new, outcomes, now=now)
    _update(session, changed, outcomes, now=now)
    written = [*stored, *changed]
    if written:
        store_lookups(session, [(i, c["phone"], c["name"]) for _, i, c in written])
    return written


def _find_fault(row: BorrowerInput, content: dict[str, Any]) -> Invalid | None:
    """Why the row cannot be stored: something was given that is none of its kind."""
    for name, refusal in _CHECKED:
        if row[name] is not None and content[name] is None:  # type: ignore[literal-required]
            return refusal()
    return None


def _content(row: BorrowerInput) -> dict[str, Any]:
    phone, email = row["phone"], row["email"]
    born_on = row["born_on"]
    return {
        "external_id": row["external_id"],
        "locale": row["locale"],
        "timezone": row["timezone"],
        "phone": None if phone is None else find_phone(phone, region=region_of(row["locale"])),
        "email": None if email is None else find_email(email),
        "name": row["name"],
        "born_on": None if born_on is None else born_on.isoformat(),
        "declared_facts": row["facts"],
    } | {name: row[name] for name in _PLAIN}  # type: ignore[literal-required]


def _with_own_choices(known: DbRow[Any], content: dict[str, Any]) -> dict[str, Any]:
    return content | {"locale": known.locale} if known.own_locale else content


def _with_what_stays(known: DbRow[Any], content: dict[str, Any]) -> dict[str, Any]:
    """What she chose, and what is known of her address as long as it is that one."""
    is_same = open_field(known.email_cipher, context=EMAIL) == content["email"]
    refused_at = known.email_refused_at if is_same else None
    return _with_own_choices(known, content) | {"email_refused_at": refused_at}


def _is_same(known: DbRow[Any], content: dict[str, Any]) -> bool:
    kept = known._mapping
    wanted = _with_own_choices(known, content)
    plain = ("locale", "timezone", "declared_facts", *_PLAIN)
    if any(kept[name] != wanted[name] for name in plain):
        return False
    return all(
        open_field(kept[f"{name}_cipher"], context=context) == content[name]
        for name, context in _SEALED
    )


def _columns(content: dict[str, Any]) -> dict[str, Any]:
    values = {k: v for k, v in content.items() if k not in dict(_SEALED)}
    for name, context in _SEALED:
        plain = content[name]
        values[f"{name}_cipher"] = None if plain is None else crypto.encrypt(plain, context=context)
    return values


def _insert(
    session: Session, new: Sequence[_Item], outcomes: list[Outcome], *, now: datetime
) -> list[_Item]:
    """Those that were stored; one whose id is taken since we looked keeps an empty refusal."""
    if not new:
        return []
    fresh = set(
        session.execute(
            _STORE_REFS,
            {
                "external_ids": [content["external_id"] for _, _, content in new],
                "ids": [borrower_id for _, borrower_id, _ in new],
            },
        ).scalars()
    )
    stored = [item for item in new if item[1] in fresh]
    for place, borrower_id, _ in stored:
        outcomes[place] = Outcome("stored", borrower_id, created=True)
    if stored:
        session.connection().execute(
            insert(_TABLE),
            [
                _columns(content) | {"id": borrower_id, "created_at": now, "updated_at": now}
                for _, borrower_id, content in stored
            ],
        )
    return stored


def _update(
    session: Session, changed: Sequence[_Item], outcomes: list[Outcome], *, now: datetime
) -> None:
    if not changed:
        return
    rows = [
        _columns(content) | {"row_id": borrower_id, "updated_at": now}
        for _, borrower_id, content in changed
    ]
    names = [name for name in rows[0] if name not in ("row_id", "external_id")]
    session.connection().execute(
        update(_TABLE)
        .where(_TABLE.c.id == bindparam("row_id"))
        .values({name: bindparam(name) for name in names}),
        [{k: v for k, v in row.items() if k != "external_id"} for row in rows],
    )
    for place, borrower_id, _ in changed:
        outcomes[place] = Outcome("stored", borrower_id)
