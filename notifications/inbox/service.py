"""Messages put into inboxes, and read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from notifications.inbox.errors import InboxItemUnknown
from notifications.inbox.models import InboxItem

COLUMNS = (
    "borrower_id",
    "id",
    "purpose",
    "template",
    "template_version",
    "variables",
    "created_at",
)


def put_selected(session: Session, selected: Select[*tuple[Any, ...]]) -> int:
    """Put a select's rows into inboxes; what is there already stays as it is. How many are new.

    Its columns, in any order: borrower_id, id, purpose, template, template_version, variables,
    created_at.
    """
    made = putting(selected).returning(InboxItem.id).cte("made")
    return session.execute(select(func.count()).select_from(made)).scalar_one()


def putting(selected: Select[*tuple[Any, ...]]) -> Insert:
    """The same as a part of a larger statement."""
    source = selected.subquery("source")
    rows = select(*(source.c[name] for name in COLUMNS))
    return upsert(InboxItem).from_select(list(COLUMNS), rows).on_conflict_do_nothing()


def read(session: Session, *, borrower_id: UUID, item_id: UUID, now: datetime) -> None:
    """She has read it; the first time counts. Refuses: InboxItemUnknown."""
    found = session.execute(
        update(InboxItem)
        .where(InboxItem.borrower_id == borrower_id, InboxItem.id == item_id)
        .values(read_at=func.coalesce(InboxItem.read_at, now))
        .returning(InboxItem.id)
    ).first()
    if found is None:
        raise InboxItemUnknown


def read_all(
    session: Session, *, borrower_id: UUID, now: datetime, up_to: UUID | None = None
) -> None:
    """She has read everything, or everything up to the newest message that she saw.

    Refuses: InboxItemUnknown (`up_to` is none of hers).
    """
    unread = and_(InboxItem.borrower_id == borrower_id, InboxItem.read_at.is_(None))
    place = tuple_(InboxItem.created_at, InboxItem.id)
    if up_to is not None:
        seen = session.execute(
            select(InboxItem.created_at).where(
                InboxItem.borrower_id == borrower_id, InboxItem.id == up_to
            )
        ).scalar_one_or_none()
        if seen is None:
            raise InboxItemUnknown
        unread = and_(unread, place <= tuple_(seen, up_to))
    # Locked in one order: two devices of hers never wait for each other in a circle.
    locked = (
        select(InboxItem.id)
        .where(unread)
        .order_by(InboxItem.created_at, InboxItem.id)
        .with_for_update()
        .cte("locked")
    )
    session.execute(
        update(InboxItem)
        .where(InboxItem.borrower_id == borrower_id, InboxItem.id.in_(select(locked.c.id)))
        .values(read_at=now)
    )
