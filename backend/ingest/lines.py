"""From one line of a batch, or one row of a file, to a checked row."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, cast

import orjson
from marshmallow import Schema, ValidationError

from backend.ingest import schemas
from backend.ingest.errors import LineTooLong, LineUnreadable
from backend.ingest.inputs import Line
from backend.ingest.quick import Odd, Quick, compiled
from backend.ingest.rules import KINDS, kind_of
from backend.kit.parsing import has_key_twice, invalid_from
from backend.kit.problems import FieldError, Invalid, Problem
from backend.kit.texts import Text

LINE_BYTES_MAX = 256 * 1024
BLOCK_BYTES = 256 * 1024


def _after_loan(row: dict[str, Any]) -> dict[str, Any]:
    revolving = row["kind"] == "revolving"
    if revolving and (row["dpd_source"] != "reported" or "installments" in row):
        raise Odd
    rate = row["annual_rate"]
    row["annual_rate"] = None if rate is None else Decimal(rate)
    return row


def _after_statement(row: dict[str, Any]) -> dict[str, Any]:
    if row["due_on"] < row["closed_on"]:
        raise Odd
    return row


_SCHEMAS: dict[str, tuple[Schema, Callable[[dict[str, Any]], Any] | None]] = {
    "product": (schemas.ProductLineSchema(), None),
    "borrower": (schemas.BorrowerLineSchema(), None),
    "loan": (schemas.LoanLineSchema(), _after_loan),
    "installment": (schemas.InstallmentLineSchema(), None),
    "statement": (schemas.StatementLineSchema(), _after_statement),
    "delinquency": (schemas.DelinquencyLineSchema(), None),
    "adjustment": (schemas.AdjustmentInSchema(), None),
    "payment": (schemas.PaymentInSchema(), None),
}
QUICK: dict[str, Quick] = {
    kind: compiled(schema, after=after) for kind, (schema, after) in _SCHEMAS.items()
}


def schema_of(kind: str) -> Schema:
    """The schema that checks rows of a kind."""
    return _SCHEMAS[kind][0]


def load(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """A checked row. Refuses: Invalid."""
    row = QUICK[kind](data)
    if row is None:
        try:
            row = _SCHEMAS[kind][0].load(data)
        except ValidationError as error:
            raise invalid_from(cast(Any, error).normalized_messages()) from None
    if kind == "statement":
        row["month"] = date.fromisoformat(f"{row['month']}-01")
    return row


def read_line(number: int, raw: bytes | dict[str, Any], *, kind: str | None = None) -> Line:
    """One line. `kind` is what the file says that its rows are."""
    try:
        data = orjson.loads(raw) if isinstance(raw, bytes) else dict(raw)
        if type(data) is not dict:
            raise LineUnreadable
        if isinstance(raw, bytes) and has_key_twice(raw, data):
            raise LineUnreadable(
                Text("The line holds a key twice in one object.", "该行的同一对象中有重复的键。")
            )
        found = kind_of(data, default=kind)
        if found is None:
            detail = f"Must be one of: {', '.join(KINDS)}."
            raise Invalid(errors=[FieldError("#/kind", detail)])
        return Line(number, found, load(found, data))
    except orjson.JSONDecodeError as error:
        return Line(number, "", {}, LineUnreadable(f"Not JSON: {error.msg}."))
    except Problem as problem:
        return Line(number, "", {}, problem)


def too_long(number: int) -> Line:
    """The refusal of a line that was not even kept."""
    return Line(number, "", {}, LineTooLong(f"A line has at most {LINE_BYTES_MAX} bytes."))


class Readable(Protocol):
    """Anything with `read`."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; empty at the end."""


def split_lines(stream: Readable) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers from 1, blank ones left out; None for one that is too long.

    Never holds more than a block and a line.
    """
    number = 0
    rest = b""
    skipping = False
    while block := stream.read(BLOCK_BYTES):
        *whole, rest_new = (rest + block).split(b"\n")
        for raw in whole:
            number += 1
            if skipping or len(raw) > LINE_BYTES_MAX:
                skipping = False
                yield number, None
            elif raw.strip():
                yield number, raw
        rest = rest_new
        if len(rest) > LINE_BYTES_MAX:
            rest, skipping = b"", True
    if skipping or rest.strip():
        yield number + 1, None if skipping else rest
