"""What stands around a text: the post that it answers, and what was said before and after it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.texts import DEFAULT_LOCALE, Locale, pick_locale
from community import wall
from community.cases.models import Case
from community.members.models import Member
from community.writings.models import Writing
from community.writings.rules import State

BEFORE_MAX, AFTER_MAX = 3, 3
# Enough to follow what is talked about; the case itself is shown whole.
EXCERPT_LENGTH = 1_000
# What its author or a moderator took away is nobody's to read beside another's case.
READABLE = (State.PUBLISHED, State.HELD)


def around(session: Session, *, writing: AnyRow) -> dict[str, Any]:
    """Of a comment its post and its neighbours, of a post the first answers."""
    post_id = writing.post_id or writing.id
    thread = _pieces().where(Writing.post_id == post_id, Writing.state.in_(READABLE))
    later = thread.order_by(Writing.id).limit(AFTER_MAX)
    if writing.post_id is None:
        return {"post": None, "before": [], "after": _told(session, later)}
    earlier = thread.where(Writing.id < writing.id).order_by(Writing.id.desc()).limit(BEFORE_MAX)
    return {
        "post": _post(session, post_id=post_id),
        "before": _told(session, earlier)[::-1],
        "after": _told(session, later.where(Writing.id > writing.id)),
    }


def _pieces() -> Select[Any]:
    columns: list[Any] = [
        Writing.id,
        Writing.kind,
        Writing.title,
        Writing.body,
        Writing.state,
        Writing.created_at,
        Member.handle,
    ]
    return select(*columns).join(Member, Member.id == Writing.author_id)


def _post(session: Session, *, post_id: UUID) -> dict[str, Any] | None:
    found = _told(session, _pieces().where(Writing.id == post_id, Writing.state.in_(READABLE)))
    return found[0] if found else None


def _told(session: Session, query: Select[Any]) -> list[dict[str, Any]]:
    rows = session.execute(query).all()
    return [{**row._mapping, "body": row.body[:EXCERPT_LENGTH]} for row in rows]


def language_of_author(session: Session, *, case_id: UUID) -> Locale:
    """The language in which she reads what is decided about her."""
    found = session.execute(
        select(wall.neighbour.c.locale)
        .join(Member, Member.borrower_id == wall.neighbour.c.borrower_id)
        .join(Case, Case.author_id == Member.id)
        .where(Case.id == case_id)
    ).scalar_one_or_none()
    return pick_locale(found) or DEFAULT_LOCALE
