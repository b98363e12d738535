"""The earn rules in the configuration bundle, without the day from which they count.

Months differ between installations: what is imported counts from the first month that is still
open there, and its author may say another before it is published.
"""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from rewards.points.definitions import read_rules
from rewards.points.models import EarnRuleVersion
from rewards.points.rules import add_months
from rewards.points.service import earn_rules

KEY = "rules"


def _export(session: Session, *, with_drafts: bool) -> Things:
    rows = select(EarnRuleVersion.document).limit(1)
    if with_drafts:
        rows = rows.order_by(EarnRuleVersion.version.desc())
    else:
        published = EarnRuleVersion.state == "published"
        rows = rows.where(published).order_by(EarnRuleVersion.effective_from.desc())
    return {KEY: session.execute(rows).scalar_one()}


def _read(key: str, raw: Any) -> Thing:
    if key != KEY:
        told = Text(f"There is one set, under {KEY}.", f"规则只有一套，其键为 {KEY}。")
        raise Invalid(errors=[FieldError("#", told)])
    read_rules(raw, pointer="#/rules")
    return dict(raw)


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:  # noqa: ARG001
    earn_rules.write_draft(
        session,
        document=thing,
        effective_from=_first_open_month(session, today=writing.today),
        note=writing.note,
        author_id=writing.author_id,
        today=writing.today,
        now=writing.now,
    )


def _first_open_month(session: Session, *, today: date) -> date:
    published = EarnRuleVersion.state == "published"
    last = session.execute(select(func.max(EarnRuleVersion.effective_from)).where(published))
    return add_months(max(today, last.scalar_one()).replace(day=1), 1)


SOURCE = ConfigSource(
    name="earn_rules",
    title=Text("Earn rules", "积分规则"),
    export=_export,
    read=_read,
    write=_write,
    root="#/rules",
)
