"""One payment by HTTP against bare Flask with one three-table insert; and how soon it shows."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text

from backend.auth import service as auth
from backend.auth.rules import CLIENT_SCOPES
from backend.kit import clock, delivery
from backend.kit.db import transaction
from backend.kit.ids import new_id
from bench import portfolio
from bench.common import (
    SCALE,
    Figure,
    drive,
    free_port,
    fresh_place,
    request,
    running,
    wait_until_ready,
)

BORROWERS = int(20_000 * SCALE)
CONNECTIONS = 16
SECONDS = 5.0
PREPARED = 40_000
RATIO_GOAL = 0.50
P99_GOAL_MS = 25.0
VISIBLE_RATE = 300
VISIBLE_SECONDS = 10.0
VISIBLE_GOAL_SECONDS = 1.0
DRAIN_SECONDS_MAX = 120.0
POLL_SECONDS = 0.2
TABLES = (
    """CREATE TABLE bench_payment (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    external_id text NOT NULL UNIQUE, amount_minor bigint NOT NULL, received_on date NOT NULL)""",
    "CREATE TABLE bench_allocation (payment_id bigint PRIMARY KEY, amount_minor bigint NOT NULL)",
    """CREATE TABLE bench_event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id bigint NOT NULL, body jsonb NOT NULL)""",
)
# From the payment's own commit to the moment that its tier was looked at again.
VISIBLE = text(
    """
    SELECT percentile_cont(0.95) WITHIN GROUP (
        ORDER BY extract(epoch FROM delivery.done_at - cause.recorded_at))
    FROM event AS settled
    JOIN delivery ON delivery.seq = settled.seq AND delivery.handler = 'tiers.facts'
    JOIN event AS cause ON cause.seq = (settled.payload->>'cause_seq')::bigint
    WHERE settled.name = 'FactsChanged' AND cause.recorded_at >= to_timestamp(:since)
    """
)


def figures() -> Iterator[Figure]:
    """Requests a second as a share of the reference's, p99, and seconds until facts and tier."""
    with fresh_place() as place:
        now = clock.now()
        portfolio.store(BORROWERS, now=now)
        with transaction() as session:
            for statement in TABLES:
                session.execute(text(statement))
        token = auth.issue_token(
            place.process.token_keys,
            audience="client",
            subject_id=new_id(),
            life=timedelta(hours=1),
            now=clock.wall(),
            scopes=sorted(CLIENT_SCOPES),
        )
        today = clock.day_in_zone(now, "Asia/Shanghai").isoformat()
        port = free_port()
        extra = {"PORT": str(port), "WORKERS": "1"}
        with running(place, "bench.reference_server", extra=extra):
            wait_until_ready(port)
            yield from _ratio(port, token=token, today=today)
            with running(place, "backend", "worker"):
                yield from _visible(port, token=token, today=today)


def _ratio(port: int, *, token: str, today: str) -> Iterator[Figure]:
    ours = _prepared("/v1/ingest/payments", token=token, today=today, name="ours")
    bare = _prepared("/bare/payments", token=token, today=today, name="bare")
    reference = drive(port, bare, connections=CONNECTIONS, seconds=SECONDS)
    load = drive(port, ours, connections=CONNECTIONS, seconds=SECONDS)
    yield Figure("bare Flask, one three-table insert", reference.requests_per_second, "req/s")
    yield Figure("POST /v1/ingest/payments", load.requests_per_second, "req/s")
    yield Figure("failures", load.failures + reference.failures, "", 0, at_least=False)
    ratio = load.requests_per_second / reference.requests_per_second
    yield Figure("ours / reference", ratio, "", RATIO_GOAL)
    half = drive(
        port,
        _prepared("/v1/ingest/payments", token=token, today=today, name="half"),
        connections=CONNECTIONS,
        seconds=SECONDS,
        per_second=load.requests_per_second / 2,
    )
    yield Figure(
        "p99 at half load", half.percentile(0.99) * 1_000, "ms", P99_GOAL_MS, at_least=False
    )


def _visible(port: int, *, token: str, today: str) -> Iterator[Figure]:
    wait_until_drained()  # what was stored while no worker ran would be waited for as well
    since = clock.wall().timestamp()
    prepared = _prepared("/v1/ingest/payments", token=token, today=today, name="visible")
    drive(
        port,
        prepared,
        connections=CONNECTIONS,
        seconds=VISIBLE_SECONDS,
        per_second=VISIBLE_RATE,
    )
    wait_until_drained()
    with transaction() as session:
        seconds = session.execute(VISIBLE, {"since": since}).scalar_one()
    yield Figure(
        f"facts and tier after a payment, p95 at {VISIBLE_RATE}/s",
        float(seconds),
        "s",
        VISIBLE_GOAL_SECONDS,
        at_least=False,
    )


def wait_until_drained() -> None:
    """Return when the worker has nothing left to deliver. Raises TimeoutError."""
    give_up_at = time.monotonic() + DRAIN_SECONDS_MAX
    while time.monotonic() < give_up_at:
        with transaction() as session:
            if not delivery.count_open(session):
                return
        time.sleep(POLL_SECONDS)
    message = "the worker does not come to the end of its deliveries"
    raise TimeoutError(message)


def _prepared(path: str, *, token: str, today: str, name: str) -> list[bytes]:
    return [
        request(
            "POST",
            path,
            token=token,
            body=json.dumps(
                {
                    "external_id": f"{name}-{number}",
                    "loan_external_id": f"b{number % BORROWERS}-loan",
                    "amount_minor": 100,
                    "received_on": today,
                }
                if path.startswith("/v1")
                else {"external_id": f"{name}-{number}", "amount_minor": 100, "received_on": today}
            ).encode(),
        )
        for number in range(PREPARED)
    ]
