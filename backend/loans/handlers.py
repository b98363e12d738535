"""What loans hear."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.events.loans import LoansTouched
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from backend.loans import service


def settle_touched(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    # History first: a borrower in both kinds of batch has her past settled as past.
    for history in (True, False):
        borrower_ids: dict[UUID, None] = {}
        for item in recorded:
            if isinstance(item.event, LoansTouched) and item.event.history is history:
                borrower_ids.update(dict.fromkeys(item.event.borrower_ids))
        service.settle_borrowers(session, borrower_ids=list(borrower_ids), now=now, history=history)


# One event stands for the borrowers of a whole chunk of a batch.
HANDLERS = (
    Handler("loans.settle", hears=(LoansTouched,), run=settle_touched, batch_max=2, is_bulk=True),
)
