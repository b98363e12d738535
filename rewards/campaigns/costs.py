"""What an award would give in points, from the terms and the occasion alone."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rewards.campaigns.evaluation import multiplied
from rewards.campaigns.rules import Trigger
from rewards.campaigns.terms import CampaignTerms, Multiplied, Points
from rewards.points.definitions import RuleBook


def cost_of(terms: CampaignTerms, details: Mapping[str, Any], book: RuleBook) -> int:
    """All points of one award."""
    return sum(points_of(effect, terms, details, book) for effect in terms.effects)


def points_of(
    effect: object, terms: CampaignTerms, details: Mapping[str, Any], book: RuleBook
) -> int:
    """What one effect gives in points."""
    if isinstance(effect, Points):
        return effect.points
    if isinstance(effect, Multiplied) and terms.trigger is Trigger.INSTALLMENT_PAID:
        return multiplied(standing_points(details, book), effect.factor)
    return 0


def standing_points(details: Mapping[str, Any], book: RuleBook) -> int:
    """What the earn rules give for this instalment or month: once for each loan and month."""
    if not details["on_time"] or details["nth"] > 1:
        return 0
    rules = book.in_force(date.fromisoformat(f"{details['month']}-01"))
    if rules is None:
        return 0
    traits = {name: details[name] for name in ("product", "loan_kind", "currency")}
    on_time, early = rules.find("on_time", traits), rules.find("early", traits)
    days_early = details["days_early"]
    is_early = (
        early is not None
        and days_early is not None
        and days_early >= early.parameters["days_early"]
    )
    return (on_time.points if on_time else 0) + (early.points if early and is_early else 0)


def has_multiplied(terms: CampaignTerms) -> bool:
    """Whether what it gives depends on the occasion."""
    return any(isinstance(effect, Multiplied) for effect in terms.effects)


def event_facts(details: Mapping[str, Any]) -> dict[str, Any]:
    """What conditions may ask of the event itself."""
    return {
        "event_on_time": details.get("on_time"),
        "event_days_early": details.get("days_early"),
        "event_loan_kind": details.get("loan_kind"),
        "event_product": details.get("product"),
    }
