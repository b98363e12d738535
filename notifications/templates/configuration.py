"""Words of messages in the configuration bundle: those that staff wrote, not those we ship."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing, load_shape
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from notifications.templates import queries, service
from notifications.templates.models import MessageTemplate, MessageTemplateVersion
from notifications.templates.schemas import MessageTemplateInSchema
from notifications.templates.shipped import SHIPPED
from notifications.templates.words import Words


def _export(session: Session, *, with_drafts: bool) -> Things:
    newest = (
        select(func.max(MessageTemplateVersion.version))
        .where(MessageTemplateVersion.code == MessageTemplate.code)
        .correlate(MessageTemplate)
        .scalar_subquery()
    )
    version = newest if with_drafts else MessageTemplate.live_version
    rows = session.execute(
        select(MessageTemplate.code, MessageTemplate.like_code, MessageTemplateVersion.words)
        .join(MessageTemplateVersion, MessageTemplateVersion.code == MessageTemplate.code)
        .where(MessageTemplateVersion.version == version)
    )
    return {row.code: {"like": row.like_code, "words": row.words} for row in rows}


def _read(key: str, raw: Any) -> Thing:
    given = {**raw, "code": key} if isinstance(raw, dict) else raw
    loaded = load_shape(MessageTemplateInSchema(exclude=("note",)), given)
    words: Words = loaded["words"]
    return {"like": loaded["like"], "words": words.as_json()}


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:
    words, like = Words.from_json(thing["words"]), thing["like"]
    said: dict[str, Any] = {
        "note": writing.note,
        "author_id": writing.author_id,
        "now": writing.now,
    }
    row = session.execute(
        select(MessageTemplate.like_code).where(MessageTemplate.code == key)
    ).first()
    if row is None and key not in SHIPPED:
        service.write_first_draft(session, code=key, like=like, words=words, **said)
        return
    if like != (key if row is None else row.like_code):
        told = Text("This template is like another one here.", "此模板在此处以另一模板为基础。")
        raise Invalid(errors=[FieldError("#/like", told)])
    revision = queries.get_template(session, code=key).revision
    service.write_draft(session, code=key, revision=revision, words=words, **said)


SOURCE = ConfigSource(
    name="message_templates",
    title=Text("Message templates", "消息模板"),
    export=_export,
    read=_read,
    write=_write,
)
