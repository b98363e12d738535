"""Facts as of many moments in one statement: what `queries.get_facts_at` says of one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    Subquery,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Uuid

from backend.kit.programme_zone import programme_zone
from backend.profile.catalogue import Fact
from backend.profile.columns import COUNTED_FROM, counted
from backend.profile.models import FactChange, Profile
from backend.profile.timeline import kind_of_kept

_WHOLE: ColumnElement[Any] = literal_column("'{}'::text[]")
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_SINCE = bindparam("since", type_=DateTime(timezone=True))
_UNTIL = bindparam("until", type_=DateTime(timezone=True))
MOMENT = ("borrower_id", "known_at", "known_seq", "on_day", "by_time")


@dataclass(frozen=True, slots=True)
class KnownAt:
    """A moment of a borrower: the event that had been absorbed, and its time."""

    borrower_id: UUID
    at: datetime
    seq: int


def days_of(moments: Sequence[KnownAt]) -> Subquery:
    """The rows of `MOMENT` of these moments, each with its `place` among them and her own day."""
    asked = (
        func.unnest(
            literal(list(range(len(moments))), ARRAY(Integer)),
            literal([each.borrower_id for each in moments], ARRAY(Uuid)),
            literal([each.at for each in moments], ARRAY(DateTime(timezone=True))),
            literal([each.seq for each in moments], ARRAY(BigInteger)),
        )
        .table_valued("place", "borrower_id", "known_at", "known_seq")
        .render_derived(name="asked")
    )
    zone = func.coalesce(Profile.timezone, programme_zone())
    return (
        select(
            *asked.c,
            cast(func.timezone(zone, asked.c.known_at), Date).label("on_day"),
            literal(value=False).label("by_time"),
        )
        .join(Profile, Profile.borrower_id == asked.c.borrower_id, isouter=True)
        .subquery("dayed")
    )


def facts_as_of(
    facts: Mapping[str, Fact], moments: FromClause, *, names: Collection[str]
) -> Select[Any]:
    """The rows of `moments`, which has at least the columns of `MOMENT`, and the named facts.

    What events changed is found by their order, up to `known_seq`; what none did, and `by_time`
    everything, by its time, up to `known_at`. Ages are counted to `on_day`. OFFSET 0 keeps the
    database from copying a look-up into each use of it.
    """
    kept = sorted({each for name in names for each in COUNTED_FROM.get(name, (name,))})
    noted = select(*moments.c, *(_kept(moments, name, facts) for name in kept))
    found = noted.offset(0).subquery("noted")
    values: dict[str, ColumnElement[Any]] = {name: found.c[f"kept_{name}"] for name in kept}
    own = (found.c[column.name] for column in moments.c)
    day = found.c.on_day
    return select(
        *own,
        *(
            (counted(name, values, today=day) if name in COUNTED_FROM else values[name]).label(name)
            for name in sorted(names)
        ),
    )


def _kept(moments: FromClause, name: str, facts: Mapping[str, Fact]) -> ColumnElement[Any]:
    m = moments.c
    by_order = and_(FactChange.event_seq > 0, ~m.by_time)
    is_known = case(
        (by_order, FactChange.event_seq <= m.known_seq),
        else_=FactChange.occurred_at <= m.known_at,
    )
    newest = (
        select(cast(FactChange.value.op("#>>")(_WHOLE), kind_of_kept(name, facts)))
        .where(
            FactChange.borrower_id == m.borrower_id,
            FactChange.fact == name,
            is_known,
        )
        .order_by(FactChange.occurred_at.desc(), FactChange.event_seq.desc())
        .limit(1)
        .correlate(moments)
        .scalar_subquery()
    )
    return newest.label(f"kept_{name}")


def moments_of_change(names: Collection[str]) -> Select[Any]:
    """Moments of `:ids` at which one of these facts may have become another: rows of `MOMENT`.

    The instant `:since`, and each change after it that was noted up to `:until`. Between them only
    ages grow.
    """
    kept = sorted({each for name in names for each in COUNTED_FROM.get(name, (name,))})
    begin = select(
        Profile.borrower_id,
        _SINCE.label("known_at"),
        literal(0, BigInteger).label("known_seq"),
        cast(func.timezone(Profile.timezone, _SINCE), Date).label("on_day"),
        literal(value=True).label("by_time"),
    ).where(Profile.borrower_id == any_(_IDS))
    if not kept:
        return select(*begin.subquery("moments").c)
    is_by_time = FactChange.event_seq == 0
    zone = case((FactChange.is_rebuilt & is_by_time, "UTC"), else_=Profile.timezone)
    changes = (
        select(
            FactChange.borrower_id,
            FactChange.occurred_at,
            FactChange.event_seq,
            cast(func.timezone(zone, FactChange.occurred_at), Date),
            is_by_time,
        )
        .join(Profile, Profile.borrower_id == FactChange.borrower_id)
        .where(
            Profile.borrower_id == any_(_IDS),
            FactChange.fact == any_(array([literal(name) for name in kept])),
            FactChange.occurred_at > _SINCE,
            FactChange.occurred_at <= _UNTIL,
        )
    )
    both = union(begin, changes).subquery("moments")
    return select(*both.c)
