"""Told by the inbox alone: known, and ringing nowhere."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from notifications.deliveries.models import NotificationIntent
from notifications.inbox import service as inbox

INBOX_ALONE = "inbox_alone"
_KEPT = (
    "borrower_id",
    "id",
    "purpose",
    "template",
    "subject",
    "occasion",
    "variables",
    "due_at",
    "expires_at",
    "created_at",
    "closed_at",
    "closed_why",
)


def put_quietly(
    session: Session,
    selected: Select[*tuple[Any, ...]],
    *,
    template: str,
    version: int,
    now: datetime,
) -> int:
    """Put what `intend_selected` would tell into inboxes, and plan nothing; how many are new.

    All of it is said by one version of one template.
    """
    rows = selected.subquery("selected").c
    source = select(
        rows.borrower_id,
        func.gen_random_uuid(),
        rows.purpose,
        literal(template),
        rows.subject,
        rows.occasion,
        rows.variables,
        literal(now),
        rows.expires_at,
        literal(now),
        literal(now),
        literal(INBOX_ALONE),
    )
    known = NotificationIntent
    noted = (
        upsert(known)
        .from_select(list(_KEPT), source)
        .on_conflict_do_nothing(index_elements=["borrower_id", "subject", "purpose", "occasion"])
        .returning(known.borrower_id, known.id, known.purpose, known.variables)
        .cte("noted")
    )
    return inbox.put_selected(
        session,
        select(
            noted,
            literal(template).label("template"),
            literal(version).label("template_version"),
            literal(now).label("created_at"),
        ),
    )
