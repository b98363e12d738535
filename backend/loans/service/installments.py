"""Schedules that come row by row, as files do."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.kit.bulk import Outcome, without_repeats
from backend.loans.errors import LoanUnknown, NotInstallment
from backend.loans.service.inputs import InstallmentInput, InstallmentRowInput
from backend.loans.service.references import lock_loans, mark_touched
from backend.loans.service.schedules import list_schedules, rows_of, upsert_rows


def put_installments(
    session: Session, rows: Sequence[InstallmentRowInput], *, now: datetime, backfill: bool
) -> list[Outcome]:
    """Store single rows of schedules, each replacing the one of its number."""
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda r: (r["loan_external_id"], r["number"])):
        loans = lock_loans(session, external_ids=[rows[i]["loan_external_id"] for i in places])
        schedules = list_schedules(session, keys=[loan.key for loan in loans.values()])
        changed = []
        for place in places:
            row = rows[place]
            loan = loans.get(row["loan_external_id"])
            if loan is None:
                outcomes[place] = Outcome.refused(LoanUnknown())
                continue
            if loan.kind != "installment":
                outcomes[place] = Outcome.refused(NotInstallment())
                continue
            content = _without_loan(row)
            same = (
                schedules.get(loan.key, {}).get(row["number"]) == rows_of([content])[row["number"]]
            )
            outcomes[place] = Outcome("unchanged" if same else "stored", loan.loan_id)
            if not same:
                changed.append((loan.key, content))
        upsert_rows(session, changed)
        mark_touched(session, keys=[key for key, _ in changed], now=now, history=backfill)
    return outcomes


def _without_loan(row: InstallmentRowInput) -> InstallmentInput:
    return InstallmentInput(
        number=row["number"],
        due_on=row["due_on"],
        principal_minor=row["principal_minor"],
        interest_minor=row["interest_minor"],
        fee_minor=row["fee_minor"],
        penalty_minor=row["penalty_minor"],
    )
