"""Voucher codes: brought in sealed, drawn by a redemption, shown to its owner alone."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.ids import new_id
from backend.kit.problems import FieldError, Invalid
from rewards.catalogue.errors import ItemUnknown, OutOfStock, RedemptionMoveRefused
from rewards.catalogue.models import CatalogueItem, Redemption, VoucherCode
from rewards.catalogue.rules import HOLDING, RETURNED, Kind

CODE = "voucher_code.code"

_DRAW = text(
    """
    UPDATE voucher_code SET borrower_id = :borrower_id, redemption_id = :redemption_id
     WHERE item_id = :item_id AND id IN (
           SELECT id FROM voucher_code
            WHERE item_id = :item_id AND redemption_id IS NULL AND valid_until >= :good_on
            ORDER BY valid_until, id LIMIT :quantity FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
)
_WITHDRAW = text(
    """
    WITH gone AS (
        DELETE FROM voucher_code
         WHERE redemption_id IS NULL AND valid_until < :today
        RETURNING item_id
    ), counted AS (SELECT item_id, count(*) AS n FROM gone GROUP BY item_id)
    UPDATE catalogue_item i
       SET stock_total = i.stock_total - n, stock_left = greatest(i.stock_left - n, 0)
      FROM counted WHERE i.id = counted.item_id
    RETURNING n
    """
)


def import_codes(
    session: Session, *, item_id: UUID, codes: Sequence[str], valid_until: date, today: date
) -> int:
    """Add codes to a voucher's stock; ones that it has already are left out. How many were new.

    Refuses: ItemUnknown, Invalid.
    """
    row = session.execute(
        select(CatalogueItem.kind).where(CatalogueItem.id == item_id).with_for_update()
    ).first()
    if row is None:
        raise ItemUnknown
    if row.kind != Kind.VOUCHER:
        raise Invalid(errors=[FieldError("#/item_id", "Only a voucher has codes.")])
    if valid_until <= today:
        raise Invalid(errors=[FieldError("#/valid_until", "Must lie in the future.")])
    added = session.execute(
        upsert(VoucherCode)
        .values(
            [
                {
                    "item_id": item_id,
                    "id": new_id(),
                    "code_cipher": crypto.encrypt(code, context=CODE),
                    "code_hash": crypto.keyed_hash(code, kind="voucher_code"),
                    "valid_until": valid_until,
                }
                for code in dict.fromkeys(codes)
            ]
        )
        .on_conflict_do_nothing(index_elements=["item_id", "code_hash"])
        .returning(VoucherCode.id)
    ).all()
    session.execute(
        update(CatalogueItem)
        .where(CatalogueItem.id == item_id)
        .values(
            stock_total=CatalogueItem.stock_total + len(added),
            stock_left=CatalogueItem.stock_left + len(added),
        )
    )
    return len(added)


def draw_codes(
    session: Session,
    *,
    item_id: UUID,
    borrower_id: UUID,
    redemption_id: UUID,
    quantity: int,
    good_on: date,
) -> None:
    """Set codes aside for a redemption, those that end first; all are still good on a day.

    Refuses: OutOfStock.
    """
    drawn = session.execute(
        _DRAW,
        {
            "item_id": item_id,
            "borrower_id": borrower_id,
            "redemption_id": redemption_id,
            "quantity": quantity,
            "good_on": good_on,
        },
    ).all()
    if len(drawn) < quantity:
        raise OutOfStock


def return_codes(session: Session, *, borrower_id: UUID, redemption_id: UUID) -> None:
    """Put codes that nobody has seen back into the pool."""
    session.execute(
        update(VoucherCode)
        .where(
            VoucherCode.borrower_id == borrower_id,
            VoucherCode.redemption_id == redemption_id,
            VoucherCode.revealed_at.is_(None),
        )
        .values(borrower_id=None, redemption_id=None)
    )


def reveal_codes(
    session: Session, *, borrower_id: UUID, redemption_id: UUID, now: datetime
) -> list[tuple[str, date]]:
    """The codes of a claimed redemption of hers in the clear, each with its last day.

    They may be looked at again. Refuses: RedemptionMoveRefused (not claimed, or no voucher).
    """
    rows = session.execute(
        select(VoucherCode.id, VoucherCode.code_cipher, VoucherCode.valid_until)
        .join(
            Redemption,
            (Redemption.borrower_id == VoucherCode.borrower_id)
            & (Redemption.id == VoucherCode.redemption_id),
        )
        .where(
            VoucherCode.borrower_id == borrower_id,
            VoucherCode.redemption_id == redemption_id,
            Redemption.state.not_in((*HOLDING, *RETURNED)),
        )
        .order_by(VoucherCode.id)
    ).all()
    if not rows:
        raise RedemptionMoveRefused
    session.execute(
        update(VoucherCode)
        .where(VoucherCode.borrower_id == borrower_id, VoucherCode.redemption_id == redemption_id)
        .values(revealed_at=func.coalesce(VoucherCode.revealed_at, now))
    )
    return [(crypto.decrypt(row.code_cipher, context=CODE), row.valid_until) for row in rows]


def withdraw_expired(session: Session, *, today: date) -> int:
    """Forget codes that nobody has drawn and that are no longer good; they leave the stock."""
    return sum(session.execute(_WITHDRAW, {"today": today}).scalars())
