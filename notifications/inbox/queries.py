"""Reads of the inbox."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from backend.kit.paging import Page, page
from notifications.inbox.models import InboxItem


def page_own(
    session: Session, *, borrower_id: UUID, is_unread: bool | None, args: Mapping[str, Any]
) -> tuple[Page, int]:
    """Her messages, newest first, and how many are unread: both as of one instant."""
    counted = _unread(borrower_id).scalar_subquery().label("unread_count")
    query: Any = select(*InboxItem.__table__.c, counted).where(InboxItem.borrower_id == borrower_id)
    if is_unread is not None:
        unread = InboxItem.read_at.is_(None)
        query = query.where(unread if is_unread else ~unread)
    keys = (InboxItem.created_at, InboxItem.id)
    found = page(session, query, keys=keys, args=args, descending=True)
    if found.items:
        return found, found.items[0].unread_count
    return found, count_unread(session, borrower_id=borrower_id)


def count_unread(session: Session, *, borrower_id: UUID) -> int:
    """How many messages she has not read."""
    found: int = session.execute(_unread(borrower_id)).scalar_one()
    return found


def _unread(borrower_id: UUID) -> Select[int]:
    # Counted and never kept: what is reckoned from the items cannot differ from them.
    item = aliased(InboxItem)
    return (
        select(func.count())
        .select_from(item)
        .where(item.borrower_id == borrower_id, item.read_at.is_(None))
    )
