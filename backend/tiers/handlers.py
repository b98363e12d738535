"""What tiers hear: facts that have settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.events.profile import FactsChanged, FactsRebuilt
from backend.kit.outbox import Recorded
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import Handler
from backend.tiers.past import note_past
from backend.tiers.policies import get_live
from backend.tiers.retier import Occasion, retier

REBUILT_MAX = 10  # an event stands for many borrowers
RETIERED_AT_ONCE = 500  # of whom no statistics tell yet, each is compared with each


def _on_facts(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    causes = {cast(FactsChanged, each.event).cause for each in recorded}
    ids = {each.event.borrower_id for each in recorded if each.event.borrower_id is not None}
    retier(
        session,
        borrower_ids=sorted(ids),
        loaded=get_live(session),
        occasion=Occasion(
            today=programme_day(now),
            now=now,
            cause=next(iter(causes)) if len(causes) == 1 else "FactsChanged",
        ),
    )


def _on_rebuild(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(FactsRebuilt, each.event) for each in recorded]
    loaded = get_live(session)
    past = sorted({each for event in events if event.history for each in event.borrower_ids})
    if past:
        note_past(session, borrower_ids=past, loaded=loaded, now=now)
    occasion = Occasion(today=programme_day(now), now=now, cause="FactsRebuilt")
    ids = sorted({each for event in events for each in event.borrower_ids})
    for start in range(0, len(ids), RETIERED_AT_ONCE):
        some = ids[start : start + RETIERED_AT_ONCE]
        retier(session, borrower_ids=some, loaded=loaded, occasion=occasion)


HANDLERS = (
    Handler(name="tiers.facts", hears=(FactsChanged,), run=_on_facts),
    Handler(
        name="tiers.rebuilt",
        hears=(FactsRebuilt,),
        run=_on_rebuild,
        batch_max=REBUILT_MAX,
        is_bulk=True,
    ),
)
