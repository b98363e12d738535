"""Threads are begun, changed and taken away by their authors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.members import queries as members
from community.writings import service as writings
from community.writings.errors import WritingUnknown
from community.writings.service import Draft, Written


def begin(session: Session, *, borrower_id: UUID, now: datetime, **draft: Any) -> Written:
    """A new thread. Refuses: as `writings.write`."""
    return writings.write(session, borrower_id=borrower_id, draft=Draft(**draft), now=now)


def change(
    session: Session,
    *,
    borrower_id: UUID,
    post_id: UUID,
    version: int,
    changes: Mapping[str, str],
    now: datetime,
) -> Written:
    """Another title or text. Refuses: WritingUnknown, and as `writings.change`."""
    row = _own(session, borrower_id=borrower_id, post_id=post_id)
    return writings.change(
        session,
        author_id=row.author_id,
        row=row,
        version=version,
        title=changes.get("title", row.title),
        body=changes.get("body", row.body),
        now=now,
    )


def delete(session: Session, *, borrower_id: UUID, post_id: UUID, now: datetime) -> None:
    """Take a thread away, with all that was answered in it. Refuses: WritingUnknown."""
    writings.delete(session, row=_own(session, borrower_id=borrower_id, post_id=post_id), now=now)


def _own(session: Session, *, borrower_id: UUID, post_id: UUID) -> AnyRow:
    author_id = members.find_id(session, borrower_id=borrower_id)
    row = writings.get_own_for_update(session, author_id=author_id, writing_id=post_id)
    if row.post_id is not None:
        raise WritingUnknown
    return row
