"""Having told once more what was told before, under the same id."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, and_, bindparam, select, text, update
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.webhooks.errors import DeliveryUnknown, EndpointDisabled
from backend.webhooks.models import WebhookDelivery
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
_FIND_END = text(
    """
    SELECT created_at FROM webhook_delivery
     WHERE endpoint_id = :endpoint_id AND created_at >= :since AND created_at < :until
       AND lease_id IS NULL AND (state = 'failed' OR NOT :only_failed)
     ORDER BY created_at, message_id
    OFFSET :most LIMIT 1
    """
).bindparams(
    bindparam("endpoint_id", type_=Uuid),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("most", type_=Integer),
)


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
    end = session.execute(
        _FIND_END,
        {
            "endpoint_id": endpoint_id,
            "since": since,
            "until": until,
            "only_failed": only_failed,
            "most": REPLAYED_AT_ONCE_MAX,
        },
    ).scalar_one_or_none()
    chosen = update(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == endpoint_id,
        WebhookDelivery.created_at >= since,
        WebhookDelivery.created_at < (end or until),
        WebhookDelivery.lease_id.is_(None),
    )
    if only_failed:
        chosen = chosen.where(WebhookDelivery.state == State.FAILED)
    done = session.execute(chosen.values(**_ANEW, due_at=now).returning(WebhookDelivery.message_id))
    return Replay(len(done.all()), end)


def _lock_enabled(session: Session, *, client_id: UUID, endpoint_id: UUID) -> None:
    row = lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    if row.disabled_at is not None:
        raise EndpointDisabled
