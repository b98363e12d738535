"""How many requests a minute one caller may make.

Counted in a Redis-compatible server, shared by all processes. Without one, or while it is away,
each process counts for itself: requests go on being served, and the limit is per process.
"""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass

import redis
from flask import g

from backend.kit.logs import get_logger
from backend.kit.problems import TooManyRequests

WINDOW_SECONDS = 60
TIMEOUT_SECONDS = 0.05
EXPIRY_SAID_EVERY = 100
RETRY_SERVER_AFTER_SECONDS = 1.0
LOCAL_KEYS_MAX = 100_000

log = get_logger(__name__)


@dataclass(frozen=True)
class Quota:
    """What is left to the caller of this minute."""

    limit: int
    remaining: int
    resets_in_seconds: int

    def headers(self) -> dict[str, str]:
        """As the IETF httpapi draft "RateLimit header fields for HTTP" spells them."""
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.remaining};t={self.resets_in_seconds}',
        }


class _Counter:
    """Counts in the shared server, else here."""

    def __init__(self, *, url: str | None, per_minute: int) -> None:
        self.per_minute = per_minute
        self._server = _connect(url) if url else None
        self._away_until = 0.0
        self._local: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._window = 0
        if self._server is None:
            log.warning("rate_limits_per_process", reason="no REDIS_URL")

    def count(self, key: str, *, window: int) -> int:
        if self._server is not None and time.monotonic() >= self._away_until:
            try:
                return self._count_shared(self._server, f"rate:{window}:{key}")
            except redis.RedisError as error:
                self._away_until = time.monotonic() + RETRY_SERVER_AFTER_SECONDS
                log.warning("rate_limits_per_process", reason=type(error).__name__)
        return self._count_here(key, window=window)

    def _count_shared(self, server: "redis.Redis", key: str) -> int:
        used = int(server.incr(key))
        # The first of a window says when it may go. Later ones say it again now and then: whoever
        # came first may have died in between.
        if used % EXPIRY_SAID_EVERY == 1:
            server.expire(key, WINDOW_SECONDS * 2)
        return used

    def _count_here(self, key: str, *, window: int) -> int:
        with self._lock:
            if window != self._window or len(self._local) > LOCAL_KEYS_MAX:
                self._local.clear()
                self._window = window
            self._local[key] += 1
            return self._local[key]

    def ping(self) -> bool:
        try:
            return self._server is not None and bool(self._server.ping())
        except redis.RedisError:
            return False


def _connect(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=None,
    )


_counter: _Counter | None = None


def configure(*, url: str | None, per_minute: int) -> None:
    """Say where to count and how many requests a minute are allowed to one caller."""
    global _counter  # noqa: PLW0603 - one counter per process, set once by the assembly
    _counter = _Counter(url=url, per_minute=per_minute)


def is_shared() -> bool:
    """Whether the shared server answers."""
    return _counter is not None and _counter.ping()


def spend(key: str) -> None:
    """Count one request of a caller. Refuses: TooManyRequests."""
    if _counter is None:
        return
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    used = _counter.count(key, window=window)
    resets_in = WINDOW_SECONDS - int(now % WINDOW_SECONDS)
    g.quota = Quota(
        limit=_counter.per_minute,
        remaining=max(0, _counter.per_minute - used),
        resets_in_seconds=resets_in,
    )
    if used > _counter.per_minute:
        raise TooManyRequests(retry_after_seconds=resets_in)
