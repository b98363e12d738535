"""Keyset pages: stable under inserts, equally quick on the first page and the thousandth."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, Select, literal, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.kit.fields import StrictSchema, WholeNumber
from backend.kit.problems import FieldError, Invalid

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
CURSOR_LENGTH_MAX = 1_000
BIGINT_END = 2**63


class Digits(fields.Integer):
    """A number as a query string holds it: ASCII digits, nothing that `int` forgives."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class PageArgs(StrictSchema):
    """`?limit=` and `?cursor=`."""

    limit = Digits(
        load_default=LIMIT_DEFAULT,
        validate=WholeNumber(1, LIMIT_MAX).validate,
        metadata={"description": "How many items at most."},
    )
    cursor = fields.String(
        load_default=None,
        validate=lambda value: len(value) <= CURSOR_LENGTH_MAX,
        metadata={"description": "`next_cursor` of the page before."},
    )


@dataclass(frozen=True)
class Page:
    """One page and the way to the next."""

    items: Sequence[Any]
    next_cursor: str | None


def page(
    session: Session,
    query: Select[Any],
    *,
    keys: Sequence[InstrumentedAttribute[Any]],
    args: Mapping[str, Any],
    descending: bool = False,
) -> Page:
    """One page of a select, ordered by `keys`, which together are unique and are selected.

    Refuses: Invalid (a cursor that is not ours).
    """
    limit = args["limit"]
    query = query.where(after(args, keys, descending=descending)) if args.get("cursor") else query
    order = [key.desc() if descending else key.asc() for key in keys]
    rows = session.execute(query.order_by(*order).limit(limit + 1)).all()
    return _cut(rows, limit, values=lambda row: [row._mapping[key.key] for key in keys])


def after(
    args: Mapping[str, Any],
    keys: Sequence[InstrumentedAttribute[Any]],
    *,
    descending: bool = False,
) -> ColumnElement[bool]:
    """What lies behind the cursor, for a part of a statement that has an order of its own.

    Refuses: Invalid (a cursor that is not ours).
    """
    if not args.get("cursor"):
        return true()
    given = zip(_read(args["cursor"], keys), keys, strict=True)
    mine, other = tuple_(*keys), tuple_(*(literal(value, key.type) for value, key in given))
    return mine < other if descending else mine > other


def page_of(
    rows: Iterable[Any],
    *,
    keys: Sequence[InstrumentedAttribute[Any]],
    values: Callable[[Any], tuple[Any, ...]],
    args: Mapping[str, Any],
    descending: bool = False,
) -> Page:
    """One page of rows that are at hand, as `page` makes it; `values` are those of the `keys`.

    Refuses: Invalid (a cursor that is not ours).
    """
    ordered = sorted(rows, key=values, reverse=descending)
    if args.get("cursor"):
        after = tuple(_read(args["cursor"], keys))
        ordered = [r for r in ordered if (values(r) < after if descending else values(r) > after)]
    return _cut(ordered, args["limit"], values=values)


def _cut(rows: Sequence[Any], limit: int, *, values: Callable[[Any], Sequence[Any]]) -> Page:
    items = rows[:limit]
    more = len(rows) > limit
    return Page(items=items, next_cursor=_write(values(items[-1])) if more else None)


def page_schema(item: type[Schema], *, name: str) -> type[Schema]:
    """The answer that holds one page of `item`s."""
    return type(
        name,
        (Schema,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
    )


def _write(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def _read_text(value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError
    return value


def _read_int(value: object) -> int:
    if type(value) is not int or abs(value) >= BIGINT_END:
        raise ValueError
    return value


_READERS: dict[type, Any] = {
    UUID: lambda value: UUID(_read_text(value)),
    datetime: lambda value: datetime.fromisoformat(_read_text(value)),
    date: lambda value: date.fromisoformat(_read_text(value)),
    int: _read_int,
    str: _read_text,
}


def _read(cursor: str, keys: Sequence[InstrumentedAttribute[Any]]) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [
            _READERS[key.type.python_type](value) for value, key in zip(values, keys, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid(errors=[FieldError("#/cursor", "Not a cursor of this list.")]) from error
