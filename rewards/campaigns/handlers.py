"""What campaigns hear: facts that have settled, and what no fact waits for."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.events.badges import BadgeAwarded, BadgeRevoked
from backend.events.loans import LoansSettled, PaymentReversed
from backend.events.plans import PlanInstallmentUndone
from backend.events.profile import FactsChanged, FactsRebuilt
from backend.events.tiers import TierChanged
from backend.kit.outbox import Recorded
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import Handler
from rewards.campaigns import deciding, occasions
from rewards.campaigns.occasions import News

NEWS_MAX = 500  # a night, or an import, moves very many tiers
REBUILT_MAX = 10  # an event stands for many borrowers
UNDOING = frozenset({PaymentReversed.__name__, PlanInstallmentUndone.__name__})


def _on_news(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    news = [news_of(each) for each in recorded if each.event.borrower_id is not None]
    if news:
        deciding.hear(session, news=news, now=now)


def news_of(recorded: Recorded) -> News:
    """An event as the log takes it; of settled facts, the event that they have absorbed."""
    event = recorded.event
    if event.borrower_id is None:
        raise ValueError(type(event).__name__)
    heard = News(recorded.seq, recorded.seq, event.borrower_id, event.occurred_at)
    match event:
        case FactsChanged():
            return heard._replace(cause_seq=event.cause_seq, is_undoing=event.cause in UNDOING)
        case TierChanged():
            return heard._replace(tier=event.to_tier)
        case BadgeRevoked():
            return heard._replace(is_undoing=True)
        case _:
            return heard


def _on_rebuild(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    told = [cast(FactsRebuilt, each.event) for each in recorded]
    about = {
        borrower_id
        for event in told
        if event.history and event.cause == LoansSettled.__name__
        for borrower_id in event.borrower_ids
    }
    if about:
        occasions.fill(session, borrower_ids=sorted(about), today=programme_day(now), now=now)


HANDLERS = (
    Handler(
        name="campaigns.news",
        hears=(FactsChanged, TierChanged, BadgeAwarded, BadgeRevoked),
        run=_on_news,
        batch_max=NEWS_MAX,
    ),
    Handler(
        name="campaigns.history",
        hears=(FactsRebuilt,),
        run=_on_rebuild,
        batch_max=REBUILT_MAX,
        is_bulk=True,
    ),
)
