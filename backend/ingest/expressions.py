"""The small language of CSV mappings: one expression, one value, nothing that can run away.

Python's own notation, of which only this is read: numbers, texts, True, False, None, names (the
row's columns, constants, loop variables), + - * / // %, comparisons, and, or, not, `a if b else
c`, and the functions of `FUNCTIONS`. Numbers are decimals, so no float comes near money.
"""

import ast
import operator
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

EXPRESSION_LENGTH_MAX = 1_000
NODES_MAX = 300
DIGITS_MAX = 40
TEXT_LENGTH_MAX = 2_000
MINOR_PER_UNIT = 100
MONTHS_PER_YEAR = 12

Names = Mapping[str, Any]
Evaluate = Callable[[Names], Any]


class ExpressionError(ValueError):
    """The expression cannot be read, or has no value for this row."""


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or value is None:
        message = f"not a number: {value!r}"
        raise ExpressionError(message)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        message = f"not a number: {str(value)[:40]!r}"
        raise ExpressionError(message) from None
    if not number.is_finite() or abs(number.adjusted()) > DIGITS_MAX:
        message = "a number out of all bounds"
        raise ExpressionError(message)
    return number


def _minor(value: Any, per_unit: Any = MINOR_PER_UNIT) -> int:
    """Whole minor units of an amount, half up."""
    scaled = _number(value) * _number(per_unit)
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _whole(value: Any) -> int:
    return int(_number(value))


def _text(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


@lru_cache(maxsize=4_096)
def _parsed(value: str, pattern: str) -> date:
    try:
        return datetime.strptime(value.strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        message = f"not a day like {pattern}: {value[:40]!r}"
        raise ExpressionError(message) from None


def _day(value: Any, pattern: Any = "%Y-%m-%d") -> date:
    return value if isinstance(value, date) else _parsed(str(value), str(pattern))


def _months(value: Any, count: Any) -> date:
    """That many months later; the day is clipped to the month."""
    day = _day(value)
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + _whole(count), 12)
    if not 1 <= year <= date.max.year:
        message = "a day out of all bounds"
        raise ExpressionError(message)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _month_end(value: Any) -> date:
    day = _day(value)
    return day.replace(day=monthrange(day.year, day.month)[1])


def _month_day(value: Any, number: Any) -> date:
    return _day(value).replace(day=_whole(number))


def _days(value: Any, count: Any) -> date:
    return _day(value) + timedelta(days=_whole(count))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "minor": _minor,  # minor(amount[, per_unit=100]): whole minor units
    "whole": _whole,  # the whole part of a number
    "number": _number,
    "text": _text,
    "day": _day,  # day(text[, pattern]): a day
    "months": _months,  # months(day, n): n months later
    "days": _days,  # days(day, n): n days later
    "month_end": _month_end,  # the last day of its month
    "month_day": _month_day,  # month_day(day, n): the n-th of its month
    "month": lambda value: f"{_day(value):%Y-%m}",
    "min": lambda *values: min(map(_number, values)),
    "max": lambda *values: max(map(_number, values)),
    "lower": lambda value: str(value).lower(),
    "strip": lambda value: str(value).strip(),
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def compile_expression(source: str, *, maps: Mapping[str, Mapping[str, Any]]) -> Evaluate:
    """An expression as a function of names. Refuses: ExpressionError."""
    if len(source) > EXPRESSION_LENGTH_MAX:
        message = f"an expression has at most {EXPRESSION_LENGTH_MAX} characters"
        raise ExpressionError(message)
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        message = f"not an expression: {source!r}"
        raise ExpressionError(message) from None
    if sum(1 for _ in ast.walk(tree)) > NODES_MAX:
        message = "the expression is too long"
        raise ExpressionError(message)
    inner = _Compiler(maps).compile(tree.body)

    def evaluate(names: Names) -> Any:
        try:
            return inner(names)
        except ExpressionError:
            raise
        except (ArithmeticError, TypeError, ValueError, OverflowError) as error:
            message = f"{source!r} has no value here ({type(error).__name__})"
            raise ExpressionError(message) from None

    return evaluate


class _Compiler:
    """Turns the parts of a syntax tree that the language has into functions."""

    def __init__(self, maps: Mapping[str, Mapping[str, Any]]) -> None:
        self._maps = maps

    def compile(self, node: ast.expr) -> Evaluate:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            message = f"not part of the language: {ast.unparse(node)!r}"
            raise ExpressionError(message)
        compiled: Evaluate = method(node)
        return compiled

    def _constant(self, node: ast.Constant) -> Evaluate:
        value: Any = node.value
        if isinstance(value, float | int) and not isinstance(value, bool):
            value = _number(value)
        elif not isinstance(value, str | bool | None):
            message = f"not part of the language: {value!r}"
            raise ExpressionError(message)
        return lambda _: value

    def _name(self, node: ast.Name) -> Evaluate:
        name = node.id

        def look_up(names: Names) -> Any:
            if name not in names:
                message = f"there is no column or constant {name!r}"
                raise ExpressionError(message)
            return names[name]

        return look_up

    def _binop(self, node: ast.BinOp) -> Evaluate:
        act = _ARITHMETIC.get(type(node.op))
        if act is None:
            message = f"not part of the language: {ast.unparse(node)!r}"
            raise ExpressionError(message)
        left, right = self.compile(node.left), self.compile(node.right)
        joins = isinstance(node.op, ast.Add)

        def apply(names: Names) -> Any:
            one, two = left(names), right(names)
            # `+` joins only what is text in the mapping itself or made so by text():
            # a cell of digits is text as well, and 1 + 1 must not be 11.
            if joins and isinstance(one, str) and isinstance(two, str):
                return (one + two)[:TEXT_LENGTH_MAX]
            return _number(act(_number(one), _number(two)))

        return apply

    def _unaryop(self, node: ast.UnaryOp) -> Evaluate:
        inner = self.compile(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda names: not inner(names)
        if isinstance(node.op, ast.USub):
            return lambda names: -_number(inner(names))
        message = f"not part of the language: {ast.unparse(node)!r}"
        raise ExpressionError(message)

    def _boolop(self, node: ast.BoolOp) -> Evaluate:
        parts = [self.compile(value) for value in node.values]
        if isinstance(node.op, ast.And):
            return lambda names: all(part(names) for part in parts)
        return lambda names: any(part(names) for part in parts)

    def _compare(self, node: ast.Compare) -> Evaluate:
        if len(node.ops) != 1 or type(node.ops[0]) not in _COMPARISONS:
            message = f"not part of the language: {ast.unparse(node)!r}"
            raise ExpressionError(message)
        act = _COMPARISONS[type(node.ops[0])]
        left, right = self.compile(node.left), self.compile(node.comparators[0])

        def compare(names: Names) -> bool:
            one, two = left(names), right(names)
            if isinstance(one, Decimal) != isinstance(two, Decimal) and None not in (one, two):
                one, two = _number(one), _number(two)
            return bool(act(one, two))

        return compare

    def _ifexp(self, node: ast.IfExp) -> Evaluate:
        test, then, other = map(self.compile, (node.test, node.body, node.orelse))
        return lambda names: then(names) if test(names) else other(names)

    def _call(self, node: ast.Call) -> Evaluate:
        if not isinstance(node.func, ast.Name) or node.keywords:
            message = f"not part of the language: {ast.unparse(node)!r}"
            raise ExpressionError(message)
        arguments = [self.compile(argument) for argument in node.args]
        name = node.func.id
        if name == "column":  # column('PAY_' + text(k)): a column whose name is computed
            return lambda names: _name_of(names, arguments)
        if name == "lookup":  # lookup('map', value[, otherwise])
            return self._lookup(arguments)
        function = FUNCTIONS.get(name)
        if function is None:
            message = f"there is no function {name!r}"
            raise ExpressionError(message)
        return lambda names: function(*(argument(names) for argument in arguments))

    def _lookup(self, arguments: list[Evaluate]) -> Evaluate:
        maps = self._maps

        def look_up(names: Names) -> Any:
            name, key, *otherwise = (argument(names) for argument in arguments)
            if name not in maps:
                message = f"there is no map {name!r}"
                raise ExpressionError(message)
            known = maps[name]
            if _text(key) in known:
                return known[_text(key)]
            if otherwise:
                return otherwise[0]
            message = f"{_text(key)[:40]!r} is not in the map {name!r}"
            raise ExpressionError(message)

        return look_up


def _name_of(names: Names, arguments: list[Evaluate]) -> Any:
    (name,) = (argument(names) for argument in arguments)
    if name not in names:
        message = f"there is no column {name!r}"
        raise ExpressionError(message)
    return names[name]
