"""Messages: one of each piece of news, and a delivery for each endpoint that wants it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, insert, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Text

from backend.kit.fields import instant_text
from backend.kit.ids import new_id
from backend.webhooks.errors import EndpointDisabled
from backend.webhooks.models import WebhookDelivery, WebhookMessage
from backend.webhooks.rules import TEST_TYPE, URGENT, State
from backend.webhooks.service.endpoints import lock_endpoint


@dataclass(frozen=True)
class News:
    """What there is to tell, in the words of the interface."""

    type: str
    borrower_id: UUID
    occurred_at: datetime
    data: Mapping[str, Any]


# A disabled endpoint is told later: only of clients and endpoints that are gone nothing is kept.
_WANTED = text(
    """
    SELECT DISTINCT wanted.type
      FROM webhook_endpoint e
      JOIN api_client c ON c.id = e.client_id AND c.disabled_at IS NULL
     CROSS JOIN jsonb_array_elements_text(e.event_types) AS wanted(type)
     WHERE e.deleted_at IS NULL
    """
)
_WRITE = text(
    """
    WITH news AS (
        SELECT * FROM jsonb_to_recordset(CAST(:news AS jsonb))
               AS n(id uuid, type text, borrower_id uuid, occurred_at timestamptz, data jsonb)
    ), made AS (
        INSERT INTO webhook_message (id, type, borrower_id, occurred_at, created_at, data)
        SELECT id, type, borrower_id, occurred_at, :now, data FROM news
        RETURNING id, type
    )
    INSERT INTO webhook_delivery (endpoint_id, message_id, state, is_urgent, created_at, due_at)
    SELECT e.id, made.id, 'pending', made.type = ANY(:urgent), :now, :now
      FROM made
      JOIN webhook_endpoint e ON jsonb_exists(e.event_types, made.type) AND e.deleted_at IS NULL
      JOIN api_client c ON c.id = e.client_id AND c.disabled_at IS NULL
     ORDER BY e.id, made.id
    """
).bindparams(
    bindparam("now", type_=DateTime(timezone=True)), bindparam("urgent", type_=ARRAY(Text))
)


def list_wanted(session: Session) -> frozenset[str]:
    """The types that any endpoint wants."""
    return frozenset(session.execute(_WANTED).scalars())


def write_messages(session: Session, *, news: Sequence[News], now: datetime) -> None:
    """Have these told to every endpoint that wants them. `now` is technical time."""
    if not news:
        return
    rows = [
        {
            "id": new_id(),
            "type": each.type,
            "borrower_id": each.borrower_id,
            "occurred_at": each.occurred_at,
            "data": each.data,
        }
        for each in news
    ]
    session.execute(
        _WRITE, {"news": orjson.dumps(rows).decode(), "now": now, "urgent": list(URGENT)}
    )


def send_test(session: Session, *, client_id: UUID, endpoint_id: UUID, now: datetime) -> UUID:
    """Have a message sent that says nothing. Refuses: EndpointUnknown, EndpointDisabled."""
    row = lock_endpoint(session, client_id=client_id, endpoint_id=endpoint_id)
    if row.disabled_at is not None:
        raise EndpointDisabled
    message_id = new_id()
    session.execute(
        insert(WebhookMessage).values(
            id=message_id,
            type=TEST_TYPE,
            occurred_at=now,
            created_at=now,
            data={"endpoint_id": str(endpoint_id)},
        )
    )
    session.execute(
        insert(WebhookDelivery).values(
            endpoint_id=endpoint_id,
            message_id=message_id,
            state=State.PENDING,
            created_at=now,
            due_at=now,
        )
    )
    return message_id


def body_of(*, type: str, occurred_at: datetime, data: Mapping[str, Any]) -> bytes:  # noqa: A002 - the interface's word
    """What is sent and signed, the same at every try."""
    return orjson.dumps({"type": type, "timestamp": instant_text(occurred_at), "data": data})
