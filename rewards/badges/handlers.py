"""What badges hear: facts that have settled."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.events.loans import LoansSettled, PaymentReversed
from backend.events.profile import FactsChanged, FactsRebuilt
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from rewards.badges import service

REBUILT_MAX = 10  # an event stands for many borrowers


def _on_facts(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(FactsChanged, each.event) for each in recorded]
    ids = {event.borrower_id for event in events if event.borrower_id is not None}
    undoing = {
        event.borrower_id: event.cause_seq
        for event in events
        if event.cause == PaymentReversed.__name__ and event.borrower_id is not None
    }
    if undoing:
        service.revoke_undone(session, causes=undoing, now=now)
    service.award(session, borrower_ids=sorted(ids), now=now)


def _on_rebuild(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    # After an import particulars may come before the facts of its history: a badge given on them
    # would be dated to today. What they alone earn, the night finds.
    events = [cast(FactsRebuilt, each.event) for each in recorded]
    told = [event for event in events if event.cause == LoansSettled.__name__]
    for is_history in (True, False):
        ids = {each for event in told if event.history is is_history for each in event.borrower_ids}
        if ids:
            service.award(session, borrower_ids=sorted(ids), now=now, is_history=is_history)


HANDLERS = (
    Handler(name="badges.facts", hears=(FactsChanged,), run=_on_facts),
    Handler(
        name="badges.rebuilt",
        hears=(FactsRebuilt,),
        run=_on_rebuild,
        batch_max=REBUILT_MAX,
        is_bulk=True,
    ),
)
