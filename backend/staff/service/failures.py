"""Failed log-ins, counted in the database: all processes, and a restart, know of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.staff.log_in_rules import (
    COUNTS_KEPT,
    Failures,
    after_account_failure,
    after_address_failure,
)
from backend.staff.models import StaffLogInFailures

PURGE_BATCH = 10_000


class Guard:
    """The two counts that an attempt is judged by, locked until the transaction ends.

    The account's is kept under the hash of the address that was typed, whether or not it is one
    of ours; so nobody learns which exist.
    """

    def __init__(self, session: Session, *, email: str, address: str, now: datetime) -> None:
        self._session = session
        self._now = now
        self._address_key, self._account_key = address_key(address), account_key(email)
        # Always in this order: two attempts never wait for one another.
        self._of_address = _lock(session, self._address_key, now=now)
        self._of_account = _lock(session, self._account_key, now=now)

    def locked_until(self) -> datetime | None:
        """Until when nothing is decided; None when the attempt counts."""
        return _latest(self._of_address, self._of_account, now=self._now)

    def fail(self) -> bool:
        """Count a failure; answers whether it locked the account."""
        after = after_account_failure(self._of_account, now=self._now)
        _store(self._session, self._account_key, after, now=self._now)
        by_address = after_address_failure(self._of_address, now=self._now)
        _store(self._session, self._address_key, by_address, now=self._now)
        return after.locked_until is not None

    def succeed(self) -> None:
        """The account begins anew; what its client's address did otherwise stays counted."""
        _forget(self._session, self._account_key)


def account_key(email: str) -> bytes:
    """Under which an account's failures are kept."""
    return crypto.lasting_hash(email, kind="staff.log_in.account")


def address_key(address: str) -> bytes:
    """Under which a client address's failures are kept."""
    return crypto.lasting_hash(address, kind="staff.log_in.address")


def find_locked_until(
    session: Session, *, email: str, address: str, now: datetime
) -> datetime | None:
    """A first look, before anything slow is done for an attempt."""
    rows = session.execute(
        select(*StaffLogInFailures.__table__.columns).where(
            StaffLogInFailures.key_hash.in_([account_key(email), address_key(address)])
        )
    )
    return _latest(*(_read(row, now=now) for row in rows), now=now)


def forget_failures(session: Session, *, email: str) -> None:
    """An account that was enrolled anew begins without failures."""
    _forget(session, account_key(email))


def purge_failures(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget what happened a day ago, one batch."""
    old: Select[Any] = (
        select(literal_column("ctid"))
        .select_from(StaffLogInFailures)
        .where(StaffLogInFailures.last_at <= now - COUNTS_KEPT)
        .limit(limit)
    )
    gone = session.execute(
        delete(StaffLogInFailures)
        .where(literal_column("ctid").in_(old))
        .returning(StaffLogInFailures.key_hash)
    )
    return len(gone.all())


def _latest(*each: Failures | None, now: datetime) -> datetime | None:
    ends = [one.locked_until for one in each if one is not None and one.is_locked(now)]
    return max((end for end in ends if end is not None), default=None)


def _lock(session: Session, key: bytes, *, now: datetime) -> Failures | None:
    row = session.execute(
        insert(StaffLogInFailures)
        .values(key_hash=key, failures=0, since_at=now, last_at=now)
        .on_conflict_do_update(
            index_elements=["key_hash"], set_={"failures": StaffLogInFailures.failures}
        )
        .returning(*StaffLogInFailures.__table__.columns)
    ).one()
    return _read(row, now=now)


def _read(row: AnyRow, *, now: datetime) -> Failures | None:
    found = Failures(row.failures, row.since_at, row.locked_until)
    return None if row.failures == 0 or found.is_forgotten(now, last_at=row.last_at) else found


def _store(session: Session, key: bytes, failures: Failures, *, now: datetime) -> None:
    session.execute(
        update(StaffLogInFailures)
        .where(StaffLogInFailures.key_hash == key)
        .values(
            failures=failures.count,
            since_at=failures.since_at,
            last_at=now,
            locked_until=failures.locked_until,
        )
    )


def _forget(session: Session, key: bytes) -> None:
    session.execute(delete(StaffLogInFailures).where(StaffLogInFailures.key_hash == key))
