"""Messages in inboxes, put there by the service that the pipeline uses."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String, Uuid, cast, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from notifications.inbox import service
from tests.clock import NOW


def put_message(
    session: Session,
    borrower_id: UUID,
    *,
    item_id: UUID | None = None,
    template: str = "greeting.birthday",
    version: int = 1,
    variables: dict[str, Any] | None = None,
    purpose: str = "greeting",
    at: datetime = NOW,
) -> UUID:
    made = item_id or new_id()
    service.put_selected(
        session,
        select(
            literal(made, Uuid).label("id"),
            literal(borrower_id, Uuid).label("borrower_id"),
            literal(purpose, String).label("purpose"),
            literal(template, String).label("template"),
            literal(version).label("template_version"),
            cast(variables or {}, JSONB).label("variables"),
            literal(at, DateTime(timezone=True)).label("created_at"),
        ),
    )
    return made
