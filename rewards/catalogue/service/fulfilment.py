"""Staff bring a redemption to its end; what nobody claims in time goes back by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import null, select
from sqlalchemy.orm import Session

from rewards.catalogue.errors import RedemptionMoveRefused
from rewards.catalogue.models import Redemption
from rewards.catalogue.rules import HOLDING, Ending, Kind, State, may_move
from rewards.catalogue.service.redemptions import give_back, lock, pay, write
from rewards.points import service as points


def advance(
    session: Session,
    *,
    borrower_id: UUID,
    redemption_id: UUID,
    state: State,
    tracking: str | None,
    now: datetime,
) -> None:
    """Confirm, ship, complete or fail. A gift that leaves the house has been paid for.

    Refuses: RedemptionUnknown, RedemptionMoveRefused.
    """
    row = lock(session, borrower_id=borrower_id, redemption_id=redemption_id)
    if state is State.FAILED:
        give_back(session, row, state=state, ending=Ending.BY_STAFF, now=now)
        return
    is_gift = Kind(row.kind) is Kind.PHYSICAL_GIFT
    if not may_move(State(row.state), state) or (state is State.SHIPPED) > is_gift:
        raise RedemptionMoveRefused
    if state is State.SHIPPED:
        pay(session, row, now=now)
        write(session, row, state=state, tracking=tracking, now=now)
        return
    if state is State.COMPLETED:
        write(session, row, state=state, address_cipher=null(), now=now)
        return
    write(session, row, state=state, now=now)


def fail_unclaimed(session: Session, *, now: datetime, limit: int) -> int:
    """Give back what stood too long, at most `limit`; how many there were."""
    due = session.execute(
        select(Redemption.borrower_id, Redemption.id)
        .where(Redemption.state.in_(HOLDING), Redemption.deadline_at <= now)
        .order_by(Redemption.deadline_at)
        .limit(limit)
    ).all()
    # All accounts first, in one order: whoever redeems holds hers and waits for an item of ours.
    points.lock_accounts(session, borrower_ids=[borrower_id for borrower_id, _ in due])
    for borrower_id, redemption_id in due:
        row = lock(session, borrower_id=borrower_id, redemption_id=redemption_id)
        try:
            give_back(session, row, state=State.FAILED, ending=Ending.NOT_CLAIMED, now=now)
        except RedemptionMoveRefused:
            # Somebody claimed or cancelled it while we waited for the lock.
            continue
    return len(due)
