"""The nightly run over everybody: planned once, worked off in chunks by whoever is there."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.bulk import count_anew
from backend.kit.ids import new_id
from backend.tiers.models import TierRun, TierRunChunk, TierState
from backend.tiers.policies import get_live_version, get_policy
from backend.tiers.retier import Occasion, Outcome, retier_range

CHUNK = 25_000
FIRST_ID = UUID(int=0)

# Bounds of equal shares; ids made after the planning are later than all and fall into the last.
_PLAN = text(
    """
    INSERT INTO tier_run_chunk (run_id, number, from_id, to_id)
    SELECT :run_id, number, CASE WHEN number = 1 THEN :first_id ELSE from_id END,
           lead(from_id) OVER (ORDER BY number)
    FROM (
        SELECT borrower_id AS from_id, (place - 1) / :size + 1 AS number
        FROM (
            SELECT borrower_id, row_number() OVER (ORDER BY borrower_id) AS place FROM profile
        ) AS placed
        WHERE place % :size = 1
    ) AS bounds
    """
)


def start_or_join(session: Session, *, today: date, now: datetime) -> Row[Any]:
    """The one run of the live policy and this day, planned if nobody has done so yet.

    A second worker waits here until the first has planned, then joins in.
    """
    version = get_live_version(session)
    run_id = new_id()
    made = session.execute(
        insert(TierRun)
        .values(
            id=run_id,
            policy_version=version,
            run_on=today,
            business_at=now,
            started_at=func.clock_timestamp(),
        )
        .on_conflict_do_nothing(index_elements=["policy_version", "run_on"])
        .returning(TierRun.id)
    ).first()
    if made is not None:
        # Just imported or restored, a table tells nothing of its size: a chunk would be compared
        # row by row with itself.
        count_anew(session, ("profile",))
        session.execute(_PLAN, {"run_id": run_id, "first_id": FIRST_ID, "size": CHUNK})
    return session.execute(
        select(TierRun.__table__).where(TierRun.policy_version == version, TierRun.run_on == today)
    ).one()


def work_off_one(session: Session, *, run: Row[Any]) -> bool:
    """Claim a chunk that nobody is at and re-tier it. False when there is none to claim.

    Chunk and mark are one transaction: a worker that dies leaves its chunk as it was. Once
    another version is live, nobody is judged by this run's any more: what is left is closed.
    """
    live = get_live_version(session)
    if live != run.policy_version:
        _supersede(session, run_id=run.id, live=live)
        return False
    chunk = session.execute(
        select(TierRunChunk.__table__)
        .where(TierRunChunk.run_id == run.id, TierRunChunk.done_at.is_(None))
        .order_by(TierRunChunk.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if chunk is None:
        return False
    outcome = retier_range(
        session,
        from_id=chunk.from_id,
        to_id=chunk.to_id,
        loaded=get_policy(session, version=run.policy_version),
        occasion=Occasion(today=run.run_on, now=run.business_at, cause="re-tier", run_id=run.id),
    )
    session.execute(
        update(TierRunChunk)
        .where(TierRunChunk.run_id == run.id, TierRunChunk.number == chunk.number)
        .values(
            done_at=func.clock_timestamp(),
            evaluated=outcome.recorded,
            moves=_as_rows(outcome),
        )
    )
    return True


def _supersede(session: Session, *, run_id: UUID, live: int) -> None:
    # Waits for whoever is at a chunk, and leaves that one as it was done.
    session.execute(
        update(TierRunChunk)
        .where(TierRunChunk.run_id == run_id, TierRunChunk.done_at.is_(None))
        .values(done_at=func.clock_timestamp(), evaluated=0, moves=[])
    )
    session.execute(
        update(TierRun)
        .where(TierRun.id == run_id, TierRun.finished_at.is_(None))
        .values(superseded_by=live)
    )


def _as_rows(outcome: Outcome) -> list[Any]:
    return [[before, after, count] for (before, after), count in sorted_moves(outcome.moves)]


def sorted_moves(
    moves: Counter[tuple[str | None, str]],
) -> list[tuple[tuple[str | None, str], int]]:
    """Moves in a stable order; newcomers, who come from no tier, first."""
    return sorted(moves.items(), key=lambda move: (move[0][0] or "", move[0][1]))


def count_open_chunks(session: Session, *, run_id: UUID) -> int:
    """Chunks that are not done, those at which another worker is among them."""
    return session.execute(
        select(func.count()).where(TierRunChunk.run_id == run_id, TierRunChunk.done_at.is_(None))
    ).scalar_one()


def finish(session: Session, *, run_id: UUID) -> Row[Any]:
    """Write the run's record, once; whoever comes later reads it."""
    chunks = session.execute(
        select(TierRunChunk.evaluated, TierRunChunk.moves).where(TierRunChunk.run_id == run_id)
    ).all()
    moves: Counter[tuple[str | None, str]] = Counter()
    for chunk in chunks:
        for before, after, count in chunk.moves:
            moves[before, after] += count
    counts = session.execute(select(TierState.tier, func.count()).group_by(TierState.tier)).all()
    session.execute(
        update(TierRun)
        .where(TierRun.id == run_id, TierRun.finished_at.is_(None))
        .values(
            finished_at=func.clock_timestamp(),
            evaluated=sum(chunk.evaluated for chunk in chunks),
            moved=moves.total(),
            counts={tier: count for tier, count in counts},  # noqa: C416 - rows, not pairs
            matrix=[
                {"from": before, "to": after, "borrowers": count}
                for (before, after), count in sorted_moves(moves)
            ],
        )
    )
    return get_run(session, run_id=run_id)


def get_run(session: Session, *, run_id: UUID) -> Row[Any]:
    """One run's record."""
    return session.execute(select(TierRun.__table__).where(TierRun.id == run_id)).one()


def find_last_finished(session: Session) -> Row[Any] | None:
    """The run that looked at everybody last: `evaluated_at` of whoever it left as she was."""
    return session.execute(
        select(TierRun.__table__)
        .where(TierRun.finished_at.is_not(None), TierRun.superseded_by.is_(None))
        .order_by(TierRun.started_at.desc())
        .limit(1)
    ).first()
