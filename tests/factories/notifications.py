"""Things to tell, as features write them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.events.contacts import Purpose
from backend.kit.ids import new_id
from notifications.deliveries import service
from notifications.deliveries.models import NotificationDelivery
from tests.clock import NOW
from tests.factories.devices import make_device


def make_intent(
    session: Session, *, borrower_id: UUID, now: datetime = NOW, **more: Any
) -> UUID | None:
    """A receipt of the moment, about herself, unless said otherwise."""
    values = {
        "purpose": Purpose.RECEIPT,
        "template": "greeting.birthday",
        "subject": f"borrower:{borrower_id}",
        "occasion": str(new_id()),
        "variables": {},
        "expires_at": now + timedelta(days=2),
    } | more
    return service.intend(session, borrower_id=borrower_id, now=now, **values)


def delivery_of(session: Session, borrower_id: UUID) -> UUID:
    """A planned push to a device of hers."""
    make_device(session, borrower_id, installation_id="rings", address=f"of-{borrower_id}")
    intent_id = make_intent(session, borrower_id=borrower_id)
    session.flush()
    service.plan_due(session, now=NOW)
    return session.execute(
        select(NotificationDelivery.id).where(
            NotificationDelivery.borrower_id == borrower_id,
            NotificationDelivery.intent_id == intent_id,
        )
    ).scalar_one()
