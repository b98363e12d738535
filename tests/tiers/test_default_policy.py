"""What the policy that ships says of people, case by case."""

import pytest

from backend.profile.catalogue import FACT_TYPES
from backend.tiers.policy import read_policy
from backend.tiers.rules import Judge
from tests.tiers.test_policy import DEFAULT

JUDGE = Judge(read_policy(DEFAULT, facts=FACT_TYPES))
USUAL = {
    "days_past_due": 0,
    "on_time_streak": 4,
    "installments_missed_12m": 1,
    "overdue_count_12m": 1,
    "days_since_last_payment": 20,
    "days_since_last_activity": 20,
    "open_balance": 500_000,
}
UNWILLING = {
    "on_time_streak": 0,
    "installments_missed_12m": 9,
    "days_since_last_payment": 70,
    "contact_answered_ratio_90d": 0,
    "plans_kept_ratio": 0,
}


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        ({}, "current"),
        ({"days_past_due": 1}, "potential"),
        ({"days_past_due": 30}, "potential"),
        ({"days_past_due": 30, **UNWILLING}, "stable"),
        ({"days_past_due": 31}, "stable"),
        ({"days_past_due": 90}, "stable"),
        ({"days_past_due": 91}, "high_risk"),
        ({"days_past_due": 31, **UNWILLING}, "high_risk"),
        ({"days_past_due": 31, **UNWILLING, "days_since_last_payment": 59}, "stable"),
        ({"lost_contact": True}, "high_risk"),
        ({"open_balance": 0, "days_since_last_activity": 180}, "dormant"),
        ({"open_balance": 0, "days_since_last_activity": 179}, "current"),
        ({"open_balance": 0, "days_since_last_activity": 180, "overdue_count_12m": 2}, "current"),
        ({"open_balance": None, "days_since_last_activity": None}, "dormant"),
        ({"open_balance": None, "days_since_last_activity": 30}, "current"),
        ({"days_past_due": None}, "current"),
    ],
)
def test_it_places_people_as_the_rules_say(facts, tier):
    assert JUDGE.verdict({**USUAL, **facts}).tier == tier


def test_switching_off_every_channel_never_lowers_the_score():
    for answered in (0, 1, None):
        known = JUDGE.verdict({**USUAL, "contact_answered_ratio_90d": answered}).scores
        switched_off = JUDGE.verdict({**USUAL, "contact_answered_ratio_90d": None}).scores

        assert switched_off["willingness"] >= known["willingness"]


def test_scores_stay_within_bounds():
    best = {
        "debt_to_income": 0,
        "income_verified": True,
        "income_stability": 1,
        "paid_ratio_6m": 1,
        "on_time_streak": 60,
        "installments_missed_12m": 0,
        "days_since_last_payment": 1,
        "contact_answered_ratio_90d": 1,
        "plans_kept_ratio": 1,
        "relationship_months": 99,
        "repaid_total": 10**9,
        "overdue_count_12m": 0,
        "referrals_confirmed": 3,
    }

    assert set(JUDGE.verdict(best).scores.values()) == {100}
    assert all(0 <= score <= 100 for score in JUDGE.verdict({}).scores.values())
