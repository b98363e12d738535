"""Campaigns in the configuration bundle, by their English names; those that ended stay behind.

A campaign that is being written or reviewed here is left to the people who do so.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource, Thing, Things, Writing
from backend.kit.db import AnyRow
from backend.kit.problems import FieldError, Invalid
from backend.kit.texts import Text
from rewards.campaigns import service
from rewards.campaigns.models import Campaign, CampaignVersion
from rewards.campaigns.rules import State, VersionState

IN_WORK = (VersionState.DRAFT, VersionState.IN_REVIEW, VersionState.APPROVED)
PLACE = re.compile(r"(?: \([1-9][0-9]{0,4}\))?")
BUSY = Text(
    "A version of this campaign is being written or reviewed here. Finish or discard it first.",
    "此活动在此处有版本正在编写或审核。请先完成或放弃该版本。",
)


def _rows(session: Session, *, with_drafts: bool) -> Sequence[AnyRow]:
    number = Campaign.newest_version if with_drafts else Campaign.live_version
    return session.execute(
        select(Campaign.id, CampaignVersion.state, CampaignVersion.document)
        .join(
            CampaignVersion,
            and_(CampaignVersion.campaign_id == Campaign.id, CampaignVersion.number == number),
        )
        .where(Campaign.state != State.ENDED)
        .order_by(Campaign.id)
    ).all()


def _by_name(session: Session, *, with_drafts: bool) -> dict[str, AnyRow]:
    """The oldest of a name has the name; a later one bears its place behind it."""
    found: dict[str, AnyRow] = {}
    alike: Counter[str] = Counter()
    for row in _rows(session, with_drafts=with_drafts):
        name = str(row.document["texts"]["name"]["en"])
        alike[name] += 1
        found[name if alike[name] == 1 else f"{name} ({alike[name]})"] = row
    return found


def _find(session: Session, key: str) -> AnyRow | None:
    """The newest version of what a key names: what runs by it, before what is only written."""
    newest = _by_name(session, with_drafts=True)
    running = _by_name(session, with_drafts=False).get(key)
    if running is None:
        return newest.get(key)
    return next(row for row in newest.values() if row.id == running.id)


def _export(session: Session, *, with_drafts: bool) -> Things:
    rows = _by_name(session, with_drafts=with_drafts)
    return {name: row.document for name, row in rows.items()}


def _read(key: str, raw: Any) -> Thing:
    try:
        name = raw["texts"]["name"]["en"]
    except (KeyError, TypeError):
        name = None
    if not isinstance(raw, dict) or not isinstance(name, str) or not _is_key(key, name):
        told = Text("Its key must be its English name.", "其键应为英文名称。")
        raise Invalid(errors=[FieldError("#/texts/name/en", told)])
    return raw


def _is_key(key: str, name: str) -> bool:
    return key.startswith(name) and PLACE.fullmatch(key.removeprefix(name)) is not None


def _find_by_hand(session: Session, key: str) -> Text | None:
    row = _find(session, key)
    return BUSY if row is not None and row.state in IN_WORK else None


def _write(session: Session, key: str, thing: Thing, writing: Writing) -> None:
    row = _find(session, key)
    who: dict[str, Any] = {"author_id": writing.author_id, "now": writing.now}
    if row is None:
        service.create(session, document=thing, **who)
    else:
        service.write_version(session, campaign_id=row.id, document=thing, **who)


SOURCE = ConfigSource(
    name="campaigns",
    title=Text("Campaigns", "营销活动"),
    export=_export,
    read=_read,
    write=_write,
    root="#/document",
    find_by_hand=_find_by_hand,
)
