"""The files that `goodfaith import` reads: NDJSON or CSV, one kind of row each.

They are found by name, in the order in which one needs the other: products, borrowers, loans,
installments, statements, delinquencies, adjustments, payments; with `.ndjson`, `.jsonl` or
`.csv`, plain or `.gz`. A CSV's header names the fields of the interface, a dot goes inside
(`protected.sex`, `facts.NAME`), a list is split at `;`, an empty cell is absent.
"""

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from marshmallow import Schema, fields

from backend.ingest.batch import Raw
from backend.ingest.csv_mapping import CsvMapping, mapped_lines
from backend.ingest.lines import schema_of, split_lines
from backend.ingest.rules import KINDS

PLURALS = {kind: "delinquencies" if kind == "delinquency" else f"{kind}s" for kind in KINDS}
NDJSON_SUFFIXES = (".ndjson", ".jsonl")
LIST_SEPARATOR = ";"
# What a loan or an adjustment calls `kind` is its own; the file says what the rows are.
OWN_KIND = {"loan": "loan_kind", "adjustment": "adjustment_kind"}


@dataclass(frozen=True)
class Found:
    """A file to import. `kind` is what its rows are; a mapped file's rows say it themselves."""

    path: Path
    kind: str | None
    read: Callable[[IO[bytes]], Iterator[Raw]]


def find_files(folder: Path, *, mapping: CsvMapping | None = None) -> list[Found]:
    """The files to import, in their order. With a mapping: those that it names."""
    if mapping is not None:
        return [
            Found(
                folder / source.file,
                None,
                lambda file, source=source: mapped_lines(mapping, source, _text(file)),  # type: ignore[misc]
            )
            for source in mapping.sources
        ]
    found = []
    for kind in KINDS:
        for path in sorted(folder.glob(f"{PLURALS[kind]}.*")):
            suffix = "".join(s for s in path.suffixes if s != ".gz")
            if suffix in NDJSON_SUFFIXES:
                found.append(Found(path, kind, split_lines))
            elif suffix == ".csv":
                found.append(Found(path, kind, _csv_reader(kind)))
    return found


@contextmanager
def opened(path: Path, watch: Callable[[int], None]) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked. `watch` hears how many were read from the disk."""
    with path.open("rb") as raw:
        watched = io.BufferedReader(_Watched(raw, watch))
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=watched) as unpacked:
                yield unpacked  # type: ignore[misc]  # reads as any binary file does
        else:
            yield watched


class _Watched(io.RawIOBase):
    """A file that says how much of it was read."""

    def __init__(self, raw: IO[bytes], watch: Callable[[int], None]) -> None:
        self._raw = raw
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._watch(len(data))
        return len(data)


def _text(file: IO[bytes]) -> IO[str]:
    return io.TextIOWrapper(file, encoding="utf-8-sig", newline="")


def _csv_reader(kind: str) -> Callable[[IO[bytes]], Iterator[Raw]]:
    schema = schema_of(kind)

    def read(file: IO[bytes]) -> Iterator[Raw]:
        reader = csv.DictReader(_text(file))
        for row in reader:
            yield reader.line_num, typed_row(row, kind=kind, schema=schema)

    return read


def typed_row(row: Mapping[Any, Any], *, kind: str, schema: Schema) -> dict[str, Any]:
    """A row of texts with the types that its fields have; what is no number stays text."""
    made: dict[str, Any] = {}
    for name, text in row.items():
        if not isinstance(name, str):
            made["(more cells than the header has)"] = text
        elif text:
            _set(made, name.split("."), text, schema)
    own = OWN_KIND.get(kind)
    if own is not None and "kind" in made:
        made[own] = made.pop("kind")
    return made


def _set(made: dict[str, Any], path: list[str], text: str, schema: Schema | None) -> None:
    head, *rest = path
    field = schema.load_fields.get(head) if schema else None
    if rest:
        inner = field.schema if isinstance(field, fields.Nested) else None
        _set(made.setdefault(head, {}), rest, text, inner)
        return
    made[head] = _typed(text, field)


def _typed(text: str, field: Any) -> Any:
    if isinstance(field, fields.List):
        return [_typed(part, field.inner) for part in text.split(LIST_SEPARATOR)]
    if isinstance(field, fields.Boolean):
        return {"true": True, "false": False}.get(text.lower(), text)
    # A lender's own fact has no field here: a whole number is one, the rest stays text.
    whole = isinstance(field, fields.Integer) or field is None
    if whole and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit():
        return int(text)
    if field is None and text in ("true", "false"):
        return text == "true"
    return text
