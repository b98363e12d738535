"""A borrower's campaigns: what she takes part in, how far she is, why something did not come."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from backend.kit import clock
from backend.kit.audience import Audience, blueprint, caller
from backend.kit.db import reading
from backend.kit.http import locale, refuses
from rewards.campaigns import own_view
from rewards.campaigns.errors import CampaignNotFound
from rewards.campaigns.own_schemas import OwnCampaignsSchema, OwnCampaignWholeSchema

blp = blueprint(
    "own_campaigns",
    __name__,
    audience=Audience.BORROWER,
    url_prefix="/v1/me/campaigns",
    description="Campaigns that you take part in, and why you received something or not.",
)


@blp.route("")
class OwnCampaigns(MethodView):
    @blp.response(200, OwnCampaignsSchema)
    def get(self) -> dict[str, Any]:
        """What you take part in, the newest first, and how far you are."""
        language = locale()
        with reading() as session:
            items = own_view.list_own(
                session, borrower_id=caller().id, locale=language, now=clock.now()
            )
        return {"items": items}


@blp.route("/<uuid:campaign_id>")
class OwnCampaign(MethodView):
    @refuses(CampaignNotFound)
    @blp.response(200, OwnCampaignWholeSchema)
    def get(self, campaign_id: UUID) -> dict[str, Any]:
        """One of them, with each occasion that counted or did not, and why."""
        language = locale()
        with reading() as session:
            return own_view.get_own(
                session,
                borrower_id=caller().id,
                campaign_id=campaign_id,
                locale=language,
                now=clock.now(),
            )
