"""The feed of a large community: in process against the database, and over HTTP."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import md5
from uuid import UUID

from sqlalchemy import text

from backend.auth import service as auth
from backend.kit import clock
from backend.kit.db import WALLED
from bench.common import (
    SCALE,
    Figure,
    Place,
    drive,
    free_port,
    fresh_place,
    request,
    running,
    wait_until_ready,
)
from bench.feed_crowd import fill
from community import wall
from community.posts.queries import page_feed
from community.posts.rules import Feed

POSTS = int(1_000_000 * SCALE)
MEMBERS = max(POSTS // 10, 1_000)
READERS = 200
PAGES = 3
GOAL_MS = 30
SEARCH_GOAL_MS = 100  # many found are put in order
CONNECTIONS, SECONDS, PER_SECOND = 4, 5.0, 40.0
TOKEN_LIFE = timedelta(hours=1)
KINDS = {
    "new": {"feed": Feed.NEW},
    "new, of one topic": {"feed": Feed.NEW, "topic": "health"},
    "helpful": {"feed": Feed.HELPFUL},
    "followed": {"feed": Feed.FOLLOWED},
    "own": {"feed": Feed.OWN},
    "found, a rare word": {"feed": Feed.NEW, "q": "lighthouse"},
    "found, a common word": {"feed": Feed.NEW, "q": "slept"},
    "found, Chinese": {"feed": Feed.NEW, "q": "还款计划"},
}
DEFAULTS = {"topic": None, "q": None, "limit": 20, "cursor": None}


def figures() -> Iterator[Figure]:
    """p95 of each feed, three pages deep, as readers who block and follow; then over HTTP."""
    with fresh_place() as place:
        begun = time.perf_counter()
        with wall.transaction(patience_seconds=3_600) as session:
            fill(session, posts=POSTS, members=MEMBERS, now=clock.wall())
        analyze()
        yield Figure(f"filling with {POSTS:,} posts", time.perf_counter() - begun, "s")
        for name, args in KINDS.items():
            goal = SEARCH_GOAL_MS if "q" in args else GOAL_MS
            yield Figure(f"feed: {name}, p95", _p95(_pages(args)), "ms", goal, at_least=False)
        yield _over_http(place)


def analyze() -> None:
    """As autovacuum does once so much has changed."""
    engine = WALLED.get_database().writes
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("member", "writing", "reaction", "block", "topic_follow"):
            connection.execute(text(f"VACUUM ANALYZE community.{table}"))


def _reader(number: int) -> UUID:
    return UUID(md5(f"borrower{number * 37 % MEMBERS}".encode(), usedforsecurity=False).hexdigest())


def _pages(args: dict[str, object]) -> Callable[[int], Iterator[float]]:
    def read(number: int) -> Iterator[float]:
        given = DEFAULTS | args
        for _ in range(PAGES):
            begun = time.perf_counter()
            with wall.reading() as session:
                found = page_feed(session, borrower_id=_reader(number), args=given)
            yield (time.perf_counter() - begun) * 1_000
            if found.next_cursor is None:
                return
            given = given | {"cursor": found.next_cursor}

    return read


def _p95(read: Callable[[int], Iterator[float]]) -> float:
    for number in range(5):
        list(read(number))  # plans and pages of the disk
    times = sorted(took for number in range(READERS) for took in read(number))
    return times[int(len(times) * 0.95)]


def _over_http(place: Place) -> Figure:
    port = free_port()
    with running(place, "backend", "serve", extra={"PORT": str(port), "WORKERS": "1"}):
        wait_until_ready(port)
        requests = [
            request("GET", "/v1/community/posts", token=_token(place, _reader(number)))
            for number in range(READERS)
        ]
        load = drive(
            port, requests, connections=CONNECTIONS, seconds=SECONDS, per_second=PER_SECOND
        )
    if load.failures:
        message = f"{load.failures} requests failed"
        raise RuntimeError(message)
    p95 = load.percentile(0.95) * 1_000
    return Figure("GET /v1/community/posts, 40 a second: p95", p95, "ms", GOAL_MS, at_least=False)


def _token(place: Place, borrower_id: UUID) -> str:
    return auth.issue_token(
        place.process.token_keys,
        audience="borrower",
        subject_id=borrower_id,
        life=TOKEN_LIFE,
        now=clock.wall(),
    )
