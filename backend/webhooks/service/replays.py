"""Having told once more what was told before, under the same id."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from backend.webhooks.errors import DeliveryUnknown, EndpointDisabled
from backend.webhooks.models import WebhookDelivery
from backend.webhooks.queries import IS_FAILED
from backend.webhooks.rules import REPLAYED_AT_ONCE_MAX, State
from backend.webhooks.service.endpoints import lock_endpoint


@dataclass(frozen=True)
class Replay:
    """How many are told again, and from where to go on when there are more."""

    count: int
    continue_from: datetime | None


# Anew: as though it had not been tried. What a sender has in hand stays there.
_ANEW = {
    "state": State.PENDING,
    "tries": 0,
    "tried_from": None,
    "done_at": None,
}


def replay_one(
    session: Session, *, client_id: UUID, endpoint_id: UUID, message_id: UUID, now: datetime
) -> None:
    """Have one message sent now. Refuses: EndpointUnknown, EndpointDisabled, DeliveryUnknown."""
    _lock_enabled(session, client_id=client_id, endpoint_id=endpoint_id)
    is_it = and_(
        WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.message_id == message_id
    )
    if session.execute(select(WebhookDelivery.state).where(is_it)).first() is None:
        raise DeliveryUnknown
    session.execute(
        update(WebhookDelivery)
        .where(is_it, WebhookDelivery.lease_id.is_(None))
        .values(**_ANEW, due_at=now)
    )


def replay_range(
    session: Session,
    *,
    client_id: UUID,
    endpoint_id: UUID,
    since: datetime,
    until: datetime,
    only_failed: bool,
    now: datetime,
) -> Replay:
    """Have what was first due in [since, until) sent again, so many at most, the oldest first.

    Refuses: EndpointUnknown, EndpointDisabled.
    """
    _lock_enabled(session, client_id=client_id, endpoint_id=endpoint_id)
    chosen = [
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.created_at >= since,
        WebhookDelivery.created_at < until,
        WebhookDelivery.lease_id.is_(None),
    ]
    if only_failed:
        chosen.append(IS_FAILED)
    end = session.execute(
        select(WebhookDelivery.created_at)
        .where(*chosen)
        .order_by(WebhookDelivery.created_at, WebhookDelivery.message_id)
        .offset(REPLAYED_AT_ONCE_MAX)
        .limit(1)
    ).scalar_one_or_none()
    if end is not None:
        chosen.append(WebhookDelivery.created_at < end)
    done = session.execute(
        update(WebhookDelivery)
        .where(*chosen)
        .values(**_ANEW, due_at=now)
        .returning(WebhookDelivery.message_id)
    )
    return Replay(len(done.all()), end)


def _lock_enabled(session: Session, *, client_id: UUID, endpoint_id: UUID) -> None:
    row = lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    if row.disabled_at is not None:
        raise EndpointDisabled
