"""The hand that writes entries; the verbs decide what it writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from backend.kit.bulk import sql_ids
from backend.kit.programme_zone import programme_day
from rewards.points.ledger_sql import ENSURE, LOCK, OPEN, POST, SPENDABLE
from rewards.points.rules import Account, Kind, Lot, Move, change_of, expiry_of


@dataclass(frozen=True)
class Cause:
    """Why an entry was made: its kind, the thing it is about, and what a text needs to say."""

    type: str
    id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """What earns once: a rule's version, the thing that happened, and which part of it.

    `round` counts how often the same was earned after having been taken back.
    """

    rule: str
    id: UUID
    part: str = ""
    round: int = 1
    version: int | None = None


@dataclass(frozen=True)
class Opening:
    """An earning to be."""

    borrower_id: UUID
    points: int
    occurred_at: datetime
    cause: Cause
    kind: Kind = Kind.EARNED
    source: Source | None = None

    def as_row(self) -> dict[str, Any]:
        """As the statement reads it. What a hand gives comes from the account `adjusted`."""
        source = self.source
        is_by_hand = self.kind is Kind.ADJUSTED
        return {
            "borrower_id": self.borrower_id,
            "kind": self.kind,
            "from_account": Account.ADJUSTED if is_by_hand else Account.ISSUED,
            "points": self.points,
            "occurred_at": self.occurred_at,
            "expires_on": expiry_of(programme_day(self.occurred_at)),
            "cause_type": self.cause.type,
            "cause_id": self.cause.id,
            "details": self.cause.details,
            "rule": source.rule if source else None,
            "rule_version": source.version if source else None,
            "source_id": source.id if source else None,
            "source_part": source.part if source else None,
            "round": source.round if source else None,
        }


def ensure_accounts(session: Session, *, borrower_ids: Sequence[UUID]) -> None:
    """Open the accounts of those who have none."""
    session.execute(ENSURE, {"borrower_ids": sql_ids(borrower_ids)})


def lock_accounts(session: Session, *, borrower_ids: Sequence[UUID]) -> set[UUID]:
    """Hold these accounts; answers which of them there are."""
    rows = session.execute(LOCK, {"borrower_ids": sql_ids(sorted(set(borrower_ids)))})
    return set(rows.scalars())


def open_lots(session: Session, openings: Sequence[Opening]) -> list[int | None]:
    """Write earnings in one statement; each gets its entry's number, or None where it had earned.

    An account is opened with the first.
    """
    numbers: list[int | None] = [None] * len(openings)
    strangers = _open(session, openings, range(len(openings)), numbers)
    if strangers:
        ensure_accounts(session, borrower_ids=sorted({openings[i].borrower_id for i in strangers}))
        _open(session, openings, strangers, numbers)
    return numbers


def _open(
    session: Session,
    openings: Sequence[Opening],
    places: Sequence[int],
    numbers: list[int | None],
) -> list[int]:
    """Write those at these places; answers the places of those who have no account."""
    if not places:
        return []
    entries = orjson.dumps([openings[i].as_row() for i in places]).decode()
    rows = session.execute(OPEN, {"entries": entries}).all()
    for place, row in zip(places, rows, strict=True):
        numbers[place] = row.number
    return [place for place, row in zip(places, rows, strict=True) if not row.has_account]


def post(
    session: Session,
    *,
    borrower_id: UUID,
    kind: Kind,
    moves: Sequence[Move],
    cause: Cause,
    occurred_at: datetime,
    reverses: int | None = None,
    unrecovered: int = 0,
) -> int:
    """Write one entry over lots that are there; the account is locked. Answers its number."""
    rows = [
        {"lot": m.lot, "from_account": m.from_account, "to_account": m.to_account}
        | {"points": m.points}
        for m in moves
    ]
    number: int = session.execute(
        POST,
        {
            "borrower_id": borrower_id,
            "kind": kind,
            "moves": orjson.dumps(rows).decode(),
            "available": change_of(moves, Account.AVAILABLE),
            "pending": change_of(moves, Account.PENDING),
            "held": change_of(moves, Account.HELD),
            "occurred_at": occurred_at,
            "cause_type": cause.type,
            "cause_id": cause.id,
            "details": orjson.dumps(cause.details).decode(),
            "reverses": reverses,
            "unrecovered": unrecovered,
        },
    ).scalar_one()
    return number


def list_spendable(session: Session, *, borrower_id: UUID, today: date) -> list[Lot]:
    """Her lots that can be spent, in the order of spending; the account is locked."""
    rows = session.execute(SPENDABLE, {"borrower_id": borrower_id, "today": today})
    return [Lot(*row) for row in rows]
