"""Points whose day has passed, and telling of those whose day is near."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.points import PointsExpiringSoon
from backend.kit.bulk import sql_array
from backend.kit.outbox import announce_all
from backend.kit.programme_zone import programme_day
from rewards.points.ledger_sql import EXPIRE, IN_BULK, OLDEST_DUE
from rewards.points.rules import (
    EXPIRY_NOTICE_DAYS,
    Account,
    Kind,
    Move,
    add_months,
    month_end,
)
from rewards.points.service.ledger import Cause, post

FIRST = UUID(int=0)

_RESTORED = text(
    """
    SELECT number, available, expires_on FROM points_lot
     WHERE borrower_id = :borrower_id AND number = ANY(CAST(:lots AS bigint[]))
       AND available > 0 AND expires_on < :today
     ORDER BY number
    """
)
_NOTICE = text(
    """
    WITH soon AS MATERIALIZED (
        SELECT borrower_id, sum(available)::bigint AS points
          FROM points_lot
         WHERE expires_on = :expires_on AND available > 0 AND borrower_id > :after
         GROUP BY borrower_id
         ORDER BY borrower_id
         LIMIT :limit
    ), told AS (
        INSERT INTO points_expiry_notice (borrower_id, expires_on, points, announced_at)
        SELECT borrower_id, :expires_on, points, :now FROM soon
        ON CONFLICT DO NOTHING
        RETURNING borrower_id
    )
    SELECT soon.borrower_id, soon.points, told.borrower_id IS NOT NULL AS is_news
      FROM soon LEFT JOIN told USING (borrower_id)
     ORDER BY soon.borrower_id
    """
)


class Chunk(NamedTuple):
    """What one chunk came to: what was looked at, what of it was done, and where it ended."""

    found: int
    done: int
    last_id: UUID


def next_due_day(session: Session, *, today: date, after: date = date.min) -> date | None:
    """The oldest day, later than `after`, that has passed and of which there are points left."""
    found: date | None = session.execute(
        OLDEST_DUE, {"today": today, "after": after}
    ).scalar_one_or_none()
    return found


def expire_chunk(
    session: Session, *, expired_on: date, after: UUID, limit: int, now: datetime
) -> Chunk:
    """Post the expiry of up to `limit` lots of one past day, of borrowers after that id."""
    session.execute(IN_BULK)
    row = session.execute(
        EXPIRE,
        {
            "expired_on": expired_on,
            "after": after,
            "limit": limit,
            "now": now,
            "details": orjson.dumps({"on": expired_on.isoformat()}).decode(),
        },
    ).one()
    return Chunk(row.found, row.expired, row.last_id or after)


def expire_restored(
    session: Session, *, borrower_id: UUID, lots: Sequence[int], now: datetime
) -> None:
    """What came back to lots whose day has passed expires at once; the account is locked."""
    rows = session.execute(
        _RESTORED,
        {"borrower_id": borrower_id, "lots": sql_array(lots), "today": programme_day(now)},
    ).all()
    for expired_on in sorted({row.expires_on for row in rows}):
        moves = [
            Move(row.number, Account.AVAILABLE, Account.EXPIRED, row.available)
            for row in rows
            if row.expires_on == expired_on
        ]
        cause = Cause("expiry", details={"on": expired_on.isoformat()})
        post(
            session,
            borrower_id=borrower_id,
            kind=Kind.EXPIRED,
            moves=moves,
            cause=cause,
            occurred_at=now,
        )


def announce_expiring(
    session: Session, *, expires_on: date, after: UUID, limit: int, now: datetime
) -> Chunk:
    """Tell up to `limit` borrowers after that id, each once, what expires on a day to come."""
    rows = session.execute(
        _NOTICE, {"expires_on": expires_on, "after": after, "limit": limit, "now": now}
    ).all()
    news = [
        PointsExpiringSoon(row.borrower_id, now, points=row.points, expires_on=expires_on)
        for row in rows
        if row.is_news
    ]
    announce_all(session, news)
    return Chunk(len(rows), len(news), rows[-1].borrower_id if rows else after)


def days_to_tell(today: date) -> list[date]:
    """The days of expiry, which are ends of months, of which it is time to tell."""
    until = today + timedelta(days=EXPIRY_NOTICE_DAYS)
    ends = [month_end(add_months(today.replace(day=1), ahead)) for ahead in (0, 1)]
    return [end for end in ends if end <= until]
