"""A member gives a reaction and takes it back; the count stands beside what is counted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from community.members import queries as members
from community.members import service as members_service
from community.reactions.rules import ReactionKind
from community.writings.errors import OwnWriting, WritingUnknown
from community.writings.models import Reaction, Writing
from community.writings.queries import is_shown_to


def give(
    session: Session, *, borrower_id: UUID, writing_id: UUID, kind: ReactionKind, now: datetime
) -> None:
    """Once from each. Refuses: NotFound (no such borrower), WritingUnknown, OwnWriting."""
    author_id = _lock(session, borrower_id=borrower_id, writing_id=writing_id)
    member_id = members_service.join(session, borrower_id=borrower_id, now=now)
    if author_id == member_id:
        raise OwnWriting
    given = session.execute(
        insert(Reaction)
        .values(writing_id=writing_id, member_id=member_id, kind=kind, at=now)
        .on_conflict_do_nothing()
        .returning(Reaction.kind)
    )
    if given.first() is not None:
        _count(session, writing_id=writing_id, kind=kind, more=1)


def take_back(session: Session, *, borrower_id: UUID, writing_id: UUID, kind: ReactionKind) -> None:
    """Refuses: WritingUnknown."""
    _lock(session, borrower_id=borrower_id, writing_id=writing_id)
    taken = session.execute(
        delete(Reaction)
        .where(
            Reaction.writing_id == writing_id,
            Reaction.member_id == members.id_of(borrower_id),
            Reaction.kind == kind,
        )
        .returning(Reaction.kind)
    )
    if taken.first() is not None:
        _count(session, writing_id=writing_id, kind=kind, more=-1)


def _lock(session: Session, *, borrower_id: UUID, writing_id: UUID) -> UUID:
    """The author of a writing that the caller may see; the row is locked for the count."""
    query = (
        select(Writing.author_id)
        .where(Writing.id == writing_id, is_shown_to(members.id_of(borrower_id)))
        .with_for_update(key_share=True)
    )
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise WritingUnknown
    return found


def _count(session: Session, *, writing_id: UUID, kind: ReactionKind, more: int) -> None:
    column = getattr(Writing, str(kind))
    session.execute(update(Writing).where(Writing.id == writing_id).values({column: column + more}))
