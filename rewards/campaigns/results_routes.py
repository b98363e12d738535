"""Staff read what a campaign did, beside those who were held out of it by lot."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint
from backend.kit.db import transaction
from backend.kit.http import locale, refuses
from backend.kit.programme_zone import programme_day
from backend.kit.statistics import Mean, Share
from backend.kit.texts import Locale
from rewards.campaigns import results
from rewards.campaigns.errors import CampaignNotFound, CampaignNotLaunched
from rewards.campaigns.results_rules import (
    FINDINGS,
    GUARDS,
    LOOKS,
    NO_COMPLAINTS_YET,
    Comparison,
    Finding,
)
from rewards.campaigns.results_schemas import CampaignResultsArgs, CampaignResultsSchema

MEASURE_SECONDS_MAX = 120  # a million participants

blp = blueprint(
    "campaign_results",
    __name__,
    audience=Audience.STAFF,
    url_prefix="/v1",
    description="What campaigns did: reach, cost, and the treated beside those held out.",
    permission="campaigns.read",
)


@blp.route("/campaigns/<uuid:campaign_id>/results")
class CampaignResults(MethodView):
    @refuses(CampaignNotFound, CampaignNotLaunched)
    @blp.arguments(CampaignResultsArgs, location="query")
    @blp.response(200, CampaignResultsSchema)
    def get(self, args: dict[str, Any], campaign_id: UUID) -> dict[str, Any]:
        """As of the end of a day. Before the last span is over it is an early look, and says so."""
        as_of = args["as_of"] or programme_day(clock.now())
        with transaction(patience_seconds=MEASURE_SECONDS_MAX) as session:
            found = results.get_results(session, campaign_id=campaign_id, as_of=as_of)
        language = locale()
        return {
            **vars(found),
            "look_text": LOOKS[found.look].in_(language),
            "comparisons": [_compared(each, language) for each in found.comparisons],
        }


def _compared(each: Comparison, language: Locale) -> dict[str, Any]:
    gain = each.difference
    told = NO_COMPLAINTS_YET if each.finding is Finding.UNKNOWN else FINDINGS[each.finding]
    return {
        "code": each.code,
        "name": each.definition.name.in_(language),
        "about": each.definition.about.in_(language),
        "is_primary": each.is_primary,
        "is_guard": each.code in GUARDS,
        "treated": _arm(each.treated),
        "holdout": _arm(each.holdout),
        "difference": None if gain is None else gain[0],
        "difference_interval": None if gain is None else gain[1:],
        "finding": each.finding,
        "finding_text": told.in_(language),
    }


def _arm(group: Share | Mean | None) -> dict[str, Any] | None:
    if group is None:
        return None
    count = group.count if isinstance(group, Share) else None
    return {"size": group.size, "count": count, "value": group.value}
