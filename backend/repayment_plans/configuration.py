"""The limits of automatic approval in the configuration bundle."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from backend.repayment_plans.models import PlanPolicy
from backend.repayment_plans.service import policies

KEY = "policy"


def _export(session: Session, *, with_drafts: bool) -> Things:
    rows = select(PlanPolicy.document).limit(1)
    if with_drafts:
        rows = rows.order_by(PlanPolicy.version.desc())
    else:
        latest = (PlanPolicy.published_at.desc(), PlanPolicy.version.desc())
        rows = rows.where(PlanPolicy.state == "published").order_by(*latest)
    return {KEY: session.execute(rows).scalar_one()}


def _read(key: str, raw: Any) -> Thing:
    if key != KEY:
        told = Text(f"There is one policy, under {KEY}.", f"策略只有一份，其键为 {KEY}。")
        raise Invalid(errors=[FieldError("#", told)])
    if not isinstance(raw, dict):
        raise Invalid(errors=[FieldError("#", "Must be an object.")])
    return raw


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:  # noqa: ARG001
    policies.write_policy(
        session,
        document=thing,
        note=writing.note,
        author_id=writing.author_id,
        now=writing.now,
    )


SOURCE = ConfigSource(
    name="plan_policy",
    title=Text("Plan policy", "方案审批策略"),
    export=_export,
    read=_read,
    write=_write,
    root="#/policy",
)
