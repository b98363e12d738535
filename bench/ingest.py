"""A streamed batch of payments against COPY of the same rows; and how much memory it takes."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta

import orjson
import psutil
import psycopg

from backend.auth import service as auth
from backend.auth.rules import CLIENT_SCOPES
from backend.kit import clock
from backend.kit.ids import new_id
from bench import portfolio
from bench.common import (
    HOST,
    SCALE,
    Figure,
    Place,
    free_port,
    fresh_place,
    running,
    timed,
    wait_until_ready,
)

LOANS = int(100_000 * SCALE)
PAYMENTS = int(1_000_000 * SCALE)
PAYMENTS_GOAL = 20_000
MEMORY_GOAL_MB = 60
LINES_PER_BLOCK = 2_000
MEGABYTE = 1024 * 1024
PULSE_SECONDS = 0.1
TABLES = (
    """CREATE TABLE bench_ref (external_id text PRIMARY KEY, id uuid NOT NULL)""",
    """CREATE TABLE bench_payment (id uuid PRIMARY KEY, loan text NOT NULL,
    amount_minor bigint NOT NULL, received_on date NOT NULL)""",
    """CREATE TABLE bench_event (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payload jsonb NOT NULL)""",
)


def figures() -> Iterator[Figure]:
    """Payments a second over HTTP, the same by COPY, and what the server's memory grew by."""
    with fresh_place() as place:
        portfolio.store(LOANS, now=clock.now())
        copied = _copy(place)
        yield Figure("COPY of the same rows into three plain tables", copied, "rows/s")
        token = auth.issue_token(
            place.process.token_keys,
            audience="client",
            subject_id=new_id(),
            life=timedelta(hours=1),
            now=clock.wall(),
            scopes=sorted(CLIENT_SCOPES),
        )
        port = free_port()
        with running(place, "backend", "serve", extra={"PORT": str(port), "WORKERS": "1"}) as pid:
            wait_until_ready(port)
            # The first lines warm the server up: imports, plans, pools.
            _send(port, token, first=0, count=4 * LINES_PER_BLOCK)
            with _Memory(pid) as memory:
                began_at = time.perf_counter()
                stored = _send(port, token, first=4 * LINES_PER_BLOCK, count=PAYMENTS)
                rate = stored / (time.perf_counter() - began_at)
        yield Figure("payments in a streamed batch", rate, "rows/s", PAYMENTS_GOAL)
        yield Figure("batch / COPY", rate / copied, "")
        yield Figure("memory grew by", memory.grown, "MB", MEMORY_GOAL_MB, at_least=False)


def _payments(*, first: int, count: int) -> Iterator[bytes]:
    day = date(2026, 2, 1).isoformat()
    for start in range(first, first + count, LINES_PER_BLOCK):
        yield b"".join(
            orjson.dumps(
                {
                    "kind": "payment",
                    "external_id": f"payment-{number}",
                    "loan_external_id": f"b{number % LOANS}-loan",
                    "amount_minor": 100,
                    "received_on": day,
                    "date_precision": "day",
                },
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for number in range(start, min(start + LINES_PER_BLOCK, first + count))
        )


def _send(port: int, token: str, *, first: int, count: int) -> int:
    """Stream a batch, as any client would, and count what was stored."""
    link = http.client.HTTPConnection(HOST, port, timeout=600)
    link.request(
        "POST",
        "/v1/ingest/batch?backfill=true",
        body=_payments(first=first, count=count),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
        encode_chunked=True,
    )
    answer = link.getresponse()
    stored = 0
    for line in answer:
        stored += b'"stored"' in line
    if stored != count:
        message = f"{stored} of {count} stored, status {answer.status}"
        raise RuntimeError(message)
    return stored


def _copy(place: Place) -> float:
    url = place.environment["DATABASE_URL"].replace("+psycopg", "", 1)
    with psycopg.connect(url) as connection:
        for statement in TABLES:
            connection.execute(statement)

        def copy() -> None:
            rows = [
                json.loads(line)
                for b in _payments(first=0, count=PAYMENTS)
                for line in b.split(b"\n")
                if line
            ]
            ids = [new_id() for _ in rows]
            with connection.cursor() as cursor:
                with cursor.copy("COPY bench_ref (external_id, id) FROM STDIN") as out:
                    for row, own in zip(rows, ids, strict=True):
                        out.write_row((row["external_id"], own))
                with cursor.copy(
                    "COPY bench_payment (id, loan, amount_minor, received_on) FROM STDIN"
                ) as out:
                    for row, own in zip(rows, ids, strict=True):
                        out.write_row(
                            (own, row["loan_external_id"], row["amount_minor"], row["received_on"])
                        )
                with cursor.copy("COPY bench_event (payload) FROM STDIN") as out:
                    for row in rows:
                        out.write_row((orjson.dumps(row).decode(),))
            connection.commit()

        return PAYMENTS / timed(copy)


class _Memory:
    """What a process and its children take, watched while a block runs."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._run)
        self._highest = self._before = self._now()

    def _now(self) -> float:
        family = [self._process, *self._process.children(recursive=True)]
        return sum(each.memory_info().rss for each in family) / MEGABYTE

    def _run(self) -> None:
        while not self._stop.wait(PULSE_SECONDS):
            self._highest = max(self._highest, self._now())

    def __enter__(self) -> "_Memory":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()

    @property
    def grown(self) -> float:
        """Megabytes over what it took at first."""
        return self._highest - self._before
