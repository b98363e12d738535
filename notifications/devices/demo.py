"""The demo's devices: the twenty made-up borrowers and a hundred with a card have the app.

No address is real.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.kit.wiring import DemoOffice
from notifications.devices import service
from notifications.devices.rules import AddressKind, Platform
from notifications.devices.service import Registration

NUMBERS = range(101, 121)
# Their cards fall due in a week: what a run of reminders sends is seen with them.
CARDS = range(1, 101)
# The stand-in for Firebase does not know it: at the first push the device is retired.
APP_DELETED = 119
WITH_TABLET = 116


def fill(session: Session, office: DemoOffice, now: datetime) -> None:
    """A telephone for each; what is registered already is only seen again."""
    del office
    for number in (*CARDS, *NUMBERS):
        name = f"demo-{number}" if number in NUMBERS else str(number)
        who = borrowers.find_ref(session, kind="borrower", external_id=name)
        if who is None:
            continue
        zone = borrowers.find_timezone(session, borrower_id=who.borrower_id) or "UTC"
        kinds = ("phone", "tablet") if number == WITH_TABLET else ("phone",)
        for kind in kinds:
            service.register(
                session,
                borrower_id=who.borrower_id,
                registration=_registration(number, kind=kind, zone=zone),
                now=now,
            )


def _registration(number: int, *, kind: str, zone: str) -> Registration:
    case = "fake-unregistered" if number == APP_DELETED else "fake-device"
    return Registration(
        installation_id=f"demo-{kind}-{number}",
        platform=Platform.IOS if number % 2 else Platform.ANDROID,
        address_kind=AddressKind.TOKEN,
        address=f"{case}-{kind}-{number}",
        app_version="1.0.0",
        timezone=zone,
    )
