"""What the profile hears."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from sqlalchemy.orm import Session

from backend.events.borrowers import BorrowerChanged, BorrowersStored
from backend.events.contacts import ContactLogged
from backend.events.hardship import HardshipChanged
from backend.events.loans import (
    DelinquencyReported,
    InstallmentMissed,
    InstallmentPaid,
    LoanChanged,
    LoansSettled,
    PaymentReceived,
    PaymentReversed,
)
from backend.events.plans import (
    PlanInstallmentKept,
    PlanInstallmentUndone,
    PlanStateChanged,
)
from backend.events.programme import EnrolmentChanged
from backend.events.tiers import TierChanged
from backend.kit.outbox import Recorded
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import Handler
from backend.profile import service

RATIO_STEP = Decimal("0.0001")
PLAN_ENDINGS = frozenset({"completed", "terminated"})
REBUILT_MAX = 10  # an event stands for a hundred borrowers and more
TIERS_MAX = 1_000  # two statements, however many: a re-tier moves thousands at once


def _refresh(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    service.absorb(session, causes=recorded, now=now, today=programme_day(now))


def _follow_bulk(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    # News is news: only what was sent as history may change what was known in the past.
    for history, follow in ((True, service.rebuild), (False, service.refresh_many)):
        events = [cast(LoansSettled, each.event) for each in recorded]
        about = [
            each for event in events if event.history is history for each in event.borrower_ids
        ]
        if about:
            follow(
                session,
                borrower_ids=about,
                seq=recorded[-1].seq,
                now=now,
                today=programme_day(now),
            )


def _put_tier(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [(cast(TierChanged, each.event), each.seq) for each in recorded]
    told = [(e.borrower_id, e.to_tier, seq) for e, seq in events if e.borrower_id is not None]
    service.put_tiers(session, told=told, now=now)


def _put_plans(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    ratios: list[tuple[Recorded, Decimal]] = []
    counts: list[tuple[Recorded, int]] = []
    for each in recorded:
        event = each.event
        if isinstance(event, PlanStateChanged):
            ended = event.completed + event.terminated
            if event.to_state in PLAN_ENDINGS and ended:
                ratio = Decimal(event.completed) / ended
                ratios.append((each, ratio.quantize(RATIO_STEP, rounding=ROUND_HALF_UP)))
        elif isinstance(event, PlanInstallmentKept | PlanInstallmentUndone):
            counts.append((each, event.kept_total))
    if ratios:
        service.put_told(session, fact="plans_kept_ratio", told=ratios, now=now)
    if counts:
        service.put_told(session, fact="plan_installments_kept", told=counts, now=now)


def _follow_particulars(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(BorrowersStored, each.event) for each in recorded]
    service.follow_particulars(
        session,
        borrower_ids=sorted({each for event in events for each in event.borrower_ids}),
        seq=recorded[0].seq,
        now=now,
        today=programme_day(now),
    )


def _put_hardship(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    told = [(each, cast(HardshipChanged, each.event).is_active) for each in recorded]
    service.put_told(session, fact="hardship_active", told=told, now=now)


HANDLERS = (
    Handler(
        name="profile.refresh",
        hears=(
            InstallmentPaid,
            InstallmentMissed,
            DelinquencyReported,
            PaymentReceived,
            PaymentReversed,
            LoanChanged,
            BorrowerChanged,
            EnrolmentChanged,
            ContactLogged,
        ),
        run=_refresh,
    ),
    # Ahead of the rebuilding, which is then the first and only one to compute.
    Handler(
        name="profile.particulars",
        hears=(BorrowersStored,),
        run=_follow_particulars,
        batch_max=REBUILT_MAX,
        is_bulk=True,
    ),
    Handler(
        name="profile.rebuild",
        hears=(LoansSettled,),
        run=_follow_bulk,
        batch_max=REBUILT_MAX,
        is_bulk=True,
    ),
    Handler(name="profile.tier", hears=(TierChanged,), run=_put_tier, batch_max=TIERS_MAX),
    Handler(name="profile.hardship", hears=(HardshipChanged,), run=_put_hardship),
    Handler(
        name="profile.plans",
        hears=(PlanStateChanged, PlanInstallmentKept, PlanInstallmentUndone),
        run=_put_plans,
    ),
)
