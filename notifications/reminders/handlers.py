"""What ends the reason of a reminder: it was paid, or she has spoken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.events.disputes import DisputeStateChanged
from backend.events.loans import InstallmentPaid
from backend.events.plans import PlanReliefStarted, PlanStateChanged
from backend.events.promises import PromiseStateChanged
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from notifications.deliveries import service as deliveries

PAID, HELD = "paid", "OWN.hold"  # the latter is the rule of contact that speaks of it
_PLAN_ENDS = frozenset({"rejected", "withdrawn", "expired", "terminated", "draft"})


def _on_end(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    reasons = {}
    for each in recorded:
        event = each.event
        why = _why(event)
        if why is not None and event.borrower_id is not None:
            reasons[event.borrower_id, event.loan_id] = why  # type: ignore[attr-defined]
    for (borrower_id, loan_id), why in sorted(reasons.items()):
        deliveries.withdraw(
            session, borrower_id=borrower_id, subject=f"loan:{loan_id}", reason=why, now=now
        )


def _why(event: object) -> str | None:
    match event:
        case InstallmentPaid():
            return None if event.backfill else PAID
        case PromiseStateChanged(after="open") | DisputeStateChanged(before=None):
            return HELD
        case PlanReliefStarted():
            return HELD
        case PlanStateChanged() if event.to_state not in _PLAN_ENDS and not event.backfill:
            return HELD
        case _:
            return None


HANDLERS = (
    Handler(
        name="reminders.ended",
        hears=(
            InstallmentPaid,
            PromiseStateChanged,
            DisputeStateChanged,
            PlanStateChanged,
            PlanReliefStarted,
        ),
        run=_on_end,
    ),
)
