"""Earn rules as data: what a version's document may say, checked and ready for use.

`{"rules": [{"kind": KIND, "points": N, ...parameters, "when": PREDICATE?}, ...]}`. Kinds are a
closed set, so that nothing can be rewarded that the programme does not reward: borrowing, paying
more than agreed, opting in to messages, posting volume. Of several rules of one kind the first
whose `when` holds counts.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.kit.predicates import FactType, Test, compiled, escape, parse
from backend.kit.problems import FieldError, Invalid

RULES_MAX = 50
POINTS_PER_AWARD_MAX = 10_000
# What a rule about a loan may ask of it: particulars that do not change with the day on which it
# is asked, so that an award is the same whenever it is worked out.
LOAN_FACTS = {
    "product": FactType.TEXT,
    "loan_kind": FactType.TEXT,
    "currency": FactType.TEXT,
}


@dataclass(frozen=True)
class RuleKind:
    """One thing that can be rewarded: its parameters with their bounds, and of what it is."""

    parameters: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    is_of_loan: bool = True


# A new kind is one entry here, beside its evaluation in `earning` or its event in `handlers`.
KINDS: Mapping[str, RuleKind] = {
    "on_time": RuleKind(),
    "early": RuleKind({"days_early": (1, 90)}),
    "cured": RuleKind({"days_past_due": (1, 365), "months_between": (1, 120)}),
    # An instalment of a plan is one of the loan: kept, it earns as `on_time`. This is for having
    # asked for the plan before anything was missed.
    "asked_first": RuleKind({"months_between": (1, 120)}, is_of_loan=False),
    "referral": RuleKind({"per_month": (1, 1_000)}, is_of_loan=False),
    "helpful_answer": RuleKind({"points_per_week": (1, 1_000_000)}, is_of_loan=False),
}
LOAN_KINDS = tuple(name for name, kind in KINDS.items() if kind.is_of_loan)


@dataclass(frozen=True)
class Rule:
    """What one kind earns. `holds` judges the loan."""

    kind: str
    points: int
    parameters: Mapping[str, int]
    holds: Test


@dataclass(frozen=True)
class RuleSet:
    """One version."""

    version: int
    effective_from: date
    rules: tuple[Rule, ...]

    def find(self, kind: str, facts: Mapping[str, str] | None = None) -> Rule | None:
        """The rule of a kind that counts for a loan with these particulars."""
        known = facts or {}
        return next((r for r in self.rules if r.kind == kind and r.holds(known)), None)


@dataclass(frozen=True)
class RuleBook:
    """All published versions, oldest first; each is in force until the next begins."""

    versions: tuple[RuleSet, ...]

    def in_force(self, day: date) -> RuleSet | None:
        """The version of a day."""
        place = bisect_right(self.versions, day, key=lambda each: each.effective_from)
        return self.versions[place - 1] if place else None

    def get(self, version: int) -> RuleSet:
        """One version by its number."""
        return next(each for each in self.versions if each.version == version)


def read_rules(document: object, *, pointer: str = "#") -> tuple[Rule, ...]:
    """The document in checked form. Refuses: Invalid, every fault with its JSON pointer."""
    if not isinstance(document, Mapping) or set(document) != {"rules"}:
        raise Invalid(errors=[FieldError(pointer, 'Must be an object with "rules" alone.')])
    raw = document["rules"]
    if not isinstance(raw, list) or len(raw) > RULES_MAX:
        detail = f"Must be a list of at most {RULES_MAX} rules."
        raise Invalid(errors=[FieldError(f"{pointer}/rules", detail)])
    errors: list[FieldError] = []
    rules = [_read_rule(each, f"{pointer}/rules/{place}", errors) for place, each in enumerate(raw)]
    if not errors:
        errors += _find_perverse([r for r in rules if r is not None], pointer=pointer)
    if errors:
        raise Invalid(errors=errors)
    return tuple(rule for rule in rules if rule is not None)


def _read_rule(raw: object, pointer: str, errors: list[FieldError]) -> Rule | None:
    if not isinstance(raw, Mapping) or raw.get("kind") not in list(KINDS):
        detail = f"Must be an object whose kind is one of: {', '.join(KINDS)}."
        errors.append(FieldError(f"{pointer}/kind", detail))
        return None
    kind = KINDS[raw["kind"]]
    bounds = {"points": (1, POINTS_PER_AWARD_MAX), **kind.parameters}
    before = len(errors)
    for name in sorted(set(raw) - {"kind", *bounds, *(["when"] if kind.is_of_loan else [])}):
        errors.append(
            FieldError(f"{pointer}/{escape(name)}", "This kind of rule has no such field.")
        )
    numbers = {name: _whole(raw, name, b, pointer, errors) for name, b in bounds.items()}
    test = _read_when(raw.get("when"), f"{pointer}/when", errors)
    if len(errors) > before or test is None:
        return None
    points = numbers.pop("points")
    return Rule(str(raw["kind"]), points, numbers, test)


def _whole(
    raw: Mapping[str, Any],
    name: str,
    bounds: tuple[int, int],
    pointer: str,
    errors: list[FieldError],
) -> int:
    value, (low, high) = raw.get(name), bounds
    if type(value) is int and low <= value <= high:
        return value
    errors.append(FieldError(f"{pointer}/{name}", f"Must be a whole number of {low} to {high}."))
    return 0


def _read_when(raw: object, pointer: str, errors: list[FieldError]) -> Test | None:
    try:
        return compiled(
            parse({"all": []} if raw is None else raw, facts=LOAN_FACTS, pointer=pointer)
        )
    except Invalid as fault:
        errors += fault.errors
        return None


def _find_perverse(rules: Sequence[Rule], *, pointer: str) -> list[FieldError]:
    """Nobody may gain by paying late: a cure never earns more than having been on time."""
    on_time = min((rule.points for rule in rules if rule.kind == "on_time"), default=0)
    detail = "A cure may not earn more than being on time, or being late would pay."
    return [
        FieldError(f"{pointer}/rules/{place}/points", detail)
        for place, rule in enumerate(rules)
        if rule.kind == "cured" and rule.points > on_time
    ]
