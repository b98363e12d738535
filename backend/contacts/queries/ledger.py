"""Reads of holds and of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.contacts.models import ContactEntry, ContactHold
from backend.contacts.rules import PROTECTIVE, WORDS, EntryKind, Line, Maker, Outcome
from backend.events.contacts import Channel
from backend.kit import crypto
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page

NOTE = "contact_entry.note"
LINES_MAX = 2_000
ENTRIES_MAX = 10_000


def list_holds(session: Session, *, borrower_id: UUID, today: date) -> list[AnyRow]:
    """What keeps her in peace on a day: rows of cause, until_on, created_at."""
    rows = session.execute(
        select(ContactHold.cause, ContactHold.until_on, ContactHold.created_at)
        .where(ContactHold.borrower_id == borrower_id, ContactHold.until_on >= today)
        .order_by(ContactHold.created_at, ContactHold.cause)
    )
    return list(rows)


def count_holds_since(session: Session, *, borrower_id: UUID, since: datetime, today: date) -> int:
    """How many things keep her in peace today, or began to since then, even if they are over.

    A protective hold is none of them: it may suppress contact and change nothing else.
    """
    return session.execute(
        select(func.count())
        .select_from(ContactHold)
        .where(
            ContactHold.borrower_id == borrower_id,
            ContactHold.cause != PROTECTIVE,
            (ContactHold.until_on >= today) | (ContactHold.created_at >= since),
        )
    ).scalar_one()


def page_entries(
    session: Session, *, borrower_id: UUID, args: Mapping[str, Any], with_notes: bool
) -> Page:
    """Her ledger, or one channel's, newest first; notes are opened for staff alone."""
    query = select(ContactEntry.__table__).where(ContactEntry.borrower_id == borrower_id)
    if args.get("channel") is not None:
        query = query.where(ContactEntry.channel == args["channel"])
    found = page(
        session, query, keys=(ContactEntry.at, ContactEntry.id), descending=True, args=args
    )
    return replace(found, items=[_opened(row, with_note=with_notes) for row in found.items])


def list_entries(session: Session, *, borrower_id: UUID) -> list[dict[str, Any]]:
    """Her ledger to take along, newest first, at most `ENTRIES_MAX`, without notes."""
    rows = session.execute(
        select(ContactEntry.__table__)
        .where(ContactEntry.borrower_id == borrower_id)
        .order_by(ContactEntry.at.desc(), ContactEntry.id.desc())
        .limit(ENTRIES_MAX)
    )
    return [_opened(row, with_note=False) for row in rows]


def get_entry(session: Session, *, borrower_id: UUID, entry_id: UUID) -> dict[str, Any]:
    """One entry, with its note."""
    row = session.execute(
        select(ContactEntry.__table__).where(
            ContactEntry.borrower_id == borrower_id, ContactEntry.id == entry_id
        )
    ).one()
    return _opened(row, with_note=True)


def get_by_reference(session: Session, *, borrower_id: UUID, reference: str) -> dict[str, Any]:
    """The entry that has this reference, with its note."""
    row = session.execute(
        select(ContactEntry.__table__).where(
            ContactEntry.borrower_id == borrower_id, ContactEntry.reference == reference
        )
    ).one()
    return _opened(row, with_note=True)


def list_latest(session: Session, *, borrower_id: UUID, limit: int) -> list[dict[str, Any]]:
    """Her newest entries that people made, without notes."""
    rows = session.execute(
        select(ContactEntry.__table__)
        .where(ContactEntry.borrower_id == borrower_id, ContactEntry.made_by != Maker.MACHINE)
        .order_by(ContactEntry.at.desc(), ContactEntry.id.desc())
        .limit(limit)
    )
    return [_opened(row, with_note=False) for row in rows]


def would_change(session: Session, *, borrower_id: UUID, channel: Channel, kind: EntryKind) -> bool:
    """Whether a word of hers says anything that her last one about it did not."""
    is_of_channel = ContactEntry.kind.in_((EntryKind.OPT_OUT, EntryKind.OPT_IN))
    about = ContactEntry.kind == EntryKind.CEASE
    if kind is EntryKind.CEASE:
        about |= ContactEntry.kind == EntryKind.OPT_IN
    else:
        about |= is_of_channel & (ContactEntry.channel == channel)
    last = session.execute(
        select(ContactEntry.kind)
        .where(ContactEntry.borrower_id == borrower_id, about)
        .order_by(ContactEntry.at.desc(), ContactEntry.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return last != kind and not (last is None and kind is EntryKind.OPT_IN)


def list_lines(session: Session, *, borrower_id: UUID, zone: str, since: datetime) -> list[Line]:
    """What rules read of her ledger: all since then, and every word about contact before.

    Machines are not in it: a message that nobody had to answer is no silence.
    """
    about_contact = ContactEntry.kind.in_(WORDS)
    rows = session.execute(
        select(ContactEntry.at, ContactEntry.channel, ContactEntry.kind, ContactEntry.outcome)
        .where(
            ContactEntry.borrower_id == borrower_id,
            ContactEntry.made_by != Maker.MACHINE,
            (ContactEntry.at >= since - timedelta(days=1)) | about_contact,
        )
        .order_by(ContactEntry.at.desc())
        .limit(LINES_MAX)
    )
    return as_lines(rows.all(), zone=zone)


def as_lines(rows: Sequence[AnyRow], *, zone: str) -> list[Line]:
    """Rows of at, channel, kind and outcome as rules read them."""
    return [
        Line(
            at=row.at,
            on=day_in_zone(row.at, zone),
            channel=Channel(row.channel),
            kind=EntryKind(row.kind),
            outcome=None if row.outcome is None else Outcome(row.outcome),
        )
        for row in rows
    ]


def _opened(row: AnyRow, *, with_note: bool) -> dict[str, Any]:
    values = dict(row._mapping)
    sealed = values.pop("note_cipher")
    has_note = with_note and sealed is not None
    values["note"] = crypto.decrypt(sealed, context=NOTE) if has_note else None
    return values
