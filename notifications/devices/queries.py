"""Reads of devices."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from notifications.devices.errors import DeviceUnknown
from notifications.devices.models import Device

ADDRESS = "device.address"
PANEL_MAX = 20


def live() -> Select[*tuple[Any, ...]]:
    """Live devices of everybody, as a select to build on: all columns, the address sealed."""
    return select(Device.__table__).where(Device.retired_at.is_(None))


def list_live(session: Session, *, borrower_ids: Collection[UUID]) -> Sequence[AnyRow]:
    """Live devices of these borrowers, the address sealed (`open_address`)."""
    hers = Device.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid)))
    return session.execute(live().where(hers).order_by(Device.borrower_id, Device.id)).all()


def open_address(address_cipher: bytes) -> str:
    """What the push service is given. Raises UnreadableError."""
    return crypto.decrypt(address_cipher, context=ADDRESS)


def page_own(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """Her live devices, the newest registration first."""
    query = live().where(Device.borrower_id == borrower_id)
    return page(session, query, keys=(Device.id,), args=args, descending=True)


def get_own(session: Session, *, borrower_id: UUID, installation_id: str) -> AnyRow:
    """A live device of hers. Refuses: DeviceUnknown."""
    row = session.execute(
        live().where(Device.borrower_id == borrower_id, Device.installation_id == installation_id)
    ).first()
    if row is None:
        raise DeviceUnknown
    return row


def list_newest(session: Session, *, borrower_id: UUID) -> Sequence[AnyRow]:
    """Her devices with the retired ones, newest first, for staff."""
    return session.execute(
        select(Device.__table__)
        .where(Device.borrower_id == borrower_id)
        .order_by(Device.id.desc())
        .limit(PANEL_MAX)
    ).all()


def list_zones(session: Session, *, borrower_id: UUID) -> list[str]:
    """The zones that her live devices say they are in, each once."""
    found = session.execute(
        select(Device.timezone)
        .where(Device.borrower_id == borrower_id, Device.retired_at.is_(None))
        .distinct()
        .order_by(Device.timezone)
    )
    return list(found.scalars())
