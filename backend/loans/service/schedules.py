"""Storing schedules: a row that stays keeps what is known of it, one that is gone goes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.loans.queries import LoanKey
from backend.loans.service.inputs import InstallmentInput

StoredSchedule = dict[int, tuple[date, int, int, int, int]]

_LIST = text(
    """
    SELECT i.borrower_id, i.loan_id, i.number, i.due_on, i.principal_minor, i.interest_minor,
           i.fee_minor, i.penalty_minor
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]))
           AS wanted(borrower_id, loan_id)
      JOIN installment AS i
        ON i.borrower_id = wanted.borrower_id AND i.loan_id = wanted.loan_id
    """
)
_STORE = text(
    """
    INSERT INTO installment AS kept (borrower_id, loan_id, number, due_on, principal_minor,
                                     interest_minor, fee_minor, penalty_minor, open_minor)
    SELECT i.*, i.principal_minor + i.interest_minor + i.fee_minor + i.penalty_minor
      FROM unnest(
        CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]), CAST(:number AS bigint[]),
        CAST(:due_on AS date[]), CAST(:principal_minor AS bigint[]),
        CAST(:interest_minor AS bigint[]), CAST(:fee_minor AS bigint[]),
        CAST(:penalty_minor AS bigint[])
    ) AS i(borrower_id, loan_id, number, due_on, principal_minor, interest_minor, fee_minor,
           penalty_minor)
    ON CONFLICT (borrower_id, loan_id, number) DO UPDATE SET
        due_on = excluded.due_on, principal_minor = excluded.principal_minor,
        interest_minor = excluded.interest_minor, fee_minor = excluded.fee_minor,
        penalty_minor = excluded.penalty_minor,
        open_minor = greatest(excluded.open_minor - kept.paid_minor, 0),
        missed_at = CASE WHEN kept.due_on = excluded.due_on THEN kept.missed_at END
    """
)
_REMOVE = text(
    """
    DELETE FROM installment AS i
     USING unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]),
                  CAST(:numbers AS bigint[])) AS gone(borrower_id, loan_id, number)
     WHERE i.borrower_id = gone.borrower_id AND i.loan_id = gone.loan_id
       AND i.number = gone.number
    """
)
_FIELDS = ("number", "due_on", "principal_minor", "interest_minor", "fee_minor", "penalty_minor")


def list_schedules(session: Session, *, keys: Sequence[LoanKey]) -> dict[LoanKey, StoredSchedule]:
    """The stored schedules of these loans."""
    schedules: dict[LoanKey, StoredSchedule] = {}
    if not keys:
        return schedules
    found = session.execute(
        _LIST,
        {
            "borrower_ids": [key.borrower_id for key in keys],
            "loan_ids": [key.loan_id for key in keys],
        },
    )
    for borrower_id, loan_id, number, *content in found:
        schedule = schedules.setdefault(LoanKey(borrower_id, loan_id), {})
        schedule[number] = tuple(content)
    return schedules


def rows_of(installments: Iterable[InstallmentInput]) -> StoredSchedule:
    """A schedule as it comes in, in the shape of a stored one."""
    return {
        row["number"]: (
            row["due_on"],
            row["principal_minor"],
            row["interest_minor"],
            row["fee_minor"],
            row["penalty_minor"],
        )
        for row in installments
    }


def store_schedules(
    session: Session,
    schedules: Sequence[tuple[LoanKey, list[InstallmentInput]]],
    *,
    stored: dict[LoanKey, StoredSchedule],
) -> None:
    """Make these the schedules of their loans. Progress is settled afterwards.

    What was paid stays marked so until then: its payment is news once.
    """
    rows = [(key, row) for key, installments in schedules for row in installments]
    upsert_rows(session, rows)
    gone = [
        (key, number)
        for key, installments in schedules
        for number in stored.get(key, {}).keys() - {row["number"] for row in installments}
    ]
    if gone:
        session.execute(
            _REMOVE,
            {
                "borrower_ids": [key.borrower_id for key, _ in gone],
                "loan_ids": [key.loan_id for key, _ in gone],
                "numbers": [number for _, number in gone],
            },
        )


def upsert_rows(session: Session, rows: Sequence[tuple[LoanKey, InstallmentInput]]) -> None:
    """Store single rows of schedules, each replacing the one of its number."""
    if not rows:
        return
    values: dict[str, list[Any]] = {
        name: [row[name] for _, row in rows]  # type: ignore[literal-required]
        for name in _FIELDS
    }
    session.execute(
        _STORE,
        values
        | {
            "borrower_ids": [key.borrower_id for key, _ in rows],
            "loan_ids": [key.loan_id for key, _ in rows],
        },
    )
