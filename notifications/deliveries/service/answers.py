"""What her app says of a message, and what staff decide on one that failed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from backend.staff import service as staff
from notifications.deliveries import queries
from notifications.deliveries.errors import DeliveryNotFailed, DeliveryNotFound, DeliveryStale
from notifications.deliveries.models import NotificationDelivery, NotificationIntent
from notifications.deliveries.rules import Event, State


def receive(
    session: Session, *, borrower_id: UUID, delivery_id: UUID, event: Event, now: datetime
) -> None:
    """A message reached her device; the first word of each kind counts. Refuses: DeliveryNotFound.

    What was opened or put away was there.
    """
    row = NotificationDelivery
    said: dict[str, Any] = {"received_at": func.coalesce(row.received_at, now)}
    if event is Event.OPENED:
        said["opened_at"] = func.coalesce(row.opened_at, now)
    if event is Event.DISMISSED:
        said["dismissed_at"] = func.coalesce(row.dismissed_at, now)
    found = session.execute(
        update(row)
        .where(row.borrower_id == borrower_id, row.id == delivery_id)
        .values(**said)
        .returning(row.id)
    ).first()
    if found is None:
        raise DeliveryNotFound


def retry(
    session: Session, *, borrower_id: UUID, delivery_id: UUID, staff_id: UUID, now: datetime
) -> None:
    """Send a failed message once more, as though it had never been tried.

    It is looked at like any other before it goes.
    Refuses: DeliveryNotFound, DeliveryNotFailed, DeliveryStale.
    """
    delivery, intent = NotificationDelivery, NotificationIntent
    found = session.execute(
        select(delivery.state, queries.stands_until().label("expires_at"))
        .join(
            intent,
            and_(intent.borrower_id == delivery.borrower_id, intent.id == delivery.intent_id),
        )
        .where(delivery.borrower_id == borrower_id, delivery.id == delivery_id)
        .with_for_update(of=delivery)
    ).one_or_none()
    if found is None:
        raise DeliveryNotFound
    if found.state != State.FAILED:
        raise DeliveryNotFailed
    if found.expires_at <= now:
        raise DeliveryStale
    session.execute(
        update(delivery)
        .where(delivery.borrower_id == borrower_id, delivery.id == delivery_id)
        .values(state=State.PLANNED, why=None, due_at=now, done_at=None, tries=0, unknowns=0)
    )
    staff.record_action(
        session, staff_id=staff_id, action="message.retry", subject=f"message:{delivery_id}"
    )
