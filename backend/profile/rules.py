"""From kept values to facts, for one borrower; `queries.fact_columns` says the same in SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.kit.predicates import FactType, Value, read_value

MONTHS_IN_YEAR = 12
NAME_PATTERN = r"^[a-z][a-z0-9_]{1,59}\Z"
GOAL = "{goal}"  # where the value to reach stands in the words of an action


def facts_on(kept: Mapping[str, Any], *, today: date) -> dict[str, Value | None]:
    """The facts of a borrower on a day: kept values, and ages counted from kept days."""
    days_past_due = _days_past_due(kept, today=today)
    past_max = kept["dpd_past_max_12m"]
    counted: dict[str, Value | None] = {
        "days_past_due": days_past_due,
        "days_past_due_max_12m": _highest(past_max, days_past_due),
        "days_since_last_payment": _days_since(kept["last_payment_on"], today),
        "days_since_last_activity": _days_since(kept["last_activity_on"], today),
        "relationship_months": months_between(kept["relationship_since_on"], today),
    }
    return counted | {name: kept.get(name) for name in KEPT_FACTS}


KEPT_FACTS = (
    "on_time_streak",
    "installments_missed_12m",
    "overdue_count_12m",
    "cured_count_12m",
    "paid_ratio_6m",
    "open_loans",
    "open_balance",
    "first_loan_amount",
    "repaid_total",
    "plan_active",
    "income_monthly",
    "income_verified",
    "income_stability",
    "debt_to_income",
    "employment",
    "programme_status",
    "tier",
    "product",
    "contact_answered_ratio_90d",
    "lost_contact",
    "plans_kept_ratio",
    "plan_installments_kept",
    "hardship_active",
    "referrals_confirmed",
)


def _days_past_due(kept: Mapping[str, Any], *, today: date) -> int | None:
    return _highest(kept["dpd_base"], _days_since(kept["oldest_unpaid_due_on"], today))


def _highest(*values: int | None) -> int | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None


def _days_since(day: date | None, today: date) -> int | None:
    return None if day is None else (today - day).days


def months_between(since: date | None, today: date) -> int | None:
    """Whole months; the day of the month must be reached for one to count."""
    if since is None:
        return None
    months = (today.year - since.year) * MONTHS_IN_YEAR + today.month - since.month
    return months - (today.day < since.day)


def has_other_brace(words: str) -> bool:
    """Whether a text has a brace that is no part of `{goal}`."""
    rest = words.replace(GOAL, "")
    return "{" in rest or "}" in rest


def extra_fact_value(raw: object, kind: FactType) -> Value | None:
    """A lender-defined fact as stored with the borrower, or None when it is unknown."""
    return None if raw is None else read_value(raw, kind)
