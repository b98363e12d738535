"""The re-tier as statements over many borrowers: find who would change, then write it.

The same three statements serve one borrower and a chunk of many thousands. `rules.settle` says
the same of one; a property test holds the two equal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from sqlalchemy import (
    CTE,
    BigInteger,
    Date,
    DateTime,
    Integer,
    Select,
    String,
    Subquery,
    Text,
    TextClause,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Uuid

from backend.events.tiers import TierChanged
from backend.kit.outbox import announcing_select
from backend.profile import queries as profile
from backend.profile.models import Profile
from backend.tiers.models import (
    TierEvaluation,
    TierFreeze,
    TierOverride,
    TierPolicy,
    TierReview,
    TierState,
)
from backend.tiers.policy import Policy
from backend.tiers.policy_sql import judge_all, rank_at, rank_of, tier_at

TODAY = bindparam("today", type_=Date)
# In words (`bulk.sql_ids`): they come from the database in such, and are never taken apart here.
IDS = cast(bindparam("ids", type_=String), ARRAY(Uuid))
NOW = bindparam("now", type_=DateTime(timezone=True))
FROM_ID = bindparam("from_id", type_=Uuid)
TO_ID = bindparam("to_id", type_=Uuid)

# Whom a statement is about, as a condition on any table's borrower.
Scope: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[bool]]

LOCK: TextClause = text(
    "SELECT FROM tier_state WHERE borrower_id = ANY(CAST(:ids AS uuid[]))"
    " ORDER BY borrower_id FOR NO KEY UPDATE"
)


@dataclass(frozen=True)
class Statements:
    """A policy version's statements. Built once; each run only gives them parameters."""

    policy: Policy
    version: int
    catalogue: profile.Catalogue

    @cached_property
    def find_in_range(self) -> Select[Any]:
        """Who from `from_id` to before `to_id` would change, as one array in words, or null."""
        return self._find(lambda borrower: and_(borrower >= FROM_ID, borrower < TO_ID))

    @cached_property
    def find_from(self) -> Select[Any]:
        """Who from `from_id` on would change."""
        return self._find(lambda borrower: borrower >= FROM_ID)

    @cached_property
    def find_among(self) -> Select[Any]:
        """Who of `ids` would change."""
        return self._find(_is_among)

    def _find(self, scope: Scope) -> Select[Any]:
        decided = self._decided(scope, with_facts=False).subquery("decided")
        ids = func.array_agg(decided.c.borrower_id, type_=ARRAY(Uuid))
        return select(cast(ids, String)).where(decided.c.is_change)

    @cached_property
    def write(self) -> Select[Any]:
        """Decide again for `ids`, which are locked by now, store and announce; one summary row."""
        decided = (
            self._decided(_is_among, with_facts=True).cte("decided").prefix_with("MATERIALIZED")
        )
        stored = _state_rows(decided, self.version)
        recorded = _evaluation_rows(decided, stored, self.version)
        moved = _moved(decided, stored)
        announced, delivered = announcing_select(TierChanged, _as_events(moved, self.version))
        moves = (
            select(moved.c.from_tier, moved.c.tier, func.count().label("number"))
            .group_by(moved.c.from_tier, moved.c.tier)
            .subquery("moves")
        )
        return select(
            select(func.count()).select_from(recorded).scalar_subquery().label("recorded"),
            func.array_agg(moves.c.from_tier, type_=ARRAY(String)).label("from_tiers"),
            func.array_agg(moves.c.tier, type_=ARRAY(String)).label("tiers"),
            func.array_agg(moves.c.number, type_=ARRAY(BigInteger)).label("numbers"),
        ).add_cte(announced, delivered)

    def _decided(self, scope: Scope, *, with_facts: bool) -> Select[Any]:
        around = self._around(scope, with_facts=with_facts)
        effective = self._effective(around)
        return _with_changes(around, effective, self.version, with_facts=with_facts)

    def _around(self, scope: Scope, *, with_facts: bool) -> Subquery:
        # Each table is narrowed by itself: told only of the profile, the database would read all
        # the others from end to end for every chunk.
        judged = judge_all(
            self.policy,
            catalogue=self.catalogue,
            where=[scope(Profile.__table__.c.borrower_id)],
            with_facts=with_facts,
        ).subquery("judged")
        frozen = _frozen(scope)
        override = _override(scope, [tier.code for tier in self.policy.tiers])
        state = TierState.__table__.c.borrower_id
        raw_tier = tier_at(self.policy, judged.c.place)
        facts = [judged.c.facts] if with_facts else []
        around = (
            select(
                judged.c.borrower_id,
                judged.c.place,
                judged.c.bands,
                *facts,
                raw_tier.label("raw_tier"),
                rank_at(self.policy, judged.c.place).label("raw_rank"),
                TierState.tier.label("from_tier"),
                TierState.rank.label("from_rank"),
                rank_of(self.policy, TierState.__table__.c.tier).label("rank_before"),
                TierState.raw_tier.label("raw_before"),
                TierState.bands.label("bands_before"),
                TierState.policy_version.label("version_before"),
                TierState.pending_tier.label("pending_before"),
                TierState.pending_since_on.label("pending_since_before_on"),
                TierState.since_on.label("since_before_on"),
                TierState.placed_on.label("placed_on"),
                func.coalesce(TierState.evaluation_number, 0).label("number_before"),
                frozen.c.borrower_id.is_not(None).label("is_frozen"),
                override.c.tier.label("override_tier"),
            )
            .join_from(
                judged,
                TierState,
                and_(state == judged.c.borrower_id, scope(state)),
                isouter=True,
            )
            .join(frozen, frozen.c.borrower_id == judged.c.borrower_id, isouter=True)
            .join(override, override.c.borrower_id == judged.c.borrower_id, isouter=True)
        )
        if not with_facts:
            is_overridden = judged.c.borrower_id.in_(select(override.c.borrower_id))
            around = around.where(~self._is_settled(judged, raw_tier) | is_overridden)
        return around.offset(0).subquery("around")

    def _is_settled(self, judged: Subquery, raw_tier: ColumnElement[Any]) -> ColumnElement[bool]:
        """She is where the policy puts her: only an override could move her. Nearly all are."""
        state = TierState
        settled = and_(
            state.tier == raw_tier,
            state.raw_tier == raw_tier,
            state.bands == judged.c.bands,
            state.policy_version == self.version,
            state.pending_tier.is_(None),
        )
        return func.coalesce(settled, false())

    def _effective(self, around: Subquery) -> Subquery:
        c = around.c
        is_worse = and_(
            c.override_tier.is_(None), c.rank_before.is_not(None), c.raw_rank < c.rank_before
        )
        since = func.coalesce(c.pending_since_before_on, TODAY)
        is_over = or_(
            c.placed_on == TODAY, since + literal(self.policy.grace_days, Integer) <= TODAY
        )
        is_held = and_(is_worse, or_(c.is_frozen, not_true(is_over)))
        tier = case(
            (c.override_tier.is_not(None), c.override_tier),
            (is_held, c.from_tier),
            else_=c.raw_tier,
        )
        waits = and_(is_held, not_true(c.is_frozen))
        return (
            select(
                around,
                tier.label("tier"),
                rank_of(self.policy, tier).label("rank"),
                case((waits, c.raw_tier)).label("pending_tier"),
                case((waits, since)).label("pending_since_on"),
            )
            .offset(0)
            .subquery("effective")
        )


def not_true(condition: ColumnElement[Any]) -> ColumnElement[bool]:
    """Not, of a condition that is never null."""
    return ~condition


def _is_among(borrower: ColumnElement[Any]) -> ColumnElement[bool]:
    return borrower == any_(IDS)


def _frozen(scope: Scope) -> Subquery:
    freezes = select(TierFreeze.borrower_id).where(
        TierFreeze.until_on >= TODAY, scope(TierFreeze.__table__.c.borrower_id)
    )
    # Who refuses automation alone is not taken down by it before a person has looked.
    reviews = select(TierReview.borrower_id).where(
        # In the words of the index of open reviews, so that any plan may use it.
        text("tier_review.state = 'open'"),
        TierReview.refuses_automation,
        scope(TierReview.__table__.c.borrower_id),
    )
    return union(freezes, reviews).subquery("frozen")


def _override(scope: Scope, codes: list[str]) -> Subquery:
    return (
        select(TierOverride.borrower_id, TierOverride.tier)
        .where(
            TierOverride.confirmed_at.is_not(None),
            TierOverride.ended_at.is_(None),
            TierOverride.expires_on >= TODAY,
            TierOverride.tier.in_(codes),
            scope(TierOverride.__table__.c.borrower_id),
        )
        .subquery("override")
    )


def _with_changes(
    around: Subquery, effective: Subquery, version: int, *, with_facts: bool
) -> Select[Any]:
    c = effective.c
    is_record = or_(
        c.from_tier.is_(None),
        c.from_tier != c.tier,
        c.raw_before != c.raw_tier,
        c.bands_before != c.bands,
        c.version_before != version,
    )
    is_change = or_(
        is_record,
        c.pending_before.is_distinct_from(c.pending_tier),
        c.pending_since_before_on.is_distinct_from(c.pending_since_on),
    )
    columns = [c[column.name] for column in around.c if column.name != "facts" or with_facts]
    return select(
        *columns,
        c.tier,
        c.rank,
        c.pending_tier,
        c.pending_since_on,
        is_record.label("is_record"),
        is_change.label("is_change"),
        case((c.from_tier == c.tier, c.since_before_on), else_=TODAY).label("since_on"),
        (c.number_before + case((is_record, 1), else_=0)).label("number"),
    )


def _state_rows(decided: CTE, version: int) -> CTE:
    """New states inserted, changed ones updated.

    A state that somebody else has just placed is left to the next event or night, and one that
    was decided by a policy published after this one stays: this one is no longer live.
    """
    c = decided.c
    fresh = {
        "tier": c.tier,
        "rank": c.rank,
        "since_on": c.since_on,
        "raw_tier": c.raw_tier,
        "bands": c.bands,
        "policy_version": literal(version, BigInteger),
        "pending_tier": c.pending_tier,
        "pending_since_on": c.pending_since_on,
        "evaluation_number": c.number,
    }
    placed = (
        upsert(TierState)
        .from_select(
            ["borrower_id", "placed_on", *fresh],
            select(c.borrower_id, TODAY, *fresh.values()).where(c.from_tier.is_(None)),
        )
        .on_conflict_do_nothing()
        .returning(TierState.borrower_id)
        .cte("placed")
    )
    changed = (
        update(TierState)
        .where(
            TierState.borrower_id == c.borrower_id,
            c.from_tier.is_not(None),
            c.is_change,
            # What was decided on is what is there: the lock promises it, this proves it.
            TierState.evaluation_number == c.number_before,
            TierState.policy_version.not_in(_published_after(version)),
        )
        .values(fresh)
        .returning(TierState.borrower_id)
        .cte("changed")
    )
    both = union_all(select(placed.c.borrower_id), select(changed.c.borrower_id))
    return both.cte("stored")


def _published_after(version: int) -> Select[Any]:
    own, later = aliased(TierPolicy), aliased(TierPolicy)
    order = (later.published_at, later.version)
    return (
        select(later.version)
        .join(own, tuple_(*order) > tuple_(own.published_at, own.version))
        .where(own.version == literal(version, BigInteger))
    )


def _evaluation_rows(decided: CTE, stored: CTE, version: int) -> CTE:
    c = decided.c
    values = {
        "borrower_id": c.borrower_id,
        "number": c.number,
        "policy_version": literal(version, BigInteger),
        "place": c.place,
        "raw_tier": c.raw_tier,
        "from_tier": c.from_tier,
        "from_rank": c.from_rank,
        "tier": c.tier,
        "rank": c.rank,
        "facts": c.facts,
        "cause": bindparam("cause", type_=Text),
        "run_id": bindparam("run_id", type_=Uuid),
        "evaluated_on": TODAY,
        "evaluated_at": NOW,
    }
    return (
        insert(TierEvaluation)
        .from_select(
            list(values),
            select(*values.values())
            .join_from(decided, stored, stored.c.borrower_id == c.borrower_id)
            .where(c.is_record),
        )
        .returning(TierEvaluation.borrower_id)
        .cte("recorded")
    )


def _moved(decided: CTE, stored: CTE) -> CTE:
    c = decided.c
    return (
        select(c.borrower_id, c.from_tier, c.from_rank, c.tier, c.rank)
        .join_from(decided, stored, stored.c.borrower_id == c.borrower_id)
        .where(c.tier.is_distinct_from(c.from_tier))
        .cte("moved")
    )


def _as_events(moved: CTE, version: int) -> Select[Any]:
    """The `TierChanged` of each move, as the event's fields."""
    c = moved.c
    return select(
        c.borrower_id,
        c.from_tier,
        c.from_rank,
        c.tier.label("to_tier"),
        c.rank.label("to_rank"),
        NOW.label("occurred_at"),
        literal(version, BigInteger).label("policy_version"),
    )
