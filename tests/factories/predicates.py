"""Strategies: any condition over some facts, and any values of those facts."""

import string
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from backend.kit.predicates import (
    LIST_OPS,
    ORDER_OPS,
    ORDERED,
    PRESENCE_OPS,
    All,
    Any_,
    Compare,
    FactType,
    Not,
)

NUMBERS = st.integers(-5, 5)
VALUES = {
    FactType.INTEGER: NUMBERS,
    FactType.DECIMAL: st.integers(-20, 20).map(lambda n: Decimal(n) / 8),
    FactType.TEXT: st.text(alphabet=string.ascii_letters[:4] + "'é中", max_size=2),
    FactType.BOOLEAN: st.booleans(),
    FactType.DATE: st.dates(date(2026, 1, 1), date(2026, 1, 9)),
}


def facts_of(kinds):
    return st.fixed_dictionaries({name: st.none() | VALUES[kind] for name, kind in kinds.items()})


@st.composite
def comparisons(draw, kinds):
    fact = draw(st.sampled_from(sorted(kinds)))
    kind = kinds[fact]
    ops = {"eq", "ne"} | PRESENCE_OPS | LIST_OPS | (ORDER_OPS if kind in ORDERED else set())
    op = draw(st.sampled_from(sorted(ops)))
    if op in PRESENCE_OPS:
        return Compare(fact, op, None)
    if op in LIST_OPS:
        return Compare(fact, op, tuple(draw(st.lists(VALUES[kind], min_size=1, max_size=3))))
    if op == "between":
        return Compare(fact, op, tuple(sorted(draw(st.tuples(VALUES[kind], VALUES[kind])))))
    return Compare(fact, op, draw(VALUES[kind]))


def predicates(kinds):
    def combine(inner):
        parts = st.lists(inner, max_size=3).map(tuple)
        return parts.map(All) | parts.map(Any_) | inner.map(Not)

    return st.recursive(comparisons(kinds), combine, max_leaves=8)
