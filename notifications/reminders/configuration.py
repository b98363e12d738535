"""The plan of reminders in the configuration bundle."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing, load_shape
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from notifications.reminders import service
from notifications.reminders.models import ReminderPlan
from notifications.reminders.schemas import ReminderPlanDocumentSchema

KEY = "plan"


def _export(session: Session, *, with_drafts: bool) -> Things:
    rows = select(ReminderPlan.document).order_by(ReminderPlan.version.desc()).limit(1)
    if not with_drafts:
        rows = rows.where(ReminderPlan.published_at.is_not(None))
    return {KEY: session.execute(rows).scalar_one()}


def _read(key: str, raw: Any) -> Thing:
    if key != KEY:
        told = Text(f"There is one plan, under {KEY}.", f"提醒计划只有一份，其键为 {KEY}。")
        raise Invalid(errors=[FieldError("#", told)])
    document: Thing = load_shape(ReminderPlanDocumentSchema(), raw)
    return document


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:  # noqa: ARG001
    service.write_plan(
        session,
        document=thing,
        note=writing.note,
        author_id=writing.author_id,
        now=writing.now,
        with_drafts=True,  # words that came in the same bundle
    )


SOURCE = ConfigSource(
    name="reminder_plan",
    title=Text("Reminder plan", "提醒计划"),
    export=_export,
    read=_read,
    write=_write,
    root="#/plan",
)
