"""Reads of comments."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from community.members import queries as members
from community.posts import queries as posts
from community.writings.errors import WritingUnknown
from community.writings.models import Writing
from community.writings.queries import is_shown_to, shown


def page_thread(
    session: Session, *, borrower_id: UUID, post_id: UUID, args: Mapping[str, Any]
) -> Page:
    """What was answered, the oldest first. Refuses: WritingUnknown, Invalid."""
    posts.get_post(session, borrower_id=borrower_id, post_id=post_id)
    reader = members.id_of(borrower_id)
    query = shown(reader).where(Writing.post_id == post_id, is_shown_to(reader))
    return page(session, query, keys=(Writing.id,), args=args)


def get_comment(session: Session, *, borrower_id: UUID, post_id: UUID, comment_id: UUID) -> AnyRow:
    """A comment that she may see, in that thread. Refuses: WritingUnknown."""
    reader = members.id_of(borrower_id)
    query = shown(reader).where(
        Writing.id == comment_id, Writing.post_id == post_id, is_shown_to(reader)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise WritingUnknown
    return row
