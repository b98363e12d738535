"""The proof of the points' books: account = lots = entries, and the order of spending was kept."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.programme_zone import programme_day
from backend.kit.wiring import Audit
from rewards.points.rules import Lot, live

BATCH = 5_000
# A posting cannot fail to sum to zero: its one row takes and gives. What postings say of every
# account and lot is held against what is kept there.
_ACCOUNTS = text(
    """
    WITH lots AS (
        SELECT borrower_id, sum(available) AS available, sum(pending) AS pending, sum(held) AS held
          FROM points_lot GROUP BY borrower_id
    ), entries AS (
        SELECT borrower_id, sum(points) AS available, max(number) AS last_number
          FROM points_entry GROUP BY borrower_id
    )
    SELECT borrower_id FROM points_account AS a
      FULL JOIN lots AS l USING (borrower_id)
      FULL JOIN entries AS e USING (borrower_id)
     WHERE (a.available, a.pending, a.held, a.last_number) IS DISTINCT FROM
           (coalesce(l.available, 0), coalesce(l.pending, 0), coalesce(l.held, 0),
            coalesce(e.last_number, 0))
        OR coalesce(e.available, 0) IS DISTINCT FROM a.available
    """
)
_LOTS = text(
    """
    WITH posted AS (
        SELECT borrower_id, lot AS number,
               sum(CASE 'available' WHEN to_account THEN points WHEN from_account THEN -points
                   ELSE 0 END) AS available,
               sum(CASE 'pending' WHEN to_account THEN points WHEN from_account THEN -points
                   ELSE 0 END) AS pending,
               sum(CASE 'held' WHEN to_account THEN points WHEN from_account THEN -points
                   ELSE 0 END) AS held,
               sum(CASE 'redeemed' WHEN to_account THEN points WHEN from_account THEN -points
                   ELSE 0 END) AS spent,
               sum(points) FILTER (WHERE number = lot) AS points
          FROM points_movement GROUP BY borrower_id, lot
    )
    SELECT borrower_id, number FROM points_lot AS l
      FULL JOIN posted AS p USING (borrower_id, number)
     WHERE (l.points, l.available, l.pending, l.held, l.spent) IS DISTINCT FROM
           (p.points, p.available, p.pending, p.held, p.spent)
    """
)
_ENTRIES = text(
    """
    WITH posted AS (
        SELECT borrower_id, number,
               sum(CASE 'available' WHEN to_account THEN points WHEN from_account THEN -points
                   ELSE 0 END) AS points
          FROM points_movement GROUP BY borrower_id, number
    )
    SELECT borrower_id, number FROM points_entry AS e
      FULL JOIN posted AS p USING (borrower_id, number)
     WHERE e.number IS NULL OR e.points <> coalesce(p.points, 0)
    """
)
_HOLDS = text(
    """
    SELECT borrower_id FROM points_account AS a
      LEFT JOIN (
          SELECT borrower_id, sum(points) AS held FROM points_hold
           WHERE state = 'open' GROUP BY borrower_id
      ) AS h USING (borrower_id)
     WHERE a.held <> coalesce(h.held, 0)
    """
)
# Whoever ever took points by the order of expiry, with all that was posted to her lots.
_HISTORIES = text(
    """
    SELECT e.borrower_id, e.number, e.kind, e.occurred_at, p.lot, p.from_account, p.to_account,
           p.points, l.expires_on
      FROM points_entry AS e
      JOIN points_movement AS p USING (borrower_id, number)
      JOIN points_lot AS l ON l.borrower_id = p.borrower_id AND l.number = p.lot
     WHERE EXISTS (
         SELECT FROM points_entry AS taking
          WHERE taking.borrower_id = e.borrower_id AND taking.kind IN ('spent', 'held'))
     ORDER BY e.borrower_id, e.number, l.expires_on, p.lot
    """
)


def check_points(session: Session) -> Iterator[str]:
    """One line for each difference."""
    for borrower_id in session.execute(_ACCOUNTS).scalars():
        yield f"points of {borrower_id}: account, lots and entries differ"
    for borrower_id, number in session.execute(_LOTS):
        yield f"points of {borrower_id}: lot {number} is not what was posted to it"
    for borrower_id, number in session.execute(_ENTRIES):
        yield f"points of {borrower_id}: entry {number} is not what it posted"
    for borrower_id in session.execute(_HOLDS).scalars():
        yield f"points of {borrower_id}: open holds are not what is held"
    rows = session.execute(_HISTORIES.execution_options(yield_per=BATCH))
    for borrower_id, history in groupby(rows, key=lambda row: row.borrower_id):
        yield from _check_order(borrower_id, history)


def _check_order(borrower_id: Any, history: Any) -> Iterator[str]:
    """Replays her postings: each taking must have emptied older lots that could be spent."""
    lots: dict[int, Lot] = {}
    for number, postings in groupby(history, key=lambda row: row.number):
        moved = list(postings)
        first = moved[0]
        if first.kind in ("spent", "held"):
            today = programme_day(first.occurred_at)
            wanted = [lot.number for lot in live(lots.values(), today=today)][: len(moved)]
            if wanted != [row.lot for row in moved]:
                yield f"points of {borrower_id}: entry {number} did not take the oldest first"
            elif any(row.points != lots[row.lot].available for row in moved[:-1]):
                yield f"points of {borrower_id}: entry {number} left some of an older lot"
        for row in moved:
            before = lots.get(row.lot)
            change = (row.to_account == "available") - (row.from_account == "available")
            left = (before.available if before else 0) + change * row.points
            lots[row.lot] = Lot(row.lot, left, row.expires_on)


AUDITS = (Audit(name="points", run=check_points),)
