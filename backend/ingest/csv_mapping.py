"""Foreign CSV files by a small TOML mapping: which lines each row becomes.

    [constants]                      # names for expressions; `--set NAME=VALUE` overrides one
    product = "lc-2018"
    latest = 2026-10-31
    [maps.days]                      # lookup('days', STATUS)
    Current = 0
    [[sources]]
    file = "loans.csv.gz"            # in the folder that is imported
    [[sources.lines]]                # one line of a batch for each row, or
    kind = "statement"
    each = {k = [6, 5, 4]}           # one for each value (or `each = {n = "term"}`: 1 to term)
    when = "column('BILL' + text(k)) != ''"     # and only where this holds
    [sources.lines.fields]           # field = expression; None leaves the field out
    loan_external_id = "'lc-' + row"
    balance_minor = "minor(column('BILL' + text(k)))"
    [sources.lines.fields.protected] # a field of fields
    sex = "lookup('sex', SEX, None)"
    [sources.lines.rows.installments]           # a field that is a list of rows
    each = {n = "term"}
    [sources.lines.rows.installments.fields]
    number = "n"

The language is in `expressions`. A row without a value for some field is reported and left out.
"""

import csv
import gzip
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from backend.ingest.batch import Raw
from backend.ingest.errors import RowUnmappable
from backend.ingest.expressions import Evaluate, ExpressionError, compile_expression

REPEATS_MAX = 1_200
CELL_LENGTH_MAX = 10_000


class MappingError(ValueError):
    """The mapping file is not one."""


@dataclass(frozen=True)
class Repeat:
    """One line for each value of a variable: listed, or 1 to the value of an expression."""

    name: str
    values: tuple[Any, ...] = ()
    up_to: Evaluate | None = None

    def over(self, names: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The names, with the variable set, once for each value."""
        values = self.values
        if self.up_to is not None:
            count = int(self.up_to(names))
            if count > REPEATS_MAX:
                message = f"at most {REPEATS_MAX} repeats"
                raise ExpressionError(message)
            values = tuple(Decimal(n) for n in range(1, count + 1))
        for value in values:
            yield {**names, self.name: value}


ONCE = Repeat("", values=(None,))


@dataclass(frozen=True)
class Template:
    """How one object is made from a row."""

    fields: Mapping[str, "Evaluate | Template"]
    rows: Mapping[str, "Template"] = field(default_factory=dict)
    each: Repeat = ONCE
    when: Evaluate | None = None

    def objects(self, names: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The objects that a row becomes."""
        for own in self.each.over(names):
            if self.when is None or self.when(own):
                yield self._object(own)

    def _object(self, names: Mapping[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, source in self.fields.items():
            value = source._object(names) if isinstance(source, Template) else _wire(source(names))
            if value is not None:
                made[name] = value
        for name, template in self.rows.items():
            made[name] = list(template.objects(names))
        return made


@dataclass(frozen=True)
class Source:
    """One CSV file and the lines that its rows become."""

    file: str
    lines: tuple[tuple[str, Template], ...]


@dataclass(frozen=True)
class CsvMapping:
    """A whole mapping file."""

    constants: Mapping[str, Any]
    sources: tuple[Source, ...]


def load_mapping(path: Path, *, overrides: Mapping[str, str] | None = None) -> CsvMapping:
    """Read a mapping file. Refuses: MappingError, which says where it is wrong."""
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
        constants = {name: _constant(value) for name, value in data.get("constants", {}).items()}
        for name, text in (overrides or {}).items():
            if name not in constants:
                message = f"there is no constant {name!r} to set"
                raise MappingError(message)
            constants[name] = _like(constants[name], text)
        maps = {
            name: {str(key): _constant(value) for key, value in known.items()}
            for name, known in data.get("maps", {}).items()
        }
        sources = tuple(_source(source, maps) for source in data["sources"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        message = f"{path.name}: {type(error).__name__}: {error}"
        raise MappingError(message) from None
    except ExpressionError as error:
        message = f"{path.name}: {error}"
        raise MappingError(message) from None
    return CsvMapping(constants, sources)


def _constant(value: Any) -> Any:
    if isinstance(value, float):
        message = "write numbers with a fraction as text, such as '0.12'"
        raise MappingError(message)
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _like(old: Any, text: str) -> Any:
    if isinstance(old, date):
        return date.fromisoformat(text)
    return Decimal(text) if isinstance(old, Decimal) else text


def _source(data: Mapping[str, Any], maps: Mapping[str, Any]) -> Source:
    lines = tuple((str(line["kind"]), _template(line, maps)) for line in data["lines"])
    return Source(str(data["file"]), lines)


def _template(data: Mapping[str, Any], maps: Mapping[str, Any]) -> Template:
    return Template(
        fields={
            name: compile_expression(source, maps=maps)
            if isinstance(source, str)
            else _template({"fields": source}, maps)
            for name, source in data["fields"].items()
        },
        rows={name: _template(inner, maps) for name, inner in data.get("rows", {}).items()},
        each=_repeat(data["each"], maps) if "each" in data else ONCE,
        when=compile_expression(data["when"], maps=maps) if "when" in data else None,
    )


def _repeat(data: Mapping[str, Any], maps: Mapping[str, Any]) -> Repeat:
    ((name, values),) = data.items()
    if isinstance(values, str):
        return Repeat(name, up_to=compile_expression(values, maps=maps))
    return Repeat(name, values=tuple(_constant(value) for value in values))


def _wire(value: Any) -> Any:
    """A value as a line of a batch has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def mapped_lines(mapping: CsvMapping, source: Source, file: IO[str]) -> Iterator[Raw]:
    """The lines of one file, each with the number of the row that it comes from."""
    reader = csv.DictReader(file)
    for row in reader:
        names = {**mapping.constants, **{k: v for k, v in row.items() if isinstance(k, str)}}
        for kind, template in source.lines:
            try:
                if any(len(value or "") > CELL_LENGTH_MAX for value in row.values()):
                    message = "a cell is too long"
                    raise ExpressionError(message)  # noqa: TRY301 - reported as any other
                for made in template.objects(names):
                    yield reader.line_num, {"kind": kind, **made}
            except ExpressionError as error:
                yield reader.line_num, RowUnmappable(f"{kind}: {error}")


def open_text(path: Path) -> IO[str]:
    """A text file, compressed or not."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open("rt", encoding="utf-8-sig", newline="")
