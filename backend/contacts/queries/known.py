"""What is known of many borrowers when contacts are judged, in a handful of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import Borrower
from backend.contacts.models import STANDING, ContactEntry, ContactHold, ContactTimes
from backend.contacts.rules import Entry, EntryKind, Hold, Known, Outcome, Regime, Window
from backend.events.contacts import Channel
from backend.kit.db import AnyRow
from backend.loans.models import Loan, LoanProduct

# The longest count of a rule is seven days of hers; a day more on each side, since zones differ.
ENTRY_DAYS = 9
# What a product whose regime nobody told is bound by.
REGIME_OF_CURRENCY = {"CNY": Regime.CN, "USD": Regime.US}


def list_known(
    session: Session, *, borrower_ids: Collection[UUID], since: datetime, until: datetime
) -> dict[UUID, Known]:
    """By borrower, for contacts between two instants. Refuses: BorrowerNotFound."""
    ids = list(borrower_ids)
    homes = _homes(session, ids)
    if len(homes) < len(set(ids)):
        raise BorrowerNotFound
    times = _times(session, ids, until=until)
    regimes = _regimes(session, ids)
    holds = _holds(session, ids, since=since)
    entries = _entries(session, ids, since=since - timedelta(days=ENTRY_DAYS))
    return {
        each: Known(
            regimes=regimes.get(each) or frozenset(Regime),
            zones=_zones(homes[each], times.get(each)),
            agreed=_windows(times.get(each), "agreed"),
            inconvenient=_windows(times.get(each), "inconvenient"),
            entries=tuple(entries[each]),
            holds=tuple(holds[each]),
        )
        for each in homes
    }


def _homes(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    """Where she said that she is; else the zone of her contracts."""
    zone = func.coalesce(Borrower.own_timezone, Borrower.timezone)
    rows = session.execute(select(Borrower.id, zone.label("zone")).where(Borrower.id.in_(ids)))
    return {row.id: row.zone for row in rows}


def _zones(home: str, times: AnyRow | None) -> tuple[str, ...]:
    told = () if times is None else times.zones
    return tuple(dict.fromkeys((home, *told)))


def _windows(times: AnyRow | None, column: str) -> tuple[Window, ...]:
    pairs = () if times is None else times._mapping[column]
    return tuple(Window.of(*pair) for pair in pairs)


def _times(session: Session, ids: list[UUID], *, until: datetime) -> dict[UUID, AnyRow]:
    rows = session.execute(
        select(ContactTimes.__table__)
        .ext(distinct_on(ContactTimes.borrower_id))
        .where(ContactTimes.borrower_id.in_(ids), ContactTimes.since <= until)
        .order_by(ContactTimes.borrower_id, ContactTimes.since.desc())
    )
    return {row.borrower_id: row for row in rows}


def _regimes(session: Session, ids: list[UUID]) -> dict[UUID, frozenset[Regime]]:
    """Of her loans that are open; of all, when none is. One that is unknown stands for every."""
    by_currency = case(
        *((Loan.currency == code, str(regime)) for code, regime in REGIME_OF_CURRENCY.items()),
        else_=literal(None),
    )
    rows = session.execute(
        select(
            Loan.borrower_id,
            func.coalesce(LoanProduct.regime, by_currency).label("regime"),
            (Loan.status != "closed").label("is_open"),
        )
        .join(LoanProduct, LoanProduct.code == Loan.product_code)
        .where(Loan.borrower_id.in_(ids))
        .distinct()
    )
    found: dict[UUID, dict[bool, set[Regime]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        told = tuple(Regime) if row.regime is None else (Regime(row.regime),)
        found[row.borrower_id][row.is_open].update(told)
    return {each: frozenset(sets.get(True) or sets[False]) for each, sets in found.items()}


def _holds(session: Session, ids: list[UUID], *, since: datetime) -> Mapping[UUID, list[Hold]]:
    earliest = since.date() - timedelta(days=1)
    rows = session.execute(
        select(ContactHold.borrower_id, ContactHold.cause, ContactHold.until_on).where(
            ContactHold.borrower_id.in_(ids), ContactHold.until_on >= earliest
        )
    )
    found: dict[UUID, list[Hold]] = defaultdict(list)
    for row in rows:
        found[row.borrower_id].append(Hold(row.cause, row.until_on))
    return found


def _entries(session: Session, ids: list[UUID], *, since: datetime) -> Mapping[UUID, list[Entry]]:
    columns = ContactEntry.__table__.c
    read: tuple[Any, ...] = (
        *(columns.borrower_id, columns.id, columns.at, columns.channel, columns.kind),
        *(columns.loan_id, columns.contact, columns.outcome, columns.purpose),
        *(columns.occasion, columns.reference),
    )
    # Two reads, each with an index of its own: a ledger of years is never walked.
    recent = select(*read).where(columns.borrower_id.in_(ids), columns.at >= since)
    words = select(*read).where(columns.borrower_id.in_(ids), STANDING)
    rows = session.execute(union(recent, words))
    found: dict[UUID, list[Entry]] = defaultdict(list)
    for row in rows:
        found[row.borrower_id].append(_as_entry(row))
    return found


def _as_entry(row: AnyRow) -> Entry:
    return Entry(
        at=row.at,
        channel=Channel(row.channel),
        kind=EntryKind(row.kind),
        debt=None if row.loan_id is None else str(row.loan_id),
        contact=row.contact,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        purpose=row.purpose,
        occasion=row.occasion,
        reference=row.reference,
    )
