"""The database: two engines, one way to write, one way to read.

`transaction()` is for entry points alone and commits once, at its end. `reading()` runs each
statement by itself on an AUTOCOMMIT connection, which saves two round trips; only GETs use it.
"""

import select as select_module
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar, cast
from uuid import UUID

import psycopg
from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Numeric,
    Row,
    Text,
    Uuid,
    create_engine,
    event,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from backend.kit import walled

PING_AFTER_IDLE_SECONDS = 2.0
PREPARED_AFTER = 2  # times that a connection was given a statement
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# A row of any shape; what its columns are, the query that made it says.
AnyRow = Row[*tuple[Any, ...]]


TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    str: Text,
    int: BigInteger,
    Decimal: Numeric,
    dict[str, Any]: JSONB,
    list[Any]: JSONB,
    UUID: Uuid,
}


class Base(DeclarativeBase):
    """Parent of every table of the product's own role."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class WalledBase(DeclarativeBase):
    """Parent of every table behind the wall."""

    metadata = MetaData(naming_convention=NAMING, schema=walled.SCHEMA)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


@dataclass(frozen=True)
class Limits:
    """How long the database may keep us waiting, in milliseconds; and how many at once."""

    statement_ms: int = 15_000
    lock_ms: int = 5_000
    idle_in_transaction_ms: int = 30_000
    pool_wait_seconds: float = 5.0
    pool_size: int = 4
    # Without: a power cut may take the last half second of commits, in their order and whole.
    waits_for_disk: bool = True


def _note_idle(connection: psycopg.Connection[Any] | None, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()
    if connection is not None:
        connection.prepare_threshold = PREPARED_AFTER


def _refuse_dead(
    dialect: Dialect, connection: psycopg.Connection[Any], record: ConnectionPoolEntry, _: Any
) -> None:
    """What `pool_pre_ping` does, without a round trip where the socket tells as much.

    A server that stops closes its connections. What was used a moment ago and has nothing to read
    is alive, and gone in the very next moment at worst, as after a ping.
    """
    idle_since = record.info.get("idle_since")
    if idle_since is None:
        return  # new
    was_used = time.monotonic() - idle_since < PING_AFTER_IDLE_SECONDS
    if was_used and not connection.closed and _is_quiet(connection.fileno()):
        return
    try:
        dialect.do_ping(cast(Any, connection))
    except psycopg.Error:
        raise InvalidatePoolError from None  # every other idle connection goes with it


def _is_quiet(socket: int) -> bool:
    watch = select_module.poll()
    watch.register(socket, select_module.POLLIN)
    return not watch.poll(0)


class Database:
    """Engines of one process. A pool holds as many connections as the process has threads.

    `reads` may lead to a replica, which then must show what was acknowledged (docs/operating.md).
    """

    def __init__(
        self, url: str, *, read_url: str | None = None, limits: Limits | None = None
    ) -> None:
        self.url = url
        self.limits = limits or Limits()
        self.has_replica = read_url not in (None, url)
        self.writes = self._engine(url, isolation_level="READ COMMITTED")
        self.reads = self._engine(read_url or url, isolation_level="AUTOCOMMIT")

    def _engine(self, url: str, *, isolation_level: Any) -> Engine:
        limits = self.limits
        options = (
            f"-c statement_timeout={limits.statement_ms} -c lock_timeout={limits.lock_ms}"
            f" -c idle_in_transaction_session_timeout={limits.idle_in_transaction_ms}"
            " -c timezone=UTC -c application_name=goodfaith"
        )
        if not limits.waits_for_disk:
            options += " -c synchronous_commit=off"
        engine = create_engine(
            url,
            isolation_level=isolation_level,
            hide_parameters=True,  # an error that is logged must not quote a row
            pool_size=limits.pool_size,
            max_overflow=0,
            pool_timeout=limits.pool_wait_seconds,
            connect_args={
                "options": options,
                "prepare_threshold": PREPARED_AFTER,
                "connect_timeout": 5,
            },
        )
        event.listen(engine, "checkin", _note_idle)
        event.listen(engine, "checkout", partial(_refuse_dead, engine.dialect))
        return engine

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.writes.dispose()
        self.reads.dispose()


class NotConfiguredError(RuntimeError):
    """The assembly has not yet said where the database is."""


class Access:
    """One role's way in. The product has two: its own, and the community's behind its wall."""

    def __init__(self, name: str, metadata: MetaData) -> None:
        self.metadata = metadata
        self._database: Database | None = None
        self._shared: Connection | None = None
        self._joined: ContextVar[Session | None] = ContextVar(f"joined_{name}", default=None)

    def configure(self, database: Database | None) -> None:
        """Say which database this process uses."""
        self._database = database

    def get_database(self) -> Database:
        """This process's database. Raises NotConfiguredError."""
        if self._database is None:
            raise NotConfiguredError
        return self._database

    def use_shared_connection(self, connection: Connection | None) -> None:
        """Tests only: every session runs inside this connection's outer transaction."""
        self._shared = connection

    def _new_session(self, engine_of: str) -> Session:
        if self._shared is not None:
            return Session(
                bind=self._shared, join_transaction_mode="create_savepoint", expire_on_commit=False
            )
        return Session(bind=getattr(self.get_database(), engine_of), expire_on_commit=False)

    @contextmanager
    def transaction(self, *, patience_seconds: int | None = None) -> Iterator[Session]:
        """One act: everything in the block is stored together, or nothing is.

        Inside `joining()` it is a savepoint of the surrounding transaction. `patience_seconds`
        replaces the limit on each statement, for the few acts that look at everybody.
        """
        outer = self._joined.get()
        if outer is not None:
            with outer.begin_nested():
                yield outer
            return
        with self._new_session("writes") as session, session.begin():
            if patience_seconds is not None:
                limit = select(func.set_config("statement_timeout", f"{patience_seconds}s", true()))
                session.execute(limit)
            yield session

    @contextmanager
    def joining(self) -> Iterator[Session]:
        """A transaction that `transaction()` blocks inside it become part of."""
        with self.transaction() as session:
            token = self._joined.set(session)
            try:
                yield session
            finally:
                self._joined.reset(token)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Statements that each see the newest state, perhaps on a replica. For GETs alone."""
        with self._new_session("reads") as session:
            yield session


PRODUCT = Access("product", Base.metadata)
WALLED = Access("walled", WalledBase.metadata)
configure = PRODUCT.configure
get_database = PRODUCT.get_database
use_shared_connection = PRODUCT.use_shared_connection
transaction = PRODUCT.transaction
joining = PRODUCT.joining
reading = PRODUCT.reading


def prepare_nothing(session: Session) -> None:
    """Let the server parse and plan each statement by itself until the connection is given back."""
    driver = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    driver.prepare_threshold = None


def bring_to_disk(session: Session) -> None:
    """Let this transaction's commit wait until all that was committed before is on the disk."""
    # The log goes to the disk in its order. One that writes nothing would not wait for it.
    session.execute(select(func.pg_logical_emit_message(true(), "goodfaith", "")))
