"""Forgetting messages, with all that became of them, and endpoints that were deleted."""

from datetime import datetime

from sqlalchemy import any_, bindparam, delete, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.webhooks.models import (
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from backend.webhooks.rules import MESSAGES_KEPT

PURGE_BATCH = 2_000

# Two arrays, however many there are: a statement takes no more than 65,535 single values.
_FORGET_ATTEMPTS = text(
    """
    DELETE FROM webhook_attempt
     WHERE (endpoint_id, message_id) IN (SELECT * FROM unnest(:endpoint_ids, :message_ids))
    """
).bindparams(
    bindparam("endpoint_ids", type_=ARRAY(Uuid)), bindparam("message_ids", type_=ARRAY(Uuid))
)


def purge_messages(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget messages of more than 30 days ago, one batch; how many there were.

    What was replayed lately counts from the day on which it was first due, too.
    """
    old = session.execute(
        select(WebhookMessage.id)
        .where(WebhookMessage.created_at <= now - MESSAGES_KEPT)
        .order_by(WebhookMessage.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(old.scalars())
    if not ids:
        return 0
    of_old = WebhookDelivery.message_id == any_(literal(ids, ARRAY(Uuid)))
    keys = session.execute(
        select(WebhookDelivery.endpoint_id, WebhookDelivery.message_id)
        .where(of_old)
        .order_by(WebhookDelivery.endpoint_id, WebhookDelivery.message_id)
        .with_for_update()
    ).all()
    if keys:
        session.execute(
            _FORGET_ATTEMPTS,
            {
                "endpoint_ids": [key.endpoint_id for key in keys],
                "message_ids": [key.message_id for key in keys],
            },
        )
        session.execute(delete(WebhookDelivery).where(of_old))
    session.execute(
        delete(WebhookMessage).where(WebhookMessage.id == any_(literal(ids, ARRAY(Uuid))))
    )
    return len(ids)


def purge_endpoints(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget endpoints that were deleted and have no log any more, one batch."""
    # One look for each endpoint: a join would go through the whole log of all.
    first = (
        select(WebhookDelivery.message_id)
        .where(WebhookDelivery.endpoint_id == WebhookEndpoint.id)
        .limit(1)
        .scalar_subquery()
    )
    gone = session.execute(
        delete(WebhookEndpoint)
        .where(
            WebhookEndpoint.id.in_(
                select(WebhookEndpoint.id)
                .where(WebhookEndpoint.deleted_at <= now - MESSAGES_KEPT, first.is_(None))
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        )
        .returning(WebhookEndpoint.id)
    )
    return len(gone.all())
