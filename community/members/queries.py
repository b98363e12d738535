"""Reads of members."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.texts import Locale
from community.members import rules
from community.members.errors import MemberUnknown
from community.members.models import Block, Member


def find_id(session: Session, *, borrower_id: UUID) -> UUID | None:
    """Her id among members, if she has one."""
    query = select(Member.id).where(Member.borrower_id == borrower_id)
    return session.execute(query).scalar_one_or_none()


def id_of(borrower_id: UUID) -> ScalarSelect[UUID]:
    """The same as a part of a larger statement."""
    return select(Member.id).where(Member.borrower_id == borrower_id).scalar_subquery()


def get_borrower_id(session: Session, *, member_id: UUID) -> UUID:
    """Whose words these are; only a word through the wall, or an unmasking, may use it."""
    return session.execute(select(Member.borrower_id).where(Member.id == member_id)).scalar_one()


def get_id_by_handle(session: Session, *, handle: str) -> UUID:
    """Refuses: MemberUnknown."""
    query = select(Member.id).where(Member.handle == handle)
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise MemberUnknown
    return found


def get_member(session: Session, *, borrower_id: UUID) -> AnyRow:
    """Her own row. Refuses: MemberUnknown."""
    query = select(*Member.__table__.c).where(Member.borrower_id == borrower_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise MemberUnknown
    return row


def list_blocked(session: Session, *, member_id: UUID) -> list[str]:
    """Handles that she blocked, the newest first."""
    query = (
        select(Member.handle)
        .join(Block, Block.blocked_id == Member.id)
        .where(Block.member_id == member_id)
        .order_by(Block.at.desc(), Member.handle)
        .limit(rules.BLOCKS_MAX)
    )
    return list(session.execute(query).scalars())


def shown(handle: str, *, is_you: bool, locale: Locale) -> dict[str, object]:
    """A member as others see her."""
    name = rules.name_of(handle, in_chinese=locale == "zh-CN")
    return {"handle": handle, "name": name, "is_you": is_you}


def free_at(row: AnyRow, *, now: datetime) -> datetime | None:
    """From when on she may draw another handle; None where she may now."""
    return rules.may_draw_again(
        since_at=row.handle_since_at, handles_drawn=row.handles_drawn, now=now
    )


def own(session: Session, *, borrower_id: UUID, locale: Locale, now: datetime) -> dict[str, object]:
    """Who she is here, and whom she does not want to see. Refuses: MemberUnknown."""
    row = get_member(session, borrower_id=borrower_id)
    blocked = list_blocked(session, member_id=row.id)
    return {
        **shown(row.handle, is_you=True, locale=locale),
        "joined_at": row.joined_at,
        "new_handle_from": free_at(row, now=now),
        "blocked": [shown(each, is_you=False, locale=locale) for each in blocked],
    }
