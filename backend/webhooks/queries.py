"""Reads of endpoints and of the log of deliveries: never a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import Boolean, func, literal_column, select, true
from sqlalchemy.orm import Session

from backend.auth.models import ApiClient
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.webhooks.errors import DeliveryUnknown, EndpointUnknown
from backend.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookSecret,
)
from backend.webhooks.rules import State

ATTEMPTS_SHOWN = 100
STAFF_SHOWN = 200
# In the words of the indexes of the few, so that any plan may use them.
IS_FAILED = literal_column("webhook_delivery.state = 'failed'", Boolean)
IS_PENDING = literal_column("webhook_delivery.state = 'pending'", Boolean)
OF_FEW = {State.FAILED: IS_FAILED, State.PENDING: IS_PENDING}

_ENDPOINT = (
    WebhookEndpoint.id,
    WebhookEndpoint.url,
    WebhookEndpoint.description,
    WebhookEndpoint.event_types,
    WebhookEndpoint.created_at,
    WebhookEndpoint.disabled_at,
    WebhookEndpoint.disabled_why,
    WebhookEndpoint.failing_since,
    WebhookEndpoint.failures,
    WebhookEndpoint.paused_until,
)
_DELIVERY: tuple[Any, ...] = (
    WebhookDelivery.message_id,
    WebhookDelivery.created_at,
    WebhookMessage.type,
    WebhookMessage.occurred_at,
    WebhookDelivery.state,
    WebhookDelivery.attempts,
    WebhookDelivery.due_at,
    WebhookDelivery.done_at,
    WebhookDelivery.last_status,
    WebhookDelivery.last_failure,
    WebhookDelivery.last_took_ms,
)


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An endpoint as its client sees it."""

    endpoint: AnyRow
    secrets: Sequence[AnyRow]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.endpoint, name)


def list_endpoints(
    session: Session, *, client_id: UUID, args: Mapping[str, Any], now: datetime
) -> Page:
    """A client's own endpoints, the oldest first."""
    query = select(*_ENDPOINT).where(
        WebhookEndpoint.client_id == client_id, WebhookEndpoint.deleted_at.is_(None)
    )
    found = page(session, query, keys=(WebhookEndpoint.id,), args=args)
    return Page(_viewed(session, found.items, now=now), found.next_cursor)


def get_endpoint(
    session: Session, *, client_id: UUID, endpoint_id: UUID, now: datetime
) -> EndpointView:
    """A client's own endpoint. Refuses: EndpointUnknown."""
    row = session.execute(
        select(*_ENDPOINT).where(
            WebhookEndpoint.id == endpoint_id,
            WebhookEndpoint.client_id == client_id,
            WebhookEndpoint.deleted_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise EndpointUnknown
    (view,) = _viewed(session, [row], now=now)
    return view


def _viewed(session: Session, rows: Sequence[AnyRow], *, now: datetime) -> list[EndpointView]:
    secrets = session.execute(
        select(WebhookSecret.endpoint_id, WebhookSecret.created_at, WebhookSecret.ends_at)
        .where(
            WebhookSecret.endpoint_id.in_([row.id for row in rows]),
            (WebhookSecret.ends_at.is_(None)) | (WebhookSecret.ends_at > now),
        )
        .order_by(WebhookSecret.created_at.desc())
    ).all()
    return [EndpointView(row, [s for s in secrets if s.endpoint_id == row.id]) for row in rows]


def list_deliveries(
    session: Session, *, endpoint_id: UUID, state: str | None, args: Mapping[str, Any]
) -> Page:
    """What was to be told at an endpoint, the newest first."""
    query = (
        select(*_DELIVERY)
        .join(WebhookMessage, WebhookMessage.id == WebhookDelivery.message_id)
        .where(WebhookDelivery.endpoint_id == endpoint_id)
    )
    if state is not None:
        query = query.where(OF_FEW.get(State(state), WebhookDelivery.state == state))
    keys = (WebhookDelivery.created_at, WebhookDelivery.message_id)
    return page(session, query, keys=keys, args=args, descending=True)


def get_delivery(session: Session, *, endpoint_id: UUID, message_id: UUID) -> dict[str, Any]:
    """One delivery with its message and its latest tries. Refuses: DeliveryUnknown."""
    row = session.execute(
        select(*_DELIVERY, WebhookMessage.data)
        .join(WebhookMessage, WebhookMessage.id == WebhookDelivery.message_id)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.message_id == message_id)
    ).one_or_none()
    if row is None:
        raise DeliveryUnknown
    tries = session.execute(
        select(
            WebhookAttempt.number,
            WebhookAttempt.began_at,
            WebhookAttempt.took_ms,
            WebhookAttempt.status,
            WebhookAttempt.failure,
        )
        .where(WebhookAttempt.endpoint_id == endpoint_id, WebhookAttempt.message_id == message_id)
        .order_by(WebhookAttempt.number.desc())
        .limit(ATTEMPTS_SHOWN)
    ).all()
    return {**row._mapping, "tries": tries}


def list_for_staff(session: Session) -> list[dict[str, Any]]:
    """Every endpoint with its client, its health and what waits; those in trouble first.

    Of the address its host alone: the rest may be known to its owner only.
    """
    waiting = (
        select(func.count(), func.min(WebhookDelivery.created_at))
        .where(
            WebhookDelivery.endpoint_id == WebhookEndpoint.id,
            IS_PENDING,
        )
        .subquery()
        .lateral()
    )
    counted, oldest = waiting.c
    rows = session.execute(
        select(
            *_ENDPOINT,
            ApiClient.name.label("client"),
            counted.label("pending"),
            oldest.label("pending_since"),
        )
        .join(ApiClient, ApiClient.id == WebhookEndpoint.client_id)
        .join(waiting, true())
        .where(WebhookEndpoint.deleted_at.is_(None))
        .order_by(
            WebhookEndpoint.disabled_at.desc().nulls_last(),
            WebhookEndpoint.failing_since.nulls_last(),
            WebhookEndpoint.id,
        )
        .limit(STAFF_SHOWN)
    ).all()
    return [{**row._mapping, "host": urlsplit(row.url).hostname} for row in rows]
