"""From the lender's ids to our rows, and the marks that a bulk store leaves on them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.loans import LoansTouched
from backend.kit.bulk import sql_ids, sql_texts
from backend.kit.clock import day_in_zone
from backend.kit.outbox import announce
from backend.kit.problems import FieldError, Invalid, NotFound
from backend.loans.queries import LoanKey, LoanRecord, find_record

# By whether it is history; a dictionary keeps their order.
_Touched = dict[bool, dict[UUID, None]]
_WAITING = "loans_touched"


class LockedLoan(NamedTuple):
    """A loan that this transaction holds, with what checks need of it."""

    borrower_id: UUID
    loan_id: UUID
    kind: str
    timezone: str

    @property
    def key(self) -> LoanKey:
        """Whose, and which."""
        return LoanKey(self.borrower_id, self.loan_id)


# Locked in one order, so that two batches over the same loans wait instead of deadlocking. Rows
# of a loan are only ever added under this lock: who settles it sees them all.
_LOCK = text(
    """
    SELECT ref.external_id, loan.borrower_id, loan.id, loan.kind, borrower.timezone
      FROM unnest(CAST(:external_ids AS text[])) AS wanted(external_id)
      -- LATERAL and OFFSET keep to the index, however many loans there are.
      JOIN LATERAL (
          SELECT borrower_id, object_id, external_id FROM external_ref
           WHERE kind = 'loan' AND external_id = wanted.external_id OFFSET 0
      ) AS ref ON true
      JOIN loan ON loan.borrower_id = ref.borrower_id AND loan.id = ref.object_id
      JOIN borrower ON borrower.id = loan.borrower_id
     ORDER BY loan.borrower_id, loan.id
       FOR UPDATE OF loan
    """
)
_MARK_STALE = text(
    """
    UPDATE loan SET stale = true
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]))
           AS touched(borrower_id, loan_id)
     WHERE loan.borrower_id = touched.borrower_id AND loan.id = touched.loan_id AND NOT loan.stale
    """
)
_LOCK_KEYS = text(
    """
    SELECT loan.borrower_id, loan.id
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]))
           AS wanted(borrower_id, loan_id)
      JOIN loan ON loan.borrower_id = wanted.borrower_id AND loan.id = wanted.loan_id
     ORDER BY loan.borrower_id, loan.id
       FOR UPDATE OF loan
    """
)


def lock_loans(session: Session, *, external_ids: Iterable[str]) -> dict[str, LockedLoan]:
    """Lock the loans with these ids; ids that nobody has are absent from the answer."""
    names = sql_texts(dict.fromkeys(external_ids))
    rows = session.execute(_LOCK, {"external_ids": names}).all()
    return {row[0]: LockedLoan._make(row[1:]) for row in rows}


def lock_keys(session: Session, *, keys: Sequence[LoanKey]) -> list[LoanKey]:
    """Lock these loans, in the order that everybody locks in."""
    rows = session.execute(_LOCK_KEYS, _arrays(keys)).all()
    return [LoanKey(borrower_id, loan_id) for borrower_id, loan_id in rows]


def get_record_for_update(session: Session, *, borrower_id: UUID, loan_id: UUID) -> LoanRecord:
    """A loan of hers with all its rows, locked: none is added meanwhile. Refuses: NotFound."""
    lock_keys(session, keys=[LoanKey(borrower_id, loan_id)])
    # Read after the lock, so that it holds what whoever had the lock before has stored.
    record = find_record(session, borrower_id=borrower_id, loan_id=loan_id)
    if record is None:
        raise NotFound
    return record


def mark_touched(
    session: Session, *, keys: Iterable[LoanKey], now: datetime, history: bool
) -> None:
    """After a bulk store: mark the loans stale and have them settled, one event for all.

    Within `touching_together` the event waits for what else is touched.
    """
    distinct = list({key.loan_id: key for key in keys}.values())
    if not distinct:
        return
    session.execute(_MARK_STALE, _arrays(distinct))
    borrower_ids = dict.fromkeys(key.borrower_id for key in distinct)
    waiting: _Touched | None = session.info.get(_WAITING)
    if waiting is None:
        _announce_touched(session, {history: borrower_ids}, now=now)
    else:
        waiting.setdefault(history, {}).update(borrower_ids)


@contextmanager
def touching_together(session: Session, *, now: datetime) -> Iterator[None]:
    """Say once, at the end, whose loans were touched by all that is stored within.

    A chunk of lines touches the same borrowers kind by kind: told each time, they would be
    settled, and all that follows from it computed, as often.
    """
    touched: _Touched = {}
    session.info[_WAITING] = touched
    try:
        yield
        _announce_touched(session, touched, now=now)
    finally:
        del session.info[_WAITING]


def _announce_touched(session: Session, touched: _Touched, *, now: datetime) -> None:
    for history, borrower_ids in touched.items():
        announce(session, LoansTouched(None, now, tuple(borrower_ids), history=history))


def _arrays(keys: Sequence[LoanKey]) -> dict[str, str]:
    return {
        "borrower_ids": sql_ids([key.borrower_id for key in keys]),
        "loan_ids": sql_ids([key.loan_id for key in keys]),
    }


class Calendar:
    """Today in each zone, at one instant."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._days: dict[str, date] = {}

    def today(self, zone: str) -> date:
        """The date there."""
        if zone not in self._days:
            self._days[zone] = day_in_zone(self._now, zone)
        return self._days[zone]

    def find_future(self, day: date, *, zone: str, field: str) -> Invalid | None:
        """The refusal of a day that has not come yet in the borrower's zone."""
        if day <= self.today(zone):
            return None
        return Invalid(errors=[FieldError(f"#/{field}", "Must not lie in the future.")])
