"""Badges in the configuration bundle, by their codes; the retired stay where they are."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing, load_shape
from backend.kit.texts import Text
from rewards.badges import queries, service
from rewards.badges.models import Badge, BadgeVersion
from rewards.badges.schemas import BadgeInSchema


def _export(session: Session, *, with_drafts: bool) -> Things:
    newest = (
        select(func.max(BadgeVersion.version))
        .where(BadgeVersion.code == Badge.code)
        .correlate(Badge)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Badge.code, BadgeVersion.document)
        .join(BadgeVersion, BadgeVersion.code == Badge.code)
        .where(
            Badge.retired_at.is_(None),
            BadgeVersion.version == (newest if with_drafts else Badge.live_version),
        )
    )
    return {row.code: row.document for row in rows}


def _read(key: str, raw: Any) -> Thing:
    given = {**raw, "code": key} if isinstance(raw, dict) else raw
    loaded: dict[str, Any] = load_shape(BadgeInSchema(exclude=("note",)), given)
    document: Thing = loaded["document"]
    return document


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:
    words: dict[str, Any] = {
        "document": thing,
        "note": writing.note,
        "author_id": writing.author_id,
    }
    known = session.execute(select(Badge.code).where(Badge.code == key)).first()
    if known is None:
        service.write_first_draft(session, code=key, now=writing.now, **words)
        return
    revision = queries.get_badge(session, code=key).revision
    service.write_draft(session, code=key, revision=revision, now=writing.now, **words)


SOURCE = ConfigSource(
    name="badges", title=Text("Badges", "徽章"), export=_export, read=_read, write=_write
)
