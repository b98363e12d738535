"""The condition language said to the database: the same answer for all that Python gives for one.

Every comparison is wrapped in COALESCE(.., false), so that an unknown fact makes it false and
`not` can flip it, as `predicates.holds` does.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Numeric, Text, and_, false, func, not_, or_, true
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import TypeEngine

from backend.kit.predicates import All, Any_, Compare, FactType, Not, Predicate

SQL_TYPES: dict[FactType, TypeEngine[Any]] = {
    FactType.INTEGER: BigInteger(),
    FactType.DECIMAL: Numeric(),
    FactType.TEXT: Text(),
    FactType.BOOLEAN: Boolean(),
    FactType.DATE: Date(),
}


def to_sql(predicate: Predicate, columns: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
    """The condition over these columns; never null."""
    match predicate:
        case All(parts):
            return and_(true(), *(to_sql(part, columns) for part in parts))
        case Any_(parts):
            return or_(false(), *(to_sql(part, columns) for part in parts))
        case Not(part):
            return not_(to_sql(part, columns))
        case Compare(fact, "known", _):
            return columns[fact].is_not(None)
        case Compare(fact, "unknown", _):
            return columns[fact].is_(None)
        case Compare(fact, op, value):
            return func.coalesce(_comparison(columns[fact], op, value), false())


def _comparison(column: ColumnElement[Any], op: str, value: Any) -> ColumnElement[Any]:
    if op in ("in", "not_in"):
        listed = column.in_([_literal(each, column) for each in value])
        return not_(listed) if op == "not_in" else listed
    if op == "between":
        return column.between(_literal(value[0], column), _literal(value[1], column))
    other = _literal(value, column)
    operations: dict[str, ColumnElement[Any]] = {
        "eq": column == other,
        "ne": column != other,
        "gt": column > other,
        "gte": column >= other,
        "lt": column < other,
        "lte": column <= other,
    }
    return operations[op]


def _literal(value: Any, column: ColumnElement[Any]) -> ColumnElement[Any]:
    # An int constant beside a numeric column, or the other way round, compares as numeric.
    return literal(value, SQL_TYPES[FactType.INTEGER] if _is_whole(value) else column.type)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
