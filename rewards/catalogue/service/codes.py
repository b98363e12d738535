"""Voucher codes: brought in sealed, drawn by a redemption, shown to its owner alone."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    LargeBinary,
    any_,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.ids import new_id
from backend.kit.logs import get_logger
from backend.kit.problems import FieldError, Invalid
from backend.kit.wiring import HashedTable, SealedColumn
from rewards.catalogue.errors import ItemUnknown, OutOfStock, RedemptionMoveRefused
from rewards.catalogue.models import CatalogueItem, Redemption, VoucherCode
from rewards.catalogue.rules import CLAIM_DAYS, CLAIM_WITHIN, HOLDING, RETURNED, Kind

CODE = "voucher_code.code"
HASH = "voucher_code"
SEALED = (SealedColumn("voucher_code", "code_cipher", context=CODE),)

log = get_logger(__name__)

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
    WITH items AS MATERIALIZED (
        SELECT i.id FROM catalogue_item AS i
         WHERE EXISTS (
               SELECT FROM voucher_code AS c
                WHERE c.item_id = i.id AND c.redemption_id IS NULL AND c.valid_until < :good_on)
         ORDER BY i.id FOR UPDATE
    ), gone AS (
        DELETE FROM voucher_code
         WHERE redemption_id IS NULL AND valid_until < :good_on
           AND item_id IN (SELECT id FROM items)
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
    if valid_until < today + CLAIM_WITHIN:
        detail = (
            f"Must be {CLAIM_DAYS} days ahead or more: so long a borrower may take to claim it."
        )
        raise Invalid(errors=[FieldError("#/valid_until", detail)])
    known = set(_known(session, item_id=item_id, codes=codes))
    rows = [
        {"item_id": item_id, "id": new_id(), "valid_until": valid_until} | _sealed(code)
        for code in dict.fromkeys(codes)
        if known.isdisjoint(crypto.keyed_hashes(code, kind=HASH))
    ]
    if rows:
        session.execute(insert(VoucherCode), rows)
    session.execute(
        update(CatalogueItem)
        .where(CatalogueItem.id == item_id)
        .values(
            stock_total=CatalogueItem.stock_total + len(rows),
            stock_left=CatalogueItem.stock_left + len(rows),
        )
    )
    return len(rows)


def _known(session: Session, *, item_id: UUID, codes: Sequence[str]) -> Iterator[bytes]:
    """Hashes, under any live key, of those that the voucher has. Its item's row is locked."""
    hashes = [each for code in codes for each in crypto.keyed_hashes(code, kind=HASH)]
    yield from session.execute(
        select(VoucherCode.code_hash).where(
            VoucherCode.item_id == item_id,
            VoucherCode.code_hash == any_(literal(hashes, ARRAY(LargeBinary))),
        )
    ).scalars()


def _sealed(code: str) -> dict[str, Any]:
    key_name, digest = crypto.keyed_hash_to_keep(code, kind=HASH)
    sealed = crypto.encrypt(code, context=CODE)
    return {"code_cipher": sealed, "code_hash": digest, "key_name": key_name}


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
    """Forget codes that nobody has drawn and nobody can draw any more; they leave the stock."""
    found = session.execute(_WITHDRAW, {"good_on": today + CLAIM_WITHIN}).scalars()
    return sum(found)


def rehash(
    session: Session, after: tuple[UUID, UUID] | None, limit: int
) -> tuple[tuple[UUID, UUID] | None, int]:
    """Hash the next codes under the current look-up key; where it came to, and how many changed."""
    key = (VoucherCode.item_id, VoucherCode.id)
    start = after or (UUID(int=0), UUID(int=0))
    rows = session.execute(
        select(*key, VoucherCode.code_cipher)
        .where(VoucherCode.key_name != crypto.current_lookup_id(), tuple_(*key) > start)
        .order_by(*key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    changed = 0
    for row in rows:
        try:
            code = crypto.decrypt(row.code_cipher, context=CODE)
        except crypto.UnreadableError:
            # Its hash is all that tells it apart until it can be read.
            log.warning("voucher_code_not_rehashed", item_id=str(row.item_id))
            continue
        key_name, digest = crypto.keyed_hash_to_keep(code, kind=HASH)
        session.execute(
            update(VoucherCode)
            .where(VoucherCode.item_id == row.item_id, VoucherCode.id == row.id)
            .values(key_name=key_name, code_hash=digest)
        )
        changed += 1
    return ((rows[-1].item_id, rows[-1].id) if rows else None), changed


HASHED = (HashedTable("voucher_code", rehash),)
