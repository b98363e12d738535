"""Telling, once, that an instalment's day has passed unpaid."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.loans import InstallmentMissed
from backend.kit.bulk import sql_array, sql_ids
from backend.kit.clock import all_zones
from backend.kit.outbox import announce_all
from backend.loans.service.settle import noon

# Paid late counts as missed too: the night may have come after the payment. Rows of another
# worker's chunk are skipped; loans that wait to be settled are left for the next night.
_MARK = text(
    """
    WITH due AS (
        SELECT i.borrower_id, i.loan_id, i.number
          FROM installment AS i
          JOIN LATERAL (
              SELECT * FROM loan
               WHERE loan.borrower_id = i.borrower_id AND loan.id = i.loan_id OFFSET 0
          ) AS loan ON true
          JOIN LATERAL (
              SELECT timezone FROM borrower WHERE borrower.id = i.borrower_id OFFSET 0
          ) AS borrower ON true
         WHERE i.missed_at IS NULL AND (i.paid_on IS NULL OR i.paid_on > i.due_on)
           AND i.principal_minor + i.interest_minor + i.fee_minor > 0
           AND i.due_on < CAST(:latest AS date)
           AND i.due_on < CAST(CAST(:days AS jsonb) ->> borrower.timezone AS date)
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
# Every step is a look-up by key (LATERAL and OFFSET), and only then is a row judged: after an
# import nothing is known yet of the tables' sizes, and a free planner compares all with all.
_LIST_HISTORY = text(
    """
    SELECT wanted.id AS borrower_id, own.loan_id, own.number, own.due_on
      FROM unnest(CAST(:borrower_ids AS uuid[])) AS wanted(id)
      JOIN LATERAL (
          SELECT timezone FROM borrower WHERE borrower.id = wanted.id OFFSET 0
      ) AS borrower ON true
      JOIN LATERAL (
          SELECT id, dpd_source FROM loan WHERE loan.borrower_id = wanted.id OFFSET 0
      ) AS loan ON true
      JOIN LATERAL (
          SELECT * FROM installment AS i
           WHERE i.borrower_id = wanted.id AND i.loan_id = loan.id OFFSET 0
      ) AS own ON true
     WHERE loan.dpd_source = 'computed'
       AND own.missed_at IS NULL AND (own.paid_on IS NULL OR own.paid_on > own.due_on)
       AND own.principal_minor + own.interest_minor + own.fee_minor > 0
       AND own.due_on < CAST(CAST(:days AS jsonb) ->> borrower.timezone AS date)
    """
)
_MARK_HISTORY = text(
    """
    UPDATE installment SET missed_at = :now
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]),
                  CAST(:numbers AS bigint[])) AS missed(borrower_id, loan_id, number)
     WHERE installment.borrower_id = missed.borrower_id
       AND installment.loan_id = missed.loan_id AND installment.number = missed.number
    """
)


def announce_missed(session: Session, *, now: datetime, limit: int) -> int:
    """Announce up to `limit` missed instalments, each once ever. Returns how many."""
    days = _days(now)
    rows = session.execute(
        _MARK,
        {
            "days": orjson.dumps(days).decode(),
            "latest": max(days.values()),
            "limit": limit,
            "now": now,
        },
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
    days = orjson.dumps(_days(now)).decode()
    rows = session.execute(
        _LIST_HISTORY, {"days": days, "borrower_ids": sql_ids(borrower_ids)}
    ).all()
    session.execute(
        _MARK_HISTORY,
        {
            "borrower_ids": sql_ids([row.borrower_id for row in rows]),
            "loan_ids": sql_ids([row.loan_id for row in rows]),
            "numbers": sql_array([row.number for row in rows]),
            "now": now,
        },
    )
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


def _days(now: datetime) -> dict[str, date]:
    """Today in every zone. A look-up and no join: that is free to multiply rows by zones."""
    return {name: now.astimezone(zone).date() for name, zone in all_zones().items()}
