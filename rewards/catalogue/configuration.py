"""The catalogue in the configuration bundle: what things are and cost, not how many there are.

Stock, voucher codes and redemptions belong to an installation. What is imported is a draft; an
item that borrowers see already has no draft beside it, and is left for a person to edit.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing, load_shape
from backend.kit.db import AnyRow
from backend.kit.texts import Text
from rewards.catalogue import service
from rewards.catalogue.models import CatalogueItem
from rewards.catalogue.rules import Kind
from rewards.catalogue.schemas import CatalogueItemInSchema, texts_as_json

FIELDS = ("kind", "names", "about", "terms", "price_points", "limit_each", "audience")
LIVE = Text(
    "Borrowers see this item: it has no draft beside it. Change it in the catalogue.",
    "该商品已对借款人展示，没有单独的草稿。请在兑换目录中直接修改。",
)
RETIRED = Text("This item was retired here.", "该商品在此已下架。")


def _export(session: Session, *, with_drafts: bool) -> Things:
    states = ("live", "draft") if with_drafts else ("live",)
    rows = session.execute(select(CatalogueItem.__table__).where(CatalogueItem.state.in_(states)))
    return {
        row.code: {
            **{name: getattr(row, name) for name in FIELDS},
            "is_limited": row.kind != Kind.VOUCHER and row.stock_total is not None,
        }
        for row in rows
    }


def _read(key: str, raw: Any) -> Thing:
    given = {**raw, "code": key} if isinstance(raw, dict) else raw
    is_limited = given.pop("is_limited", False) is True if isinstance(given, dict) else False
    loaded = texts_as_json(load_shape(CatalogueItemInSchema(exclude=("stock", "state")), given))
    return {**{name: loaded[name] for name in FIELDS}, "is_limited": is_limited}


def _find(session: Session, key: str) -> AnyRow | None:
    rows = session.execute(select(CatalogueItem.__table__).where(CatalogueItem.code == key))
    return rows.first()


def _find_by_hand(session: Session, key: str) -> Text | None:
    row = _find(session, key)
    if row is None or row.state == "draft":
        return None
    return LIVE if row.state == "live" else RETIRED


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:
    row = _find(session, key)
    # What is limited begins with none: how many there are here, somebody here must say.
    stock = (row.stock_total if row is not None else 0) if thing["is_limited"] else None
    values = {**thing, "code": key, "state": "draft", "stock": stock}
    if row is None:
        service.create_item(session, values=values, created_by=writing.author_id, now=writing.now)
    else:
        service.edit_item(session, item_id=row.id, edits=row.edits, values=values)


SOURCE = ConfigSource(
    name="catalogue",
    title=Text("Catalogue", "兑换目录"),
    export=_export,
    read=_read,
    write=_write,
    find_by_hand=_find_by_hand,
)
