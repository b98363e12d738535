"""Devices, registered through the service that the app's route uses."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from notifications.devices import service
from notifications.devices.rules import AddressKind, Platform
from tests.clock import NOW
from tests.fixtures import leaks


def make_device(
    session: Session,
    borrower_id: UUID,
    *,
    installation_id: str = "phone-1",
    address: str = "token-of-phone-1",
    timezone: str = "Asia/Shanghai",
    **more: Any,
) -> UUID:
    leaks.watch(secret=address)
    said: dict[str, Any] = {
        "platform": Platform.ANDROID,
        "address_kind": AddressKind.TOKEN,
        "app_version": "1.0",
    } | more
    return service.register(
        session,
        borrower_id=borrower_id,
        registration=service.Registration(
            installation_id=installation_id, address=address, timezone=timezone, **said
        ),
        now=NOW,
    )
