"""Facts of her loans: computed when an event is absorbed, and when history is rebuilt."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    bindparam,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.events.borrowers import BorrowersStored
from backend.events.loans import LoansSettled
from backend.events.profile import FactsChanged, FactsRebuilt
from backend.kit.bulk import plan_for_many
from backend.kit.outbox import Event, Recorded, announce_all
from backend.kit.programme_zone import moment
from backend.profile import queries
from backend.profile.refresh_sql import (
    ENSURE,
    FIND_CHANGED,
    FORGET_REBUILT,
    LOCK,
    REBUILD,
    REFRESH,
)

REBUILD_BATCH = 1_000


def absorb(session: Session, *, causes: Sequence[Recorded], now: datetime, today: date) -> None:
    """Compute the facts of those whom these events are about, and say that they are settled.

    What several events about one borrower change is noted under the first of them: as of that
    one all of it was known.

    One `FactsChanged` for each event, changed facts or not: who waits for an event waits for it
    to be absorbed.
    An event about her whose loans are still to be settled waits until they are.
    """
    in_order = sorted(causes, key=lambda each: each.seq)
    about = [(each.event.borrower_id, each) for each in in_order if each.event.borrower_id]
    ids = sorted({borrower_id for borrower_id, _ in about})
    lock(session, borrower_ids=ids)
    # Looked at under the lock: whatever settles the others later waits here, and then finds them.
    settled = set(queries.list_settled(session, borrower_ids=ids))
    refresh(
        session,
        seqs={
            borrower_id: each.seq for borrower_id, each in reversed(about) if borrower_id in settled
        },
        now=now,
        today=today,
    )
    told = [(borrower_id, told_of(each)) for borrower_id, each in about]
    announce_facts(session, told=[each for each in told if each[0] in settled])
    _await(session, told=[each for each in told if each[0] not in settled])


def told_of(cause: Recorded) -> dict[str, Any]:
    """An event as `announce_facts` names it."""
    return {
        "cause": type(cause.event).__name__,
        "cause_seq": cause.seq,
        "occurred_at": cause.event.occurred_at.isoformat(),
    }


def announce_facts(session: Session, *, told: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
    """Say that her facts have settled after an event, as `told_of` names it."""
    announce_all(
        session,
        [
            FactsChanged(
                borrower_id=borrower_id,
                occurred_at=datetime.fromisoformat(each["occurred_at"]),
                cause=each["cause"],
                cause_seq=each["cause_seq"],
            )
            for borrower_id, each in told
        ],
    )


_AWAIT = text("UPDATE profile SET awaited = awaited || :told WHERE borrower_id = :id").bindparams(
    bindparam("told", type_=JSONB)
)
_TAKE_AWAITED = text(
    """
    WITH awaiting AS (
        SELECT borrower_id, awaited FROM profile
        WHERE borrower_id = ANY(:ids) AND awaited <> '[]'
    )
    UPDATE profile p SET awaited = '[]' FROM awaiting a WHERE a.borrower_id = p.borrower_id
    RETURNING a.borrower_id, a.awaited
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def _await(session: Session, *, told: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
    if told:
        session.execute(_AWAIT, [{"id": borrower_id, "told": [each]} for borrower_id, each in told])


def _announce_awaited(session: Session, *, borrower_ids: Sequence[UUID]) -> None:
    rows = session.execute(_TAKE_AWAITED, {"ids": list(borrower_ids)}).all()
    told = [(row.borrower_id, each) for row in rows for each in row.awaited]
    announce_facts(session, told=sorted(told, key=lambda each: each[1]["cause_seq"]))


def refresh(
    session: Session, *, seqs: Mapping[UUID, int], now: datetime, today: date
) -> list[UUID]:
    """Compute and store; returns whose facts changed. `seqs`: the event that caused each.

    `today` is the programme's; each borrower's facts are of her own day.
    """
    ids = sorted(seqs)
    lock(session, borrower_ids=ids)
    changed = session.execute(
        REFRESH,
        {
            "ids": ids,
            "seqs": [seqs[each] for each in ids],
            "now": now,
            **moment(now, today=today).parameters,
        },
    )
    return list(changed.scalars())


def refresh_stale(
    session: Session, *, borrower_ids: Sequence[UUID], now: datetime, today: date
) -> int:
    """Store what time alone has changed (a window's edge passed); returns for how many."""
    plan_for_many(session)
    on = moment(now, today=today)
    found = session.execute(FIND_CHANGED, {"ids": list(borrower_ids), **on.parameters})
    stale = list(found.scalars())
    if not stale:
        return 0
    return len(refresh(session, seqs=dict.fromkeys(stale, 0), now=now, today=today))


def refresh_many(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    seq: int,
    now: datetime,
    today: date,
    cause: type[Event] = LoansSettled,
) -> None:
    """Compute the facts of many as of today, after a bulk store that tells nothing of the past."""
    ids = sorted(set(borrower_ids))
    for start in range(0, len(ids), REBUILD_BATCH):
        batch = ids[start : start + REBUILD_BATCH]
        refresh(session, seqs=dict.fromkeys(batch, seq), now=now, today=today)
    _announce_awaited(session, borrower_ids=ids)
    _announce_rebuilt(session, borrower_ids=ids, now=now, cause=cause)


def follow_particulars(
    session: Session, *, borrower_ids: Sequence[UUID], seq: int, now: datetime, today: date
) -> None:
    """Compute the facts of many after a bulk store of themselves.

    Left to what tells of their loans: whose loans are still to be settled, and who has loans and
    no facts yet. Facts of hers without her past would be noted as if all had come about today.
    """
    # As in `absorb`: whoever computes the facts of the others waits for us, or we for him.
    lock(session, borrower_ids=borrower_ids)
    settled = queries.list_settled(session, borrower_ids=borrower_ids)
    unknown = queries.list_unknown(session, borrower_ids=settled)
    told = [each for each in settled if each not in unknown]
    if told:
        refresh_many(
            session, borrower_ids=told, seq=seq, now=now, today=today, cause=BorrowersStored
        )


def rebuild(
    session: Session, *, borrower_ids: Sequence[UUID], seq: int, now: datetime, today: date
) -> None:
    """Compute facts as of each historic month's end and of today, after a bulk store."""
    ids = sorted(set(borrower_ids))
    for start in range(0, len(ids), REBUILD_BATCH):
        batch = ids[start : start + REBUILD_BATCH]
        lock(session, borrower_ids=batch)
        session.execute(FORGET_REBUILT, {"ids": batch})
        on = moment(now, today=today)
        session.execute(REBUILD, {"ids": batch, "now": now, "seq": seq, **on.parameters})
    _announce_awaited(session, borrower_ids=ids)
    _announce_rebuilt(session, borrower_ids=ids, now=now, cause=LoansSettled, history=True)


def _announce_rebuilt(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    now: datetime,
    cause: type[Event],
    history: bool = False,
) -> None:
    # In events of a batch each: who hears one does it in one transaction, whatever was stored.
    announce_all(
        session,
        [
            FactsRebuilt(
                borrower_id=None,
                occurred_at=now,
                borrower_ids=tuple(borrower_ids[start : start + REBUILD_BATCH]),
                cause=cause.__name__,
                history=history,
            )
            for start in range(0, len(borrower_ids), REBUILD_BATCH)
        ],
    )


def lock(session: Session, *, borrower_ids: Sequence[UUID]) -> None:
    """Hold the fact rows of these borrowers, making those that are not there yet."""
    # In id order, so that two handlers never wait for each other; and in a statement of its own,
    # so that the next one computes from what whoever held the lock has committed.
    session.execute(ENSURE, {"ids": list(borrower_ids)})
    session.execute(LOCK, {"ids": list(borrower_ids)})
