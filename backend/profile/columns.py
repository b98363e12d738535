"""Facts as columns, over whatever holds kept values: the profile's row, or one of its past."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, DateTime, Integer, bindparam, case, cast, extract, func
from sqlalchemy.sql.elements import ColumnElement

from backend.kit.predicates import FactType
from backend.kit.predicates_sql import SQL_TYPES
from backend.profile.rules import MONTHS_IN_YEAR

# The kept values that each counted fact is counted from.
COUNTED_FROM = {
    "days_past_due": ("dpd_base", "oldest_unpaid_due_on"),
    "days_past_due_max_12m": ("dpd_past_max_12m", "dpd_base", "oldest_unpaid_due_on"),
    "days_since_last_payment": ("last_payment_on",),
    "days_since_last_activity": ("last_activity_on",),
    "relationship_months": ("relationship_since_on",),
}


def day_now(timezone: ColumnElement[Any]) -> ColumnElement[Any]:
    """Her day, from the two parameters of a `Moment`: a compiled policy serves every moment.

    It is the day in her own zone, as `Moment.today` says of one.
    """
    at = bindparam("facts_at", type_=DateTime(timezone=True))
    return func.coalesce(
        bindparam("facts_day", type_=Date), cast(func.timezone(timezone, at), Date)
    )


def counted(name: str, kept: Mapping[str, Any], *, today: ColumnElement[Any]) -> ColumnElement[Any]:
    """A fact that is counted to a day, from kept values."""
    return cast(_counted(name, kept, today=today), SQL_TYPES[FactType.INTEGER])


def _counted(name: str, kept: Mapping[str, Any], *, today: Any) -> Any:
    if name == "relationship_months":
        return cast(_months_between(kept["relationship_since_on"], today), Integer)
    if name in ("days_since_last_payment", "days_since_last_activity"):
        return today - kept[COUNTED_FROM[name][0]]
    days_past_due = func.greatest(kept["dpd_base"], today - kept["oldest_unpaid_due_on"])
    if name == "days_past_due":
        return days_past_due
    return func.greatest(kept["dpd_past_max_12m"], days_past_due)


def _months_between(since: Any, today: Any) -> ColumnElement[Any]:
    return (
        (extract("year", today) - extract("year", since)) * MONTHS_IN_YEAR
        + extract("month", today)
        - extract("month", since)
        - case((extract("day", today) < extract("day", since), 1), else_=0)
    )
