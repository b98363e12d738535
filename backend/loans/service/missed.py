"""Telling, once, that an instalment's day has passed unpaid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.loans import InstallmentMissed
from backend.kit.outbox import announce_all
from backend.loans.service.references import Calendar
from backend.loans.service.settle import noon

# Paid late counts as missed too: the night may have come after the payment. Rows of another
# worker's chunk are skipped; loans that wait to be settled are left for the next night.
_MARK = text(
    """
    WITH due AS (
        SELECT i.borrower_id, i.loan_id, i.number
          FROM installment AS i
          JOIN loan ON loan.borrower_id = i.borrower_id AND loan.id = i.loan_id
          JOIN borrower ON borrower.id = i.borrower_id
          JOIN unnest(CAST(:zones AS text[]), CAST(:days AS date[])) AS zone(name, today)
            ON zone.name = borrower.timezone
         WHERE i.missed_at IS NULL AND (i.paid_on IS NULL OR i.paid_on > i.due_on)
           AND i.principal_minor + i.interest_minor + i.fee_minor > 0
           AND i.due_on < CAST(:latest AS date) AND i.due_on < zone.today
           AND loan.dpd_source = 'computed' AND loan.status = 'active' AND NOT loan.stale
         LIMIT :limit
           FOR UPDATE OF i SKIP LOCKED
    )
    UPDATE installment SET missed_at = :now
      FROM due
     WHERE installment.borrower_id = due.borrower_id AND installment.loan_id = due.loan_id
       AND installment.number = due.number
    RETURNING installment.borrower_id, installment.loan_id, installment.number,
              installment.due_on
    """
)
_MARK_HISTORY = text(
    """
    UPDATE installment SET missed_at = :now
      FROM loan
      JOIN borrower ON borrower.id = loan.borrower_id
      JOIN unnest(CAST(:zones AS text[]), CAST(:days AS date[])) AS zone(name, today)
        ON zone.name = borrower.timezone
     WHERE loan.borrower_id = ANY(CAST(:borrower_ids AS uuid[]))
       AND loan.dpd_source = 'computed'
       AND installment.borrower_id = loan.borrower_id AND installment.loan_id = loan.id
       AND installment.missed_at IS NULL
       AND (installment.paid_on IS NULL OR installment.paid_on > installment.due_on)
       AND installment.principal_minor + installment.interest_minor + installment.fee_minor > 0
       AND installment.due_on < zone.today
    RETURNING installment.borrower_id, installment.loan_id, installment.number,
              installment.due_on
    """
)


def announce_missed(session: Session, *, now: datetime, limit: int) -> int:
    """Announce up to `limit` missed instalments, each once ever. Returns how many."""
    zones = _zones(now)
    rows = session.execute(
        _MARK, zones | {"latest": max(zones["days"]), "limit": limit, "now": now}
    ).all()
    announce_all(
        session,
        [
            InstallmentMissed(
                borrower_id=row.borrower_id,
                occurred_at=now,
                loan_id=row.loan_id,
                number=row.number,
                due_on=row.due_on,
            )
            for row in sorted(rows)
        ],
    )
    return len(rows)


def record_missed_history(
    session: Session, *, borrower_ids: Sequence[UUID], now: datetime
) -> list[InstallmentMissed]:
    """Mark what imported history missed, so that the night does not take it for news."""
    rows = session.execute(
        _MARK_HISTORY, _zones(now) | {"borrower_ids": list(borrower_ids), "now": now}
    ).all()
    events = [
        InstallmentMissed(
            borrower_id=row.borrower_id,
            occurred_at=noon(row.due_on),
            loan_id=row.loan_id,
            number=row.number,
            due_on=row.due_on,
            backfill=True,
        )
        for row in rows
    ]
    events.sort(key=lambda event: (event.occurred_at, event.loan_id, event.number))
    return events


def _zones(now: datetime) -> dict[str, list[Any]]:
    calendar = Calendar(now)
    names = sorted(available_timezones())
    return {"zones": names, "days": [calendar.today(name) for name in names]}
