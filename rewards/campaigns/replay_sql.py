"""A replay's statements: who takes part from when, and each occasion with what holds of it.

Facts are as of each moment. Both tables are of the session alone, and gone with it: a replay that
was killed leaves nothing behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, array
from sqlalchemy.orm import Session

from backend.kit.bulk import look_up_each
from backend.kit.predicates import facts_used
from backend.kit.predicates_sql import to_sql
from backend.profile import queries as profile
from backend.profile.as_of import moments_of_change
from rewards.campaigns.costs import has_multiplied
from rewards.campaigns.engine_models import CampaignOccasion
from rewards.campaigns.participants import ENROLLED
from rewards.campaigns.rules import EVENT_FACTS
from rewards.campaigns.terms import CampaignTerms

_INSTANT = DateTime(timezone=True)
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_OWN = MetaData()
# By what groups of participants are told of, as of when they joined.
SEGMENTS = ("tier", "product", "on_time_streak")
WORK_MEMORY = "64MB"

PART = Table(
    "replay_part",
    _OWN,
    Column("n", Integer),
    Column("borrower_id", Uuid),
    # Of each campaign: from when on, by time, by the order of events, and by what has no event.
    Column("first_at", ARRAY(_INSTANT)),
    Column("first_seq", ARRAY(BigInteger)),
    Column("timed_at", ARRAY(_INSTANT)),
    Column("tier", Text),
    Column("product", Text),
    Column("on_time_streak", BigInteger),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
ROW = Table(
    "replay_row",
    _OWN,
    Column("place", BigInteger),
    Column("n", Integer),
    Column("seq", BigInteger),
    Column("undone_seq", BigInteger),
    Column("occurred_at", _INSTANT),
    Column("on_day", Date),
    Column("is_enrolled", Boolean),
    Column("is_in", ARRAY(Boolean)),
    Column("is_met", ARRAY(Boolean)),
    Column("details", JSONB),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


@dataclass(frozen=True)
class Plan:
    """What is replayed: campaigns of one trigger, the first of them in question, and a window."""

    terms: tuple[CampaignTerms, ...]
    since: datetime
    until: datetime

    @property
    def window(self) -> dict[str, datetime]:
        """As statements bind it."""
        return {"since": self.since, "until": self.until}


class Statements:
    """A plan's statements, built once; each chunk of borrowers only gives them its ids."""

    def __init__(self, plan: Plan, catalogue: profile.Catalogue) -> None:
        self.plan = plan
        self.catalogue = catalogue
        self.now: Any = catalogue.columns()["programme_status"]
        self.join_chunk = insert(PART).from_select(
            [column.name for column in PART.c], self._joining()
        )
        self.judge_chunk = insert(ROW).from_select(
            [column.name for column in ROW.c], self._judging()
        )

    def _joining(self) -> Select[Any]:
        used = {"programme_status"}.union(*(facts_used(t.audience) for t in self.plan.terms))
        moments = moments_of_change(used).subquery("moments")
        known = profile.select_as_of(self.catalogue, moments, names=used).subquery("known")
        facts = {name: known.c[name] for name in used}
        holding = select(
            known.c.borrower_id,
            known.c.known_at,
            known.c.known_seq,
            known.c.on_day,
            known.c.by_time,
            self._is_enrolled(known.c.borrower_id, facts, known.c.by_time).label("is_enrolled"),
            *(
                to_sql(terms.audience, facts).label(f"holds_{k}")
                for k, terms in enumerate(self.plan.terms)
            ),
        ).subquery("holding")
        own = self._firsts(holding)
        offset = bindparam("offset", type_=Integer)
        moment = select(
            own.c.borrower_id,
            own.c.first_at,
            own.c.first_seq,
            own.c.timed_at,
            own.c.known_at,
            own.c.known_seq,
            own.c.on_day,
            own.c.by_time,
            (offset + func.row_number().over(order_by=own.c.borrower_id) - 1).label("n"),
        ).subquery("moment")
        found = profile.select_as_of(self.catalogue, moment, names=SEGMENTS).subquery("found")
        return select(*(found.c[column.name] for column in PART.c))

    def _firsts(self, holding: Any) -> Any:
        """Of each who takes part in any: since when in each, and as of when she is told of."""
        h = holding.c
        is_in = [h.is_enrolled & h[f"holds_{k}"] for k in range(len(self.plan.terms))]

        def first(column: ColumnElement[Any], kind: Any) -> ColumnElement[Any]:
            # When she joined the campaign in question, where she did: others are only beside it.
            # In one order of whole rows, or moments of one instant would be mixed.
            ordered = aggregate_order_by(
                column, is_in[0].desc(), h.known_at, h.known_seq, h.by_time, h.on_day
            )
            listed = func.array_agg(ordered, type_=ARRAY(kind)).filter(or_(*is_in))
            return type_coerce(listed, ARRAY(kind))[1]

        return (
            select(
                h.borrower_id,
                _array([func.min(h.known_at).filter(each) for each in is_in], type_=_INSTANT).label(
                    "first_at"
                ),
                _array(
                    [func.min(h.known_seq).filter(each & (h.known_seq > 0)) for each in is_in],
                    type_=BigInteger,
                ).label("first_seq"),
                _array(
                    [func.min(h.known_at).filter(each & (h.known_seq == 0)) for each in is_in],
                    type_=_INSTANT,
                ).label("timed_at"),
                first(h.known_at, _INSTANT).label("known_at"),
                first(h.known_seq, BigInteger).label("known_seq"),
                first(h.on_day, Date).label("on_day"),
                first(h.by_time, Boolean).label("by_time"),
            )
            .where(or_(*is_in))
            .group_by(h.borrower_id)
            .subquery("own")
        )

    def _is_enrolled(
        self,
        borrower_id: ColumnElement[Any],
        facts: Mapping[str, ColumnElement[Any]],
        by_time: ColumnElement[Any],
    ) -> ColumnElement[bool]:
        """Then; or now, where what is asked of is history: it counts whole for the enrolled."""
        table: Any = self.now.table
        is_now = (
            select(self.now == ENROLLED)
            .where(table.c.borrower_id == borrower_id)
            .correlate_except(table)
            .scalar_subquery()
        )
        then = func.coalesce(facts["programme_status"] == ENROLLED, False)
        return or_(then, and_(by_time, func.coalesce(is_now, False)))

    def _judging(self) -> Select[Any]:
        terms = self.plan.terms
        o = CampaignOccasion.__table__.c
        names = {"programme_status"}.union(*(facts_used(t.conditions) for t in terms))
        occasion = (
            select(
                o.borrower_id,
                o.seq,
                o.occurred_at,
                o.on_day,
                o.known_at,
                o.known_seq,
                o.is_history.label("by_time"),
                o.undone_seq,
                o.details,
                PART.c.n,
                _array([_is_in(PART.c, o, k) for k in range(len(terms))], type_=Boolean).label(
                    "is_in"
                ),
            )
            .join(PART, PART.c.borrower_id == o.borrower_id)
            .where(
                o.borrower_id == any_(_IDS),
                o.trigger == terms[0].trigger,
                o.occurred_at >= bindparam("since", type_=_INSTANT),
                o.occurred_at <= bindparam("until", type_=_INSTANT),
            )
            .offset(0)
            .subquery("occasion")
        )
        known = profile.select_as_of(
            self.catalogue, occasion, names=names - EVENT_FACTS.keys()
        ).subquery("known")
        facts: dict[str, ColumnElement[Any]] = {
            name: known.c[name] for name in names - EVENT_FACTS.keys()
        } | _event_columns(known.c.details)
        has_details = any(has_multiplied(each) for each in terms)
        return select(
            known.c.seq,
            known.c.n,
            known.c.seq,
            known.c.undone_seq,
            known.c.occurred_at,
            known.c.on_day,
            self._is_enrolled(known.c.borrower_id, facts, known.c.by_time),
            known.c.is_in,
            _array([to_sql(each.conditions, facts) for each in terms], type_=Boolean),
            known.c.details if has_details else cast(null(), JSONB),
        ).where(literal(value=True) == any_(known.c.is_in))


def _array(parts: Sequence[ColumnElement[Any]], type_: Any) -> ColumnElement[Any]:
    built: ColumnElement[Any] = array(parts, type_=type_)
    return built


def _is_in(part: Any, o: Any, k: int) -> ColumnElement[bool]:
    """Whether she had joined: by time for history, else in the order of events."""
    by_time = part.first_at[k + 1] <= o.known_at
    by_order = or_(
        func.coalesce(part.first_seq[k + 1] <= o.known_seq, False),
        func.coalesce(part.timed_at[k + 1] <= o.known_at, False),
    )
    return func.coalesce(case((o.is_history, by_time), else_=by_order), False)


def _event_columns(details: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    return {
        "event_on_time": cast(details["on_time"].astext, Boolean),
        "event_days_early": cast(details["days_early"].astext, BigInteger),
        "event_loan_kind": details["loan_kind"].astext,
        "event_product": details["product"].astext,
    }


# Each occasion in its place, and each undoing in its own: by then the award was given.
IN_ORDER = text(
    """
    SELECT place, n, seq, undone_seq, occurred_at, on_day, is_enrolled, is_in, is_met, details,
           false AS is_undoing
      FROM replay_row
    UNION ALL
    SELECT undone_seq, n, seq, undone_seq, occurred_at, on_day, is_enrolled, is_in, is_met, NULL,
           true
      FROM replay_row WHERE undone_seq IS NOT NULL
     ORDER BY place, n
    """
)


def begin(session: Session) -> None:
    """Empty tables of this session's own."""
    connection = session.connection()
    for table in (PART, ROW):
        session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{table.name}"))
        table.create(connection)
    for column in ("borrower_id", "n"):
        session.execute(text(f"CREATE INDEX ON replay_part ({column})"))
    look_up_each(session)
    session.execute(text(f"SET LOCAL work_mem = '{WORK_MEMORY}'"))


def count_borrowers(session: Session) -> int:
    """How many there are to look at."""
    count: int = session.execute(text("SELECT count(*) FROM profile")).scalar_one()
    return count


def add_chunk(session: Session, statements: Statements, *, ids: Sequence[UUID], offset: int) -> int:
    """Find who of these takes part, and judge their occasions; how many take part."""
    given = {"ids": list(ids), **statements.plan.window}
    session.execute(statements.join_chunk, given | {"offset": offset})
    last = select(func.coalesce(func.max(PART.c.n) + 1, offset))
    count: int = session.execute(last).scalar_one() - offset
    if count:
        session.execute(statements.judge_chunk, given)
    return count
