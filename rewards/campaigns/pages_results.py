"""The page of what a campaign did, with charts and the same figures as tables."""

from datetime import date
from uuid import UUID

from flask import Response, request

from backend.kit import clock, console
from backend.kit.configuration import load_shape
from backend.kit.console import Chart, charts
from backend.kit.db import transaction
from backend.kit.http import locale
from backend.kit.programme_zone import programme_day
from backend.kit.statistics import Share
from rewards.campaigns import results
from rewards.campaigns.results_routes import MEASURE_SECONDS_MAX
from rewards.campaigns.results_rules import (
    FINDINGS,
    GUARDS,
    LOOKS,
    NO_COMPLAINTS_YET,
    Finding,
)
from rewards.campaigns.results_schemas import CampaignResultsArgs
from rewards.campaigns.results_wording import REASONS, RESULTS

PERCENT = 100
TONES = {
    Finding.BETTER: "good",
    Finding.WORSE: "bad",
    Finding.TOO_FEW: "wait",
    Finding.UNKNOWN: "wait",
    Finding.NOTHING_PROVEN: "plain",
}

blp = console.page_blueprint(
    "campaign_results",
    __name__,
    url_prefix="/console/campaigns/<uuid:campaign_id>/results",
    permission="campaigns.read",
    has_files=False,
)


@blp.get("")
def show(campaign_id: UUID) -> Response:
    as_of = _as_of()
    with transaction(patience_seconds=MEASURE_SECONDS_MAX) as session:
        found = results.get_results(session, campaign_id=campaign_id, as_of=as_of)
    return console.render(
        "campaigns/results.html",
        title=RESULTS["title"],
        said_here=RESULTS,
        found=found,
        look_text=LOOKS[found.look],
        findings={**FINDINGS, Finding.UNKNOWN: NO_COMPLAINTS_YET},
        tones=TONES,
        guards=GUARDS,
        reasons=REASONS,
        share_chart=_shares(found),
        week_chart=_weeks(found),
    )


def _as_of() -> date:
    given = {name: value for name, value in request.args.items() if value}
    chosen: date | None = load_shape(CampaignResultsArgs(), given)["as_of"]
    return chosen or programme_day(clock.now())


def _shares(found: results.Results) -> Chart:
    compared = [each for each in found.comparisons if isinstance(each.treated, Share)]

    def values(arm: str) -> list[float | None]:
        groups = [getattr(each, arm).value for each in compared]
        return [None if value is None else round(value * PERCENT, 1) for value in groups]

    return charts.bars(
        RESULTS["share_chart"],
        [each.definition.name.in_(locale()) for each in compared],
        {RESULTS["treated"]: values("treated"), RESULTS["holdout"]: values("holdout")},
        RESULTS["per_cent"],
    )


def _weeks(found: results.Results) -> Chart | None:
    weeks = found.cost.by_week
    if not weeks:
        return None
    return charts.bars(
        RESULTS["week_chart"],
        [each.week.isoformat() for each in weeks],
        {RESULTS["points"]: [each.points for each in weeks]},
        RESULTS["week"],
    )
