"""What notices hear."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.events.loans import PaymentReceived
from backend.events.tiers import TierChanged
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from notifications.notices import service
from notifications.notices.rules import HEARD

MANY = 1_000  # a night may move very many, and a file bring many payments


def _on_news(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    service.tell(session, recorded=recorded, now=now)


def _on_payments(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    service.tell_payments(session, recorded=recorded, now=now)


HANDLERS = (
    Handler(
        name="notices.news",
        hears=tuple(each for each in HEARD if each is not TierChanged),
        run=_on_news,
    ),
    Handler(
        name="notices.tiers",
        hears=(TierChanged,),
        run=_on_news,
        batch_max=MANY,
        is_bulk=True,
        is_read_outside=True,
    ),
    Handler(name="notices.payments", hears=(PaymentReceived,), run=_on_payments, batch_max=MANY),
)
