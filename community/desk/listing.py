"""Decisions in a list, each with the text that it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.texts import Locale
from community.desk import view
from community.members.models import Member
from community.moderation import queries
from community.moderation.rules import UNDOABLE, Action, Standing, may_undo
from community.writings.models import Writing


@dataclass(frozen=True)
class Listed:
    """A decision, whose text it is about, and whether it may be taken back now."""

    decision: dict[str, Any]
    handle: str
    title: str | None
    body: str
    is_undoable: bool


def listed(
    session: Session, rows: Sequence[AnyRow], *, locale: Locale, now: datetime
) -> list[Listed]:
    """In the order of the rows."""
    query = (
        select(Writing.id, Writing.title, Writing.body, Member.handle)
        .join(Member, Member.id == Writing.author_id)
        .where(Writing.id.in_([row.target_id for row in rows]))
    )
    texts = {each.id: each for each in session.execute(query)}
    return [
        Listed(
            decision=view.of_decision(row, locale=locale),
            handle=texts[row.target_id].handle,
            title=texts[row.target_id].title,
            body=texts[row.target_id].body,
            is_undoable=_is_undoable(row, now=now),
        )
        for row in rows
    ]


def find_last(session: Session, *, staff_id: UUID, locale: Locale, now: datetime) -> Listed | None:
    """What she decided last, as long as she may take it back."""
    found = queries.page_own(session, staff_id=staff_id, args={"limit": 1}).items
    last = listed(session, found, locale=locale, now=now)
    return last[0] if last and last[0].is_undoable else None


def _is_undoable(row: AnyRow, *, now: datetime) -> bool:
    is_open = row.standing == Standing.WAITING or may_undo(counts_from=row.counts_from, now=now)
    return Action(row.action) in UNDOABLE and row.standing != Standing.UNDONE and is_open
