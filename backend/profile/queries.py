"""Reads of facts: as columns for a statement over everybody, as values for one borrower."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    FromClause,
    Row,
    Select,
    String,
    Subquery,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Uuid

from backend.borrowers.models import Borrower
from backend.kit.predicates import FactType, Predicate, Value, read_value
from backend.kit.predicates_sql import SQL_TYPES, to_sql
from backend.kit.problems import NotFound
from backend.kit.programme_zone import Moment
from backend.kit.texts import Text
from backend.loans.models import Loan
from backend.profile.as_of import KnownAt as KnownAt
from backend.profile.as_of import days_of, facts_as_of
from backend.profile.catalogue import DECLARED_FACTS, FACTS, Fact
from backend.profile.columns import COUNTED_FROM, counted, day_now
from backend.profile.kept_sql import KEPT_COLUMNS
from backend.profile.models import ExtraFact, FactChange, Profile, ProtectedAttributes
from backend.profile.refresh_sql import COMPUTE, RESTATE
from backend.profile.rules import extra_fact_value, facts_on
from backend.profile.timeline import facts_over_time


@dataclass(frozen=True)
class Catalogue:
    """All facts of now: ours, and the lender's own that are not retired."""

    facts: Mapping[str, Fact]

    @property
    def types(self) -> dict[str, FactType]:
        """What a condition may compare each with."""
        return {name: fact.type for name, fact in self.facts.items()}

    def columns(self) -> dict[str, ColumnElement[Any]]:
        """Each fact as a column over `profile`, with the parameters of a `Moment`."""
        table = Profile.__table__
        return self._columns_over(table, self.facts, today=day_now(table.c.timezone))

    def worked_out(
        self, names: Collection[str], *, where: Sequence[ColumnElement[bool]] = ()
    ) -> Subquery:
        """Rows of borrower_id and the named facts, for statements that read each more than once.

        A day in a zone is dear to find, so each row's is found once, and each fact once from it:
        OFFSET 0 keeps the database from copying the one expression into each use of it.
        """
        table = Profile.__table__
        today = day_now(table.c.timezone).label("today")
        read = {kept for name in names for kept in COUNTED_FROM.get(name, (name,))}
        kept = [column for column in table.c if column.name in {"borrower_id", "extra", *read}]
        dayed = select(*kept, today).where(*where).offset(0).subquery("dayed")
        columns = self._columns_over(dayed, names, today=dayed.c.today)
        facts = (columns[name].label(name) for name in names)
        return select(dayed.c.borrower_id, *facts).offset(0).subquery("facts")

    def _columns_over(
        self, rows: FromClause, names: Collection[str], *, today: ColumnElement[Any]
    ) -> dict[str, ColumnElement[Any]]:
        kept = {column.name: column for column in rows.c}
        return {name: self._column(name, kept, today) for name in names}

    def _column(
        self, name: str, kept: Mapping[str, ColumnElement[Any]], today: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        if name in COUNTED_FROM:
            return counted(name, kept, today=today)
        fact = self.facts[name]
        if fact.is_extra:
            return cast(kept["extra"][name].astext, SQL_TYPES[fact.type])
        return kept[name]


def get_catalogue(session: Session, *, with_retired: bool = False) -> Catalogue:
    """All facts that a policy may name now; with those that a published one may still name."""
    extra = _list_extra(session, with_retired=with_retired)
    return Catalogue(FACTS | {fact.name: fact for fact in extra})


def _list_extra(session: Session, *, with_retired: bool = False) -> list[Fact]:
    wanted = true() if with_retired else ExtraFact.retired_at.is_(None)
    rows = session.execute(select(ExtraFact.__table__).where(wanted).order_by(ExtraFact.name))
    return [_as_fact(row) for row in rows]


def _as_fact(row: Row[Any]) -> Fact:
    label = Text.from_json(row.labels)
    return Fact(
        name=row.name,
        type=FactType(row.type),
        unit=row.unit,
        source="lender",
        freshness="with each event",
        label=label,
        definition=label,
        actionable=row.actionable,
        action=Text.from_json(row.action_texts) if row.action_texts else None,
        is_extra=True,
    )


def list_extra_facts(session: Session) -> dict[str, FactType]:
    """What the core system may send in a borrower's `facts`: name to type."""
    declared = {name: FACTS[name].type for name in DECLARED_FACTS}
    return declared | {fact.name: fact.type for fact in _list_extra(session)}


def find_extra_fact(session: Session, *, name: str) -> Row[Any] | None:
    if "\x00" in name:  # which the database cannot even be asked about
        return None
    return session.execute(select(ExtraFact.__table__).where(ExtraFact.name == name)).first()


def list_declared(session: Session) -> Sequence[Row[Any]]:
    """The lender's own facts, as declared."""
    return session.execute(
        select(ExtraFact.__table__).where(ExtraFact.retired_at.is_(None)).order_by(ExtraFact.name)
    ).all()


def get_declared(session: Session, *, name: str) -> Row[Any]:
    """One of them. Refuses: NotFound."""
    found = find_extra_fact(session, name=name)
    if found is None or found.retired_at is not None:
        raise NotFound
    return found


def get_facts(session: Session, *, borrower_id: UUID, now: datetime) -> dict[str, Value | None]:
    """Every fact of one borrower on her day; all unknown before the first event."""
    found = list_facts(session, borrower_ids=[borrower_id], now=now)
    catalogue = get_catalogue(session)
    return found.get(borrower_id, dict.fromkeys(catalogue.facts))


def find_currency(session: Session, *, borrower_id: UUID) -> str | None:
    """What her amounts are in."""
    return session.scalars(
        select(Profile.currency).where(Profile.borrower_id == borrower_id)
    ).one_or_none()


def list_changed(session: Session, *, borrower_id: UUID) -> dict[str, datetime]:
    """When each fact of hers changed last, as far as its history goes."""
    rows = session.execute(
        select(FactChange.fact, func.max(FactChange.occurred_at).label("changed_at"))
        .where(FactChange.borrower_id == borrower_id)
        .group_by(FactChange.fact)
    )
    return {row.fact: row.changed_at for row in rows}


def list_facts(
    session: Session, *, borrower_ids: Sequence[UUID], now: datetime
) -> dict[UUID, dict[str, Value | None]]:
    """Every fact of each of these borrowers that has a profile, on her own day."""
    columns = get_catalogue(session).columns()
    rows = session.execute(
        select(Profile.borrower_id, *(c.label(name) for name, c in columns.items())).where(
            Profile.borrower_id.in_(borrower_ids)
        ),
        Moment(now).parameters,
    )
    return {row.borrower_id: {name: row._mapping[name] for name in columns} for row in rows}


def get_facts_expected(
    session: Session, *, borrower_id: UUID, on: date, today: date
) -> dict[str, Value | None]:
    """Her facts on a day to come, if nothing happens until then. Both are days of hers.

    Retired ones too: a published policy may still read them.
    """
    row = session.execute(COMPUTE, {"ids": [borrower_id], "as_of": on, "today": today}).one()
    stored = session.execute(
        select(Profile.__table__).where(Profile.borrower_id == borrower_id)
    ).one()
    kept = {**stored._mapping, **{name: row._mapping[name] for name in KEPT_COLUMNS}}
    extra = {
        name: extra_fact_value(kept["extra"].get(name), fact.type)
        for name, fact in get_catalogue(session, with_retired=True).facts.items()
        if fact.is_extra
    }
    return facts_on(kept, today=on) | extra


def get_facts_at(
    session: Session,
    *,
    borrower_id: UUID,
    at: datetime,
    seq: int,
    today: date,
    backfill: bool = False,
) -> dict[str, Value | None]:
    """Her facts as they stood when the event `seq`, which occurred `at`, had been absorbed.

    What an event changed is found by the order of events: it was absorbed after it occurred, by a
    clock of its own. What no event changed (a window's edge, a month's end of imported history)
    is found by its time. An event that is itself history (`backfill`) was recorded long after
    `at`: for it all is found by time.
    """
    by_time = FactChange.occurred_at <= at
    by_order = case((FactChange.event_seq > 0, FactChange.event_seq <= seq), else_=by_time)
    rows = session.execute(
        select(FactChange.fact, FactChange.value)
        .ext(distinct_on(FactChange.fact))
        .where(
            FactChange.borrower_id == borrower_id,
            by_time if backfill else by_order,
        )
        .order_by(FactChange.fact, FactChange.occurred_at.desc(), FactChange.event_seq.desc())
    )
    kinds = {column.name: column.type.python_type for column in Profile.__table__.columns}
    values = {name: value for name, value in rows}  # noqa: C416 - rows, not pairs
    kept: dict[str, Any] = {
        name: _from_json(values.get(name), kind) for name, kind in kinds.items()
    }
    declared = get_catalogue(session, with_retired=True).facts
    return facts_on(kept, today=today) | {
        name: extra_fact_value(values.get(name), fact.type)
        for name, fact in declared.items()
        if fact.is_extra
    }


def _from_json(value: Any, kind: type) -> Any:
    if value is None or kind in (int, str, bool, dict):
        return value
    return read_value(value, FactType.DATE if kind is date else FactType.DECIMAL)


# What payments bring about: of a past day it can be told anew by the rows as they stand now.
_RESTATED = frozenset(
    name for name, fact in FACTS.items() if fact.source in ("loans", "streaks")
) - {"plan_active", "plans_kept_ratio", "product"}


def list_facts_restated(
    session: Session, *, moments: Sequence[tuple[UUID, date]], now: datetime
) -> dict[tuple[UUID, date], dict[str, Value | None]]:
    """What payments bring about, as of days of hers, by the rows as they stand now.

    A payment that was taken back since was then never made.
    """
    if not moments:
        return {}
    rows = session.execute(
        RESTATE,
        {
            "ids": sorted({borrower_id for borrower_id, _ in moments}),
            "owners": [borrower_id for borrower_id, _ in moments],
            "days": [day for _, day in moments],
            "now": now,
        },
    )
    found = {}
    for row in rows:
        kept = dict(row._mapping)
        facts = facts_on(kept, today=row.as_of)
        found[row.borrower_id, row.as_of] = {name: facts[name] for name in _RESTATED}
    return found


def list_facts_at(
    session: Session, *, moments: Sequence[KnownAt], names: Collection[str]
) -> list[tuple[date, dict[str, Value | None]]]:
    """Her day at each of these moments, and these facts as they stood then: see `get_facts_at`."""
    if not moments:
        return []
    found = select_as_of(get_catalogue(session, with_retired=True), days_of(moments), names=names)
    rows = session.execute(found.order_by("place"))
    return [(row.on_day, {name: row._mapping[name] for name in names}) for row in rows]


def select_as_of(
    catalogue: Catalogue, moments: FromClause, *, names: Collection[str]
) -> Select[Any]:
    """The rows of `moments` with these facts as of each: see `facts_as_of`."""
    return facts_as_of(catalogue.facts, moments, names=names)


def select_over_time(
    catalogue: Catalogue, *, names: Collection[str], among: Predicate
) -> Select[Any]:
    """These facts of `:ids` at each change that was noted, and at the `Moment` that is bound.

    Rows of borrower_id, at, seq, on_day, is_rebuilt and the facts by their names. `among` is
    asked of the facts of now.
    """
    return facts_over_time(catalogue.facts, catalogue.columns(), names=names, among=among)


def sample_audience(
    session: Session, *, predicate: Predicate, names: Collection[str], limit: int, now: datetime
) -> Sequence[Row[Any]]:
    """Some of those whom a condition holds for, with these facts; the same at every look.

    Their order is that of a hash, which tells nothing about who came when.
    """
    columns = get_catalogue(session).columns()
    return session.execute(
        select(Profile.borrower_id, *(columns[name].label(name) for name in sorted(names)))
        .where(to_sql(predicate, columns))
        .order_by(func.md5(cast(Profile.borrower_id, String)), Profile.borrower_id)
        .limit(limit),
        Moment(now).parameters,
    ).all()


def count_audience(session: Session, *, predicate: Predicate, now: datetime) -> int:
    """How many borrowers a condition holds for, each on her own day."""
    columns = get_catalogue(session).columns()
    return session.execute(
        select(func.count()).select_from(Profile).where(to_sql(predicate, columns)),
        Moment(now).parameters,
    ).scalar_one()


def list_after(session: Session, *, after: UUID | None, limit: int) -> list[UUID]:
    """Ids of borrowers in their order, for work that goes through all of them in chunks."""
    later = true() if after is None else Borrower.id > after
    rows = session.execute(select(Borrower.id).where(later).order_by(Borrower.id).limit(limit))
    return list(rows.scalars())


def list_settled(session: Session, *, borrower_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these borrowers whose loans' kept state is up to their rows; in their order."""
    stale = set(
        session.execute(
            select(Loan.borrower_id).where(
                Loan.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))), Loan.stale
            )
        ).scalars()
    )
    return [each for each in borrower_ids if each not in stale]


def list_unknown(session: Session, *, borrower_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these borrowers who have a loan, and whose facts were never computed."""
    among = any_(literal(list(borrower_ids), ARRAY(Uuid)))
    has_loan = (
        select(Loan.id)
        .where(Loan.borrower_id == Profile.borrower_id, Loan.borrower_id == among)
        .exists()
    )
    return set(
        session.execute(
            select(Profile.borrower_id).where(
                Profile.borrower_id == among, Profile.refreshed_at.is_(None), has_loan
            )
        ).scalars()
    )


PROTECTED = ("sex", "age_band", "education", "marital_status")


def protected_columns() -> dict[str, ColumnElement[Any]]:
    """For the fairness report alone: each protected attribute over `protected_attributes`."""
    return {name: getattr(ProtectedAttributes, name) for name in PROTECTED}
