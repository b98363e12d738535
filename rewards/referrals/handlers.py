"""What referrals hear: a friend's own due dates kept, and payments taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.events.loans import DelinquencyReported, InstallmentPaid, PaymentReversed
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from rewards.referrals import service


def _follow(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    about = {each.event.borrower_id for each in recorded if each.event.borrower_id is not None}
    # Nearly nobody was: one statement for a whole batch of payments.
    brought = service.list_brought(session, borrower_ids=sorted(about))
    for each in sorted(recorded, key=lambda one: one.seq):
        event = each.event
        if event.borrower_id is None or event.borrower_id not in brought:
            continue
        match event:
            case InstallmentPaid(date_precision="day"):
                service.confirm_kept(
                    session,
                    borrower_id=event.borrower_id,
                    loan_id=event.loan_id,
                    number=event.number,
                    due_on=event.due_on,
                    paid_on=event.paid_on,
                    now=now,
                )
            case DelinquencyReported(days_past_due=0, activity="paid"):
                service.confirm_kept(
                    session,
                    borrower_id=event.borrower_id,
                    loan_id=event.loan_id,
                    number=None,
                    due_on=event.as_of,
                    paid_on=event.as_of,
                    now=now,
                )
            case PaymentReversed():
                service.undo_kept(
                    session, borrower_id=event.borrower_id, loan_id=event.loan_id, now=now
                )
            case _:
                continue


HANDLERS = (
    Handler(
        name="referrals.kept",
        hears=(InstallmentPaid, DelinquencyReported, PaymentReversed),
        run=_follow,
    ),
)
