"""Watching transactions wait for one another."""

from sqlalchemy import text
from sqlalchemy.orm import Session

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def wait_until_blocked(session: Session, *, at_least: int = 1) -> None:
    """Until so many wait for a lock that another transaction holds."""
    for _ in range(10_000):
        session.rollback()
        if session.execute(_WAITING).scalar_one() >= at_least:
            return
    raise AssertionError
