"""What points count of themselves, day by day: what is owed, and what came and went."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.figures import Counted, DailyFigure, Measure, Span
from backend.kit.texts import Text
from rewards.points.rules import Account

POINTS = Text("points", "积分")
OWED = (Account.AVAILABLE, Account.PENDING, Account.HELD)
NAMES = {
    "available": Text("Available", "可用"),
    "pending": Text("Pending", "待确认"),
    "held": Text("Held", "冻结"),
    "issued": Text("Issued", "发放"),
    "redeemed": Text("Redeemed", "兑换"),
    "expired": Text("Expired", "过期"),
}

_NOW = text(
    "SELECT coalesce(sum(available), 0)::bigint AS available,"
    " coalesce(sum(pending), 0)::bigint AS pending, coalesce(sum(held), 0)::bigint AS held"
    " FROM points_account"
)
# What went into an account and came out of it, from the first entry on.
_PAST = text(
    """
    WITH step AS (
        SELECT CAST(timezone(:zone, e.occurred_at) AS date) AS day, side.part,
               sum(side.change) AS change
          FROM points_entry AS e
          JOIN points_movement AS p USING (borrower_id, number)
         CROSS JOIN LATERAL (VALUES (p.to_account, p.points), (p.from_account, -p.points))
                    AS side(part, change)
         WHERE e.occurred_at < :until_at AND side.part = ANY (CAST(:owed AS text[]))
         GROUP BY 1, 2
    ), known AS (
        SELECT part, min(day) AS since FROM step GROUP BY part
    ), told AS (
        SELECT CAST(day AS date) AS day
          FROM generate_series(CAST(:first_on AS date), CAST(:last_on AS date), '1 day') AS day
    )
    SELECT told.day, known.part,
           (SELECT greatest(sum(step.change), 0) FROM step
             WHERE step.part = known.part AND step.day <= told.day)::bigint AS number
      FROM told JOIN known ON known.since <= told.day
    """
)


def count_now(session: Session, span: Span) -> Iterable[Counted]:
    """What all accounts hold."""
    row = session.execute(_NOW).one()
    return [Counted(span.last_on, part, getattr(row, part)) for part in OWED]


def count_past(session: Session, span: Span) -> Iterable[Counted]:
    """What they held at the end of each day, by when each thing happened."""
    asked = {
        "zone": span.zone,
        "until_at": span.until_at,
        "first_on": span.first_on,
        "last_on": span.last_on,
        "owed": list(OWED),
    }
    return [Counted(*row) for row in session.execute(_PAST, asked)]


FIGURES = {
    "points_owed": DailyFigure(
        Text("Points liability", "积分负债"),
        Measure.LEVEL,
        POINTS,
        parts=NAMES,
        now=count_now,
        past=count_past,
    ),
}
