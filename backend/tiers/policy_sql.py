"""A policy as one SELECT over `profile`: for every borrower the tier that its facts give her."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Numeric,
    Select,
    Subquery,
    Text,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import ColumnElement

from backend.kit.predicates_sql import to_sql
from backend.profile import queries as profile
from backend.tiers.policy import SCORE_MAX, SCORES, Part, Policy, Scorecard
from backend.tiers.rules import SCORE_BAND_WIDTH

PAIRS_MAX = 40  # jsonb_build_object takes at most 100 arguments


def judge_all(
    policy: Policy,
    *,
    catalogue: profile.Catalogue,
    where: Sequence[ColumnElement[bool]] = (),
    with_facts: bool = False,
) -> Select[Any]:
    """Rows of borrower_id, place, bands (and facts, as JSON).

    Scores are worked out once in an inner query, and the tiers over them once in the outer:
    OFFSET 0 keeps the database from copying the one expression into each use of it.
    """
    cards = [name for name in SCORES if name in policy.scorecards]
    inner = scored(policy, catalogue.worked_out(policy.kinds, where=where))
    known = {name: inner.c[name] for name in (*policy.kinds, *cards)}
    outer = [
        inner.c.borrower_id,
        place_of(policy, known).label("place"),
        _bands(known, cards).label("bands"),
    ]
    if with_facts:
        outer.append(_facts(policy, known).label("facts"))
    return select(*outer).offset(0)


def scored(policy: Policy, facts: FromClause) -> Subquery:
    """The rows of `facts`, which has the policy's, with the scores that they give."""
    cards = {name: policy.scorecards[name] for name in SCORES if name in policy.scorecards}
    scores = (_score(card, facts.c).label(name) for name, card in cards.items())
    return select(*facts.c, *scores).offset(0).subquery("scored")


def place_of(policy: Policy, known: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """The position of the first tier whose condition holds."""
    *tested, _ = policy.tiers
    last = literal(len(tested), Integer)
    if not tested:
        return last
    return case(
        *((to_sql(tier.when, known), literal(i, Integer)) for i, tier in enumerate(tested)),
        else_=last,
    )


def tier_at(policy: Policy, place: ColumnElement[Any]) -> ColumnElement[Any]:
    """The internal code of the tier at a position."""
    codes = {i: literal(tier.code, Text) for i, tier in enumerate(policy.tiers)}
    return case(codes, value=place)


def rank_at(policy: Policy, place: ColumnElement[Any]) -> ColumnElement[Any]:
    """The rank of the tier at a position."""
    ranks = {i: literal(tier.rank or 0, Integer) for i, tier in enumerate(policy.tiers)}
    return case(ranks, value=place)


def rank_of(policy: Policy, code: ColumnElement[Any]) -> ColumnElement[Any]:
    """The rank of a tier by its internal code; null when the policy has no such tier."""
    ranks = {tier.code: literal(tier.rank or 0, Integer) for tier in policy.tiers}
    return case(ranks, value=code)


def _score(card: Scorecard, columns: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[Any]:
    total: ColumnElement[Any] = literal(card.base, Integer)
    for part in card.parts:
        total = total + _points(part, columns[part.fact])
    return func.greatest(0, func.least(SCORE_MAX, total), type_=Integer)


def _points(part: Part, column: ColumnElement[Any]) -> ColumnElement[Any]:
    branches: list[Any] = [(column.is_(None), literal(part.unknown, Integer))]
    for band in part.bands[:-1]:
        fits = column == band.equal if band.below is None else column < band.below
        branches.append((fits, literal(band.points, Integer)))
    return case(*branches, else_=literal(part.bands[-1].points, Integer))


def _bands(known: Mapping[str, ColumnElement[Any]], names: Sequence[str]) -> ColumnElement[Any]:
    top = SCORE_MAX // SCORE_BAND_WIDTH - 1
    fifths = [
        cast(func.least(top, known[name] // SCORE_BAND_WIDTH, type_=Integer), Text)
        for name in names
    ]
    if not fifths:
        return literal("", Text)
    joined: ColumnElement[Any] = fifths[0]
    for fifth in fifths[1:]:
        joined = joined + literal(".", Text) + fifth
    return joined


def _facts(policy: Policy, known: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    built: ColumnElement[Any] = literal({}, JSONB)
    for names in _batches(list(policy.kinds)):
        pairs = [part for name in names for part in (literal(name, Text), _as_json(known[name]))]
        built = built.op("||", return_type=JSONB())(func.jsonb_build_object(*pairs))
    return built


def _batches(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), PAIRS_MAX):
        yield names[start : start + PAIRS_MAX]


def _as_json(column: ColumnElement[Any]) -> ColumnElement[Any]:
    # As text: a JSON number would come back as a float.
    return cast(column, Text) if isinstance(column.type, Numeric) else column
