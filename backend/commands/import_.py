"""`goodfaith import`: a portfolio from files, through the same door as the core system's calls."""

import csv
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from backend.commands.context import configured
from backend.commands.failures import fail
from backend.ingest.batch import Answer, store_lines
from backend.ingest.csv_mapping import CsvMapping, MappingError, load_mapping
from backend.ingest.files import PLURALS, Found, find_files, opened
from backend.kit import clock

REPORT = "import-report.ndjson"
ROWS_PER_SHOW = 1_000


@click.command(name="import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file that says which lines foreign CSV files become.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Of the mapping.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(REPORT),
    show_default=True,
    help="Where rows that were refused are written, with line and reason.",
)
@click.option(
    "--live", is_flag=True, help="The rows are news, to be announced; by default, history."
)
def import_(
    folder: Path,
    mapping_file: Path | None,
    settings: tuple[str, ...],
    report: Path,
    *,
    live: bool,
) -> None:
    """Import NDJSON or CSV files of a FOLDER. Good rows are kept; repeating changes nothing."""
    found = _find(folder, _read_mapping(mapping_file, settings))
    with configured(), report.open("wb") as bad:
        counts = _import_all(found, bad, is_history=not live)
    summary = ", ".join(f"{counts[status]} {status}" for status in sorted(counts)) or "nothing"
    click.echo(summary)
    if counts["refused"]:
        click.echo(f"refused rows, with line and reason: {report}")
    else:
        report.unlink()


def _read_mapping(path: Path | None, settings: tuple[str, ...]) -> CsvMapping | None:
    if path is None:
        if settings:
            fail("--set goes with --mapping")
        return None
    pairs = [setting.partition("=") for setting in settings]
    if any(not equals for _, equals, _ in pairs):
        fail("--set takes NAME=VALUE")
    try:
        return load_mapping(path, overrides={name: value for name, _, value in pairs})
    except (MappingError, ValueError) as error:
        fail(str(error))


def _find(folder: Path, mapping: CsvMapping | None) -> list[Found]:
    found = find_files(folder, mapping=mapping)
    if not found:
        names = ", ".join(PLURALS.values())
        fail(f"{folder} holds no file to import ({names}; .ndjson, .jsonl or .csv, also .gz)")
    for file in found:
        if not file.path.is_file():
            fail(f"there is no file {file.path.name} in {folder}")
    return found


def _import_all(found: list[Found], bad: IO[bytes], *, is_history: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}% {task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as progress:
        for file in found:
            size = file.path.stat().st_size
            task = progress.add_task(file.path.name, total=size, rows=0)
            rows = 0
            try:
                for rows, answer in enumerate(_answers(file, progress, task, is_history), start=1):
                    counts[answer.outcome.status] += 1
                    if answer.outcome.problem is not None:
                        bad.write(_reason(file, answer))
                    if not rows % ROWS_PER_SHOW:
                        progress.update(task, rows=rows)
            except (UnicodeDecodeError, csv.Error, EOFError, OSError, zlib.error) as error:
                fail(f"{file.path.name} cannot be read: {error}")
            progress.update(task, completed=size, rows=rows)
    return counts


def _answers(
    file: Found,
    progress: Progress,
    task: TaskID,
    is_history: bool,  # noqa: FBT001 - passed on
) -> Iterator[Answer]:
    def watch(size: int) -> None:
        progress.advance(task, size)

    with opened(file.path, watch) as raw:
        yield from store_lines(file.read(raw), now=clock.now(), backfill=is_history, kind=file.kind)


def _reason(file: Found, answer: Answer) -> bytes:
    problem = answer.outcome.problem
    body = problem.as_dict() if problem is not None else {}
    reason = {name: body[name] for name in ("code", "detail", "errors") if name in body}
    return orjson.dumps(
        {"file": file.path.name, "line": answer.line} | reason, option=orjson.OPT_APPEND_NEWLINE
    )
