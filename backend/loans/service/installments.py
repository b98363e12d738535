"""Schedules that come row by row, as files do."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.bulk import Outcome, sql_ids, without_repeats
from backend.kit.problems import FieldError, Invalid
from backend.loans.errors import LoanUnknown, NotInstallment
from backend.loans.queries import LoanKey
from backend.loans.rules import InstallmentRow, find_schedule_error
from backend.loans.service.inputs import InstallmentInput, InstallmentRowInput
from backend.loans.service.references import lock_loans, mark_touched
from backend.loans.service.schedules import StoredSchedule, list_schedules, rows_of, upsert_rows

_PRINCIPALS = text(
    """
    SELECT loan.id, loan.principal_minor
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]))
           AS wanted(borrower_id, id)
      JOIN loan ON loan.borrower_id = wanted.borrower_id AND loan.id = wanted.id
    """
)
_Placed = tuple[int, InstallmentInput]


def put_installments(
    session: Session, rows: Sequence[InstallmentRowInput], *, now: datetime, backfill: bool
) -> list[Outcome]:
    """Store single rows of schedules, each replacing the one of its number.

    The schedule that comes out is held to the rule for a whole one: where all rows of a loan break
    it together, each that breaks it on top of those before is refused.
    """
    outcomes: list[Outcome] = [Outcome("refused")] * len(rows)
    for places in without_repeats(rows, key=lambda r: (r["loan_external_id"], r["number"])):
        loans = lock_loans(session, external_ids=[rows[i]["loan_external_id"] for i in places])
        new: dict[LoanKey, list[_Placed]] = {}
        for place in places:
            loan = loans.get(rows[place]["loan_external_id"])
            if loan is None:
                outcomes[place] = Outcome.refused(LoanUnknown())
            elif loan.kind != "installment":
                outcomes[place] = Outcome.refused(NotInstallment())
            else:
                new.setdefault(loan.key, []).append((place, _without_loan(rows[place])))
        changed = _take_changed(session, new, outcomes)
        upsert_rows(session, changed)
        mark_touched(session, keys=[key for key, _ in changed], now=now, history=backfill)
    return outcomes


def _take_changed(
    session: Session, new: dict[LoanKey, list[_Placed]], outcomes: list[Outcome]
) -> list[tuple[LoanKey, InstallmentInput]]:
    schedules = list_schedules(session, keys=list(new))
    principals = _list_principals(session, keys=list(new))
    changed = []
    for key, placed in new.items():
        schedule = schedules.get(key, {})
        wrong = _find_wrong(placed, schedule, principal_minor=principals[key.loan_id])
        for place, row in placed:
            if place in wrong:
                outcomes[place] = Outcome.refused(wrong[place])
            elif schedule.get(row["number"]) == rows_of([row])[row["number"]]:
                outcomes[place] = Outcome("unchanged", key.loan_id)
            else:
                outcomes[place] = Outcome("stored", key.loan_id)
                changed.append((key, row))
    return changed


def _find_wrong(
    placed: Sequence[_Placed], schedule: StoredSchedule, *, principal_minor: int | None
) -> dict[int, Invalid]:
    together = schedule | rows_of(row for _, row in placed)
    if together == schedule or not _find_error(together, principal_minor=principal_minor):
        return {}
    wrong: dict[int, Invalid] = {}
    taken = schedule
    for place, row in placed:
        tried = taken | rows_of([row])
        error = None if tried == taken else _find_error(tried, principal_minor=principal_minor)
        if error is None:
            taken = tried
        else:
            wrong[place] = Invalid(errors=[error])
    return wrong


def _find_error(schedule: StoredSchedule, *, principal_minor: int | None) -> FieldError | None:
    rows = [InstallmentRow(number, *content) for number, content in schedule.items()]
    found = find_schedule_error(rows, principal_minor=principal_minor)
    if found is None:
        return None
    pointer, detail = found
    return FieldError("#/due_on" if pointer else "#/principal_minor", detail)


def _list_principals(session: Session, *, keys: Sequence[LoanKey]) -> dict[UUID, int | None]:
    rows = session.execute(
        _PRINCIPALS,
        {
            "borrower_ids": sql_ids([key.borrower_id for key in keys]),
            "loan_ids": sql_ids([key.loan_id for key in keys]),
        },
    )
    return {row.id: row.principal_minor for row in rows}


def _without_loan(row: InstallmentRowInput) -> InstallmentInput:
    return InstallmentInput(
        number=row["number"],
        due_on=row["due_on"],
        principal_minor=row["principal_minor"],
        interest_minor=row["interest_minor"],
        fee_minor=row["fee_minor"],
        penalty_minor=row["penalty_minor"],
    )
