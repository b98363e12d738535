"""Writing the catalogue. Every word is looked at: nothing in it may be cash or like it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.cash import find_cash_word
from backend.kit.ids import new_id
from backend.kit.predicates import parse
from backend.kit.problems import FieldError, Invalid, PreconditionFailed, Reason
from backend.profile import queries as profile
from rewards.catalogue.errors import CashLikeItem, ItemCodeTaken, ItemUnknown
from rewards.catalogue.models import CatalogueItem, Redemption
from rewards.catalogue.rules import RETURNED, Kind, find_terms_error


def create_item(
    session: Session, *, values: Mapping[str, Any], created_by: UUID | None, now: datetime
) -> UUID:
    """A new item. `stock` is its first stock; a voucher begins without and gets it by its codes.

    Refuses: CashLikeItem, Invalid, ItemCodeTaken.
    """
    kind = _check_kind(values["kind"])
    _check(session, kind=kind, values=values)
    stock = 0 if kind is Kind.VOUCHER else values["stock"]
    item_id = new_id()
    made = session.execute(
        insert(CatalogueItem)
        .values(
            id=item_id,
            code=values["code"],
            kind=kind,
            stock_total=stock,
            stock_left=stock,
            created_by=created_by,
            created_at=now,
            **_written(values),
        )
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(CatalogueItem.id)
    ).first()
    if made is None:
        raise ItemCodeTaken
    return item_id


def edit_item(session: Session, *, item_id: UUID, edits: int, values: Mapping[str, Any]) -> None:
    """Change an item; its code and kind stay. `stock` is what there is in all, taken and left.

    What was redeemed before keeps its price. Refuses: ItemUnknown, PreconditionFailed,
    CashLikeItem, Invalid (less stock than is taken).
    """
    row = session.execute(
        select(CatalogueItem.__table__).where(CatalogueItem.id == item_id).with_for_update()
    ).first()
    if row is None:
        raise ItemUnknown
    if row.edits != edits:
        raise PreconditionFailed
    kind = Kind(row.kind)
    _check(session, kind=kind, values=values)
    written = _written(values) | {"edits": edits + 1}
    if kind is not Kind.VOUCHER:
        written |= _restocked(values["stock"], taken=_count_taken(session, item_id=item_id))
    session.execute(update(CatalogueItem).where(CatalogueItem.id == item_id).values(**written))


def _count_taken(session: Session, *, item_id: UUID) -> int:
    """How many are spoken for. The item's row is locked, as by whoever takes or returns one."""
    return int(
        session.execute(
            select(func.coalesce(func.sum(Redemption.quantity), 0)).where(
                Redemption.item_id == item_id, Redemption.state.not_in(RETURNED)
            )
        ).scalar_one()
    )


def _restocked(stock: int | None, *, taken: int) -> dict[str, int | None]:
    if stock is None:
        return {"stock_total": None, "stock_left": None}
    if stock < taken:
        detail = f"{taken} are taken already."
        raise Invalid(errors=[FieldError("#/stock", detail)])
    return {"stock_total": stock, "stock_left": stock - taken}


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("names", "about", "terms", "price_points", "limit_each", "audience", "state")
    return {name: values[name] for name in names}


def _check_kind(name: str) -> Kind:
    if name not in set(Kind):
        kinds = ", ".join(Kind)
        raise CashLikeItem(
            errors=[FieldError("#/kind", "There is no such kind.")],
            reasons=[Reason("P1", f"Only these kinds exist: {kinds}.")],
        )
    return Kind(name)


def _check(session: Session, *, kind: Kind, values: Mapping[str, Any]) -> None:
    wrong = find_terms_error(kind, values["terms"])
    if wrong is not None:
        raise Invalid(errors=[FieldError(f"#/terms{wrong[0]}", wrong[1])])
    if kind is Kind.VOUCHER and values["stock"] is not None:
        raise Invalid(errors=[FieldError("#/stock", "A voucher's stock is its codes.")])
    for name in ("names", "about", "terms"):
        _refuse_cash(values[name].values(), f"#/{name}")
    parse(values["audience"], facts=profile.get_catalogue(session).types, pointer="#/audience")


def _refuse_cash(words: Iterable[Any], at: str) -> None:
    found = find_cash_word(each for each in words if isinstance(each, str))
    if found is not None:
        raise CashLikeItem(
            errors=[FieldError(at, "Speaks of money.")],
            reasons=[Reason("P1", f'"{found}" speaks of money or its like.')],
        )
