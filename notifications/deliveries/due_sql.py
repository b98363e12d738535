"""When something is due, in SQL, for planning many at once.

A time that is moved into the product's hours, or that belongs to many, is spread over minutes by
the tail of her id: the same for her each time, evenly for all. It never falls on a quarter of an
hour: every zone's hours begin on one, and so do everybody else's bulk mailings.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, bindparam, text, type_coerce

from backend.events.contacts import Purpose
from notifications.deliveries.rules import AT_ANY_HOUR, BULK, CLOSES_AT, OPENS_AT, SPREAD


def _words(purposes: Iterable[Purpose]) -> str:
    return ", ".join(f"'{purpose}'" for purpose in sorted(purposes))


# The last start of what is spread: it must end within hours, a minute's shift included.
_LAST = datetime(1, 1, 1, CLOSES_AT.hour, CLOSES_AT.minute, tzinfo=UTC)
CLOSES_FOR_BULK = (_LAST - SPREAD - timedelta(minutes=1)).time()
# The minute after a quarter of an hour instead of the quarter's own.
_DUE = f"""
    CASE WHEN told.purpose IN ({_words(AT_ANY_HOUR)}) THEN greatest(told.due_at, :now)
    ELSE (
        SELECT CASE
            WHEN NOT is_spread THEN greatest(told.due_at, :now)
            WHEN CAST(extract(minute FROM at AT TIME ZONE 'UTC') AS int) % 15 = 0
            THEN at + interval '1 minute'
            ELSE at END
          FROM (SELECT greatest(told.due_at, :now) AT TIME ZONE told.zone AS local,
                       told.purpose IN ({_words(BULK)}) AS is_bulk,
                       interval '1 second' * (CAST(CAST(
                           'x' || right(replace(CAST(told.borrower_id AS text), '-', ''), 7)
                           AS bit(28)) AS int) % {int(SPREAD.total_seconds())}) AS share) AS given
         CROSS JOIN LATERAL (
               SELECT CASE
                   WHEN local::time < time '{OPENS_AT}' THEN local::date + time '{OPENS_AT}'
                   WHEN local::time >= CASE WHEN is_bulk THEN time '{CLOSES_FOR_BULK}'
                                            ELSE time '{CLOSES_AT}' END
                   THEN local::date + 1 + time '{OPENS_AT}' END AS moved) AS hours
         CROSS JOIN LATERAL (
               SELECT is_bulk OR moved IS NOT NULL AS is_spread,
                      (coalesce(moved, local) + share) AT TIME ZONE told.zone AS at) AS spread)
    END
"""  # noqa: S608 - constants of ours


def due(*, now: datetime) -> ColumnElement[Any]:
    """The instant at which something is to be sent: at once, or within hours.

    Of a row named `told`: an intent, and the zone of whoever it is for, as `reach_queries.reach`.
    """
    return type_coerce(
        text(_DUE).bindparams(bindparam("now", now, DateTime(timezone=True))).self_group(),
        DateTime(timezone=True),
    )
