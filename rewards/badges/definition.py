"""A badge's definition in checked form, as a version of it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backend.kit.predicates import (
    All,
    Any_,
    Compare,
    FactType,
    Predicate,
    compiled,
    facts_used,
    parse,
    read_value,
    value_to_json,
)
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from rewards.badges.rules import FACTS_MAX, Repeats, names_arrears

COUNTED_TYPES = (FactType.INTEGER, FactType.DECIMAL)
EN_ZH = ("en", "zh-CN")
# The condition of a badge that campaigns alone give.
FOR_NOBODY = Any_(())


@dataclass(frozen=True)
class Counter:
    """A fact that counts up to a goal, and shows how far she is."""

    fact: str
    goal: int


@dataclass(frozen=True)
class Definition:
    """One version. It is earned when the condition holds and every counter has its goal."""

    code: str
    version: int
    when: Predicate
    counters: tuple[Counter, ...]
    repeats: Repeats
    picture: str
    name: Text
    description: Text
    how_to_earn: Text
    kinds: Mapping[str, FactType]

    @cached_property
    def condition(self) -> Predicate:
        """The condition and the counters in one."""
        return All((self.when, *(Compare(c.fact, "gte", c.goal) for c in self.counters)))

    @cached_property
    def facts(self) -> frozenset[str]:
        """What it reads."""
        return facts_used(self.condition)

    def is_earned(self, facts: Mapping[str, Any]) -> bool:
        """Whether these facts earn it."""
        return bool(self._test(facts))

    @cached_property
    def _test(self) -> Any:
        return compiled(self.condition)

    def facts_to_json(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that it reads, as they are kept with an award."""
        return {name: value_to_json(facts[name]) for name in sorted(self.facts)}

    def facts_from_json(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """The opposite; what is missing is unknown."""
        return {
            name: None if kept.get(name) is None else read_value(kept[name], self.kinds[name])
            for name in self.facts
        }


def read_definition(
    document: Mapping[str, Any], *, code: str, version: int, kinds: Mapping[str, FactType]
) -> Definition:
    """From the shape that schemas let through. Refuses: Invalid, each fault with its pointer."""
    errors: list[FieldError] = []
    when: Predicate = All(())
    try:
        when = parse(document["predicate"], facts=kinds, pointer="#/predicate")
    except Invalid as refused:
        errors += refused.errors
    errors += counter_errors(document["counters"], kinds=kinds)
    errors += [
        FieldError(f"#/name/{language}", "The name of a badge must say nothing of arrears.")
        for language in EN_ZH
        if names_arrears(document["name"][language])
    ]
    counters = tuple(Counter(c["fact"], c["goal"]) for c in document["counters"])
    used = facts_used(when) | {counter.fact for counter in counters}
    if not errors and not used and when != FOR_NOBODY:
        errors.append(FieldError("#/predicate", "Everybody would have this badge."))
    if len(used) > FACTS_MAX:
        errors.append(FieldError("#/predicate", f"A badge may read at most {FACTS_MAX} facts."))
    if errors:
        raise Invalid(errors=errors)
    return Definition(
        code=code,
        version=version,
        when=when,
        counters=counters,
        repeats=Repeats(document["repeats"]),
        picture=document["picture"],
        name=Text.from_json(document["name"]),
        description=Text.from_json(document["description"]),
        how_to_earn=Text.from_json(document["how_to_earn"]),
        kinds=kinds,
    )


def counter_errors(
    counters: Sequence[Mapping[str, Any]], *, kinds: Mapping[str, FactType]
) -> list[FieldError]:
    """What is wrong with counters, each fault with its pointer."""
    errors: list[FieldError] = []
    seen: set[str] = set()
    for place, counter in enumerate(counters):
        fact, pointer = counter["fact"], f"#/counters/{place}/fact"
        if fact not in kinds:
            errors.append(FieldError(pointer, "There is no such fact."))
        elif kinds[fact] not in COUNTED_TYPES:
            errors.append(FieldError(pointer, "This fact is no number that could count up."))
        elif fact in seen:
            errors.append(FieldError(pointer, "Each fact may be counted once."))
        seen.add(fact)
    return errors
