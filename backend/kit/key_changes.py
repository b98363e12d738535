"""What changes the keys of an installation: the first ones, rotation, retirement, rewrapping.

Used by commands alone; processes only read (`backend.kit.keyring`). One change at a time.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Select,
    Text,
    cast,
    column,
    func,
    insert,
    select,
    table,
    text,
    update,
)
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.crypto import KEY_BYTES, KeyRing
from backend.kit.keyring import CryptoKey, KeysMissingError, Kind, context_of

LOCK = 0x6B657973  # "keys" in ASCII
# What FIELD_KEYS named is stored under its own names; LOOKUP_KEY had none.
ADOPTED_LOOKUP = "adopted"
HASHED_BY = "key_name"

_COLUMNS = text(
    """
    SELECT c.table_name, c.column_name
      FROM information_schema.columns c JOIN information_schema.tables t
        USING (table_catalog, table_schema, table_name)
     WHERE t.table_type = 'BASE TABLE' AND c.table_schema = current_schema()
       AND (c.data_type = 'bytea' AND c.column_name LIKE '%\\_cipher' OR c.column_name = :hashed_by)
     ORDER BY 1, 2
    """
)

XIDS = 2**32  # a lock names a transaction without the epoch
# Not by the snapshot, which waits for the other databases of the server, too.
_NONE_OLDER = text(
    """
    SELECT NOT EXISTS (
      SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
       WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted
         AND datname = current_database()
         AND age(transactionid) > age(CAST(:before AS xid)))
    """
)


class KeyChangeError(RuntimeError):
    """The change cannot be made now; the message says why, in lines for a person."""


@dataclass(frozen=True)
class Legacy:
    """Keys that the environment held before they moved into the database."""

    field: KeyRing | None = None
    lookup: bytes | None = None
    token: KeyRing | None = None

    def ring(self, kind: Kind) -> KeyRing | None:
        """The keys of one kind, newest first; None where the environment has none."""
        if kind is Kind.LOOKUP:
            return None if self.lookup is None else KeyRing({ADOPTED_LOOKUP: self.lookup})
        return self.field if kind is Kind.FIELD else self.token

    def weak(self) -> set[str]:
        """`kind:name` of those that a person or a pattern made."""
        rings = [(kind, self.ring(kind)) for kind in Kind]
        return {
            f"{kind}:{name}"
            for kind, ring in rings
            if ring is not None
            for name, key in ring.keys.items()
            if crypto.is_weak(key)
        }


@dataclass(frozen=True)
class Key:
    """What may be told of a key."""

    kind: str
    name: str
    created_at: datetime
    active_from: datetime
    retired_at: datetime | None
    master: str  # the name of the master key that wraps it
    state: str  # waiting, current, former or retired
    replaced_at: datetime | None  # when a newer one of its kind took effect


def make_first_keys(session: Session, *, master_keys: KeyRing, legacy: Legacy) -> list[str]:
    """Make or adopt the keys of each kind that has none; of two at once, one does it.

    Answers `kind:name` of each new row. Raises KeyChangeError where rows need a key that is not
    among those to adopt, and KeysMissingError where MASTER_KEYS does not open what is there.
    """
    _lock(session)
    known = list_keys(session)
    have = {key.kind for key in known}
    lacking = [kind for kind in Kind if kind not in have]
    if not lacking:
        _check_opens(session, master_keys=master_keys)
        return []
    _refuse_strangers(session, lacking=lacking, legacy=legacy)
    made: list[str] = []
    for kind in lacking:
        ring = legacy.ring(kind) or KeyRing({_new_name(kind, taken=()): _new_key()})
        for age, (name, key) in enumerate(ring.keys.items()):
            _add(session, kind, name, key, master_keys=master_keys, seconds=-age)
            made.append(f"{kind}:{name}")
    return made


def rotate(
    session: Session, *, kinds: Sequence[Kind], master_keys: KeyRing, delay: timedelta
) -> list[Key]:
    """Add a new key of each kind, which takes effect after the delay. Raises KeyChangeError."""
    _lock(session)
    known = list_keys(session)
    waiting = [key for key in known if key.state == "waiting" and key.kind in kinds]
    if waiting:
        message = "\n".join(
            f"{key.kind}:{key.name} was made already and takes effect at {at(key.active_from)}"
            for key in waiting
        )
        raise KeyChangeError(message)
    names = {_new_name(kind, taken={key.name for key in known}): kind for kind in kinds}
    for name, kind in names.items():
        seconds = delay.total_seconds()
        _add(session, kind, name, _new_key(), master_keys=master_keys, seconds=seconds)
    return [key for key in list_keys(session) if key.name in names]


def retire(session: Session, *, key: Key) -> None:
    """Load it no more. Whoever calls has made sure that nothing needs it."""
    session.execute(
        update(CryptoKey)
        .where(CryptoKey.kind == key.kind, CryptoKey.name == key.name)
        .values(retired_at=func.clock_timestamp())
    )


def rewrap(session: Session, *, master_keys: KeyRing) -> int:
    """Wrap every key, retired ones too, with the first master key. Answers how many changed."""
    _lock(session)
    rows = session.execute(select(CryptoKey.kind, CryptoKey.name, CryptoKey.sealed)).all()
    old = [row for row in rows if crypto.key_id_of(row.sealed) != master_keys.current_id]
    for row in old:
        context = context_of(row.kind, row.name)
        try:
            key = crypto.unwrap(master_keys, row.sealed, context=context)
        except crypto.UnreadableError as error:
            message = f"MASTER_KEYS does not open the key {row.kind}:{row.name}: {error}"
            raise KeyChangeError(message) from error
        session.execute(
            update(CryptoKey)
            .where(CryptoKey.kind == row.kind, CryptoKey.name == row.name)
            .values(sealed=crypto.wrap(master_keys, key, context=context))
        )
    return len(old)


def list_keys(session: Session) -> list[Key]:
    """All keys, retired ones too: by kind, newest first."""
    now = session.execute(select(func.clock_timestamp())).scalar_one()
    rows = session.execute(
        select(*CryptoKey.__table__.c).order_by(
            CryptoKey.kind, CryptoKey.active_from.desc(), CryptoKey.name
        )
    ).all()
    found: list[Key] = []
    current: dict[str, datetime] = {}  # of each kind: since when the one listed last is active
    for row in rows:
        state, replaced_at = "waiting", None
        if row.retired_at is not None:
            state = "retired"
        elif row.active_from <= now:
            state = "former" if row.kind in current else "current"
            replaced_at = current.get(row.kind)
            current[row.kind] = row.active_from
        found.append(
            Key(
                kind=row.kind,
                name=row.name,
                created_at=row.created_at,
                active_from=row.active_from,
                retired_at=row.retired_at,
                master=crypto.key_id_of(row.sealed),
                state=state,
                replaced_at=replaced_at,
            )
        )
    return found


def horizon(session: Session) -> int:
    """A number that every transaction that writes already is below; this one has to end first."""
    return int(session.execute(select(cast(func.pg_current_xact_id(), Text))).scalar_one())


def have_ended(session: Session, *, before: int) -> bool:
    """Whether every transaction of this database from before that horizon has ended.

    One of them may hold values sealed under a key that no later one uses, and nobody can count
    what is not committed.
    """
    return bool(session.execute(_NONE_OLDER, {"before": str(before % XIDS)}).scalar_one())


def _lock(session: Session) -> None:
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _add(
    session: Session,
    kind: Kind,
    name: str,
    key: bytes,
    *,
    master_keys: KeyRing,
    seconds: float,
) -> None:
    sealed = crypto.wrap(master_keys, key, context=context_of(kind, name))
    session.execute(
        insert(CryptoKey).values(
            kind=kind,
            name=name,
            sealed=sealed,
            created_at=func.clock_timestamp(),
            active_from=func.clock_timestamp() + timedelta(seconds=seconds),
        )
    )


def _check_opens(session: Session, *, master_keys: KeyRing) -> None:
    for row in session.execute(select(CryptoKey.kind, CryptoKey.name, CryptoKey.sealed)):
        try:
            crypto.unwrap(master_keys, row.sealed, context=context_of(row.kind, row.name))
        except crypto.UnreadableError as error:
            message = f"MASTER_KEYS does not open the key {row.kind}:{row.name}: {error}"
            raise KeysMissingError(message) from error


def _refuse_strangers(session: Session, *, lacking: Collection[Kind], legacy: Legacy) -> None:
    """New keys beside values of unknown ones would make those values unreadable for good."""
    named: dict[Kind, set[str]] = {Kind.FIELD: set(), Kind.LOOKUP: set()}
    for owner, name in session.execute(_COLUMNS, {"hashed_by": HASHED_BY}):
        kind = Kind.LOOKUP if name == HASHED_BY else Kind.FIELD
        named[kind] |= set(session.execute(_names_in(owner, name, kind)).scalars())
    lines = []
    for kind, setting in ((Kind.FIELD, "FIELD_KEYS"), (Kind.LOOKUP, "LOOKUP_KEY")):
        ring = legacy.ring(kind)
        strangers = sorted(named[kind] - set(ring.keys if ring else ()))
        if kind in lacking and strangers:
            lines.append(
                f"the database holds values under the {kind} key {', '.join(strangers)};"
                f" give {setting} to this command once more, it is adopted"
            )
    if lines:
        raise KeyChangeError("\n".join(lines))


def _names_in(table_name: str, column_name: str, kind: Kind) -> Select[Any]:
    found: ColumnClause[Any] = column(column_name)
    name = found if kind is Kind.LOOKUP else crypto.key_id_in_sql(found)
    return select(name).select_from(table(table_name)).where(found.is_not(None)).distinct()


def _new_name(kind: Kind, *, taken: Collection[str]) -> str:
    while True:
        name = f"{kind[0]}-{secrets.token_hex(4)}"
        if name not in taken:
            return name


def _new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def at(moment: datetime) -> str:
    """An instant as a person reads it."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
