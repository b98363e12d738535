"""One payment, in as few round trips to the database as it takes.

The ordinary payment comes last and meets a schedule without adjustments: one statement stores it
and reads what is open, the next keeps what it changes and announces it. Any other is replayed.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from backend.kit.bulk import Outcome
from backend.kit.ids import new_id
from backend.kit.outbox import NEWS_ANNOUNCED, Event, announce_all, announcing
from backend.loans.errors import LoanUnknown
from backend.loans.queries import Progress
from backend.loans.rules import InstallmentRow, OpenRow, PaymentRow, Step, take_latest
from backend.loans.service.inputs import PaymentInput
from backend.loans.service.payments import add_payments, received_event
from backend.loans.service.references import Calendar, LockedLoan
from backend.loans.service.settle import paid_event, settle

# A statement sees what was there when it began, and it may have waited for the lock since.
# Whoever held the lock and changed what the replay reads has written the loan's row, too: unless
# the row that is locked is the row that was seen (`xmin`), what was read beside it says nothing.
_STORE = text(
    """
    WITH locked AS MATERIALIZED (
        SELECT loan.borrower_id, loan.id, loan.kind, borrower.timezone, loan.stale,
               loan.outstanding_minor, loan.xmin AS version, product.allocation_order
          FROM external_ref AS ref
          JOIN loan ON loan.borrower_id = ref.borrower_id AND loan.id = ref.object_id
          JOIN borrower ON borrower.id = loan.borrower_id
          JOIN loan_product AS product ON product.code = loan.product_code
         WHERE ref.kind = 'loan' AND ref.external_id = :loan_external_id
           FOR UPDATE OF loan
    ), fresh AS (
        INSERT INTO external_ref (kind, external_id, borrower_id, object_id)
        SELECT 'payment', :external_id, borrower_id, :id FROM locked
        ON CONFLICT DO NOTHING
        RETURNING object_id
    ), stored AS (
        INSERT INTO payment (borrower_id, id, loan_id, external_id, amount_minor, received_on,
                             date_precision)
        SELECT locked.borrower_id, fresh.object_id, locked.id, :external_id, :amount_minor,
               :received_on, :date_precision
          FROM locked CROSS JOIN fresh
    )
    SELECT locked.borrower_id, locked.id, locked.kind, locked.timezone, locked.allocation_order,
           locked.outstanding_minor,
           EXISTS (SELECT FROM fresh) AS is_fresh,
           locked.kind = 'installment' AND NOT locked.stale
               AND locked.version = (
                   SELECT seen.xmin FROM loan AS seen
                    WHERE seen.borrower_id = locked.borrower_id AND seen.id = locked.id)
               AND NOT EXISTS (
                   SELECT FROM adjustment AS x
                    WHERE x.borrower_id = locked.borrower_id AND x.loan_id = locked.id)
               AND NOT EXISTS (
                   SELECT FROM payment AS x
                    WHERE x.borrower_id = locked.borrower_id AND x.loan_id = locked.id
                      AND x.received_on >= :received_on AND x.reversed_on IS NULL
                      AND (x.received_on > :received_on OR x.date_precision <> :date_precision)
                   ) AS is_ordinary,
           (SELECT json_agg(
                       json_build_array(number, due_on, principal_minor, interest_minor, fee_minor,
                                        penalty_minor, paid_minor, paid_on)
                       ORDER BY due_on, number)::text
              FROM installment AS x
             WHERE x.borrower_id = locked.borrower_id AND x.loan_id = locked.id
               AND x.open_minor > 0) AS open_rows
      FROM locked
    """
)
_KEEP = text(
    f"""
    WITH {NEWS_ANNOUNCED}, lines AS (
        UPDATE installment SET
            paid_minor = s.paid_minor, open_minor = s.open_minor, paid_on = s.paid_on
        FROM json_to_recordset(CAST(:lines AS json)) AS s(
            number bigint, paid_minor bigint, open_minor bigint, paid_on date)
        WHERE installment.borrower_id = :borrower_id AND installment.loan_id = :loan_id
          AND installment.number = s.number
    )
    UPDATE loan SET
        outstanding_principal_minor = :principal_minor,
        outstanding_interest_minor = :interest_minor,
        outstanding_fee_minor = :fee_minor,
        outstanding_penalty_minor = :penalty_minor,
        outstanding_minor = :outstanding_minor,
        paid_minor = paid_minor + :amount_minor,
        credit_minor = credit_minor + :credit_minor,
        next_number = :next_number,
        next_due_on = CAST(:next_due_on AS date),
        next_amount_minor = :next_amount_minor,
        next_assumed = CAST(:next_assumed AS text[]),
        oldest_unpaid_due_on = CAST(:oldest_unpaid_due_on AS date),
        last_payment_on = :received_on
    WHERE borrower_id = :borrower_id AND id = :loan_id
    """  # noqa: S608 - both texts are ours
)


def add_payment(session: Session, row: PaymentInput, *, now: datetime) -> Outcome:
    """Store one payment and settle its loan. Refuses as `add_payments` does, by raising."""
    payment_id = new_id()
    found = session.connection().execute(_STORE, {**row, "id": payment_id}).one_or_none()
    if found is None:
        raise LoanUnknown
    if not found.is_fresh:
        return add_payments(session, [row], now=now, settled=True)[0].unwrap()
    loan = LockedLoan(found.borrower_id, found.id, found.kind, found.timezone)
    future = Calendar(now).find_future(row["received_on"], zone=loan.timezone, field="received_on")
    if future is not None:
        raise future
    received = received_event((payment_id, row, loan), now=now, history=False)
    step = _find_step(found, row, payment_id)
    if step is None:
        announce_all(session, [received, *settle(session, keys=[loan.key], now=now)])
    else:
        news = [
            paid_event(loan.key, line, row["received_on"], now=now, history=False)
            for line in step.newly_paid
        ]
        _keep(session, loan, row, step, events=[received, *news])
    return Outcome("stored", payment_id, created=True)


def _find_step(found: Row[Any], row: PaymentInput, payment_id: UUID) -> Step | None:
    """What the payment changes, or None where it takes a replay to know."""
    if not found.is_ordinary:
        return None
    open_rows = [_open_row(*columns) for columns in orjson.loads(found.open_rows or "[]")]
    open_minor = sum(item.row.total_minor - item.paid_minor for item in open_rows)
    if open_minor != found.outstanding_minor:
        return None  # a loan without a schedule owes what no row of one says
    payment = PaymentRow(
        payment_id,
        row["external_id"],
        row["amount_minor"],
        row["received_on"],
        row["date_precision"],
    )
    return take_latest(open_rows, payment, order=tuple(found.allocation_order))


def _open_row(number: int, due_on: str, *rest: Any) -> OpenRow:
    *amounts, paid_minor, paid_on = rest
    return OpenRow(
        InstallmentRow(number, date.fromisoformat(due_on), *amounts),
        paid_minor,
        date.fromisoformat(paid_on) if paid_on else None,
    )


def _keep(
    session: Session,
    loan: LockedLoan,
    row: PaymentInput,
    step: Step,
    *,
    events: Sequence[Event],
) -> None:
    due = step.next_due
    lines = [{"number": line.number, **Progress.of(line)._asdict()} for line in step.changed]
    session.connection().execute(
        _KEEP,
        {
            "borrower_id": loan.borrower_id,
            "loan_id": loan.loan_id,
            "lines": orjson.dumps(lines).decode(),
            "principal_minor": step.outstanding.principal_minor,
            "interest_minor": step.outstanding.interest_minor,
            "fee_minor": step.outstanding.fee_minor,
            "penalty_minor": step.outstanding.penalty_minor,
            "outstanding_minor": step.outstanding.total_minor,
            "amount_minor": row["amount_minor"],
            "credit_minor": step.credit_minor,
            "next_number": due.number if due else None,
            "next_due_on": due.due_on if due else None,
            "next_amount_minor": due.amount_minor if due else None,
            "next_assumed": [] if due else None,
            "oldest_unpaid_due_on": step.oldest_unpaid_due_on,
            "received_on": row["received_on"],
            **announcing(events),
        },
    )
