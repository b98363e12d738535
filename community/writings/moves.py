"""What moves a writing from one state to another, and keeps the counts of its thread right."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from backend.events.community import PostHeld, PostRemoved
from backend.kit.db import AnyRow
from community import wall
from community.members.models import Member
from community.writings import queries, rules
from community.writings.errors import MoveRefused, WritingUnknown
from community.writings.models import Writing
from community.writings.rules import State


def publish(session: Session, *, target_type: str, target_id: UUID, now: datetime) -> None:
    """A moderator lets it be seen. Refuses: WritingUnknown, MoveRefused."""
    row = get_locked(session, target_type=target_type, target_id=target_id)
    move(session, row, State.PUBLISHED, now=now, held_for=[])


def hold(
    session: Session, *, target_type: str, target_id: UUID, reasons: list[str], now: datetime
) -> None:
    """It waits for a person, or for other reasons than before. Refuses as `publish`."""
    row = get_locked(session, target_type=target_type, target_id=target_id)
    if row.state == State.HELD:
        held_for = update(Writing).where(Writing.id == row.id).values(held_for=reasons)
        session.execute(held_for)
        return
    move(session, row, State.HELD, now=now, held_for=reasons)


def take_down(session: Session, *, target_type: str, target_id: UUID, now: datetime) -> None:
    """A moderator removes it; its author alone still reads it. Refuses as `publish`."""
    row = get_locked(session, target_type=target_type, target_id=target_id)
    move(session, row, State.REMOVED, now=now, removed_at=now)
    wall.announce(session, PostRemoved(_borrower_of(session, row.author_id), now))


def restore(
    session: Session,
    *,
    target_type: str,
    target_id: UUID,
    now: datetime,
    to: State = State.PUBLISHED,
    reasons: list[str] | None = None,
) -> None:
    """What was taken down is seen again; undone, it waits again for the reasons it waited for.

    Refuses as `publish`.
    """
    row = get_locked(session, target_type=target_type, target_id=target_id)
    if row.state != State.REMOVED:
        raise MoveRefused
    move(session, row, to, now=now, held_for=reasons or [], removed_at=None)


def announce_held(session: Session, *, author_id: UUID, now: datetime) -> None:
    """The inbox tells her that something of hers waits; it does not say what."""
    wall.announce(session, PostHeld(_borrower_of(session, author_id), now))


def move(session: Session, row: AnyRow, after: State, *, now: datetime, **changes: Any) -> None:
    """Change the state of a row that is locked, and count it in or out of its thread.

    Refuses: MoveRefused.
    """
    if not rules.may_move(State(row.state), after):
        raise MoveRefused
    if after is State.PUBLISHED:
        changes["published_at"] = row.published_at or now
    session.execute(update(Writing).where(Writing.id == row.id).values(state=after, **changes))
    count(session, row, was=row.state == State.PUBLISHED, is_now=after is State.PUBLISHED)


def count(session: Session, row: AnyRow, *, was: bool, is_now: bool) -> None:
    """Keep its thread's number of comments; an answer that is gone is no answer."""
    if row.post_id is None or was is is_now:
        return
    more = 1 if is_now else -1
    session.execute(
        update(Writing).where(Writing.id == row.post_id).values(comments=Writing.comments + more)
    )
    if not is_now:
        session.execute(
            update(Writing)
            .where(Writing.id == row.post_id, Writing.answer_id == row.id)
            .values(answer_id=None, answered_at=None)
        )


def get_locked(session: Session, *, target_type: str, target_id: UUID) -> AnyRow:
    """What a case is about, locked, its thread first. Refuses: WritingUnknown."""
    get_for_update(session, target_id)
    return queries.get_for_case(session, target_type=target_type, target_id=target_id)


def get(session: Session, writing_id: UUID) -> AnyRow:
    """The row, whatever its state. Refuses: WritingUnknown."""
    row = session.execute(_whole(writing_id)).one_or_none()
    if row is None:
        raise WritingUnknown
    return row


def get_for_update(session: Session, writing_id: UUID) -> AnyRow:
    """The same, locked; its post first: whoever locks both does it in this order."""
    post_id = get(session, writing_id).post_id
    if post_id is not None:
        session.execute(_whole(post_id).with_for_update())
    return session.execute(_whole(writing_id).with_for_update()).one()


def _whole(writing_id: UUID) -> Select[Any]:
    return select(*Writing.__table__.c).where(Writing.id == writing_id)


def _borrower_of(session: Session, member_id: UUID) -> UUID:
    return session.execute(select(Member.borrower_id).where(Member.id == member_id)).scalar_one()
