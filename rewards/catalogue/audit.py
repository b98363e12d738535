"""The proof of the catalogue's books: stock, codes and holds agree with the redemptions."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit
from rewards.catalogue.models import CatalogueItem, Redemption, VoucherCode
from rewards.catalogue.rules import HOLDING, RETURNED, State
from rewards.points.models import PointsHold

HOLD_STATES = {
    **dict.fromkeys(State, "captured"),
    **dict.fromkeys(HOLDING, "open"),
    **dict.fromkeys(RETURNED, "released"),
}


def run(session: Session) -> Iterator[str]:
    """One line for each difference."""
    yield from _stock(session)
    yield from _codes(session)
    yield from _holds(session)


def _stock(session: Session) -> Iterator[str]:
    taken = func.coalesce(
        func.sum(Redemption.quantity).filter(Redemption.state.not_in(RETURNED)), 0
    )
    rows = session.execute(
        select(CatalogueItem.code, CatalogueItem.stock_total, CatalogueItem.stock_left, taken)
        .outerjoin(Redemption, Redemption.item_id == CatalogueItem.id)
        .where(CatalogueItem.stock_total.is_not(None))
        .group_by(CatalogueItem.id)
        .having(CatalogueItem.stock_total - CatalogueItem.stock_left != taken)
    )
    for code, total, left, had in rows:
        yield f"item {code}: {total} in all and {left} left, but {had} taken"


def _codes(session: Session) -> Iterator[str]:
    drawn = func.count(VoucherCode.id)
    rows = session.execute(
        select(Redemption.id, Redemption.quantity, drawn)
        .join(CatalogueItem, CatalogueItem.id == Redemption.item_id)
        .outerjoin(
            VoucherCode,
            (VoucherCode.borrower_id == Redemption.borrower_id)
            & (VoucherCode.redemption_id == Redemption.id),
        )
        .where(CatalogueItem.kind == "voucher", Redemption.state.not_in(RETURNED))
        .group_by(Redemption.borrower_id, Redemption.id)
        .having(drawn != Redemption.quantity)
    )
    for redemption_id, quantity, count in rows:
        yield f"redemption {redemption_id}: {count} codes for {quantity}"


def _holds(session: Session) -> Iterator[str]:
    rows = session.execute(
        select(Redemption.id, Redemption.state, PointsHold.state).join(
            PointsHold,
            (PointsHold.borrower_id == Redemption.borrower_id)
            & (PointsHold.number == Redemption.hold_number),
        )
    )
    for redemption_id, state, hold in rows:
        if hold != HOLD_STATES[State(state)]:
            yield f"redemption {redemption_id} is {state} and its points are {hold}"


AUDITS = (Audit(name="catalogue", run=run),)
