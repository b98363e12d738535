"""The keys of this installation: kept in the database, each wrapped by a master key.

A process holds a snapshot, reads it anew every few seconds, and at once (at most once a second)
when it meets the name of a key that it does not know. A new key takes effect some time after it
was made (`active_from`), so every process can open with it before any of them seals with it.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Engine,
    LargeBinary,
    create_engine,
    func,
    select,
)
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit import crypto
from backend.kit.crypto import KeyRing, UnreadableError
from backend.kit.db import Base
from backend.kit.logs import get_logger
from backend.kit.problems import Unavailable

RENEW_SECONDS_MIN = 1.0
# Reloads in the time that a new key waits before it takes effect: none is missed by a hiccup.
RELOADS_BEFORE_EFFECT = 5
WAIT_SECONDS_MAX = 5
STATEMENT_MS = 3_000
UNKNOWN_TABLE = "42P01"

log = get_logger(__name__)


class Kind(StrEnum):
    """What a key is for: sealing columns, signing tokens, hashing what is looked up."""

    FIELD = "field"
    TOKEN = "token"  # noqa: S105 - a kind of key, not a secret
    LOOKUP = "lookup"


_KINDS = ", ".join(f"'{kind}'" for kind in Kind)


class CryptoKey(Base):
    """One key. The newest active one of its kind is current; a retired one is not loaded."""

    __tablename__ = "crypto_key"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_is_known"),
        CheckConstraint("octet_length(name) BETWEEN 1 AND 64", name="name_fits_a_sealed_value"),
        CheckConstraint("retired_at >= active_from", name="retired_after_it_was_active"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    active_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class KeysMissingError(RuntimeError):
    """The database has no keys yet, or MASTER_KEYS does not open them; the message says which."""


@dataclass(frozen=True)
class Snapshot:
    """The live keys of each kind: the current one first, then the others, newest first."""

    field: KeyRing
    token: KeyRing
    lookup: KeyRing


def context_of(kind: str, name: str) -> str:
    """What a wrapped key is bound to: it opens in its own row only."""
    return f"crypto_key:{kind}:{name}"


@dataclass
class Keyring:
    """This process's keys. `use` is told of each new snapshot, in the thread that found it."""

    url: str
    master_keys: KeyRing
    use: Callable[[Snapshot], None]
    reload_seconds: float
    _engine: Engine = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _snapshot: Snapshot | None = None
    _asked_at: float = float("-inf")
    _loads: int = 0
    _failed: bool = False

    def __post_init__(self) -> None:
        self._engine = create_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            pool_pre_ping=True,
            hide_parameters=True,
            # One of its own: a request that waits for a key must not wait for other requests.
            pool_size=1,
            max_overflow=0,
            connect_args={
                "options": f"-c statement_timeout={STATEMENT_MS}"
                " -c application_name=goodfaith-keys",
                "connect_timeout": 5,
            },
        )

    @property
    def is_loaded(self) -> bool:
        """Whether this process has keys to work with."""
        return self._snapshot is not None

    def require(self) -> None:
        """Have keys. Raises KeysMissingError, or what the database raises while it is away."""
        if self._snapshot is None:
            self.renew()

    def renew(self) -> None:
        """Look for newer keys, unless somebody just did. Raises as `require`, or Unavailable."""
        before = self._loads
        if not self._lock.acquire(timeout=WAIT_SECONDS_MAX):
            raise Unavailable
        try:
            # Who waited for the lock finds what was loaded meanwhile.
            if self._loads != before:
                return
            if time.monotonic() - self._asked_at >= RENEW_SECONDS_MIN:
                self._load()
            elif self._failed:
                raise Unavailable
        finally:
            self._lock.release()

    def watch(self) -> None:
        """Read the keys anew every `reload_seconds` in the background, until `close`."""
        threading.Thread(target=self._watch, daemon=True, name="keyring").start()

    def close(self) -> None:
        """End the background thread and the connection."""
        self._stopping.set()
        self._engine.dispose()

    def _watch(self) -> None:
        while not self._stopping.wait(self.reload_seconds):
            try:
                with self._lock:
                    self._load()
            except (SQLAlchemyError, KeysMissingError) as error:
                # What this process has goes on working; the next look may succeed.
                log.warning("keys_not_read", error=type(error).__name__)

    def _load(self) -> None:
        self._asked_at = time.monotonic()
        self._failed = True
        found = self._read()
        self._failed = False
        if self._snapshot is None or _in_order(found) != _in_order(self._snapshot):
            self.use(found)
            self._snapshot = found
        self._loads += 1

    def _read(self) -> Snapshot:
        rows = (
            select(
                CryptoKey.kind,
                CryptoKey.name,
                CryptoKey.sealed,
                # The database's clock, so that all hosts agree on when a key takes effect.
                (CryptoKey.active_from <= func.clock_timestamp()).label("is_active"),
            )
            .where(CryptoKey.retired_at.is_(None))
            .order_by(CryptoKey.active_from.desc(), CryptoKey.name)
        )
        rings: dict[str, dict[str, bytes]] = {kind: {} for kind in Kind}
        waiting: dict[str, dict[str, bytes]] = {kind: {} for kind in Kind}
        try:
            with self._engine.connect() as connection:
                found = connection.execute(rows).all()
        except ProgrammingError as error:
            if getattr(error.orig, "sqlstate", None) != UNKNOWN_TABLE:
                raise
            found = []
        for row in found:
            key = self._opened(row.kind, row.name, row.sealed)
            if key is not None:
                (rings if row.is_active else waiting)[row.kind][row.name] = key
        return Snapshot(**{kind: _ring(kind, rings[kind], waiting[kind]) for kind in Kind})

    def _opened(self, kind: str, name: str, sealed: bytes) -> bytes | None:
        """The key; None when another host's newer master key wrapped it and ours does not open it.

        A key that this process holds already stays, whoever wraps it now.
        """
        held = None if self._snapshot is None else getattr(self._snapshot, kind).keys.get(name)
        if held is not None:
            return bytes(held)
        try:
            return crypto.unwrap(self.master_keys, sealed, context=context_of(kind, name))
        except UnreadableError as error:
            if self._snapshot is None:
                message = f"MASTER_KEYS does not open the key {kind}:{name}: {error}"
                raise KeysMissingError(message) from error
            log.warning("key_not_opened", kind=kind, key=name)
            return None


_keyring: Keyring | None = None


def configure(keyring: Keyring) -> None:
    """Say which keys this process uses."""
    global _keyring  # noqa: PLW0603 - set once by the assembly
    _keyring = keyring


def require() -> None:
    """Have this process's keys. Raises as `Keyring.require`."""
    if _keyring is None:
        message = "no keys are configured"
        raise KeysMissingError(message)
    _keyring.require()


def _in_order(snapshot: Snapshot) -> list[list[tuple[str, bytes]]]:
    # Two mappings are equal whatever comes first in them; here the first one seals.
    rings = (snapshot.field, snapshot.token, snapshot.lookup)
    return [list(ring.keys.items()) for ring in rings]


def _ring(kind: str, active: Mapping[str, bytes], waiting: Mapping[str, bytes]) -> KeyRing:
    if not active:
        message = f"the database has no {kind} key; run `goodfaith migrate`"
        raise KeysMissingError(message)
    return KeyRing({**active, **waiting}, waiting=frozenset(waiting))
