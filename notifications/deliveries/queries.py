"""Reads of deliveries."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, literal_column, select
from sqlalchemy.orm import Session

from backend.events.contacts import Channel
from backend.kit.paging import Page, page
from notifications.deliveries.models import (
    NotificationAttempt,
    NotificationDelivery,
    NotificationIntent,
)
from notifications.deliveries.rules import TEXT_GRACE

# In the words of the index of the few, so that any plan may use it.
IS_FAILED = literal_column("notification_delivery.state = 'failed'", Text)


def stands_until() -> ColumnElement[datetime]:
    """Until when a delivery, joined with its intent, is worth sending."""
    is_text = NotificationDelivery.channel == Channel.SMS
    return case(
        (is_text, NotificationIntent.expires_at + TEXT_GRACE), else_=NotificationIntent.expires_at
    )


def page_dead_letters(session: Session, *, args: Mapping[str, Any]) -> Page:
    """What providers would not have, the newest first: ids and codes, nobody's words."""
    delivery, intent, attempt = NotificationDelivery, NotificationIntent, NotificationAttempt
    query: Any = (
        select(
            delivery.borrower_id,
            delivery.id,
            delivery.channel,
            delivery.why,
            delivery.attempts,
            delivery.done_at,
            delivery.done_at.label("failed_at"),
            intent.purpose,
            intent.template,
            intent.expires_at,
            attempt.code,
        )
        .join(
            intent,
            and_(intent.borrower_id == delivery.borrower_id, intent.id == delivery.intent_id),
        )
        .join(
            attempt,
            and_(
                attempt.borrower_id == delivery.borrower_id,
                attempt.delivery_id == delivery.id,
                attempt.number == delivery.attempts,
            ),
            isouter=True,
        )
        .where(IS_FAILED)
    )
    return page(session, query, keys=(delivery.done_at, delivery.id), args=args, descending=True)
