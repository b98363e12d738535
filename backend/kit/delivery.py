"""The worker's side of the outbox: claim, hand over, mark done, in one transaction.

A batch that fails is tried again one by one, so that one bad event does not hold up the other
ninety-nine. A failing event waits longer each time and is parked after ten tries, where staff
see it; the others go on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Select,
    Text,
    delete,
    exists,
    func,
    literal,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.kit import outbox
from backend.kit.bulk import plan_for_many
from backend.kit.db import AnyRow, transaction
from backend.kit.logs import get_logger
from backend.kit.outbox import DeliveryRow, EventRow
from backend.kit.wiring import Handler

ATTEMPTS_MAX = 10
BACKOFF_FIRST = timedelta(seconds=2)
BACKOFF_MAX = timedelta(hours=1)
KEPT_DELIVERED = timedelta(days=30)
PURGE_BATCH = 10_000
ERROR_LENGTH_MAX = 200

log = get_logger(__name__)

_WITHOUT_WAITING = text("SET LOCAL synchronous_commit = off")
_D = DeliveryRow.__table__.c
# The database's own clock judges what is due: workers on several hosts need not agree.
_OPEN = (_D.done_at.is_(None), _D.parked_at.is_(None), _D.due_at <= func.clock_timestamp())


def list_due(handlers: Sequence[str]) -> set[str]:
    """Those of these handlers for whom something is due: one question for all that are idle."""
    name = func.unnest(literal(list(handlers), ARRAY(Text))).column_valued("name")
    is_due = exists().where(DeliveryRow.handler == name, *_OPEN)
    with transaction() as session:
        return set(session.execute(select(name).where(is_due)).scalars())


def deliver_batch(handler: Handler, *, now: datetime) -> int:
    """Hand one batch to the handler. Returns how many deliveries were looked at; 0 = none due."""
    claimed: list[int] = []
    try:
        with transaction() as session:
            rows = _claim(session, handler=handler.name, limit=handler.batch_max)
            claimed = [row.seq for row in rows]
            if rows:
                _run_and_mark(session, handler=handler, rows=rows, now=now)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, the others go on
        log.warning("handler_batch_failed", handler=handler.name, error=type(error).__name__)
        for seq in claimed:
            _deliver_one(handler, seq=seq, now=now)
    return len(claimed)


def _claim(
    session: Session, *, handler: str, limit: int, seq: int | None = None
) -> Sequence[AnyRow]:
    query = (
        select(
            EventRow.seq,
            EventRow.name,
            EventRow.borrower_id,
            EventRow.payload,
            EventRow.occurred_at,
            EventRow.recorded_at,
            DeliveryRow.attempts,
        )
        .join(EventRow, EventRow.seq == DeliveryRow.seq)
        .where(DeliveryRow.handler == handler, *_OPEN)
        .order_by(DeliveryRow.due_at, DeliveryRow.seq)
        .limit(limit)
        .with_for_update(of=DeliveryRow, skip_locked=True)
    )
    if seq is not None:
        query = query.where(DeliveryRow.seq == seq)
    return session.execute(query).all()


def _run_and_mark(
    session: Session, *, handler: Handler, rows: Sequence[AnyRow], now: datetime
) -> None:
    if handler.is_bulk:
        plan_for_many(session)
    if handler.is_bulk and not handler.is_read_outside:
        # Nobody waits for an answer: what a power cut undoes is undone with its mark, and is
        # delivered again. Whatever is acknowledged later takes it to the disk first; a mere read
        # of it is no acknowledgement.
        session.execute(_WITHOUT_WAITING)
    ordered = sorted(rows, key=lambda row: row.seq)
    handler.run(session, [outbox.restore(row) for row in ordered], now)
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.handler == handler.name, _D.seq.in_([row.seq for row in rows]))
        .values(done_at=func.clock_timestamp(), attempts=DeliveryRow.attempts + 1)
    )


def _deliver_one(handler: Handler, *, seq: int, now: datetime) -> None:
    with transaction() as session:
        rows = _claim(session, handler=handler.name, limit=1, seq=seq)
        if not rows:
            return
        try:
            with session.begin_nested():
                _run_and_mark(session, handler=handler, rows=rows, now=now)
        except Exception as error:  # noqa: BLE001 - recorded on the delivery, shown to staff
            _record_failure(
                session, handler=handler.name, seq=seq, attempts=rows[0].attempts + 1, error=error
            )


def _record_failure(
    session: Session, *, handler: str, seq: int, attempts: int, error: Exception
) -> None:
    wait = min(BACKOFF_FIRST * 2 ** (attempts - 1), BACKOFF_MAX)
    is_parked = attempts >= ATTEMPTS_MAX
    # The type and not the words: an error's text may carry what a person wrote.
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.handler == handler, DeliveryRow.seq == seq)
        .values(
            attempts=attempts,
            due_at=func.clock_timestamp() + wait,
            last_error=type(error).__name__[:ERROR_LENGTH_MAX],
            parked_at=func.clock_timestamp() if is_parked else None,
        )
    )
    log.error(
        "delivery_failed",
        handler=handler,
        seq=seq,
        attempts=attempts,
        parked=is_parked,
        error=type(error).__name__,
    )


def list_parked(session: Session, *, limit: int) -> Sequence[AnyRow]:
    """Deliveries that gave up, newest first, with the event's name and the kind of error."""
    return session.execute(
        select(
            DeliveryRow.handler,
            DeliveryRow.seq,
            DeliveryRow.attempts,
            DeliveryRow.last_error,
            DeliveryRow.parked_at,
            EventRow.name.label("event"),
        )
        .join(EventRow, EventRow.seq == DeliveryRow.seq)
        .where(DeliveryRow.parked_at.is_not(None))
        .order_by(DeliveryRow.parked_at.desc(), DeliveryRow.seq.desc())
        .limit(limit)
    ).all()


def retry_parked(session: Session, *, handler: str, seq: int) -> bool:
    """Put one parked delivery back to work. False when there is no such parked delivery."""
    result = session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.handler == handler,
            DeliveryRow.seq == seq,
            DeliveryRow.parked_at.is_not(None),
        )
        .values(parked_at=None, attempts=0, due_at=func.clock_timestamp())
        .returning(DeliveryRow.seq)
    )
    return result.first() is not None


def count_open(session: Session) -> dict[str, int]:
    """How many deliveries each handler still has to hear."""
    rows = session.execute(
        select(DeliveryRow.handler, func.count().label("waiting"))
        .where(_D.done_at.is_(None), _D.parked_at.is_(None))
        .group_by(DeliveryRow.handler)
    )
    return {row.handler: row.waiting for row in rows}


def purge_delivered(session: Session, *, limit: int = PURGE_BATCH) -> int:
    """Forget deliveries done more than 30 days ago, one batch; the events themselves stay."""
    old: Select[Any] = (
        select(literal_column("ctid"))
        .select_from(DeliveryRow)
        .where(_D.done_at < func.clock_timestamp() - KEPT_DELIVERED)
        .limit(limit)
    )
    result = session.execute(
        delete(DeliveryRow).where(literal_column("ctid").in_(old)).returning(DeliveryRow.seq)
    )
    return len(result.all())
