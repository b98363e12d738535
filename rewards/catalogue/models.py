"""Tables of the catalogue."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from rewards.catalogue.rules import Ending, Kind, State


def _listed(names: type[Any]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class CatalogueItem(Base):
    """What points can be exchanged for. No stock: there is enough for all.

    `stock_left` is what is not spoken for; a voucher's stock is its codes.
    """

    __tablename__ = "catalogue_item"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_listed(Kind)})", name="kind_is_known"),
        CheckConstraint("state IN ('draft', 'live', 'retired')", name="state_known"),
        CheckConstraint("price_points > 0", name="price_positive"),
        CheckConstraint("limit_each > 0", name="limit_positive"),
        CheckConstraint("(stock_total IS NULL) = (stock_left IS NULL)", name="stock_is_whole"),
        CheckConstraint("stock_left BETWEEN 0 AND stock_total", name="never_oversold"),
        CheckConstraint("kind <> 'voucher' OR stock_total IS NOT NULL", name="voucher_has_stock"),
        Index(
            "ix_catalogue_item_live", "price_points", "id", postgresql_where=text("state = 'live'")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    names: Mapped[dict[str, Any]]
    about: Mapped[dict[str, Any]]
    terms: Mapped[dict[str, Any]]
    price_points: Mapped[int]
    limit_each: Mapped[int | None]
    audience: Mapped[dict[str, Any]]
    stock_total: Mapped[int | None]
    stock_left: Mapped[int | None]
    state: Mapped[str]
    edits: Mapped[int] = mapped_column(server_default=text("1"))
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    created_at: Mapped[datetime]


class Redemption(Base):
    """One exchange. `points` in all; the address is sealed, and kept only while it is needed."""

    __tablename__ = "redemption"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "hold_number"], ["points_hold.borrower_id", "points_hold.number"]
        ),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint(f"ending IN ({_listed(Ending)})", name="ending_is_known"),
        CheckConstraint(
            "(state IN ('cancelled', 'failed')) = (ending IS NOT NULL)", name="ended_why"
        ),
        CheckConstraint("quantity > 0 AND points > 0", name="amounts_positive"),
        Index("ix_redemption_queue", "state", "requested_at", "id"),
        Index("ix_redemption_item", "item_id", "borrower_id"),
        Index(
            "ix_redemption_deadline",
            "deadline_at",
            postgresql_where=text("state IN ('requested', 'confirmed')"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("catalogue_item.id"))
    quantity: Mapped[int]
    points: Mapped[int]
    hold_number: Mapped[int]
    state: Mapped[str]
    address_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    tracking: Mapped[str | None]
    ending: Mapped[str | None]
    requested_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deadline_at: Mapped[datetime]


class VoucherCode(Base):
    """One code of a voucher, sealed. It belongs to the pool until a redemption draws it.

    `key_name` is that of the look-up key under which the hash was made, as of every keyed hash.
    """

    __tablename__ = "voucher_code"
    __table_args__ = (
        UniqueConstraint("item_id", "code_hash"),
        ForeignKeyConstraint(
            ["borrower_id", "redemption_id"], ["redemption.borrower_id", "redemption.id"]
        ),
        CheckConstraint("(borrower_id IS NULL) = (redemption_id IS NULL)", name="drawn_whole"),
        CheckConstraint(
            "revealed_at IS NULL OR redemption_id IS NOT NULL", name="revealed_to_somebody"
        ),
        Index(
            "ix_voucher_code_free",
            "item_id",
            "valid_until",
            "id",
            postgresql_where=text("redemption_id IS NULL"),
        ),
        Index("ix_voucher_code_drawn", "borrower_id", "redemption_id"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("catalogue_item.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    key_name: Mapped[str]
    valid_until: Mapped[date]
    borrower_id: Mapped[UUID | None]
    redemption_id: Mapped[UUID | None]
    revealed_at: Mapped[datetime | None]
