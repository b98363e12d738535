"""Members come, take another name, and block others."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.problems import NotFound
from community import wall
from community.members import queries, rules
from community.members.errors import HandleTooYoung, OwnHandle, TooManyBlocks
from community.members.models import Block, Member

TRIES_MAX = 20


def join(session: Session, *, borrower_id: UUID, now: datetime) -> UUID:
    """Her id among members, given at her first word. Refuses: NotFound (there is no such borrower).

    Of two first words at once one makes the row, and both get its id.
    """
    found = queries.find_id(session, borrower_id=borrower_id)
    if found is not None:
        return found
    seen = select(wall.neighbour.c.borrower_id).where(wall.neighbour.c.borrower_id == borrower_id)
    if session.execute(seen).first() is None:
        raise NotFound
    for tries in range(TRIES_MAX):
        handle = rules.draw_handle(secrets.randbelow, tries=tries)
        session.execute(
            insert(Member)
            .values(
                id=new_id(),
                borrower_id=borrower_id,
                handle=handle,
                handle_since_at=now,
                joined_at=now,
            )
            .on_conflict_do_nothing()
        )
        found = queries.find_id(session, borrower_id=borrower_id)
        if found is not None:
            return found
    message = "no handle is free"
    raise RuntimeError(message)


def get_for_update(session: Session, *, member_id: UUID) -> AnyRow:
    """Her row, locked: what she writes comes one after the other."""
    query = (
        select(*Member.__table__.c).where(Member.id == member_id).with_for_update(key_share=True)
    )
    return session.execute(query).one()


def draw_another(session: Session, *, borrower_id: UUID, now: datetime) -> None:
    """Another name; the old one is nobody's again. Refuses: NotFound, HandleTooYoung."""
    member_id = join(session, borrower_id=borrower_id, now=now)
    row = get_for_update(session, member_id=member_id)
    free_at = queries.free_at(row, now=now)
    if free_at is not None:
        raise HandleTooYoung(retry_after_seconds=int((free_at - now).total_seconds()) + 1)
    for tries in range(TRIES_MAX):
        handle = rules.draw_handle(secrets.randbelow, tries=tries)
        if not _is_taken(session, handle=handle):
            session.execute(
                update(Member)
                .where(Member.id == member_id)
                .values(handle=handle, handle_since_at=now, handles_drawn=Member.handles_drawn + 1)
            )
            return
    message = "no handle is free"
    raise RuntimeError(message)


def _is_taken(session: Session, *, handle: str) -> bool:
    query = select(Member.id).where(Member.handle == handle)
    return session.execute(query).first() is not None


def block(session: Session, *, borrower_id: UUID, handle: str, now: datetime) -> None:
    """See nothing more of somebody. Refuses: NotFound, MemberUnknown, OwnHandle, TooManyBlocks."""
    member_id = join(session, borrower_id=borrower_id, now=now)
    blocked_id = queries.get_id_by_handle(session, handle=handle)
    if blocked_id == member_id:
        raise OwnHandle
    get_for_update(session, member_id=member_id)
    count = select(func.count()).select_from(Block).where(Block.member_id == member_id)
    if session.execute(count).scalar_one() >= rules.BLOCKS_MAX:
        raise TooManyBlocks
    session.execute(
        insert(Block)
        .values(member_id=member_id, blocked_id=blocked_id, at=now)
        .on_conflict_do_nothing()
    )


def unblock(session: Session, *, borrower_id: UUID, handle: str) -> None:
    """See her again. Refuses: MemberUnknown."""
    blocked_id = queries.get_id_by_handle(session, handle=handle)
    session.execute(
        delete(Block).where(
            Block.member_id == queries.id_of(borrower_id), Block.blocked_id == blocked_id
        )
    )
