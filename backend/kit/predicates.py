"""The one condition language of policies, audiences and eligibility, evaluated for one person.

`{"all": [..]}`, `{"any": [..]}`, `{"not": ..}` and `{"fact": NAME, "op": OP, "value": V}`.
Two-valued: any comparison on an unknown fact is false, `ne` and `not_in` included, and `not`
flips that. `predicates_sql` says the same to the database; a property test holds them equal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeAlias

from backend.kit.problems import FieldError, Invalid

DEPTH_MAX = 8
NODES_MAX = 200
LIST_LENGTH_MAX = 100
# Each value is a parameter of a statement, which takes 65,535 and has other conditions in it.
VALUES_MAX = 2_000
TEXT_LENGTH_MAX = 200
NUMBER_MAX = Decimal(10) ** 15
DECIMAL_PLACES_MAX = 8

Value: TypeAlias = int | Decimal | str | bool | date
Facts: TypeAlias = Mapping[str, Value | None]
Test: TypeAlias = Callable[[Facts], bool]


class FactType(StrEnum):
    """What kind of value a fact holds."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"


ORDERED = frozenset({FactType.INTEGER, FactType.DECIMAL, FactType.DATE})
PRESENCE_OPS = frozenset({"known", "unknown"})
ORDER_OPS = frozenset({"gt", "gte", "lt", "lte", "between"})
LIST_OPS = frozenset({"in", "not_in"})
OPS = PRESENCE_OPS | ORDER_OPS | LIST_OPS | {"eq", "ne"}


@dataclass(frozen=True)
class All:
    """Every part holds. Of no parts: true."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True)
class Any_:  # noqa: N801 - `Any` is taken by typing
    """At least one part holds. Of no parts: false."""

    parts: tuple["Predicate", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Predicate"


@dataclass(frozen=True)
class Compare:
    """A fact against a value; a pair for `between`, a tuple for `in` and `not_in`."""

    fact: str
    op: str
    value: Value | tuple[Value, ...] | None


Predicate: TypeAlias = All | Any_ | Not | Compare


def parse(document: object, *, facts: Mapping[str, FactType], pointer: str = "#") -> Predicate:
    """The condition in checked form. Refuses: Invalid, every fault with its JSON pointer."""
    reader = _Reader(facts)
    predicate = reader.read(document, pointer, depth=1)
    if reader.errors or predicate is None:
        raise Invalid(errors=reader.errors)
    return predicate


class _Fault(Exception):
    """One thing wrong with one part; the reader notes it and goes on to the next part."""

    def __init__(self, pointer: str, detail: str) -> None:
        self.error = FieldError(pointer, detail)


class _Reader:
    """Collects all faults instead of stopping at the first."""

    def __init__(self, facts: Mapping[str, FactType]) -> None:
        self.facts = facts
        self.errors: list[FieldError] = []
        self.nodes = 0
        self.values = 0

    def read(self, node: object, pointer: str, *, depth: int) -> Predicate | None:
        try:
            return self._read(node, pointer, depth=depth)
        except _Fault as fault:
            self.errors.append(fault.error)
            return None

    def _read(self, node: object, pointer: str, *, depth: int) -> Predicate | None:
        self.nodes += 1
        if self.nodes > NODES_MAX:
            raise _Fault(pointer, f"A condition may have at most {NODES_MAX} parts.")
        if depth > DEPTH_MAX:
            raise _Fault(pointer, f"Conditions may be nested at most {DEPTH_MAX} deep.")
        if not isinstance(node, dict):
            raise _Fault(pointer, "Must be an object.")
        if "fact" in node:
            return self._compare(node, pointer)
        return self._combine(node, pointer, depth=depth)

    def _combine(self, node: dict[Any, Any], pointer: str, *, depth: int) -> Predicate | None:
        if len(node) != 1 or next(iter(node)) not in ("all", "any", "not"):
            raise _Fault(pointer, 'Must be "all", "any", "not", or "fact" with "op".')
        kind, inner = next(iter(node.items()))
        below = f"{pointer}/{kind}"
        if kind == "not":
            part = self.read(inner, below, depth=depth + 1)
            return None if part is None else Not(part)
        if not isinstance(inner, list):
            raise _Fault(below, "Must be a list.")
        if len(inner) > NODES_MAX:
            raise _Fault(below, f"A condition may have at most {NODES_MAX} parts.")
        parts = [self.read(each, f"{below}/{i}", depth=depth + 1) for i, each in enumerate(inner)]
        kept = tuple(part for part in parts if part is not None)
        return All(kept) if kind == "all" else Any_(kept)

    def _compare(self, node: dict[Any, Any], pointer: str) -> Predicate:
        strange = [key for key in node if key not in ("fact", "op", "value")]
        if strange:
            raise _Fault(f"{pointer}/{escape(str(strange[0]))}", "Unknown field.")
        fact, op = node["fact"], node.get("op")
        if not isinstance(fact, str) or fact not in self.facts:
            raise _Fault(f"{pointer}/fact", "There is no such fact.")
        if not isinstance(op, str) or op not in OPS:
            raise _Fault(f"{pointer}/op", "There is no such operation.")
        kind = self.facts[fact]
        if op in ORDER_OPS and kind not in ORDERED:
            raise _Fault(f"{pointer}/op", f"A {kind} fact has no order to compare by.")
        comparison = Compare(fact, op, _read_operand(node, f"{pointer}/value", kind=kind))
        self.values += _count(comparison)
        if self.values > VALUES_MAX:
            raise _Fault(f"{pointer}/value", f"A condition may name at most {VALUES_MAX} values.")
        return comparison


def _read_operand(
    node: dict[Any, Any], pointer: str, *, kind: FactType
) -> Value | tuple[Value, ...] | None:
    op = node["op"]
    if op in PRESENCE_OPS:
        if node.get("value") is not None:
            raise _Fault(pointer, "This operation takes no value.")
        return None
    if "value" not in node:
        raise _Fault(pointer, "A value is missing.")
    if op == "between":
        return _read_pair(node["value"], pointer, kind=kind)
    if op in LIST_OPS:
        return _read_list(node["value"], pointer, kind=kind)
    return _must_read(node["value"], pointer, kind=kind)


def _read_pair(raw: object, pointer: str, *, kind: FactType) -> tuple[Value, ...]:
    if not isinstance(raw, list) or len(raw) != len(("low", "high")):
        raise _Fault(pointer, "Must be a list of two values.")
    low, high = (_must_read(each, f"{pointer}/{i}", kind=kind) for i, each in enumerate(raw))
    if low > high:  # type: ignore[operator]  # both of one kind, which has an order
        raise _Fault(pointer, "The first value must not be above the second.")
    return low, high


def _read_list(raw: object, pointer: str, *, kind: FactType) -> tuple[Value, ...]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= LIST_LENGTH_MAX:
        raise _Fault(pointer, f"Must be a list of 1 to {LIST_LENGTH_MAX} values.")
    return tuple(_must_read(each, f"{pointer}/{i}", kind=kind) for i, each in enumerate(raw))


def _must_read(raw: object, pointer: str, *, kind: FactType) -> Value:
    value = read_value(raw, kind)
    if value is None:
        raise _Fault(pointer, f"Must be {KIND_WORDS[kind]}.")
    return value


def escape(key: str) -> str:
    """One step of a JSON pointer [RFC 6901]."""
    return key.replace("~", "~0").replace("/", "~1")


DECIMAL_TEXT = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,8})?")
DAY_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KIND_WORDS = {
    FactType.INTEGER: "a whole number",
    FactType.DECIMAL: 'a number, or a decimal string such as "0.35"',
    FactType.TEXT: f"a text of at most {TEXT_LENGTH_MAX} characters",
    FactType.BOOLEAN: "true or false",
    FactType.DATE: "a day, YYYY-MM-DD",
}


def read_value(raw: object, kind: FactType) -> Value | None:
    """A JSON value as the kind of value a fact holds, or None when it is not one."""
    match kind:
        case FactType.INTEGER:
            return _whole(raw)
        case FactType.DECIMAL:
            return _decimal(raw)
        case FactType.TEXT:
            return raw if isinstance(raw, str) and _is_text(raw) else None
        case FactType.BOOLEAN:
            return raw if isinstance(raw, bool) else None
        case FactType.DATE:
            return _day(raw)


def _whole(raw: object) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > NUMBER_MAX:
        return None
    return raw


def _decimal(raw: object) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    # Python also reads 1_0 and full-width digits; the database does not.
    if isinstance(raw, str) and not DECIMAL_TEXT.fullmatch(raw):
        return None
    try:
        # The shortest text of a JSON number is the number that was written.
        value = Decimal(str(raw))
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) > NUMBER_MAX:
        return None
    exponent = value.as_tuple().exponent
    return value if isinstance(exponent, int) and exponent >= -DECIMAL_PLACES_MAX else None


def _is_text(raw: str) -> bool:
    return len(raw) <= TEXT_LENGTH_MAX and all(
        char != "\x00" and not "\ud800" <= char <= "\udfff" for char in raw
    )


def _day(raw: object) -> date | None:
    # Python also reads 2026-W05-6.
    if not isinstance(raw, str) or not DAY_TEXT.fullmatch(raw):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None


def to_json(predicate: Predicate) -> dict[str, Any]:
    """The condition as a client writes it."""
    match predicate:
        case All(parts):
            return {"all": [to_json(part) for part in parts]}
        case Any_(parts):
            return {"any": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case Compare(fact, op, None):
            return {"fact": fact, "op": op}
        case Compare(fact, op, tuple(values)):
            return {"fact": fact, "op": op, "value": [value_to_json(each) for each in values]}
        case Compare(fact, op, value):
            return {"fact": fact, "op": op, "value": value_to_json(value)}


def value_to_json(value: Any) -> Any:
    """A fact's value on the wire: decimals and days as text."""
    return str(value) if isinstance(value, Decimal | date) else value


def list_comparisons(predicate: Predicate) -> list[Compare]:
    """Every comparison in the condition, in reading order."""
    match predicate:
        case All(parts) | Any_(parts):
            return [found for part in parts for found in list_comparisons(part)]
        case Not(part):
            return list_comparisons(part)
        case Compare():
            return [predicate]


def facts_used(predicate: Predicate) -> frozenset[str]:
    """Names of the facts that the condition reads."""
    return frozenset(each.fact for each in list_comparisons(predicate))


def count_values(predicate: Predicate) -> int:
    """How many values the condition compares with."""
    return sum(_count(each) for each in list_comparisons(predicate))


def _count(comparison: Compare) -> int:
    if comparison.value is None:
        return 0
    return len(comparison.value) if isinstance(comparison.value, tuple) else 1


def holds(predicate: Predicate, facts: Facts) -> bool:
    """Whether the condition is true of these facts."""
    return compiled(predicate)(facts)


def compiled(predicate: Predicate) -> Test:
    """The condition as a function, for use many times."""
    match predicate:
        case All(parts):
            tests = [compiled(part) for part in parts]
            return lambda facts: all(test(facts) for test in tests)
        case Any_(parts):
            tests = [compiled(part) for part in parts]
            return lambda facts: any(test(facts) for test in tests)
        case Not(part):
            inner = compiled(part)
            return lambda facts: not inner(facts)
        case Compare(fact, "known", _):
            return lambda facts: facts.get(fact) is not None
        case Compare(fact, "unknown", _):
            return lambda facts: facts.get(fact) is None
        case Compare(fact, op, value):
            return _comparison(fact, OPERATIONS[op], value)


def _comparison(fact: str, operation: Callable[[Any, Any], bool], value: Any) -> Test:
    def test(facts: Facts) -> bool:
        known = facts.get(fact)
        return known is not None and operation(known, value)

    return test


OPERATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda known, value: known == value,
    "ne": lambda known, value: known != value,
    "gt": lambda known, value: known > value,
    "gte": lambda known, value: known >= value,
    "lt": lambda known, value: known < value,
    "lte": lambda known, value: known <= value,
    "in": lambda known, value: known in value,
    "not_in": lambda known, value: known not in value,
    "between": lambda known, value: value[0] <= known <= value[1],
}
