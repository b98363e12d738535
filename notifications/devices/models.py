"""Tables of devices."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from notifications.devices.rules import AddressKind, Platform, Retired

LOOKUP_KINDS = ("address", "installation")


def _listed(names: type[StrEnum]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class Device(Base):
    """One registration of one installation. `seen_at`: when it said last that it is there."""

    __tablename__ = "device"
    __table_args__ = (
        CheckConstraint(f"platform IN ({_listed(Platform)})", name="platform_is_known"),
        CheckConstraint(f"address_kind IN ({_listed(AddressKind)})", name="address_kind_is_known"),
        CheckConstraint(f"retired_why IN ({_listed(Retired)})", name="why_is_known"),
        CheckConstraint(
            "(retired_at IS NULL) = (retired_why IS NULL)"
            " AND (retired_at IS NULL) = (address_cipher IS NOT NULL)",
            name="retired_whole",
        ),
        Index(
            "uq_device_live",
            "borrower_id",
            "installation_id",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[str]
    platform: Mapped[str]
    address_kind: Mapped[str]
    address_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    app_version: Mapped[str]
    timezone: Mapped[str]
    registered_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_why: Mapped[str | None]


class DeviceLookup(Base):
    """Keyed hash of a live address or installation, and whose device it is. One owner each.

    `key_name` is the look-up key's, so that the job finds what another key hashed.
    """

    __tablename__ = "device_lookup"
    __table_args__ = (
        CheckConstraint(f"kind IN {LOOKUP_KINDS}", name="kind_known"),
        ForeignKeyConstraint(["borrower_id", "device_id"], ["device.borrower_id", "device.id"]),
        Index("ix_device_lookup_borrower_id_device_id", "borrower_id", "device_id"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    key_name: Mapped[str]
    borrower_id: Mapped[UUID]
    device_id: Mapped[UUID]
