"""A borrower exchanges points, claims what she exchanged them for, or thinks better of it."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, null, select, update
from sqlalchemy.orm import Session

from backend.events.redemptions import RedemptionMoved
from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.logs import get_logger
from backend.kit.outbox import announce
from backend.kit.predicates import holds, parse
from backend.kit.wiring import SealedColumn
from backend.profile import queries as profile
from backend.programme import queries as programme
from rewards.catalogue.errors import (
    AddressNeeded,
    ItemUnknown,
    LimitReached,
    NotForHer,
    OutOfStock,
    PriceChanged,
    RedemptionMoveRefused,
    RedemptionUnknown,
)
from rewards.catalogue.models import CatalogueItem, Redemption
from rewards.catalogue.rules import (
    CLAIM_WITHIN,
    RETURNED,
    Ending,
    Kind,
    State,
    first_state,
    may_move,
    state_when_had,
)
from rewards.catalogue.service.codes import draw_codes, return_codes
from rewards.points import service as points
from rewards.points.errors import HoldEnded

ADDRESS = "redemption.address"
SEALED = (SealedColumn("redemption", "address_cipher", context=ADDRESS),)
HOLD_MARGIN = timedelta(days=7)

log = get_logger(__name__)


def redeem(
    session: Session,
    *,
    borrower_id: UUID,
    item_id: UUID,
    quantity: int,
    price_points: int | None,
    address: str | None,
    today: date,
    now: datetime,
) -> UUID:
    """Hold the points and take from the stock, both or neither.

    `price_points` is the price that she was shown, where her app says it.

    Refuses: ItemUnknown, NotForHer, LimitReached, AddressNeeded, NotEnoughPoints (with the
    balance), OutOfStock, PriceChanged.
    """
    item = _get_live(session, item_id=item_id)
    kind = Kind(item.kind)
    if price_points not in (None, item.price_points):
        raise PriceChanged
    if kind is Kind.PHYSICAL_GIFT and address is None:
        raise AddressNeeded
    redemption_id = new_id()
    deadline_at = now + CLAIM_WITHIN
    # The hold comes first: her account's row is the lock under which her limit is counted, and
    # the order in which everybody locks.
    hold_number = points.hold(
        session,
        borrower_id=borrower_id,
        points=item.price_points * quantity,
        cause=points.Cause("redemption", redemption_id),
        # Later than ours: who gives the goods back gives the points back, in one act.
        deadline_at=deadline_at + HOLD_MARGIN,
        now=now,
    )
    _refuse_unfit(session, borrower_id=borrower_id, item=item, quantity=quantity, now=now)
    _take_stock(session, item=item, quantity=quantity)
    session.execute(
        insert(Redemption).values(
            borrower_id=borrower_id,
            id=redemption_id,
            item_id=item_id,
            quantity=quantity,
            points=item.price_points * quantity,
            hold_number=hold_number,
            state=first_state(kind),
            address_cipher=None
            if address is None or kind is not Kind.PHYSICAL_GIFT
            else crypto.encrypt(address, context=ADDRESS),
            requested_at=now,
            changed_at=now,
            deadline_at=deadline_at,
        )
    )
    if kind is Kind.VOUCHER:
        draw_codes(
            session,
            item_id=item_id,
            borrower_id=borrower_id,
            redemption_id=redemption_id,
            quantity=quantity,
            good_on=today + CLAIM_WITHIN,
        )
    return redemption_id


def claim(session: Session, *, borrower_id: UUID, redemption_id: UUID, now: datetime) -> None:
    """She takes what is ready for her; now the points are spent. A gift is sent, not claimed.

    Refuses: RedemptionUnknown, RedemptionMoveRefused.
    """
    row = lock(session, borrower_id=borrower_id, redemption_id=redemption_id)
    kind = Kind(row.kind)
    if kind is Kind.PHYSICAL_GIFT or not may_move(State(row.state), State.ISSUED):
        raise RedemptionMoveRefused
    pay(session, row, now=now)
    write(session, row, state=state_when_had(kind), now=now)


def cancel(session: Session, *, borrower_id: UUID, redemption_id: UUID, now: datetime) -> None:
    """She does not want it after all: the points are hers again, with their dates.

    Refuses: RedemptionUnknown, RedemptionMoveRefused.
    """
    row = lock(session, borrower_id=borrower_id, redemption_id=redemption_id)
    give_back(session, row, state=State.CANCELLED, ending=Ending.BY_BORROWER, now=now)


def pay(session: Session, row: AnyRow, *, now: datetime) -> None:
    """Spend what a locked redemption holds; not after its time, whether or not the job has run.

    Refuses: RedemptionMoveRefused.
    """
    if row.deadline_at <= now:
        raise RedemptionMoveRefused
    points.capture(
        session,
        borrower_id=row.borrower_id,
        number=row.hold_number,
        cause=points.Cause("redemption", row.id),
        now=now,
    )


def give_back(
    session: Session, row: AnyRow, *, state: State, ending: Ending, now: datetime
) -> None:
    """End a locked redemption: points released, stock and codes returned, address forgotten."""
    if not may_move(State(row.state), state):
        raise RedemptionMoveRefused
    try:
        points.release(
            session,
            borrower_id=row.borrower_id,
            number=row.hold_number,
            cause=points.Cause("redemption_returned", row.id),
            now=now,
        )
    except HoldEnded:
        # Ours came so late that the ledger's own job gave them back first.
        log.warning("redemption_hold_was_overdue", redemption_id=str(row.id))
    session.execute(
        update(CatalogueItem)
        .where(CatalogueItem.id == row.item_id)
        .values(stock_left=CatalogueItem.stock_left + row.quantity)
    )
    return_codes(session, borrower_id=row.borrower_id, redemption_id=row.id)
    write(session, row, state=state, ending=ending, address_cipher=null(), now=now)


def lock(session: Session, *, borrower_id: UUID, redemption_id: UUID) -> AnyRow:
    """A redemption of hers with its item's kind, under her account's lock.

    Refuses: RedemptionUnknown.
    """
    points.lock_accounts(session, borrower_ids=[borrower_id])
    row = session.execute(
        select(*Redemption.__table__.c, CatalogueItem.kind)
        .join(CatalogueItem, CatalogueItem.id == Redemption.item_id)
        .where(Redemption.borrower_id == borrower_id, Redemption.id == redemption_id)
        .with_for_update(of=Redemption)
    ).first()
    if row is None:
        raise RedemptionUnknown
    return row


def write(session: Session, row: AnyRow, *, state: State, now: datetime, **values: Any) -> None:
    """Store the new state of a locked redemption, and let others know."""
    session.execute(
        update(Redemption)
        .where(Redemption.borrower_id == row.borrower_id, Redemption.id == row.id)
        .values(state=state, changed_at=now, **values)
    )
    announce(session, RedemptionMoved(row.borrower_id, now, row.id, row.kind, row.state, state))


def _get_live(session: Session, *, item_id: UUID) -> AnyRow:
    row = session.execute(
        select(CatalogueItem.__table__).where(
            CatalogueItem.id == item_id, CatalogueItem.state == "live"
        )
    ).first()
    if row is None:
        raise ItemUnknown
    return row


def _refuse_unfit(
    session: Session, *, borrower_id: UUID, item: AnyRow, quantity: int, now: datetime
) -> None:
    if not programme.is_enrolled(session, borrower_id=borrower_id):
        raise NotForHer
    types = profile.get_catalogue(session, with_retired=True).types
    audience = parse(item.audience, facts=types)
    if not holds(audience, profile.get_facts(session, borrower_id=borrower_id, now=now)):
        raise NotForHer
    if item.limit_each is None:
        return
    had = session.execute(
        select(func.coalesce(func.sum(Redemption.quantity), 0)).where(
            Redemption.borrower_id == borrower_id,
            Redemption.item_id == item.id,
            Redemption.state.not_in(RETURNED),
        )
    ).scalar_one()
    if had + quantity > item.limit_each:
        raise LimitReached


def _take_stock(session: Session, *, item: AnyRow, quantity: int) -> None:
    """One conditional update; for what the points were held, and not for another price."""
    taken = session.execute(
        update(CatalogueItem)
        .where(
            CatalogueItem.id == item.id,
            CatalogueItem.state == "live",
            CatalogueItem.price_points == item.price_points,
            CatalogueItem.stock_left.is_(None) | (CatalogueItem.stock_left >= quantity),
        )
        .values(stock_left=CatalogueItem.stock_left - quantity)
        .returning(CatalogueItem.id)
    ).first()
    if taken is None:
        now = _get_live(session, item_id=item.id)
        raise OutOfStock if now.price_points == item.price_points else PriceChanged
