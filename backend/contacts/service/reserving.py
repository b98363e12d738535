"""Contacts of machines: judged, written down before they are sent, settled once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, insert, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.contacts import queries
from backend.contacts.errors import ContactReferenceTaken
from backend.contacts.models import ContactEntry
from backend.contacts.rules import (
    Actor,
    Approach,
    Entry,
    EntryKind,
    Judgement,
    Known,
    Maker,
    Outcome,
    judge,
    open_until,
)
from backend.events.contacts import Channel
from backend.kit.db import AnyRow
from backend.kit.ids import new_id


@dataclass(frozen=True)
class Case:
    """A contact that somebody thinks of, with the instant at which it would be made."""

    borrower_id: UUID
    channel: Channel
    purpose: str
    at: datetime
    occasion: str | None = None


@dataclass(frozen=True)
class Attempt:
    """A contact that a machine is about to make, under an id of its own.

    Attempts of one `occasion` are one message, on however many devices and channels, and count
    once; without one each is a message by itself.
    """

    borrower_id: UUID
    channel: Channel
    purpose: str
    reference: str
    at: datetime
    occasion: str | None = None

    @property
    def message(self) -> str:
        """What it is part of."""
        return self.occasion or self.reference


@dataclass(frozen=True)
class _Judged:
    """By what, and in which zones: an audit asks it again without us."""

    rule_ids: tuple[str, ...]
    zones: tuple[str, ...]


def judge_one(
    session: Session, *, borrower_id: UUID, channel: Channel, purpose: str, at: datetime
) -> Judgement:
    """Whether she may be reached then, by law and by the product's own rules.

    Refuses: BorrowerNotFound.
    """
    (found,) = judge_many(session, cases=[Case(borrower_id, channel, purpose, at)])
    return found


def judge_many(session: Session, *, cases: Sequence[Case]) -> list[Judgement]:
    """As `judge`, in a handful of statements for up to a thousand. Refuses: BorrowerNotFound."""
    if not cases:
        return []
    known = _known(session, cases)
    return [
        judge(
            known[each.borrower_id],
            Approach(each.channel, each.purpose, occasion=each.occasion),
            each.at,
        )
        for each in cases
    ]


def _known(session: Session, cases: Sequence[Case] | Sequence[Attempt]) -> dict[UUID, Known]:
    return queries.list_known(
        session,
        borrower_ids={each.borrower_id for each in cases},
        since=min(each.at for each in cases),
        until=max(each.at for each in cases),
    )


def reserve_many(
    session: Session,
    *,
    attempts: Sequence[Attempt],
    now: datetime,
    lag: timedelta = timedelta(0),
) -> list[Judgement]:
    """Judge each, and write down those that are allowed, so that what follows counts them.

    Within `lag` it may go out: what is allowed now must be allowed then, too.
    The borrowers are locked, so nobody else decides on them meanwhile. The same reference again
    is judged again and stays one entry, moved to the later time while it has no outcome; what has
    one is tried again under a new reference and the same occasion.
    A push waits at its provider for a device that is off: its `open_until` says until when.
    Refuses: BorrowerNotFound, ContactReferenceTaken (by a contact that no machine made).
    """
    if not attempts:
        return []
    _lock(session, attempts)
    known = _known(session, attempts)
    there = _list_there(session, attempts)
    made: dict[tuple[UUID, str], Attempt] = {}
    judged: dict[tuple[UUID, str], _Judged] = {}
    found = []
    for each in attempts:
        own = known[each.borrower_id].without(each.reference)
        approach = Approach(each.channel, each.purpose, occasion=each.message)
        judgement = _judge_until(own.all_by(each.at), approach, each.at, lag=lag)
        found.append(judgement)
        if judgement.allowed:
            if each.channel is Channel.PUSH:
                ends = open_until(own, approach, each.at)
                found[-1] = replace(judgement, open_until=ends)
            key = (each.borrower_id, each.reference)
            made[key], judged[key] = each, _Judged(judgement.judged_by, own.zones)
            known[each.borrower_id] = replace(own, entries=(*own.entries, _as_entry(each)))
    _write(session, made, judged, there=there, now=now)
    return found


def _judge_until(known: Known, approach: Approach, at: datetime, *, lag: timedelta) -> Judgement:
    # Only a window can begin meanwhile: counts and holds do nothing but end.
    judgement = judge(known, approach, at)
    if not judgement.allowed or not lag:
        return judgement
    later = judge(known, approach, at + lag)
    return judgement if later.allowed else later


def _lock(session: Session, attempts: Sequence[Attempt]) -> None:
    ids = {each.borrower_id for each in attempts}
    session.execute(
        select(Borrower.id)
        .where(Borrower.id.in_(ids))
        .order_by(Borrower.id)
        .with_for_update(key_share=True)
    ).all()


def _list_there(session: Session, attempts: Sequence[Attempt]) -> dict[tuple[UUID, str], AnyRow]:
    keys = [(each.borrower_id, each.reference) for each in attempts]
    rows = session.execute(
        select(
            ContactEntry.borrower_id,
            ContactEntry.reference,
            ContactEntry.made_by,
            ContactEntry.outcome,
        ).where(tuple_(ContactEntry.borrower_id, ContactEntry.reference).in_(keys))
    ).all()
    if any(row.made_by != Maker.MACHINE for row in rows):
        raise ContactReferenceTaken
    return {(row.borrower_id, row.reference): row for row in rows}


def _as_entry(attempt: Attempt) -> Entry:
    return Entry(
        at=attempt.at,
        channel=attempt.channel,
        kind=EntryKind.ATTEMPT,
        purpose=attempt.purpose,
        occasion=attempt.message,
        reference=attempt.reference,
    )


def _write(
    session: Session,
    made: Mapping[tuple[UUID, str], Attempt],
    judged: Mapping[tuple[UUID, str], _Judged],
    *,
    there: Mapping[tuple[UUID, str], AnyRow],
    now: datetime,
) -> None:
    rows = [
        {
            "borrower_id": each.borrower_id,
            "id": new_id(),
            "at": each.at,
            "channel": str(each.channel),
            "kind": str(EntryKind.ATTEMPT),
            "actor": str(Actor.LENDER),
            "made_by": str(Maker.MACHINE),
            "purpose": str(each.purpose),
            "occasion": each.message,
            "rule_ids": list(judged[key].rule_ids),
            "zones": list(judged[key].zones),
            "reference": each.reference,
            "recorded_at": now,
        }
        for key, each in made.items()
        if key not in there
    ]
    if rows:
        session.execute(insert(ContactEntry), rows)
    again = [key for key in made if key in there and there[key].outcome is None]
    if again:
        session.connection().execute(
            _AGAIN,
            [
                {
                    "whose": key[0],
                    "which": key[1],
                    "at": made[key].at,
                    "rule_ids": list(judged[key].rule_ids),
                    "zones": list(judged[key].zones),
                }
                for key in again
            ],
        )


# What is tried again stands where it is tried.
_AGAIN = (
    update(ContactEntry.__table__)  # type: ignore[arg-type]
    .where(
        ContactEntry.borrower_id == bindparam("whose"), ContactEntry.reference == bindparam("which")
    )
    .values(at=bindparam("at"), rule_ids=bindparam("rule_ids"), zones=bindparam("zones"))
)


def settle(session: Session, *, outcomes: Mapping[tuple[UUID, str], Outcome], now: datetime) -> int:
    """Say once what came of each attempt, `sent` or `not_delivered`; how many were said now.

    What never went out takes nothing from what she may be sent. It is said of her ledger, and no
    event tells of it: nothing that machines send is a sign of life, or a silence.
    """
    del now
    if not outcomes:
        return 0
    told = (
        func.unnest(
            literal([borrower_id for borrower_id, _ in outcomes], ARRAY(Uuid)),
            literal([reference for _, reference in outcomes], ARRAY(Text)),
            literal([str(outcome) for outcome in outcomes.values()], ARRAY(Text)),
        )
        .table_valued("borrower_id", "reference", "outcome", name="told")
        .render_derived()
    )
    result = session.execute(
        update(ContactEntry)
        .where(
            ContactEntry.borrower_id == told.c.borrower_id,
            ContactEntry.reference == told.c.reference,
            ContactEntry.made_by == Maker.MACHINE,
            ContactEntry.outcome.is_(None),
        )
        .values(outcome=told.c.outcome)
        .returning(ContactEntry.id)
    )
    return len(result.all())
