"""A quote as its owner reads it."""

from datetime import date
from itertools import accumulate
from typing import Any

from backend.kit.texts import Locale
from backend.plan_quotes.effects import effects_in
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.rules import Kind, NotPossible
from backend.plan_quotes.service import Option
from backend.plan_quotes.wording import NAMES, reason_in, way_in
from backend.tiers.policies import Loaded

_FIGURES = (
    "terms", "first_installment_minor", "first_due_on", "total_cost_minor", "versus_now_minor",
    "versus_payoff_minor", "ends_on", "rounding",
)  # fmt: skip


def option_view(
    option: Option, *, currency: str, policy: Loaded | None, locale: Locale
) -> dict[str, Any]:
    """One option of an offer."""
    if option.quote is not None:
        return quote_view(option.quote, policy=policy, locale=locale)
    return _refused(option.kind, option.refusal, currency=currency, locale=locale)


def quote_view(quote: Quote, *, policy: Loaded | None, locale: Locale) -> dict[str, Any]:
    """A quote in words."""
    return {
        "quote_id": quote.id,
        "kind": quote.kind,
        "name": NAMES[quote.kind].in_(locale),
        "eligible": True,
        "reasons": [],
        "would_change": [],
        **{name: getattr(quote, name) for name in _FIGURES},
        "effects": effects_in(quote.effects, policy=policy, locale=locale),
        "waivers": quote.waivers,
        "schedule": schedule_of(quote),
    }


def schedule_of(quote: Quote) -> list[dict[str, Any]]:
    """Its rows with what each asks for, and the principal left after it."""
    whole = sum(row["principal_minor"] for row in quote.rows)
    repaid = accumulate(row["principal_minor"] for row in quote.rows)
    return [
        {
            **row,
            "due_on": date.fromisoformat(row["due_on"]),
            "total_minor": row["principal_minor"]
            + row["interest_minor"]
            + row["fee_minor"]
            + row["penalty_minor"],
            "balance_minor": whole - so_far,
        }
        for row, so_far in zip(quote.rows, repaid, strict=True)
    ]


def _refused(
    kind: Kind, refusal: NotPossible | None, *, currency: str, locale: Locale
) -> dict[str, Any]:
    reasons, ways = [], []
    if refusal is not None:
        spoken = reason_in(refusal.code, refusal.value, currency=currency, locale=locale)
        reasons.append(spoken)
        ways = [
            way_in(code, value, currency=currency, locale=locale) for code, value in refusal.ways
        ]
    return {
        "quote_id": None,
        "kind": str(kind),
        "name": NAMES[kind].in_(locale),
        "eligible": False,
        "reasons": reasons,
        "would_change": ways,
        **dict.fromkeys(_FIGURES),
        "effects": None,
        "waivers": [],
        "schedule": [],
    }
