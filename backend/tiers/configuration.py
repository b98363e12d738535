"""The tier policy in the configuration bundle."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from backend.profile import queries as profile
from backend.tiers import service
from backend.tiers.models import TierPolicy
from backend.tiers.policies import get_live_version
from backend.tiers.policy import read_policy

KEY = "policy"


def _export(session: Session, *, with_drafts: bool) -> Things:
    version = get_live_version(session)
    if with_drafts:
        newest = select(TierPolicy.version).order_by(TierPolicy.version.desc()).limit(1)
        version = session.execute(newest).scalar_one()
    row = session.execute(select(TierPolicy.document).where(TierPolicy.version == version))
    return {KEY: row.scalar_one()}


def _read(key: str, raw: Any) -> Thing:
    if key != KEY:
        told = Text(f"There is one policy, under {KEY}.", f"策略只有一份，其键为 {KEY}。")
        raise Invalid(errors=[FieldError("#", told)])
    if not isinstance(raw, dict):
        raise Invalid(errors=[FieldError("#", "Must be an object.")])
    return raw


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:  # noqa: ARG001
    # What a draft may lack, a publication may not: said now, when it can still be put right.
    types = profile.get_catalogue(session).types
    read_policy(thing, facts=types, to_publish=True, pointer="#/policy")
    service.write_draft(
        session,
        document=thing,
        note=writing.note,
        author_id=writing.author_id,
        now=writing.now,
    )


SOURCE = ConfigSource(
    name="tier_policy",
    title=Text("Tier policy", "分层策略"),
    export=_export,
    read=_read,
    write=_write,
    root="#/policy",
)
