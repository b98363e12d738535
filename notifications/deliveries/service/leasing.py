"""Taking what is due: whoever has a lease is alone with a delivery until it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.events.contacts import Channel
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from notifications.deliveries.models import NotificationDelivery
from notifications.deliveries.rules import LEASE, State

_KEY = (NotificationDelivery.borrower_id, NotificationDelivery.id)


@dataclass(frozen=True)
class Batch:
    """Deliveries under one lease, until `until` by the clock on the wall."""

    lease_id: UUID
    until: datetime
    keys: Sequence[tuple[UUID, UUID]]

    @property
    def borrower_ids(self) -> list[UUID]:
        """Whose they are."""
        return [borrower_id for borrower_id, _ in self.keys]

    @property
    def ids(self) -> list[UUID]:
        """Which they are."""
        return [delivery_id for _, delivery_id in self.keys]


def lease_due(
    session: Session, *, channel: Channel, limit: int, now: datetime, wall: datetime
) -> Batch:
    """At most so many that are due, what is urgent first; they are this caller's until then."""
    found = list(_lock_due(session, channel, is_urgent=True, limit=limit, now=now))
    if len(found) < limit:
        found += _lock_due(session, channel, is_urgent=False, limit=limit - len(found), now=now)
    # In one order, in which they are locked again.
    keys = sorted((row.borrower_id, row.id) for row in found)
    batch = Batch(new_id(), wall + LEASE, keys)
    if keys:
        session.execute(
            update(NotificationDelivery)
            .where(*of(batch))
            .values(state=State.SENDING, lease_id=batch.lease_id, leased_until=batch.until)
            .execution_options(synchronize_session=False)
        )
    return batch


def _lock_due(
    session: Session, channel: Channel, *, is_urgent: bool, limit: int, now: datetime
) -> Sequence[AnyRow]:
    due = (
        NotificationDelivery.state == State.PLANNED,
        NotificationDelivery.channel == channel,
        NotificationDelivery.is_urgent.is_(is_urgent),
        NotificationDelivery.due_at <= now,
    )
    return session.execute(
        select(*_KEY)
        .where(*due)
        .order_by(NotificationDelivery.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def of(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    """The rows of a batch, by their key: two arrays, however many there are."""
    keys = (
        func.unnest(literal(batch.borrower_ids, ARRAY(Uuid)), literal(batch.ids, ARRAY(Uuid)))
        .table_valued("borrower_id", "id", name="key")
        .render_derived()
    )
    return (
        NotificationDelivery.borrower_id == keys.c.borrower_id,
        NotificationDelivery.id == keys.c.id,
    )


def is_held(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    """The rows that are still this caller's."""
    return (*of(batch), NotificationDelivery.lease_id == batch.lease_id)
