"""A stream of lines of any length: chunk by chunk, each in a transaction of its own.

What fails inside a chunk for a reason that nobody foresaw is tried again line by line, so that
one line cannot take the others with it. While the database is away lines are refused, to be
sent again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

import orjson
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.ingest import service
from backend.ingest.inputs import Line
from backend.ingest.lines import read_line, too_long
from backend.kit.bulk import Outcome, count_anew
from backend.kit.db import transaction
from backend.kit.logs import get_logger
from backend.kit.problems import Problem, Unavailable
from backend.kit.texts import DEFAULT_LOCALE, Locale

CHUNK_LINES = 5_000
COUNTED_ANEW_LINES_MIN = 20_000
STORED_IN: Mapping[str, tuple[str, ...]] = {
    "borrower": ("borrower", "protected_attributes", "external_ref"),
    "loan": ("loan", "installment", "external_ref"),
    "installment": ("installment",),
    "statement": ("statement", "installment"),
    "payment": ("payment",),
    "adjustment": ("adjustment",),
    "delinquency": ("delinquency",),
}
TELLING = ("event", "delivery")
# Deadlock, lock not available, statement cancelled: of the statement, not of the server.
PASSING = ("40", "55", "57014")

log = get_logger(__name__)

Raw = tuple[int, bytes | dict[str, Any] | Problem | None]


class Answer(NamedTuple):
    """What became of one line."""

    line: int
    kind: str
    outcome: Outcome

    def as_json(self, locale: Locale = DEFAULT_LOCALE) -> bytes:
        """One line of the answer."""
        problem = self.outcome.problem
        if problem is None:
            named = "null" if self.outcome.id is None else f'"{self.outcome.id}"'
            head = f'{{"line":{self.line},"status":"{self.outcome.status}","id":{named}'
            return f'{head},"problem":null}}\n'.encode()
        return orjson.dumps(
            {
                "line": self.line,
                "status": self.outcome.status,
                "id": None,
                "problem": problem.as_dict(locale),
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )


def store_lines(
    raw: Iterable[Raw], *, now: datetime, backfill: bool, kind: str | None = None
) -> Iterator[Answer]:
    """Store numbered lines, as bytes or objects, and answer each, in order.

    None stands for a line that is too long, a problem for one that could not be made.

    Three chunks are in hand at once: one is read and checked, one is stored, one answered; the
    database never waits for the others. `kind` is what all lines are that do not say it.
    """
    lines = iter(raw)
    # What the caller's thread knows, its request id for one, goes with the work.
    context = copy_context()
    with (
        ThreadPoolExecutor(1, thread_name_prefix="ingest-read") as reader,
        ThreadPoolExecutor(1, thread_name_prefix="ingest-store") as writer,
    ):
        stored: Future[list[Answer]] | None = None
        total, kinds = 0, set[str]()
        reading = reader.submit(_read, list(islice(lines, CHUNK_LINES)), kind)
        while chunk := reading.result():
            # The input is the caller's: it is read in the caller's thread.
            reading = reader.submit(_read, list(islice(lines, CHUNK_LINES)), kind)
            total += len(chunk)
            kinds.update(line.kind for line in chunk)
            before, stored = stored, writer.submit(context.run, _answers, chunk, now, backfill)
            if before is not None:
                yield from before.result()
        if stored is not None:
            yield from stored.result()
        if total >= COUNTED_ANEW_LINES_MIN:
            writer.submit(context.run, _count_anew, kinds).result()


def _count_anew(kinds: Collection[str]) -> None:
    tables = [table for kind, of in STORED_IN.items() if kind in kinds for table in of]
    for table in dict.fromkeys([*tables, *TELLING]):
        try:
            # One at a time: what is counted is locked until the end of its transaction.
            with transaction() as session:
                count_anew(session, [table])
        except SQLAlchemyError as error:
            # The lines are stored and have their answers; without it what follows is slower.
            log.warning("ingest_count_failed", error=type(error).__name__, table=table)


def _answers(chunk: Sequence[Line], now: datetime, backfill: bool) -> list[Answer]:  # noqa: FBT001 - passed on
    outcomes = _store(chunk, now=now, backfill=backfill)
    return [
        Answer(line.number, line.kind, outcome)
        for line, outcome in zip(chunk, outcomes, strict=True)
    ]


def _read(raw: Sequence[Raw], kind: str | None) -> list[Line]:
    return [_line(number, value, kind) for number, value in raw]


def _line(number: int, value: bytes | dict[str, Any] | Problem | None, kind: str | None) -> Line:
    if value is None:
        return too_long(number)
    if isinstance(value, Problem):
        return Line(number, "", {}, value)
    return read_line(number, value, kind=kind)


def _store(chunk: Sequence[Line], *, now: datetime, backfill: bool) -> list[Outcome]:
    try:
        with transaction() as session:
            return service.store_chunk(session, chunk, now=now, backfill=backfill)
    except Exception as error:  # noqa: BLE001 - whatever one line did, the others are kept
        if _is_away(error):
            return [Outcome.refused(Unavailable())] * len(chunk)
        log.warning("ingest_chunk_failed", error=type(error).__name__, lines=len(chunk))
    return [_store_one(line, now=now, backfill=backfill) for line in chunk]


def _store_one(line: Line, *, now: datetime, backfill: bool) -> Outcome:
    try:
        with transaction() as session:
            return service.store_chunk(session, [line], now=now, backfill=backfill)[0]
    except Exception as error:  # noqa: BLE001 - named in the answer and in the log
        # The kind of error and not its words: they may quote the line.
        log.warning("ingest_line_failed", error=type(error).__name__, line=line.number)
        return Outcome.refused(Unavailable() if _is_away(error) else Problem())


def _is_away(error: Exception) -> bool:
    if isinstance(error, InterfaceError | PoolTimeout):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    return isinstance(error, OperationalError) and not state.startswith(PASSING)
