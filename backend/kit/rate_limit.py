"""How many requests a minute one caller may make, by the class of the route.

Counted in a Redis-compatible server, shared by all processes. Without one each process counts for
itself, and says so at its start. While one that is configured is away, an open class is counted per
process as well; a closed one refuses, since its limit is what keeps a borrower's data from being
carried off one by one.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import redis
from flask import g

from backend.kit.logs import get_logger
from backend.kit.problems import TooManyRequests, Unavailable

WINDOW_SECONDS = 60
TIMEOUT_SECONDS = 0.05
EXPIRY_SAID_EVERY = 100
RETRY_SERVER_AFTER_SECONDS = 1.0
LOCAL_KEYS_MAX = 100_000

log = get_logger(__name__)


class CountedBy(StrEnum):
    """Who spends: whose token it is, or where it comes from."""

    TOKEN = "token"  # noqa: S105 - a way of counting
    ADDRESS = "address"


class WhenAway(StrEnum):
    """What a class does while the shared server is away."""

    OPEN = "open"  # counted per process
    CLOSED = "closed"  # 503 with Retry-After


@dataclass(frozen=True)
class RouteClass:
    """Routes with one limit. Counted both ways, the fuller count decides."""

    name: str
    per_minute: int  # unless a setting says otherwise
    counted_by: tuple[CountedBy, ...]
    when_away: WhenAway

    @property
    def setting(self) -> str:
        """The environment's name for its number."""
        name = "REQUESTS_PER_MINUTE"
        return name if self is DEFAULT else f"{name}_{self.name.upper()}"

    def as_json(self) -> dict[str, object]:
        """What the interface's document says of it."""
        return {
            "class": self.name,
            "per_minute": self.per_minute,
            "counted_by": [str(way) for way in self.counted_by],
            "when_away": str(self.when_away),
        }


_BY_TOKEN, _BY_ADDRESS = (CountedBy.TOKEN,), (CountedBy.ADDRESS,)

# The one table of limits.
DEFAULT = RouteClass("default", 1_200, _BY_TOKEN, WhenAway.OPEN)
PUBLIC = RouteClass("public", 600, _BY_ADDRESS, WhenAway.OPEN)
# The limits that guard an account are PostgreSQL's; this one only slows a flood.
LOG_IN = RouteClass("log_in", 60, _BY_ADDRESS, WhenAway.OPEN)
# Whoever keeps a copy of the log reads a tile of 256 entries at a time.
EVIDENCE = RouteClass("evidence", 3_000, _BY_ADDRESS, WhenAway.OPEN)
# Staff who search for and open borrowers: a person reads no faster.
LOOK_UP = RouteClass("look_up", 120, _BY_TOKEN, WhenAway.CLOSED)
# Pricing and printing: work enough to be asked for by a person only.
QUOTES = RouteClass("quotes", 60, _BY_TOKEN, WhenAway.OPEN)
# Reading a stranger's document and making its canonical form: a tenth of a second at worst.
VERIFY = RouteClass("verify", 60, _BY_ADDRESS, WhenAway.OPEN)
INGEST = RouteClass("ingest", 60_000, _BY_TOKEN, WhenAway.OPEN)
# Not a class of routes: what a token costs that is refused, wherever it was tried.
REFUSED = RouteClass("refused", 300, _BY_ADDRESS, WhenAway.OPEN)
CLASSES = (DEFAULT, PUBLIC, LOG_IN, EVIDENCE, LOOK_UP, QUOTES, VERIFY, INGEST, REFUSED)


@dataclass(frozen=True)
class Quota:
    """What is left to the caller of this minute."""

    name: str
    limit: int
    used: int
    resets_in_seconds: int

    def headers(self) -> dict[str, str]:
        """As the IETF httpapi draft "RateLimit header fields for HTTP" spells them."""
        remaining = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.name}";r={remaining};t={self.resets_in_seconds}',
        }


class _Counter:
    """Counts in the shared server, else here."""

    def __init__(self, *, url: str | None, per_minute: Mapping[str, int]) -> None:
        self.per_minute = {each.name: each.per_minute for each in CLASSES} | dict(per_minute)
        self._server = _connect(url) if url else None
        self._away_until = 0.0
        self._local: dict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._window = 0
        if self._server is None:
            log.warning("rate_limits_per_process", reason="no REDIS_URL")

    def count(self, key: str, *, window: int, when_away: WhenAway) -> int:
        """How often, this time included. Refuses: Unavailable (closed, and the server is away)."""
        if self._server is None:
            return self._count_here(key, window=window)
        if time.monotonic() >= self._away_until:
            try:
                return self._count_shared(self._server, f"rate:{window}:{key}")
            except redis.RedisError as error:
                self._away_until = time.monotonic() + RETRY_SERVER_AFTER_SECONDS
                log.warning("rate_limits_per_process", reason=type(error).__name__)
        if when_away is WhenAway.CLOSED:
            raise Unavailable
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


def configure(*, url: str | None, per_minute: Mapping[str, int]) -> None:
    """Say where to count, and the numbers of classes that differ from the table's."""
    global _counter  # noqa: PLW0603 - one counter per process, set once by the assembly
    _counter = _Counter(url=url, per_minute=per_minute)


def is_shared() -> bool:
    """Whether the shared server answers."""
    return _counter is not None and _counter.ping()


def spend(route_class: RouteClass, *, token: str | None, address: str) -> None:
    """Count one request. Refuses: TooManyRequests; Unavailable where its class is closed."""
    if _counter is None:
        return
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    callers = {CountedBy.TOKEN: token, CountedBy.ADDRESS: address}
    used = max(
        _counter.count(
            f"{route_class.name}:{way}:{callers[way]}",
            window=window,
            when_away=route_class.when_away,
        )
        for way in route_class.counted_by
    )
    quota = Quota(
        name=route_class.name,
        limit=_counter.per_minute[route_class.name],
        used=used,
        resets_in_seconds=WINDOW_SECONDS - int(now % WINDOW_SECONDS),
    )
    g.quota = quota
    if quota.used > quota.limit:
        raise TooManyRequests(retry_after_seconds=quota.resets_in_seconds)
