"""Events turned into intents: set-based, since a tier's rule may move a million at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    JSON,
    DateTime,
    Select,
    String,
    Uuid,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from backend.events.loans import PaymentReceived
from backend.events.tiers import TierChanged
from backend.kit.outbox import Recorded
from backend.kit.programme_zone import programme_day
from backend.kit.texts import Text
from backend.loans import queries as loans
from backend.tiers import queries as tiers
from notifications.deliveries import service as deliveries
from notifications.notices.rules import Notice, notice_of, receipt_of, subject_that_moved
from notifications.templates import queries as templates

Told = tuple[UUID, Notice]
MOVED_ON = "moved_on"


def tell(session: Session, *, recorded: Sequence[Recorded], now: datetime) -> None:
    """Intend what there is to tell of these events, in their order; take back what is old."""
    names = _read_names(session, recorded)
    told: list[Told] = []
    moved: dict[tuple[UUID, str], None] = {}
    for each in recorded:
        borrower_id = each.event.borrower_id
        if borrower_id is None or each.event.is_backfill:
            continue
        subject = subject_that_moved(each.event)
        if subject is not None:
            moved[borrower_id, subject] = None
            told = [(who, old) for who, old in told if (who, old.subject) != (borrower_id, subject)]
        version = each.event.policy_version if isinstance(each.event, TierChanged) else None
        notice = notice_of(each.event, seq=each.seq, names=names.get(version, {}))
        if notice is not None:
            told.append((borrower_id, notice))
    # In one order, so that two batches of other borrowers never wait for each other in a circle.
    for borrower_id, subject in sorted(moved):
        deliveries.withdraw(
            session, borrower_id=borrower_id, subject=subject, reason=MOVED_ON, now=now
        )
    _intend(session, [(who, notice) for who, notice in told if notice.rings], now=now)
    _put(session, [(who, notice) for who, notice in told if not notice.rings], now=now)


def tell_payments(session: Session, *, recorded: Sequence[Recorded], now: datetime) -> None:
    """Receipts for what came in."""
    events = [
        (each.event.borrower_id, each.event)
        for each in recorded
        if isinstance(each.event, PaymentReceived) and each.event.borrower_id is not None
    ]
    keys = {(borrower_id, event.loan_id) for borrower_id, event in events}
    currencies = loans.list_currencies(session, keys=keys)
    today = programme_day(now)
    told = [
        (borrower_id, notice)
        for borrower_id, event in events
        if (notice := receipt_of(event, currency=currencies.get(event.loan_id, ""), today=today))
    ]
    _intend(session, told, now=now)


def _read_names(
    session: Session, recorded: Sequence[Recorded]
) -> Mapping[int | None, Mapping[str, Text]]:
    events = [each.event for each in recorded if isinstance(each.event, TierChanged)]
    versions = {event.policy_version for event in events if not event.is_backfill}
    return {each: tiers.list_names(session, version=each) for each in sorted(versions)}


def _intend(session: Session, told: Sequence[Told], *, now: datetime) -> None:
    if told:
        deliveries.intend_selected(session, _selected(told, now=now), now=now)


def _put(session: Session, told: Sequence[Told], *, now: datetime) -> None:
    """Into the inbox alone."""
    versions = templates.current_versions(session) if told else {}
    for code in sorted({notice.template for _, notice in told}):
        same = [(who, notice) for who, notice in told if notice.template == code]
        deliveries.put_quietly(
            session, _selected(same, now=now), template=code, version=versions[code], now=now
        )


def _row(borrower_id: UUID, notice: Notice, *, now: datetime) -> dict[str, Any]:
    return {
        "borrower_id": borrower_id,
        "purpose": notice.purpose,
        "template": notice.template,
        "subject": notice.subject,
        "occasion": notice.occasion,
        "variables": dict(notice.variables),
        "due_at": now,
        "expires_at": now + notice.lasts,
    }


_TIME = DateTime(timezone=True)
_COLUMNS: Mapping[str, Any] = {
    "borrower_id": Uuid(),
    "purpose": String(),
    "template": String(),
    "subject": String(),
    "occasion": String(),
    "variables": JSONB(),
    "due_at": _TIME,
    "expires_at": _TIME,
}


def _selected(told: Sequence[Told], *, now: datetime) -> Select[Any]:
    # One text whatever their number, so that the statement is one and is planned once.
    rows = [_row(borrower_id, notice, now=now) for borrower_id, notice in told]
    listed = func.json_to_recordset(cast(literal(orjson.dumps(rows).decode(), String), JSON))
    table = listed.table_valued(*(column(name, kind) for name, kind in _COLUMNS.items()))
    return select(*table.render_derived(with_types=True).c)
