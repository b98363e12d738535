"""A replay as a page: how far it is, then its report with charts."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy import Row

from backend.kit import console
from backend.kit.console import charts
from backend.kit.db import reading
from backend.kit.http import locale
from backend.kit.texts import Text
from backend.profile import queries as profile
from rewards.campaigns import queries, replay
from rewards.campaigns.outcomes import ReplayState
from rewards.campaigns.page_words import REPLAY
from rewards.campaigns.wording import REFUSALS, TIERS

HOME = "/console/campaigns"
PROGRESS_MAX = 100

blp = console.page_blueprint(
    "campaign_replays",
    __name__,
    url_prefix=HOME,
    permission="campaigns.read",
    has_files=False,
)


@blp.get("/<uuid:campaign_id>/replays/<uuid:replay_id>")
def show(campaign_id: UUID, replay_id: UUID) -> Response:
    with reading() as session:
        row = queries.get_campaign(session, campaign_id=campaign_id)
        found = replay.get(session, campaign_id=campaign_id, replay_id=replay_id)
        newest = queries.get_version(session, campaign_id=row.id, number=row.newest_version)
        facts = profile.get_catalogue(session, with_retired=True).facts
    name = Text.from_json(found.document["texts"]["name"])
    is_open = found.state in (ReplayState.QUEUED, ReplayState.RUNNING)
    return console.render(
        "campaigns/replay.html",
        title=Text(
            REPLAY["title"].en.format(name=name.en),
            REPLAY["title"].zh_cn.format(name=name.zh_cn),
        ),
        campaign_id=campaign_id,
        replay=found,
        report=found.report,
        is_other=found.document_hash != newest.document_hash,
        is_open=is_open,
        progress_max=PROGRESS_MAX,
        charts=_charts(found),
        say=REPLAY,
        refusals=REFUSALS,
        tiers=TIERS,
        fact_labels={name: fact.label for name, fact in facts.items()},
    )


def _charts(found: Row[Any]) -> list[charts.Chart]:
    if found.report is None:
        return []
    weeks = found.report["cost"]["by_week"]
    tiers = found.report["by_tier"]
    drawn = []
    if weeks:
        by_week = {REPLAY["points"]: [week["points"] for week in weeks]}
        labels = [week["week"] for week in weeks]
        drawn.append(charts.bars(REPLAY["by_week"], labels, by_week, REPLAY["week"]))
    if tiers:
        names = [_tier(each["tier"]) for each in tiers]
        reach = {
            REPLAY["participants"]: [each["participants"] for each in tiers],
            REPLAY["awarded"]: [each["awarded"] for each in tiers],
        }
        drawn.append(charts.bars(REPLAY["by_tier"], names, reach, REPLAY["tier_columns"][0]))
    return drawn


def _tier(code: str | None) -> str:
    known = TIERS.get(code or "")
    return known.in_(locale()) if known is not None else code or "-"
