"""The lender's public keys: fetched from one address, bounded, and remembered.

Nothing that a token says decides what is fetched, only that something may be: a key id that we do
not know has the set fetched again, at most once a minute. While the lender's server is away the
last good set stays in use.

PyJWT reads the keys. Its own client (2.15) would not do: it reads an answer of any size, has every
caller wait for a renewal, and does not pause after a fetch that failed.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import jwt
import orjson
import urllib3

from backend.auth.oauth_errors import LenderKeysAway
from backend.kit.logs import get_logger
from backend.settings import ExchangeSettings

FETCH_SECONDS_MAX = 5.0
FOLLOWER_SECONDS_MAX = 1.0  # who did not start the fetch does not hold a thread for long
ABANDONED_SECONDS = 30.0
SET_BYTES_MAX = 256 * 1024
CHUNK_BYTES = 16 * 1024
KEYS_MAX = 100
KID_LENGTH_MAX = 200
FRESH_SECONDS = 600.0
PAUSE_SECONDS = 60.0
PAUSE_WITHOUT_KEYS_SECONDS = 5.0

log = get_logger(__name__)


@dataclass(frozen=True)
class KeySet:
    """One answer of the lender's server, judged: keys by their id and algorithm."""

    keys: Mapping[tuple[str, str], jwt.PyJWK]
    kids: frozenset[str]
    fetched_at: float


class LenderKeys:
    """The keys of one address. Shared by all threads of a process."""

    def __init__(
        self, trust: ExchangeSettings, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.trust = trust
        self._seconds = seconds
        self._held: KeySet | None = None
        self._lock = threading.Lock()
        self._flight: threading.Event | None = None
        self._began_at = self._next_at = float("-inf")

    def find(self, *, kid: str, algorithm: str) -> jwt.PyJWK | None:
        """The key of that id, if it serves that algorithm. Refuses: LenderKeysAway.

        Not inside a transaction: it may wait for the lender's server.
        """
        held = self._held
        if held is None or kid not in held.kids:
            self._fetch_and_wait()
        elif self._seconds() - held.fetched_at >= FRESH_SECONDS:
            # Nobody waits for what is only a precaution.
            self._take_off()
        held = self._held
        if held is None:
            wait = max(1, round(self._next_at - self._seconds()))
            raise LenderKeysAway(retry_after_seconds=wait)
        return held.keys.get((kid, algorithm))

    def _fetch_and_wait(self) -> None:
        flight, is_own = self._take_off()
        if flight is not None:
            flight.wait(FETCH_SECONDS_MAX if is_own else FOLLOWER_SECONDS_MAX)

    def _take_off(self) -> tuple[threading.Event | None, bool]:
        """The fetch under way, begun now if one is due; and whether it was begun by this call."""
        with self._lock:
            now = self._seconds()
            if self._flight is not None and now - self._began_at < ABANDONED_SECONDS:
                return self._flight, False
            if now < self._next_at:
                return None, False
            pause = PAUSE_WITHOUT_KEYS_SECONDS if self._held is None else PAUSE_SECONDS
            self._began_at, self._next_at = now, now + pause
            flight = self._flight = threading.Event()
        # A thread, because a server that trickles its headers ends no time-out of ours.
        threading.Thread(target=self._fly, args=(flight,), name="lender-keys", daemon=True).start()
        return flight, True

    def _fly(self, flight: threading.Event) -> None:
        try:
            body = _read(self.trust.jwks_url)
            keys = _judged(body, algorithms=self.trust.algorithms)
            kids = frozenset(kid for kid, _ in keys)
            self._held = KeySet(keys=keys, kids=kids, fetched_at=self._seconds())
            log.info("lender_keys_fetched", keys=len(kids))
        except (urllib3.exceptions.HTTPError, OSError, ValueError, RecursionError) as error:
            # Their words may quote the address; the kind is enough to look there.
            log.warning("lender_keys_not_fetched", error=type(error).__name__)
        finally:
            with self._lock:
                if self._flight is flight:
                    self._flight = None
            flight.set()


def _read(url: str) -> bytes:
    """The answer's body. Raises urllib3's HTTPError, OSError, ValueError.

    The address is the one in the settings and no other: no redirect is followed.
    """
    give_up_at = time.monotonic() + FETCH_SECONDS_MAX
    timeout = urllib3.Timeout(total=FETCH_SECONDS_MAX)
    body = bytearray()
    with urllib3.PoolManager(timeout=timeout, retries=False) as calls:
        answer = calls.request("GET", url, redirect=False, preload_content=False)
        if answer.status != HTTPStatus.OK:
            message = f"status {answer.status}"
            raise ValueError(message)
        while chunk := answer.read1(CHUNK_BYTES, decode_content=False):
            body += chunk
            if len(body) > SET_BYTES_MAX:
                message = "the answer is too large"
                raise ValueError(message)
            if time.monotonic() > give_up_at:
                raise TimeoutError
    return bytes(body)


def _judged(body: bytes, *, algorithms: tuple[str, ...]) -> dict[tuple[str, str], jwt.PyJWK]:
    """The public signing keys in a JWK set [RFC 7517], each for the algorithms that it can serve.

    Raises ValueError where there is none: an empty set would lock everybody out.
    """
    content = orjson.loads(body)
    listed = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(listed, list) or len(listed) > KEYS_MAX:
        message = "not a set of keys"
        raise ValueError(message)
    found: dict[tuple[str, str], jwt.PyJWK] = {}
    for each in listed:
        if not _is_public_signing_key(each):
            continue
        for algorithm in algorithms:
            key = _as_key(each, algorithm)
            if key is not None:
                found.setdefault((each["kid"], algorithm), key)
    if not found:
        message = "no key that can be used"
        raise ValueError(message)
    return found


def _is_public_signing_key(each: Any) -> bool:
    if not isinstance(each, dict) or each.get("use", "sig") != "sig" or "d" in each:
        return False
    operations = each.get("key_ops", ["verify"])
    kid = each.get("kid")
    return (
        isinstance(operations, list)
        and "verify" in operations
        and isinstance(kid, str)
        and 0 < len(kid) <= KID_LENGTH_MAX
    )


def _as_key(each: dict[str, Any], algorithm: str) -> jwt.PyJWK | None:
    if each.get("alg", algorithm) != algorithm:
        return None
    try:
        key = jwt.PyJWK(each, algorithm=algorithm)
        too_short = key.Algorithm.check_key_length(key.key)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError):
        return None
    return None if too_short else key


_keys: LenderKeys | None = None


def configure(keys: LenderKeys | None) -> None:
    """Say whose tokens are exchanged here, if anybody's."""
    global _keys  # noqa: PLW0603 - set once by the assembly
    _keys = keys


def current() -> LenderKeys | None:
    """The lender's keys, or None where this installation exchanges no tokens."""
    return _keys
