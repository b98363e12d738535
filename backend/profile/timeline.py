"""Facts through time: at each change that was noted of a borrower, and now, in one statement."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Select,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.types import TypeEngine, Uuid

from backend.kit.predicates import FactType, Predicate
from backend.kit.predicates_sql import SQL_TYPES, to_sql
from backend.profile.catalogue import Fact
from backend.profile.columns import COUNTED_FROM, counted, day_now
from backend.profile.models import FactChange, Profile

IDS = bindparam("ids", type_=ARRAY(Uuid))
_AT = bindparam("facts_at", type_=DateTime(timezone=True))
# The path to all of a JSON value, taken as text.
_WHOLE: ColumnElement[Any] = literal_column("'{}'::text[]")
_ORDER = ("at", "seq")


def facts_over_time(
    facts: Mapping[str, Fact],
    columns: Mapping[str, ColumnElement[Any]],
    *,
    names: Collection[str],
    among: Predicate,
) -> Select[Any]:
    """Rows of borrower_id, at, seq, on_day, is_rebuilt and each named fact, of `:ids`.

    `among` is asked of the facts of now. A change without an event has seq 0; now has none, and so
    comes last among what is of one instant.
    Month ends of imported history were the last second of a day in no zone.
    """
    own = select(Profile.borrower_id, Profile.timezone).where(
        Profile.borrower_id == any_(IDS), to_sql(among, columns)
    )
    wanted = sorted(names)
    now: Select[Any] = select(
        Profile.borrower_id,
        _AT.label("at"),
        cast(null(), BigInteger).label("seq"),
        day_now(Profile.__table__.c.timezone).label("on_day"),
        literal(value=False).label("is_rebuilt"),
        *(columns[name].label(name) for name in wanted),
    ).where(Profile.borrower_id == any_(IDS), to_sql(among, columns))
    if not wanted:
        return now
    past = _past(own.cte("own"), facts=facts, names=wanted)
    both = union_all(past, now).subquery("both")
    return select(*both.c)


def _past(own: FromClause, *, facts: Mapping[str, Fact], names: list[str]) -> Select[Any]:
    kinds = {
        kept: kind_of_kept(kept, facts)
        for name in names
        for kept in COUNTED_FROM.get(name, (name,))
    }
    carried = _carried(_noted(own, list(kinds)), list(kinds))
    is_month_end = carried.c.is_rebuilt & (carried.c.seq == 0)
    on_day = case(
        (is_month_end, cast(func.timezone("UTC", carried.c.at), Date)),
        else_=cast(func.timezone(carried.c.timezone, carried.c.at), Date),
    )
    typed: dict[str, ColumnElement[Any]] = {
        kept: cast(carried.c[kept].op("#>>")(_WHOLE), kind) for kept, kind in kinds.items()
    }
    return select(
        carried.c.borrower_id,
        carried.c.at,
        carried.c.seq,
        on_day.label("on_day"),
        carried.c.is_rebuilt,
        *(_fact(name, typed, on_day).label(name) for name in names),
    )


def kind_of_kept(kept: str, facts: Mapping[str, Fact]) -> TypeEngine[Any]:
    """What kind of value a kept one is."""
    if kept in facts:
        return SQL_TYPES[facts[kept].type]
    return SQL_TYPES[FactType.DATE if kept.endswith("_on") else FactType.INTEGER]


def _fact(
    name: str, typed: Mapping[str, ColumnElement[Any]], on_day: ColumnElement[Any]
) -> ColumnElement[Any]:
    return counted(name, typed, today=on_day) if name in COUNTED_FROM else typed[name]


def _noted(own: FromClause, kept: list[str]) -> FromClause:
    """One row a moment, with what changed in it; what did not is null, what became null is json."""
    values = {
        name: func.array_agg(FactChange.value, type_=ARRAY(JSONB)).filter(FactChange.fact == name)
        for name in kept
    }
    return (
        select(
            FactChange.borrower_id,
            FactChange.occurred_at.label("at"),
            FactChange.event_seq.label("seq"),
            own.c.timezone,
            func.bool_or(FactChange.is_rebuilt).label("is_rebuilt"),
            *(value[1].label(name) for name, value in values.items()),
        )
        .join(own, own.c.borrower_id == FactChange.borrower_id)
        .where(
            FactChange.borrower_id == any_(IDS),
            FactChange.fact == any_(array([literal(name) for name in kept])),
            FactChange.occurred_at <= _AT,
        )
        .group_by(
            FactChange.borrower_id,
            FactChange.occurred_at,
            FactChange.event_seq,
            own.c.timezone,
        )
        .subquery("noted")
    )


def _carried(noted: FromClause, kept: list[str]) -> FromClause:
    """Each value carried on to the moments after it, until it changes."""
    if len(kept) == 1:
        return noted
    order = [noted.c[name] for name in _ORDER]
    counted_on = select(
        *noted.c,
        *(
            func.count(noted.c[name])
            .over(partition_by=noted.c.borrower_id, order_by=order)
            .label(f"{name}__nth")
            for name in kept
        ),
    ).subquery("counted_on")
    order = [counted_on.c[name] for name in _ORDER]
    fixed = [counted_on.c[name] for name in ("borrower_id", "at", "seq", "timezone", "is_rebuilt")]
    return select(
        *fixed,
        *(
            func.first_value(counted_on.c[name])
            .over(
                partition_by=(counted_on.c.borrower_id, counted_on.c[f"{name}__nth"]),
                order_by=order,
            )
            .label(name)
            for name in kept
        ),
    ).subquery("carried")
