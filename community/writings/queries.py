"""Reads of writings that more than one feature needs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from backend.kit.db import AnyRow
from backend.kit.texts import Locale
from community import wall
from community.members import queries as members
from community.members.models import Block, Member
from community.writings.errors import WritingUnknown
from community.writings.models import EarlierText, Reaction, Writing
from community.writings.rules import CLEAN_WRITINGS_MIN, PACES, Reason, State
from community.writings.wording import REASON_TEXTS

OWN_SHOWN = (State.HELD, State.PUBLISHED, State.REMOVED)
TARGETS = {False: "post", True: "comment"}


SHOWN = (
    Writing.id,
    Writing.post_id,
    Writing.kind,
    Writing.topic,
    Writing.title,
    Writing.body,
    Writing.state,
    Writing.held_for,
    Writing.version,
    Writing.helpful,
    Writing.thanks,
    Writing.hug,
    Writing.comments,
    Writing.answer_id,
    Writing.created_at,
    Writing.edited_at,
    Writing.published_at,
)


def target_of(row: AnyRow) -> str:
    """What a case calls it."""
    return TARGETS[row.post_id is not None]


def get_for_case(
    session: Session, *, target_type: str, target_id: UUID, for_update: bool = False
) -> AnyRow:
    """A writing as a moderator decides on it, whatever its state. Refuses: WritingUnknown.

    `author_id` is the member's. `for_update` locks it: the version that is decided on is the one
    that stands.
    """
    query = select(*Writing.__table__.c).where(
        Writing.id == target_id,
        Writing.post_id.is_(None) if target_type == "post" else Writing.post_id.is_not(None),
    )
    row = session.execute(query.with_for_update() if for_update else query).one_or_none()
    if row is None:
        raise WritingUnknown
    return row


def list_earlier(session: Session, *, writing_id: UUID) -> list[AnyRow]:
    """What it said before each edit, the oldest first."""
    query = (
        select(*EarlierText.__table__.c)
        .where(EarlierText.writing_id == writing_id)
        .order_by(EarlierText.version)
    )
    return list(session.execute(query).all())


def count_clean(session: Session, *, author_id: UUID, but: UUID | None = None) -> int:
    """What of hers was published since something was last taken down, as far as it matters."""
    last = (
        select(func.max(Writing.removed_at))
        # Deleted by her afterwards, it was still taken down. Restored, it was not.
        .where(Writing.author_id == author_id, Writing.removed_at.is_not(None))
        .scalar_subquery()
    )
    clean = (
        select(literal(1))
        .where(
            Writing.author_id == author_id,
            Writing.state == State.PUBLISHED,
            true() if but is None else Writing.id != but,
            or_(last.is_(None), Writing.published_at > last),
        )
        .limit(CLEAN_WRITINGS_MIN)
        .subquery()
    )
    return session.execute(select(func.count()).select_from(clean)).scalar_one()


def list_ages(session: Session, *, author_id: UUID, now: datetime) -> list[tuple[timedelta, bool]]:
    """How long ago she wrote what she wrote within a day, and whether it was a comment."""
    since = now - max(pace.within for pace in PACES)
    query = (
        select(Writing.created_at, Writing.post_id.is_not(None))
        .where(Writing.author_id == author_id, Writing.created_at > since)
        .order_by(Writing.created_at.desc())
        .limit(sum(max(pace.posts, pace.comments) for pace in PACES))
    )
    return [(now - at, is_comment) for at, is_comment in session.execute(query)]


def is_sanctioned(session: Session, *, borrower_id: UUID) -> bool:
    """Whether the programme ended for her: then a person looks at what she writes."""
    query = select(wall.neighbour.c.sanctioned).where(wall.neighbour.c.borrower_id == borrower_id)
    return bool(session.execute(query).scalar())


def is_shown_to(
    reader: ScalarSelect[UUID], *, own: tuple[State, ...] = OWN_SHOWN
) -> ColumnElement[bool]:
    """What a reader may see: what is published by those whom she did not block, and her own.

    A comment is published as long as its post is.
    """
    post = aliased(Writing)
    is_thread_open = or_(
        Writing.post_id.is_(None),
        exists().where(post.id == Writing.post_id, post.state == State.PUBLISHED),
    )
    return or_(
        and_(Writing.state == State.PUBLISHED, is_thread_open, not_blocked(reader)),
        and_(Writing.author_id == reader, Writing.state.in_(own)),
    )


def not_blocked(reader: ScalarSelect[UUID]) -> ColumnElement[bool]:
    """Nothing of an author whom the reader blocked."""
    blocked = exists().where(Block.member_id == reader, Block.blocked_id == Writing.author_id)
    return ~blocked


def shown(reader: ScalarSelect[UUID]) -> Select[Any]:
    """What a list or a page shows of a writing: its author's handle, what the reader gave it."""
    yours = (
        select(Reaction.kind)
        .where(Reaction.writing_id == Writing.id, Reaction.member_id == reader)
        .order_by(Reaction.kind)
    )
    columns: list[Any] = [
        *SHOWN,
        Member.handle,
        func.array(yours.scalar_subquery(), type_=ARRAY(Text)).label("yours"),
        func.coalesce(Writing.author_id == reader, false()).label("is_own"),
    ]
    return select(*columns).join(Member, Member.id == Writing.author_id)


def in_words(row: AnyRow, *, locale: Locale) -> dict[str, object]:
    """One writing as a reader gets it; why it is not shown is only her own to read."""
    shown = {name: value for name, value in row._mapping.items() if name not in ("is_own", "yours")}
    held = row.held_for if row.state == State.HELD else ()
    codes = (Reason.REMOVED,) if row.state == State.REMOVED else tuple(map(Reason, held))
    return {
        **shown,
        "author": members.shown(row.handle, is_you=row.is_own, locale=locale),
        "reactions": {"helpful": row.helpful, "thanks": row.thanks, "hug": row.hug},
        "your_reactions": row.yours,
        "reasons": [{"code": str(code), "text": REASON_TEXTS[code].in_(locale)} for code in codes],
    }
