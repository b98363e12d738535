"""The borrower's reads against the same route with token check, limiter and one Core select."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from backend.auth import service as auth
from backend.kit import clock
from backend.kit.db import transaction
from backend.loans.models import Loan
from bench import portfolio
from bench.common import (
    SCALE,
    Figure,
    Load,
    Place,
    drive,
    free_port,
    fresh_place,
    request,
    running,
    wait_until_ready,
)

BORROWERS = int(20_000 * SCALE)
SPEAKING = 200
CONNECTIONS = 16
SECONDS = 4.0
ROUNDS = 3
RATIO_GOAL = 0.70
P95_GOAL_MS = 30.0
TOKEN_LIFE = timedelta(hours=1)


def figures() -> Iterator[Figure]:
    """Requests a second of each route as a share of the reference's, and p95 at half load."""
    with fresh_place() as place:
        portfolio.store(BORROWERS, now=clock.now())
        people = _people()
        port = free_port()
        extra = {"PORT": str(port), "WORKERS": "1"}
        with running(place, "bench.reference_server", extra=extra):
            wait_until_ready(port)
            routes = {
                "reference": [f"/v1/bench/{loan}" for _, loan in people],
                "GET /v1/me/loans/{id}": [f"/v1/me/loans/{loan}" for _, loan in people],
                "GET /v1/me/tier": ["/v1/me/tier"] * len(people),
            }
            tokens = [_token(place, borrower) for borrower, _ in people]
            prepared = {
                name: [request("GET", path, token=t) for path, t in zip(paths, tokens, strict=True)]
                for name, paths in routes.items()
            }
            yield from _measure(port, prepared)


def _measure(port: int, prepared: dict[str, list[bytes]]) -> Iterator[Figure]:
    best: dict[str, Load] = {}
    # Turn by turn, so that a machine that slows down slows all of them.
    for _ in range(ROUNDS):
        for name, requests in prepared.items():
            load = drive(port, requests, connections=CONNECTIONS, seconds=SECONDS)
            if name not in best or load.requests_per_second > best[name].requests_per_second:
                best[name] = load
    reference = best.pop("reference")
    yield Figure("reference", reference.requests_per_second, "req/s")
    for name, load in best.items():
        yield Figure(name, load.requests_per_second, "req/s")
        yield Figure(f"{name} failures", load.failures, "", 0, at_least=False)
        ratio = load.requests_per_second / reference.requests_per_second
        yield Figure(f"{name} / reference", ratio, "", RATIO_GOAL)
        half = drive(
            port,
            prepared[name],
            connections=CONNECTIONS,
            seconds=SECONDS,
            per_second=load.requests_per_second / 2,
        )
        yield Figure(
            f"{name} p95 at half load", half.percentile(0.95) * 1_000, "ms", P95_GOAL_MS,
            at_least=False,
        )  # fmt: skip


def _people() -> list[tuple[UUID, UUID]]:
    with transaction() as session:
        rows = session.execute(select(Loan.borrower_id, Loan.id).limit(SPEAKING))
        return [(row.borrower_id, row.id) for row in rows]


def _token(place: Place, borrower_id: UUID) -> str:
    return auth.issue_token(
        place.process.token_keys,
        audience="borrower",
        subject_id=borrower_id,
        life=TOKEN_LIFE,
        now=clock.wall(),
    )
