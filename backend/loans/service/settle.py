"""Bringing the kept state of loans up to their rows."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.events.loans import InstallmentPaid
from backend.loans import queries
from backend.loans.queries import LoanKey, LoanRecord, Progress, kept_columns
from backend.loans.rules import LineState, LoanState

SETTLE_CHUNK = 1_000
NOON_HOUR = 12

# Both tables in one statement: a round trip costs more than a row.
_KEEP = text(
    """
    WITH lines AS (
        UPDATE installment SET
            paid_minor = s.paid_minor, open_minor = s.open_minor, paid_on = s.paid_on
        FROM json_to_recordset(CAST(:lines AS json)) AS s(
            borrower_id uuid, loan_id uuid, number bigint, paid_minor bigint,
            open_minor bigint, paid_on date)
        WHERE installment.borrower_id = s.borrower_id
          AND installment.loan_id = s.loan_id
          AND installment.number = s.number
    )
    UPDATE loan SET
        stale = false,
        outstanding_principal_minor = s.outstanding_principal_minor,
        outstanding_interest_minor = s.outstanding_interest_minor,
        outstanding_fee_minor = s.outstanding_fee_minor,
        outstanding_penalty_minor = s.outstanding_penalty_minor,
        outstanding_minor = s.outstanding_minor,
        paid_minor = s.paid_minor,
        credit_minor = s.credit_minor,
        ratio_basis_minor = s.ratio_basis_minor,
        next_number = s.next_number,
        next_due_on = s.next_due_on,
        next_amount_minor = s.next_amount_minor,
        next_minimum_minor = s.next_minimum_minor,
        next_assumed = s.next_assumed,
        oldest_unpaid_due_on = s.oldest_unpaid_due_on,
        last_payment_on = s.last_payment_on,
        reported_dpd = s.reported_dpd,
        reported_as_of = s.reported_as_of,
        reported_activity = s.reported_activity
    FROM json_to_recordset(CAST(:states AS json)) AS s(
        borrower_id uuid, loan_id uuid,
        outstanding_principal_minor bigint, outstanding_interest_minor bigint,
        outstanding_fee_minor bigint, outstanding_penalty_minor bigint,
        outstanding_minor bigint, paid_minor bigint, credit_minor bigint,
        ratio_basis_minor bigint, next_number bigint, next_due_on date,
        next_amount_minor bigint, next_minimum_minor bigint, next_assumed text[],
        oldest_unpaid_due_on date, last_payment_on date,
        reported_dpd bigint, reported_as_of date, reported_activity text)
    WHERE loan.borrower_id = s.borrower_id AND loan.id = s.loan_id
    """
)


def settle(
    session: Session, *, keys: Sequence[LoanKey], now: datetime, history: bool = False
) -> list[InstallmentPaid]:
    """Replay these loans and keep what comes out; the caller has locked them.

    Returns, not yet announced, an event for each instalment that is now paid in full and was not
    before. `history` dates them to the day of the payment and marks them as backfill.
    """
    events: list[InstallmentPaid] = []
    for start in range(0, len(keys), SETTLE_CHUNK):
        records = queries.list_records(session, keys=keys[start : start + SETTLE_CHUNK])
        settled = [(record, record.state()) for record in records]
        changed = [(r, line) for r, state in settled for line in _changed_lines(r, state)]
        _keep(session, settled, changed)
        events += [
            paid_event(record.key, line, line.paid_on, now=now, history=history)
            for record, line in changed
            if line.paid_on is not None and record.kept[line.number or 0].paid_on is None
        ]
    if history:
        events.sort(key=lambda event: (event.occurred_at, event.loan_id, event.number))
    return events


def _changed_lines(record: LoanRecord, state: LoanState) -> Iterable[LineState]:
    for line in state.lines:
        if line.number is not None and record.kept[line.number] != Progress.of(line):
            yield line


def _keep(
    session: Session,
    settled: Iterable[tuple[LoanRecord, LoanState]],
    changed: Iterable[tuple[LoanRecord, LineState]],
) -> None:
    states = [
        {"borrower_id": record.key.borrower_id, "loan_id": record.key.loan_id} | kept_columns(state)
        for record, state in settled
    ]
    lines = [
        {
            "borrower_id": record.key.borrower_id,
            "loan_id": record.key.loan_id,
            "number": line.number,
            **Progress.of(line)._asdict(),
        }
        for record, line in changed
    ]
    session.execute(
        _KEEP, {"states": orjson.dumps(states).decode(), "lines": orjson.dumps(lines).decode()}
    )


def paid_event(
    key: LoanKey, line: LineState, paid_on: date, *, now: datetime, history: bool
) -> InstallmentPaid:
    """The news of an instalment that is paid in full; history is dated to the payment's day."""
    return InstallmentPaid(
        borrower_id=key.borrower_id,
        occurred_at=noon(paid_on) if history else now,
        loan_id=key.loan_id,
        number=line.number or 0,
        due_on=line.due_on or paid_on,
        paid_on=paid_on,
        amount_minor=line.paid.total_minor,
        date_precision=line.paid_precision or "day",
        backfill=history,
    )


def noon(day: date) -> datetime:
    """The instant that stands for a day of history: noon UTC, the same date nearly everywhere."""
    return datetime.combine(day, time(NOON_HOUR), tzinfo=UTC)
