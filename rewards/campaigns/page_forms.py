"""What the campaigns' pages read of an address and of their forms."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import request
from marshmallow import ValidationError

from backend.kit.fields import ShortText, StrictSchema, WholeNumber
from backend.kit.paging import PageArgs
from backend.kit.parsing import invalid_from
from backend.kit.programme_zone import programme_day
from rewards.campaigns.schemas import REASON_LENGTH_MAX, CampaignReadSchema
from rewards.points.rules import add_months

MONTHS = (3, 6, 12)


class CampaignMonthsSchema(StrictSchema):
    """How far back a replay goes."""

    months = WholeNumber(1, max(MONTHS), required=True)


class CampaignSubmitFormSchema(CampaignReadSchema):
    """A submission, with the reasons of its waivers."""

    waive_p9 = ShortText(0, REASON_LENGTH_MAX, load_default="")
    waive_p10 = ShortText(0, REASON_LENGTH_MAX, load_default="")


def query_of(schema: type[PageArgs]) -> dict[str, Any]:
    """The query string by a schema; what is empty is left out. Refuses: Invalid."""
    given: Mapping[str, str] = {k: v for k, v in request.args.items() if v}
    try:
        loaded: dict[str, Any] = schema().load(given)
    except ValidationError as error:
        raise invalid_from(error.messages_dict) from None
    return loaded


def days_of(months: int, *, now: datetime) -> dict[str, date]:
    """So many months up to yesterday."""
    last = programme_day(now) - timedelta(days=1)
    return {"from_day": add_months(last, -months) + timedelta(days=1), "to_day": last}
