"""How loans were paid, unit by unit: what streaks and rewards are made of.

Units are those of the streak: instalments where we count lateness ourselves, reported months
where the core system does. A loan whose bulk-stored rows are still to be settled is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from backend.kit.bulk import sql_array, sql_ids
from backend.loans.queries.histories import LoanKey


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One instalment of which something is due.

    `is_exact`: the day on which it was paid in full is a fact, no convention for a month.
    """

    number: int
    due_on: date
    paid_on: date | None
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Lateness on a day, as the core system reported it."""

    as_of: date
    days_past_due: int
    activity: str


@dataclass(frozen=True, slots=True)
class Conduct:
    """How one loan was paid; it has instalments or reports, both oldest first."""

    key: LoanKey
    kind: str
    product_code: str
    currency: str
    grace_days: int
    installments: tuple[KeptLine, ...] = ()
    reports: tuple[Report, ...] = ()


# Look-ups by key (LATERAL and OFFSET), however little is known of the tables' sizes. A day on
# which only payments of day precision came is exact.
_CONDUCT = text(
    """
    SELECT loan.borrower_id, loan.id, loan.kind, loan.product_code, loan.currency,
           product.grace_days,
           CASE WHEN loan.dpd_source = 'computed' THEN (
               SELECT json_agg(json_build_array(number, due_on, paid_on)
                               ORDER BY due_on, number)::text
                 FROM installment AS x
                WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id
                  AND x.principal_minor + x.interest_minor + x.fee_minor > 0
           ) END AS installments,
           CASE WHEN loan.dpd_source = 'computed' THEN (
               SELECT json_agg(received_on)::text FROM (
                   SELECT received_on FROM payment AS x
                    WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id
                      AND x.reversed_on IS NULL
                    GROUP BY received_on HAVING bool_and(date_precision = 'day')
               ) AS exact
           ) END AS exact_days,
           CASE WHEN loan.dpd_source = 'reported' THEN (
               SELECT json_agg(json_build_array(as_of, days_past_due, activity)
                               ORDER BY as_of)::text
                 FROM delinquency AS x
                WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id
           ) END AS reports
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]))
           AS wanted(borrower_id, loan_id)
      JOIN LATERAL (
          SELECT * FROM loan AS own
           WHERE own.borrower_id = wanted.borrower_id
             AND (wanted.loan_id IS NULL OR own.id = wanted.loan_id)
             AND NOT (own.stale AND own.dpd_source = 'computed')
          OFFSET 0
      ) AS loan ON true
      JOIN loan_product AS product ON product.code = loan.product_code
    """
)


def list_conduct(session: Session, *, keys: Sequence[LoanKey]) -> Iterator[Conduct]:
    """How these loans were paid so far."""
    loan_ids = sql_ids([key.loan_id for key in keys])
    return _list(session, [key.borrower_id for key in keys], loan_ids)


def list_conduct_of(session: Session, *, borrower_ids: Sequence[UUID]) -> Iterator[Conduct]:
    """How all loans of these borrowers were paid so far."""
    return _list(session, borrower_ids, sql_array([None] * len(borrower_ids)))


def _list(session: Session, borrower_ids: Sequence[UUID], loan_ids: str) -> Iterator[Conduct]:
    rows = session.execute(_CONDUCT, {"borrower_ids": sql_ids(borrower_ids), "loan_ids": loan_ids})
    return (_conduct(row) for row in rows)


def _conduct(row: Row[Any]) -> Conduct:
    day = date.fromisoformat
    exact = {day(each) for each in _read(row.exact_days)}
    paid = [
        (number, day(due), day(paid) if paid else None)
        for number, due, paid in _read(row.installments)
    ]
    return Conduct(
        key=LoanKey(row.borrower_id, row.id),
        kind=row.kind,
        product_code=row.product_code,
        currency=row.currency,
        grace_days=row.grace_days,
        installments=tuple(KeptLine(*line, is_exact=line[2] in exact) for line in paid),
        reports=tuple(
            Report(day(as_of), days_past_due, activity)
            for as_of, days_past_due, activity in _read(row.reports)
        ),
    )


def _read(value: str | None) -> list[Any]:
    return orjson.loads(value) if value else []
