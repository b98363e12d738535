"""Threads are answered, and their authors say what helped."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community import ports
from community.comments.errors import NoAnswer, NotYourThread
from community.members import queries as members
from community.writings import moves
from community.writings import service as writings
from community.writings.errors import WritingUnknown
from community.writings.models import Writing
from community.writings.queries import is_shown_to
from community.writings.rules import Kind, State
from community.writings.service import Draft, Written, refuse_suspended

HELPFUL = "helpful"


def answer(
    session: Session, *, borrower_id: UUID, post_id: UUID, body: str, now: datetime
) -> Written:
    """A comment under a published post. Refuses: WritingUnknown, and as `writings.write`."""
    post = _lock_post(session, borrower_id=borrower_id, post_id=post_id)
    if post.state != State.PUBLISHED:
        raise WritingUnknown
    draft = Draft(kind=Kind.COMMENT, body=body, post_id=post_id)
    return writings.write(session, borrower_id=borrower_id, draft=draft, now=now)


def change(
    session: Session,
    *,
    borrower_id: UUID,
    post_id: UUID,
    comment_id: UUID,
    version: int,
    body: str,
    now: datetime,
) -> Written:
    """Another text. Refuses: WritingUnknown, and as `writings.change`."""
    row = _own(session, borrower_id=borrower_id, post_id=post_id, comment_id=comment_id)
    return writings.change(
        session, author_id=row.author_id, row=row, version=version, title=None, body=body, now=now
    )


def delete(
    session: Session, *, borrower_id: UUID, post_id: UUID, comment_id: UUID, now: datetime
) -> None:
    """Take one's own away. Refuses: WritingUnknown."""
    row = _own(session, borrower_id=borrower_id, post_id=post_id, comment_id=comment_id)
    writings.delete(session, row=row, now=now)


def accept(
    session: Session, *, borrower_id: UUID, post_id: UUID, comment_id: UUID, now: datetime
) -> None:
    """The thread's author says that this one helped; it takes the place of another.

    Refuses: WritingUnknown, NotYourThread, NoAnswer, MayNotWrite. Whether it counts, a moderator
    confirms.
    """
    post = _own_thread(session, borrower_id=borrower_id, post_id=post_id)
    comment = moves.get(session, comment_id)
    if comment.post_id != post_id or comment.state != State.PUBLISHED:
        raise NoAnswer
    if comment.author_id == post.author_id:
        raise NoAnswer
    refuse_suspended(session, member_id=post.author_id, now=now)
    if post.answer_id == comment_id:
        return
    _set_answer(session, post_id=post_id, comment_id=comment_id, at=now)
    ports.open_case(
        session,
        target_type="comment",
        target_id=comment_id,
        reasons=[HELPFUL],
        now=now,
    )


def take_back(session: Session, *, borrower_id: UUID, post_id: UUID) -> None:
    """Nothing has helped yet, after all. Refuses: WritingUnknown, NotYourThread."""
    _own_thread(session, borrower_id=borrower_id, post_id=post_id)
    _set_answer(session, post_id=post_id, comment_id=None, at=None)


def _set_answer(
    session: Session, *, post_id: UUID, comment_id: UUID | None, at: datetime | None
) -> None:
    session.execute(
        update(Writing).where(Writing.id == post_id).values(answer_id=comment_id, answered_at=at)
    )


def _own_thread(session: Session, *, borrower_id: UUID, post_id: UUID) -> AnyRow:
    post = _lock_post(session, borrower_id=borrower_id, post_id=post_id)
    if post.author_id != members.find_id(session, borrower_id=borrower_id):
        raise NotYourThread
    return post


def _lock_post(session: Session, *, borrower_id: UUID, post_id: UUID) -> AnyRow:
    """A post that she may see, locked: its comments are counted there."""
    query = (
        select(*Writing.__table__.c)
        .where(
            Writing.id == post_id,
            Writing.post_id.is_(None),
            is_shown_to(members.id_of(borrower_id)),
        )
        .with_for_update()
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise WritingUnknown
    return row


def _own(session: Session, *, borrower_id: UUID, post_id: UUID, comment_id: UUID) -> AnyRow:
    author_id = members.find_id(session, borrower_id=borrower_id)
    row = writings.get_own_for_update(session, author_id=author_id, writing_id=comment_id)
    if row.post_id != post_id:
        raise WritingUnknown
    return row
