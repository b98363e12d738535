"""Whole histories of loans, for the replay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from backend.kit.bulk import sql_ids
from backend.loans.models import Loan
from backend.loans.rules import (
    AdjustmentRow,
    DelinquencyRow,
    History,
    InstallmentRow,
    LineState,
    LoanState,
    PaymentRow,
    StatementRow,
    Terms,
    open_of_penalty,
    replay,
    waivable_penalties,
)

FOREVER = date.max


class LoanKey(NamedTuple):
    """Whose loan, and which."""

    borrower_id: UUID
    loan_id: UUID


class Progress(NamedTuple):
    """What is kept of an instalment: the columns that repeat its line of the replay."""

    paid_minor: int
    open_minor: int
    paid_on: date | None

    @classmethod
    def of(cls, line: LineState) -> "Progress":
        """What a line of the replay gives."""
        return cls(line.paid.total_minor, line.open_minor, line.paid_on)


@dataclass(frozen=True, slots=True)
class LoanRecord:
    """A loan with all its rows. `kept` is what is stored of each instalment's progress."""

    key: LoanKey
    external_id: str
    kind: str
    product_code: str
    currency: str
    credit_limit_minor: int | None
    annual_rate: Decimal | None
    opened_on: date
    status: str
    dpd_source: str
    timezone: str
    history: History
    kept: dict[int, Progress]
    precisions: dict[date, str]

    def state(self, *, as_of: date = FOREVER) -> LoanState:
        """The replay of its rows."""
        return replay(self.history, as_of=as_of)

    def waivable_penalties(self, *, today: date) -> dict[date, int]:
        """Open penalty interest of each month that had no waiver, by the month's first day."""
        if self.status == "closed":
            return {}
        return waivable_penalties(self.history, self.state(), today=today)

    def open_of_penalty(self, penalty_id: UUID, *, today: date) -> int:
        """What is open of one penalty line."""
        return open_of_penalty(self.history, self.state(), penalty_id=penalty_id, today=today)


# One statement brings everything: a round trip costs more than the few rows of a loan.
_HISTORIES = text(
    """
    SELECT loan.borrower_id, loan.id, loan.external_id, loan.kind, loan.product_code,
           loan.currency, loan.principal_minor, loan.credit_limit_minor, loan.annual_rate,
           loan.opened_on, loan.status, loan.dpd_source, borrower.timezone,
           product.allocation_order,
           (SELECT json_agg(json_build_array(number, due_on, principal_minor, interest_minor,
                                             fee_minor, penalty_minor, paid_minor, open_minor,
                                             paid_on))::text
              FROM installment AS x
             WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id) AS installments,
           (SELECT json_agg(json_build_array(month, closed_on, due_on, balance_minor,
                                             minimum_due_minor, assumed, date_precision))::text
              FROM statement AS x
             WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id) AS statements,
           (SELECT json_agg(json_build_array(id, external_id, amount_minor, received_on,
                                             date_precision, reversed_on))::text
              FROM payment AS x
             WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id) AS payments,
           (SELECT json_agg(json_build_array(id, external_id, kind, amount_minor, on_date,
                                             period, offsets_id))::text
              FROM adjustment AS x
             WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id) AS adjustments,
           (SELECT json_build_array(as_of, days_past_due, activity)::text
              FROM delinquency AS x
             WHERE x.borrower_id = loan.borrower_id AND x.loan_id = loan.id
               AND x.as_of <= CAST(:as_of AS date)
             ORDER BY x.as_of DESC LIMIT 1) AS delinquency
      FROM unnest(CAST(:borrower_ids AS uuid[]), CAST(:loan_ids AS uuid[]))
           AS wanted(borrower_id, loan_id)
      JOIN loan ON loan.borrower_id = wanted.borrower_id AND loan.id = wanted.loan_id
      JOIN borrower ON borrower.id = loan.borrower_id
      JOIN loan_product AS product ON product.code = loan.product_code
    """
)


def list_records(
    session: Session, *, keys: Sequence[LoanKey], as_of: date = FOREVER
) -> Iterator[LoanRecord]:
    """These loans with all their rows (of reported lateness, the newest up to `as_of`)."""
    rows = session.execute(
        _HISTORIES,
        {
            "borrower_ids": sql_ids([key.borrower_id for key in keys]),
            "loan_ids": sql_ids([key.loan_id for key in keys]),
            "as_of": as_of,
        },
    )
    return (_record(row) for row in rows)


def find_record(
    session: Session, *, borrower_id: UUID, loan_id: UUID, as_of: date = FOREVER
) -> LoanRecord | None:
    """One loan of hers with all its rows."""
    key = LoanKey(borrower_id, loan_id)
    return next(list_records(session, keys=[key], as_of=as_of), None)


def _record(row: Row[Any]) -> LoanRecord:
    day = date.fromisoformat
    installments = _list(row.installments)
    statements = _list(row.statements)
    delinquency = _list(row.delinquency)
    history = History(
        terms=Terms(row.kind, tuple(row.allocation_order), row.principal_minor),
        installments=tuple(
            InstallmentRow(n, day(due), principal, interest, fee, penalty)
            for n, due, principal, interest, fee, penalty, _, _, _ in installments
        ),
        statements=tuple(
            StatementRow(day(month), day(closed), day(due), balance, minimum, tuple(assumed))
            for month, closed, due, balance, minimum, assumed, _ in statements
        ),
        payments=tuple(
            PaymentRow(UUID(pid), ext, amount, day(on), prec, day(gone) if gone else None)
            for pid, ext, amount, on, prec, gone in _list(row.payments)
        ),
        adjustments=tuple(
            AdjustmentRow(
                UUID(aid),
                ext,
                kind,
                amount,
                day(on),
                day(period) if period else None,
                UUID(offsets) if offsets else None,
            )
            for aid, ext, kind, amount, on, period, offsets in _list(row.adjustments)
        ),
        delinquencies=(
            (DelinquencyRow(day(delinquency[0]), delinquency[1], delinquency[2]),)
            if delinquency
            else ()
        ),
    )
    return LoanRecord(
        key=LoanKey(row.borrower_id, row.id),
        external_id=row.external_id,
        kind=row.kind,
        product_code=row.product_code,
        currency=row.currency,
        credit_limit_minor=row.credit_limit_minor,
        annual_rate=row.annual_rate,
        opened_on=row.opened_on,
        status=row.status,
        dpd_source=row.dpd_source,
        timezone=row.timezone,
        history=history,
        kept={
            number: Progress(paid, still_open, day(paid_on) if paid_on else None)
            for number, *_, paid, still_open, paid_on in installments
        },
        precisions={day(row[0]): row[6] for row in statements},
    )


def _list(value: str | None) -> list[Any]:
    return orjson.loads(value) if value else []


def list_stale_keys(session: Session, *, borrower_ids: Sequence[UUID]) -> list[LoanKey]:
    """All loans of these borrowers whose kept state is behind their rows."""
    rows = session.execute(
        select(Loan.borrower_id, Loan.id)
        .where(Loan.borrower_id.in_(borrower_ids), Loan.stale)
        .order_by(Loan.borrower_id, Loan.id)
    )
    return [LoanKey(borrower_id, loan_id) for borrower_id, loan_id in rows]


def kept_columns(state: LoanState) -> dict[str, Any]:
    """The columns of `loan` that repeat a state."""
    due, reported = state.next_due, state.reported
    return {
        "outstanding_principal_minor": state.outstanding.principal_minor,
        "outstanding_interest_minor": state.outstanding.interest_minor,
        "outstanding_fee_minor": state.outstanding.fee_minor,
        "outstanding_penalty_minor": state.outstanding.penalty_minor,
        "outstanding_minor": state.outstanding.total_minor,
        "paid_minor": state.paid_minor,
        "credit_minor": state.credit_minor,
        "ratio_basis_minor": state.ratio_basis_minor,
        "next_number": due.number if due else None,
        "next_due_on": due.due_on if due else None,
        "next_amount_minor": due.amount_minor if due else None,
        "next_minimum_minor": due.minimum_minor if due else None,
        "next_assumed": list(due.assumed) if due else None,
        "oldest_unpaid_due_on": state.oldest_unpaid_due_on,
        "last_payment_on": state.last_payment_on,
        "reported_dpd": reported.days_past_due if reported else None,
        "reported_as_of": reported.as_of if reported else None,
        "reported_activity": reported.activity if reported else None,
    }
