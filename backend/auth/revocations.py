"""What is no longer accepted although its token has not ended yet.

Each process keeps a copy and asks for news at most once a second, when somebody calls; so a
revoked token is refused within a second everywhere. A process that revokes asks again at once.
"""

import threading
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, event, func, literal_column, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.auth.models import TokenRevocation
from backend.auth.rules import to_milliseconds
from backend.kit import clock
from backend.kit.db import transaction

POLL_SECONDS = 1.0
PURGE_BATCH = 10_000

# A transaction below `seen` had ended when it was read, and what it wrote was visible then.
_NEWS = text(
    """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS seen,
           r.id, r.not_before, r.until
      FROM (SELECT 1) AS one
      LEFT JOIN token_revocation AS r ON r.written_by >= :seen AND r.until > :now
    """
)


@dataclass(frozen=True, slots=True)
class _Entry:
    not_before: datetime | None  # None: every token that names it
    until: datetime


class Copy:
    """The revocations that a process knows of."""

    def __init__(self) -> None:
        self._entries: dict[UUID, _Entry] = {}
        self._seen = 0
        self._asked_at = float("-inf")
        self._wanted = 1  # raised by whoever knows that there is news
        self._had = 0
        self._lock = threading.Lock()

    def is_revoked(self, ids: Iterable[UUID | None], *, issued_at: datetime) -> bool:
        """Whether a token issued then, that names these ids, is refused."""
        if not self._is_fresh():
            self._ask()
        found = [self._entries.get(each) for each in ids if each is not None]
        return any(
            entry is not None and (entry.not_before is None or issued_at < entry.not_before)
            for entry in found
        )

    def expect_news(self) -> None:
        """Ask again before the next token is judged."""
        self._wanted += 1

    def _is_fresh(self) -> bool:
        return self._had == self._wanted and time.monotonic() - self._asked_at < POLL_SECONDS

    def _ask(self) -> None:
        # Everybody waits for the answer: nobody is judged by a copy that is too old.
        with self._lock:
            if self._is_fresh():
                return
            wanted, asked_at, now = self._wanted, time.monotonic(), clock.wall()
            rows = _read(seen=self._seen, now=now)
            if rows[0].seen < self._seen:
                # Restored elsewhere: transactions are counted anew, and all may be news.
                rows = _read(seen=0, now=now)
            # A new dictionary, because others read the present one meanwhile.
            kept = {id_: entry for id_, entry in self._entries.items() if entry.until > now}
            news = {row.id: _Entry(row.not_before, row.until) for row in rows if row.id is not None}
            self._entries = kept | news
            self._seen, self._had, self._asked_at = rows[0].seen, wanted, asked_at


def _read(*, seen: int, now: datetime) -> Sequence[Any]:
    # The primary is asked, never a replica that may be behind.
    with transaction() as session:
        return session.execute(_NEWS, {"seen": seen, "now": now}).all()


_copy = Copy()


def configure() -> None:
    """Know of nothing yet: this process may have another database now."""
    global _copy  # noqa: PLW0603 - one copy per process
    _copy = Copy()


def is_revoked(ids: Iterable[UUID | None], *, issued_at: datetime) -> bool:
    """Whether a token issued then, that names these ids, is refused."""
    return _copy.is_revoked(ids, issued_at=issued_at)


def revoke(
    session: Session,
    *,
    ids: Collection[UUID],
    until: datetime,
    not_before: datetime | None = None,
) -> None:
    """Refuse the tokens that name one of these sessions, people or token ids, until then.

    With `not_before`, only those issued earlier.
    """
    if not ids:
        return
    refused_before = None if not_before is None else to_milliseconds(not_before)
    row = insert(TokenRevocation).values(
        [{"id": each, "not_before": refused_before, "until": until} for each in sorted(ids)]
    )
    known, new = TokenRevocation, row.excluded
    session.execute(
        row.on_conflict_do_update(
            index_elements=["id"],
            set_={
                # GREATEST would take a value for more than none; here none stands for all.
                "not_before": case(
                    (or_(known.not_before.is_(None), new.not_before.is_(None)), None),
                    else_=func.greatest(known.not_before, new.not_before),
                ),
                "until": func.greatest(known.until, new.until),
                "written_by": text("pg_current_xact_id()::text::bigint"),
            },
        )
    )
    event.listen(session, "after_commit", _expect_news, once=True)


def _expect_news(_: Session) -> None:
    _copy.expect_news()


def purge(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget what no living token names any more, one batch."""
    old: Select[Any] = (
        select(literal_column("ctid"))
        .select_from(TokenRevocation)
        .where(TokenRevocation.until <= now)
        .limit(limit)
    )
    gone = session.execute(
        delete(TokenRevocation).where(literal_column("ctid").in_(old)).returning(TokenRevocation.id)
    )
    return len(gone.all())
