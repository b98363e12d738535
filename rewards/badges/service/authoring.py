"""Definitions: written by one person, published by another, retired and never deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.kit.problems import FieldError, Invalid, PreconditionFailed
from backend.profile import queries as profile
from backend.staff.errors import SecondPersonNeeded
from rewards.badges import queries
from rewards.badges.definition import read_definition
from rewards.badges.errors import (
    BadgeCodeTaken,
    BadgeNotDraft,
    BadgeRetired,
    BadgeSuperseded,
    TooManyBadges,
)
from rewards.badges.models import Badge, BadgeVersion
from rewards.badges.rules import LIVE_MAX, RESERVED_CODES

FIRST_VERSION = FIRST_REVISION = 1


def write_first_draft(
    session: Session,
    *,
    code: str,
    document: Mapping[str, Any],
    note: str,
    author_id: UUID,
    now: datetime,
) -> None:
    """A new badge, for somebody else to publish. Refuses: Invalid, BadgeCodeTaken."""
    _check(session, code=code, document=document)
    if code in RESERVED_CODES:
        raise Invalid(errors=[FieldError("#/code", "This word is taken.")])
    made = session.execute(
        upsert(Badge)
        .values(code=code, revision=FIRST_REVISION, created_at=now)
        .on_conflict_do_nothing()
        .returning(Badge.code)
    ).first()
    if made is None:
        raise BadgeCodeTaken
    _insert(session, code=code, version=FIRST_VERSION, document=document, note=note,
            author_id=author_id, now=now)  # fmt: skip


def write_draft(
    session: Session,
    *,
    code: str,
    revision: int,
    document: Mapping[str, Any],
    note: str,
    author_id: UUID,
    now: datetime,
) -> None:
    """The next version, for somebody else to publish; until then the live one counts.

    Refuses: NotFound, PreconditionFailed, BadgeRetired, Invalid.
    """
    _lock(session, code=code, revision=revision)
    _check(session, code=code, document=document)
    latest = _latest_version(session, code=code)
    _insert(session, code=code, version=latest + 1, document=document, note=note,
            author_id=author_id, now=now)  # fmt: skip
    _edit(session, code=code)


def publish(
    session: Session, *, code: str, version: int, publisher_id: UUID, now: datetime
) -> None:
    """Let the newest version count from now on.

    Refuses: NotFound, BadgeRetired, BadgeNotDraft, BadgeSuperseded, SecondPersonNeeded,
    TooManyBadges, Invalid (a fact that was retired since).
    """
    badge = _lock(session, code=code)
    row = queries.get_version(session, code=code, version=version)
    if row.published_at is not None:
        raise BadgeNotDraft
    if row.author_id == publisher_id:
        raise SecondPersonNeeded
    if version != _latest_version(session, code=code):
        raise BadgeSuperseded
    _check(session, code=code, document=row.document)
    if badge.live_version is None:
        _make_room(session)
    session.execute(
        update(BadgeVersion)
        .where(BadgeVersion.code == code, BadgeVersion.version == version)
        .values(publisher_id=publisher_id, published_at=now)
    )
    _edit(session, code=code, live_version=version)


def retire(session: Session, *, code: str, revision: int, staff_id: UUID, now: datetime) -> None:
    """Nobody is given it any more; who holds it keeps it.

    Refuses: NotFound, PreconditionFailed, BadgeRetired.
    """
    _lock(session, code=code, revision=revision)
    _edit(session, code=code, retired_at=now, retired_by=staff_id)


def _lock(session: Session, *, code: str, revision: int | None = None) -> Row[Any]:
    queries.get_badge(session, code=code)
    row = session.execute(select(Badge.__table__).where(Badge.code == code).with_for_update()).one()
    if row.retired_at is not None:
        raise BadgeRetired
    if revision is not None and row.revision != revision:
        raise PreconditionFailed
    return row


def _check(session: Session, *, code: str, document: Mapping[str, Any]) -> None:
    kinds = profile.get_catalogue(session).types
    read_definition(document, code=code, version=FIRST_VERSION, kinds=kinds)


def _make_room(session: Session) -> None:
    # One at a time, so that two publications do not both take the last place.
    session.execute(text("LOCK TABLE badge IN SHARE ROW EXCLUSIVE MODE"))
    live = session.execute(
        select(func.count()).where(Badge.live_version.is_not(None), Badge.retired_at.is_(None))
    ).scalar_one()
    if live >= LIVE_MAX:
        raise TooManyBadges


def _latest_version(session: Session, *, code: str) -> int:
    return session.execute(
        select(func.max(BadgeVersion.version)).where(BadgeVersion.code == code)
    ).scalar_one()


def _insert(
    session: Session,
    *,
    code: str,
    version: int,
    document: Mapping[str, Any],
    note: str,
    author_id: UUID,
    now: datetime,
) -> None:
    session.execute(
        insert(BadgeVersion).values(
            code=code,
            version=version,
            document=dict(document),
            note=note,
            author_id=author_id,
            created_at=now,
        )
    )


def _edit(session: Session, *, code: str, **values: Any) -> None:
    session.execute(
        update(Badge).where(Badge.code == code).values(revision=Badge.revision + 1, **values)
    )
