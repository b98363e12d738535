"""Reads of the catalogue and its redemptions."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from rewards.catalogue.errors import ItemUnknown, RedemptionUnknown
from rewards.catalogue.models import CatalogueItem, Redemption
from rewards.catalogue.rules import RETURNED

EXPORT_MAX = 5_000

_OWN = select(
    *Redemption.__table__.c,
    CatalogueItem.kind,
    CatalogueItem.code.label("item_code"),
    CatalogueItem.names,
    CatalogueItem.terms,
).join(CatalogueItem, CatalogueItem.id == Redemption.item_id)


def page_items(session: Session, *, live_only: bool, args: Mapping[str, Any]) -> Page:
    """Items by price, cheapest first."""
    query = select(CatalogueItem.__table__).where(
        CatalogueItem.state == "live" if live_only else true()
    )
    keys = (CatalogueItem.price_points, CatalogueItem.id)
    return page(session, query, keys=keys, args=args)


def get_item(session: Session, *, item_id: UUID) -> AnyRow:
    """One item. Refuses: ItemUnknown."""
    row = session.execute(
        select(CatalogueItem.__table__).where(CatalogueItem.id == item_id)
    ).first()
    if row is None:
        raise ItemUnknown
    return row


def count_had(session: Session, *, borrower_id: UUID, item_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many of each she has, or has asked for."""
    rows = session.execute(
        select(Redemption.item_id, func.sum(Redemption.quantity))
        .where(
            Redemption.borrower_id == borrower_id,
            Redemption.item_id.in_(item_ids),
            Redemption.state.not_in(RETURNED),
        )
        .group_by(Redemption.item_id)
    )
    return {item_id: int(had) for item_id, had in rows}


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her redemptions, newest first."""
    query = _OWN.where(Redemption.borrower_id == borrower_id)
    return page(session, query, keys=(Redemption.id,), descending=True, args=args)


def get_own(session: Session, *, borrower_id: UUID, redemption_id: UUID) -> AnyRow:
    """One redemption of hers. Refuses: RedemptionUnknown."""
    row = session.execute(
        _OWN.where(Redemption.borrower_id == borrower_id, Redemption.id == redemption_id)
    ).first()
    if row is None:
        raise RedemptionUnknown
    return row


def page_queue(session: Session, *, state: str, args: Mapping[str, Any]) -> Page:
    """Redemptions in one state, the oldest first."""
    query = _OWN.where(Redemption.state == state)
    return page(session, query, keys=(Redemption.requested_at, Redemption.id), args=args)


def list_to_send(session: Session) -> list[dict[str, Any]]:
    """Gifts that are confirmed and not yet sent, with names and addresses in the clear."""
    rows = session.execute(
        _OWN.where(Redemption.state == "confirmed", CatalogueItem.kind == "physical_gift")
        .order_by(Redemption.requested_at, Redemption.id)
        .limit(EXPORT_MAX)
    ).all()
    names = borrowers.list_names(session, borrower_ids=[row.borrower_id for row in rows])
    return [
        {
            **row._mapping,
            "name": names[row.borrower_id],
            "address": borrowers.open_field(row.address_cipher, context="redemption.address"),
        }
        for row in rows
    ]
