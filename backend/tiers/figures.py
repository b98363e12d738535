"""What tiers count of themselves, day by day: how many stand where, and who moved where."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.figures import Counted, DailyFigure, Measure, Span
from backend.kit.texts import Text

BORROWERS = Text("borrowers", "位客户")
# What staff call the tiers of the policy that we ship; others are called by their codes.
NAMES = {
    "high_risk": Text("High risk", "高风险"),
    "stable": Text("Stable", "稳定"),
    "potential": Text("Potential", "潜力"),
    "current": Text("Current", "正常"),
    "dormant": Text("Dormant", "休眠"),
}
# Between tier and tier in a part of the figure of moves.
ARROW = ">"

_NOW = text("SELECT tier, count(*) FROM tier_state GROUP BY tier")
# Each record that changes a tier puts her into one and takes her out of another: what adds up to
# a day, from the first record on, is how many stood where at its end.
_PAST = text(
    """
    WITH step AS (
        SELECT evaluated_on AS day, tier AS part, count(*) AS change
          FROM tier_evaluation
         WHERE from_tier IS DISTINCT FROM tier AND evaluated_on <= :last_on
         GROUP BY 1, 2
         UNION ALL
        SELECT evaluated_on, from_tier, -count(*)
          FROM tier_evaluation
         WHERE from_tier <> tier AND evaluated_on <= :last_on
         GROUP BY 1, 2
    ), known AS (
        SELECT part, min(day) AS since FROM step GROUP BY part
    ), told AS (
        SELECT CAST(day AS date) AS day
          FROM generate_series(CAST(:first_on AS date), CAST(:last_on AS date), '1 day') AS day
    )
    SELECT told.day, known.part,
           (SELECT sum(step.change) FROM step
             WHERE step.part = known.part AND step.day <= told.day)::bigint AS number
      FROM told JOIN known ON known.since <= told.day
    """
)
_MOVES = text(
    """
    SELECT evaluated_on, from_tier || :arrow || tier AS part, count(*)
      FROM tier_evaluation
     WHERE evaluated_on BETWEEN :first_on AND :last_on AND from_tier <> tier
     GROUP BY 1, 2
    """
)


def count_now(session: Session, span: Span) -> Iterable[Counted]:
    """Where everybody stands."""
    return [Counted(span.last_on, tier, number) for tier, number in session.execute(_NOW)]


def count_past(session: Session, span: Span) -> Iterable[Counted]:
    """Where everybody stood at the end of each day, put together from the records."""
    days = {"first_on": span.first_on, "last_on": span.last_on}
    return [Counted(*row) for row in session.execute(_PAST, days)]


def count_moves(session: Session, span: Span) -> Iterable[Counted]:
    """Who moved, from where to where; being placed for the first time is no move."""
    days = {"first_on": span.first_on, "last_on": span.last_on, "arrow": ARROW}
    return [Counted(*row) for row in session.execute(_MOVES, days)]


FIGURES = {
    "tiers": DailyFigure(
        Text("Borrowers by tier", "各等级客户数"),
        Measure.LEVEL,
        BORROWERS,
        parts=NAMES,
        now=count_now,
        past=count_past,
    ),
    "tier_moves": DailyFigure(
        Text("Moves between tiers", "等级变动"),
        Measure.FLOW,
        BORROWERS,
        parts=NAMES,
        past=count_moves,
    ),
}
