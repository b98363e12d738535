"""What webhooks hear: whatever is told to the lender's machines."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from backend.webhooks import service
from backend.webhooks.news import HEARD, gather


def _on_news(session: Session, recorded: Sequence[Recorded], _now: datetime) -> None:
    wanted = service.list_wanted(session)
    if not wanted:
        return
    news = gather(session, recorded=recorded, wanted=wanted)
    # Technical time: what is due is due even when a demo's day rests.
    service.write_messages(session, news=news, now=clock.wall())


HANDLERS = (Handler(name="webhooks.news", hears=HEARD, run=_on_news),)
