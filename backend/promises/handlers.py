"""What promises hear: money that came in, or was taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.events.loans import PaymentReceived, PaymentReversed
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from backend.promises import service


def _on_payments(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(PaymentReceived | PaymentReversed, each.event) for each in recorded]
    keys = {(e.borrower_id, e.loan_id) for e in events if e.borrower_id is not None}
    service.judge_loans(session, keys=keys, now=now)


HANDLERS = (
    Handler(name="promises.payments", hears=(PaymentReceived, PaymentReversed), run=_on_payments),
)
