"""What benefits hear: facts that have settled, tiers lost, the programme left."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.benefits import service
from backend.events.profile import FactsChanged, FactsRebuilt
from backend.events.programme import EnrolmentChanged
from backend.events.tiers import TierChanged
from backend.kit.outbox import Recorded
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import Handler

REBUILT_MAX = 10  # an event stands for many borrowers
TIERS_MAX = 1_000  # one statement, however many: a re-tier moves thousands at once
# After these a streak that was counted may turn out to have been none.
UNDOING = frozenset({"PaymentReversed", "LoanChanged"})


def _on_facts(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(FactsChanged, each.event) for each in recorded]
    today = programme_day(now)
    shaken = {e.borrower_id for e in events if e.cause in UNDOING and e.borrower_id is not None}
    if shaken:
        service.undo_guard(session, borrower_ids=sorted(shaken), now=now)
    ids = {event.borrower_id for event in events if event.borrower_id is not None}
    service.follow_facts(session, borrower_ids=sorted(ids), today=today, now=now)


def _on_rebuild(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(FactsRebuilt, each.event) for each in recorded]
    ids = sorted({each for event in events for each in event.borrower_ids})
    today = programme_day(now)
    service.undo_guard(session, borrower_ids=ids, now=now)
    service.follow_facts(session, borrower_ids=ids, today=today, now=now)


def _on_enrolment(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(EnrolmentChanged, each.event) for each in recorded]
    left = {e.borrower_id for e in events if e.status == "terminated" and e.borrower_id is not None}
    if left:
        service.end_of_leavers(session, borrower_ids=sorted(left), now=now)


def _on_tier(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(TierChanged, each.event) for each in recorded]
    lost = {
        event.borrower_id
        for event in events
        if event.borrower_id is not None
        and event.from_rank is not None
        and event.to_rank < event.from_rank
    }
    if lost:
        service.end_of_misfits(session, borrower_ids=sorted(lost), now=now)


HANDLERS = (
    Handler(name="benefits.facts", hears=(FactsChanged,), run=_on_facts),
    Handler(
        name="benefits.rebuilt",
        hears=(FactsRebuilt,),
        run=_on_rebuild,
        batch_max=REBUILT_MAX,
        is_bulk=True,
        is_read_outside=True,  # the core system reads grants and acts on them
    ),
    Handler(name="benefits.enrolment", hears=(EnrolmentChanged,), run=_on_enrolment),
    Handler(name="benefits.tier", hears=(TierChanged,), run=_on_tier, batch_max=TIERS_MAX),
)
