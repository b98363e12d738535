"""Who earned what, and when: all of it in one statement, or one borrower's history judged here.

The statement finds those whose history stands as it was noted. A borrower of whose payments one
was taken back, or of whose badges one was taken back by a person, is judged moment by moment, by
facts as they stand by the rows of now.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Numeric,
    Select,
    Text,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Session

from backend.kit.predicates import All, Compare, Predicate
from backend.kit.predicates_sql import to_sql
from backend.kit.programme_zone import Moment
from backend.profile import queries as profile
from rewards.badges.definition import Definition
from rewards.badges.models import BadgeAward
from rewards.badges.rules import Repeats, State, period_of

ENROLLED = Compare("programme_status", "eq", "enrolled")
EVERYBODY = All(())
_PERIOD_FORMS = {Repeats.YEARLY: "YYYY", Repeats.MONTHLY: "YYYY-MM"}


@dataclass(frozen=True, slots=True)
class Earned:
    """One badge, earned by one borrower at one moment, by these facts."""

    borrower_id: UUID
    code: str
    version: int
    period: str
    at: datetime
    seq: int | None
    on: date
    is_rebuilt: bool
    facts: Mapping[str, Any]

    @property
    def key(self) -> tuple[UUID, str, str]:
        """What is held once."""
        return self.borrower_id, self.code, self.period


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of one borrower with the facts that stood then, one of them perhaps restated."""

    at: datetime
    seq: int | None
    on: date
    is_rebuilt: bool
    facts: Mapping[str, Any]


def list_earned(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    definitions: Sequence[Definition],
    now: datetime,
) -> list[Earned]:
    """The first moment of each badge and period that is earned and not held, of the enrolled."""
    if not definitions or not borrower_ids:
        return []
    rows = session.execute(
        _statement(session, definitions), {"ids": list(borrower_ids), **Moment(now).parameters}
    )
    return [Earned(*row) for row in rows]


def _statement(session: Session, definitions: Sequence[Definition]) -> Select[Any]:
    names = frozenset().union(*(each.facts for each in definitions))
    catalogue = profile.get_catalogue(session, with_retired=True)
    series = profile.select_over_time(catalogue, names=names, among=ENROLLED).cte("series")
    known = {name: series.c[name] for name in names}
    found = union_all(*(_branch(each, series.c, known) for each in definitions)).subquery("found")
    held = (
        select(BadgeAward.id)
        .where(
            BadgeAward.borrower_id == found.c.borrower_id,
            BadgeAward.code == found.c.code,
            BadgeAward.period == found.c.period,
            BadgeAward.state == State.STANDING,
        )
        .exists()
    )
    key = (found.c.borrower_id, found.c.code, found.c.period)
    return (
        select(*found.c).ext(distinct_on(*key)).where(~held).order_by(*key, found.c.at, found.c.seq)
    )


def _branch(
    definition: Definition, series: Any, known: Mapping[str, ColumnElement[Any]]
) -> Select[Any]:
    form = _PERIOD_FORMS.get(definition.repeats)
    period = literal("", Text) if form is None else func.to_char(series.on_day, form)
    pairs: list[Any] = []
    for name in sorted(definition.facts):
        pairs += [literal(name, Text), _as_json(known[name])]
    return select(
        series.borrower_id,
        literal(definition.code, Text).label("code"),
        literal(definition.version, BigInteger).label("version"),
        period.label("period"),
        series.at,
        series.seq,
        series.on_day,
        series.is_rebuilt,
        func.jsonb_build_object(*pairs, type_=JSONB).label("facts"),
    ).where(to_sql(definition.condition, known))


def _as_json(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # As text: a JSON number would come back as a float.
    return cast(column, Text) if isinstance(column.type, Numeric) else column


def list_steps(
    session: Session,
    *,
    borrower_ids: Sequence[UUID],
    names: Collection[str],
    among: Predicate,
    restated: Collection[UUID],
    now: datetime,
) -> dict[UUID, list[Step]]:
    """Each moment of each of these borrowers, oldest first; of the `restated` by rows of now."""
    if not borrower_ids:
        return {}
    catalogue = profile.get_catalogue(session, with_retired=True)
    over_time = profile.select_over_time(catalogue, names=names, among=among).subquery("series")
    rows = session.execute(
        select(*over_time.c).order_by(over_time.c.borrower_id, over_time.c.at, over_time.c.seq),
        {"ids": list(borrower_ids), **Moment(now).parameters},
    ).all()
    steps = {
        borrower_id: [
            Step(
                at=row.at,
                seq=row.seq,
                on=row.on_day,
                is_rebuilt=row.is_rebuilt,
                facts={name: row._mapping[name] for name in names},
            )
            for row in own
        ]
        for borrower_id, own in groupby(rows, key=lambda row: row.borrower_id)
    }
    return _restate(session, steps, borrower_ids=restated, now=now)


def _restate(
    session: Session,
    steps: Mapping[UUID, Sequence[Step]],
    *,
    borrower_ids: Collection[UUID],
    now: datetime,
) -> dict[UUID, list[Step]]:
    about = sorted(
        {(who, step.on) for who, own in steps.items() if who in borrower_ids for step in own}
    )
    anew = profile.list_facts_restated(session, moments=about, now=now)
    return {
        who: [
            replace(step, facts=restated_facts(step.facts, anew.get((who, step.on), {})))
            for step in own
        ]
        for who, own in steps.items()
    }


def restated_facts(known: Mapping[str, Any], anew: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they were known, but for those that payments bring about."""
    return {name: anew.get(name, value) for name, value in known.items()}


def first_earned(
    borrower_id: UUID,
    steps: Iterable[Step],
    definition: Definition,
    *,
    taken_back_at: Mapping[str, datetime],
) -> dict[str, Earned]:
    """The first moment in each period; after a person took one back, the first anew.

    Anew: after that instant, and after the condition was once not true.
    """
    found: dict[str, Earned] = {}
    fallen: set[str] = set()
    for step in steps:
        period = period_of(definition.repeats, on=step.on)
        since = taken_back_at.get(period)
        if not definition.is_earned(step.facts):
            fallen |= {each for each, at in taken_back_at.items() if step.at > at}
        elif period not in found and (since is None or period in fallen):
            found[period] = Earned(
                borrower_id=borrower_id,
                code=definition.code,
                version=definition.version,
                period=period,
                at=step.at,
                seq=step.seq,
                on=step.on,
                is_rebuilt=step.is_rebuilt,
                facts=definition.facts_to_json(step.facts),
            )
    return found
