"""One payment, in as few round trips to the database as it takes."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.bulk import Outcome
from backend.kit.ids import new_id
from backend.kit.outbox import announce_all
from backend.loans.errors import LoanUnknown
from backend.loans.service.inputs import PaymentInput
from backend.loans.service.payments import add_payments, received_event
from backend.loans.service.references import Calendar, LockedLoan
from backend.loans.service.settle import settle

# Lock first: what a statement of its own reads afterwards holds every row stored before.
_STORE = text(
    """
    WITH locked AS MATERIALIZED (
        SELECT loan.borrower_id, loan.id, loan.kind, borrower.timezone
          FROM external_ref AS ref
          JOIN loan ON loan.borrower_id = ref.borrower_id AND loan.id = ref.object_id
          JOIN borrower ON borrower.id = loan.borrower_id
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
    SELECT locked.*, EXISTS (SELECT FROM fresh) AS is_fresh FROM locked
    """
)


def add_payment(session: Session, row: PaymentInput, *, now: datetime) -> Outcome:
    """Store one payment and settle its loan. Refuses as `add_payments` does, by raising."""
    payment_id = new_id()
    found = session.execute(_STORE, {**row, "id": payment_id}).one_or_none()
    if found is None:
        raise LoanUnknown
    if not found.is_fresh:
        return add_payments(session, [row], now=now, settled=True)[0].unwrap()
    loan = LockedLoan(found.borrower_id, found.id, found.kind, found.timezone)
    future = Calendar(now).find_future(row["received_on"], zone=loan.timezone, field="received_on")
    if future is not None:
        raise future
    paid = settle(session, keys=[loan.key], now=now)
    received = received_event((payment_id, row, loan), now=now, history=False)
    announce_all(session, [received, *paid])
    return Outcome("stored", payment_id, created=True)
