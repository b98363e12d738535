"""Each of P1 to P10 is provoked, beside a document that differs in the cause alone."""

from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest

from backend.kit.predicates import FactType
from backend.kit.texts import Text
from backend.profile.catalogue import FACT_TYPES
from rewards.campaigns import checks
from rewards.campaigns.document import read_terms
from rewards.campaigns.reasons import CHECK_NAMES
from rewards.campaigns.rules import (
    OFFERED_TRIGGERS,
    REFUSED_EFFECTS,
    REFUSED_FACTS,
    REFUSED_TRIGGERS,
    Check,
)
from tests.factories.campaigns import document

EXTRA = {
    "postcode_area": Text("Postcode area", "邮编区域"),
    "household": Text("Marital state", "家庭"),
    "group_code": Text("\uff21ge group", "分组"),
    "occupation_stability": Text("Stability of occupation", "职业稳定性"),
}
FACTS = FACT_TYPES | dict.fromkeys(EXTRA, FactType.TEXT)
CONTEXT = checks.Context(badges=frozenset({"three_in_a_row"}), extra_facts=EXTRA)


def findings_of(told: dict[str, Any]) -> list[tuple[str, str]]:
    terms = read_terms(told, campaign_id=UUID(int=1), version=1, facts=FACTS)
    return [(found.check, found.pointer) for found in checks.check(terms, CONTEXT)]


def changed(path: str, value: Any) -> dict[str, Any]:
    told: Any = document()
    place, *rest = path.split("/")
    inner = told
    for step in rest:
        inner = inner[int(place)] if isinstance(inner, list) else inner[place]
        place = step
    if isinstance(inner, list):
        inner[int(place)] = value
    else:
        inner[place] = value
    return deepcopy(told)


def when(place: str, fact: str, op: str, value: Any = None) -> dict[str, Any]:
    return document(**{place: {"all": [{"fact": fact, "op": op, "value": value}]}})


def message(**said: Any) -> dict[str, Any]:
    told = {
        "kind": "message",
        "purpose": "reward",
        "title": {"en": "Well done", "zh-CN": "做得好"},
        "body": {"en": "Your points are here.", "zh-CN": "积分已到账。"},
    }
    return document(effects=[{"kind": "points", "points": 10}, told | said])


def test_the_template_of_three_in_a_row_has_no_finding():
    assert findings_of(document()) == []


@pytest.mark.parametrize("trigger", OFFERED_TRIGGERS)
def test_what_may_start_a_reward_has_no_finding(trigger):
    assert findings_of(document(trigger={"event": trigger})) == []


@pytest.mark.parametrize(("trigger", "check"), sorted(REFUSED_TRIGGERS.items()))
def test_what_may_not_start_a_reward_is_named(trigger, check):
    assert findings_of(document(trigger={"event": trigger})) == [(check, "#/trigger/event")]


@pytest.mark.parametrize(("kind", "check"), sorted(REFUSED_EFFECTS.items()))
def test_what_may_not_be_given_is_named(kind, check):
    told = document(effects=[{"kind": "points", "points": 5}, {"kind": kind, "amount": 10}])
    assert findings_of(told) == [(check, "#/effects/1/kind")]


@pytest.mark.parametrize(
    ("benefit", "found"),
    [
        ("education_pack", []),
        ("rate_discount", [("P2", "#/effects/1/benefit")]),
        ("limit_increase", [("P2", "#/effects/1/benefit")]),
        ("fee_waiver", [("P1", "#/effects/1/benefit")]),
        ("hardship_fund", [("P1", "#/effects/1/benefit")]),
        ("gold_bar", [("P1", "#/effects/1/benefit")]),
    ],
)
def test_benefits_are_of_the_closed_list_and_none_is_money(benefit, found):
    effects = [{"kind": "points", "points": 5}, {"kind": "benefit", "benefit": benefit}]
    assert findings_of(document(effects=effects)) == found


@pytest.mark.parametrize(
    ("code", "found"), [("three_in_a_row", []), ("unheard_of", [("P1", "#/effects/1/code")])]
)
def test_a_badge_is_a_live_one(code, found):
    effects = [{"kind": "points", "points": 5}, {"kind": "badge", "code": code}]
    assert findings_of(document(effects=effects)) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Receive 200 points.", []),
        ("Get cash back.", [("P1", "#/texts/promise/en")]),
        ("Get \uff43\uff41\uff53\uff48.", [("P1", "#/texts/promise/en")]),
        ("Get c.a.s.h today.", [("P1", "#/texts/promise/en")]),
        ("Get c\u0430sh, or ca\u200bsh.", [("P1", "#/texts/promise/en")]),
        ("See your place on the leaderboard!", [("P7", "#/texts/promise/en")]),
        ("Pay, or we will sue you.", [("P6", "#/texts/promise/en")]),
    ],
)
def test_a_promise_is_judged_by_its_words(words, found):
    assert findings_of(changed("texts/promise/en", words)) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("获得 200 积分。", []),
        ("返现 20 元。", [("P1", "#/texts/promise/zh-CN")]),
        ("返 现 20 元。", [("P1", "#/texts/promise/zh-CN")]),
        ("送您紅包與現金。", [("P1", "#/texts/promise/zh-CN")]),
        ("进入前１０名。", [("P7", "#/texts/promise/zh-CN")]),
        ("进入排行榜前 10 名。", [("P7", "#/texts/promise/zh-CN")]),
    ],
)
def test_a_promise_is_judged_in_chinese_as_well(words, found):
    assert findings_of(changed("texts/promise/zh-CN", words)) == found


@pytest.mark.parametrize(("fact", "check"), [(f, c) for f, (_, c) in sorted(REFUSED_FACTS.items())])
@pytest.mark.parametrize("place", ["audience", "conditions"])
def test_facts_that_may_not_count_are_named(place, fact, check):
    assert findings_of(when(place, fact, "known")) == [(check, f"#/{place}/all/0")]


@pytest.mark.parametrize(
    ("fact", "op", "value", "found"),
    [
        ("open_loans", "gte", 1, []),
        ("open_loans", "gt", 0, []),
        ("open_loans", "eq", 1, []),
        ("open_loans", "gte", 2, ["P2"]),
        ("open_loans", "gt", 1, ["P2"]),
        ("open_loans", "in", [1, 3], ["P2"]),
        ("open_loans", "between", [2, 4], ["P2"]),
        ("open_loans", "ne", 1, ["P2"]),
        ("open_loans", "ne", 0, []),
        ("open_loans", "not_in", [0, 1], ["P2"]),
        ("open_loans", "between", [1, 2], []),
        ("open_balance", "gt", 0, []),
        ("open_balance", "ne", 0, []),
        ("open_balance", "lte", 100_000, []),
        ("open_balance", "gte", 100_000, ["P2"]),
        ("referrals_confirmed", "gte", 1, ["P2"]),
        ("contact_answered_ratio_90d", "gte", "0.5", ["P4"]),
        ("lost_contact", "eq", False, ["P4"]),
        ("repaid_total", "gte", 100_000, []),
        ("occupation_stability", "eq", "high", []),
        ("postcode_area", "eq", "200", ["P5"]),
        ("household", "eq", "single", ["P5"]),
        ("group_code", "eq", "3", ["P5"]),
        ("employment", "eq", "employed", []),
        ("employment", "in", ["employed", "retired"], ["P5"]),
        ("employment", "eq", "\uff32etired ", ["P5"]),
    ],
)
def test_who_takes_part_may_depend_on_conduct_alone(fact, op, value, found):
    assert [check for check, _ in findings_of(when("audience", fact, op, value))] == found


@pytest.mark.parametrize(
    ("fact", "op", "value", "found"),
    [
        ("on_time_streak", "gte", 6, []),
        ("event_on_time", "eq", True, []),
        ("event_days_early", "gte", 3, []),
        ("repaid_total", "gte", 100_000, ["P3"]),
        ("open_balance", "lte", 100_000, ["P3"]),
        ("open_balance", "lt", 1, ["P3"]),
        ("open_loans", "lte", 0, ["P3"]),
        ("open_loans", "eq", 0, ["P3"]),
        ("open_loans", "ne", 0, []),
        ("open_balance", "between", [0, 100_000], ["P3"]),
        ("open_balance", "in", [0], ["P3"]),
        ("open_balance", "gt", 0, []),
        ("repaid_total", "ne", 100_000, ["P3"]),
    ],
)
def test_no_condition_asks_for_more_than_was_agreed(fact, op, value, found):
    assert [check for check, _ in findings_of(when("conditions", fact, op, value))] == found


def test_a_denial_hides_nothing():
    denied = {"not": {"fact": "open_loans", "op": "lt", "value": 3}}
    allowed = {"not": {"fact": "open_loans", "op": "lt", "value": 1}}
    assert findings_of(document(audience=denied)) == [("P2", "#/audience/not")]
    assert findings_of(document(audience=allowed)) == []


@pytest.mark.parametrize(
    ("fact", "op", "value", "found"),
    [
        ("open_loans", "between", [0, 1], ["P2"]),
        ("open_loans", "in", [0, 1], ["P2"]),
        ("open_loans", "eq", 1, ["P2"]),
        ("open_loans", "eq", 0, []),
        ("open_balance", "between", [0, 100_000], ["P2"]),
        ("open_balance", "between", [100_000, 900_000], ["P2", "P3"]),
    ],
)
@pytest.mark.parametrize("denials", [1, 3])
def test_a_denial_of_a_range_asks_for_what_is_above_it(fact, op, value, found, denials):
    denied: dict[str, Any] = {"fact": fact, "op": op, "value": value}
    for _ in range(denials):
        denied = {"not": denied}
    told = document(conditions={"any": [denied]})
    assert set(found) <= {check for check, _ in findings_of(told)}
    assert [check for check, _ in findings_of(told) if check == "P2"] == found[:1]


def test_a_message_is_a_reward_and_kind():
    sued = {"en": "We will sue you.", "zh-CN": "做得好"}
    assert findings_of(message()) == []
    assert findings_of(message(purpose="reminder")) == [("P6", "#/effects/1/purpose")]
    assert findings_of(message(body=sued)) == [("P6", "#/effects/1/body/en")]


@pytest.mark.parametrize(
    ("budget", "effects", "found"),
    [
        ({"points_total": 100, "awards_total": None}, "points", []),
        ({"points_total": None, "awards_total": 100}, "points", []),
        ({"points_total": None, "awards_total": None}, "points", ["P8"]),
        ({"points_total": 100, "awards_total": None}, "multiplied", []),
        ({"points_total": None, "awards_total": 100}, "multiplied", ["P8"]),
        ({"points_total": 100, "awards_total": None}, "badge", ["P8"]),
        ({"points_total": None, "awards_total": 100}, "badge", []),
        # Where the standing rules give nothing, twice that is nothing, and the benefit goes on.
        ({"points_total": 100, "awards_total": None}, "multiplied benefit", ["P8"]),
        ({"points_total": 100, "awards_total": 100}, "multiplied benefit", []),
        ({"points_total": 100, "awards_total": None}, "points multiplied benefit", []),
    ],
)
def test_a_budget_has_an_end(budget, effects, found):
    given = {
        "points": {"kind": "points", "points": 10},
        "multiplied": {"kind": "points_multiplied", "factor": "2"},
        "badge": {"kind": "badge", "code": "three_in_a_row"},
        "benefit": {"kind": "benefit", "benefit": "education_pack"},
    }
    told = document(
        effects=[given[kind] for kind in effects.split()],
        budget=budget | {"per_period": None, "per_borrower": {"awards": 1, "points": None}},
    )
    assert [check for check, _ in findings_of(told)] == found


def test_a_limit_for_each_week_alone_is_no_end():
    period = {"every": "week", "points": 1_000, "awards": None}
    told = document(
        budget={
            "points_total": None,
            "awards_total": None,
            "per_period": period,
            "per_borrower": {"awards": 1, "points": None},
        }
    )
    assert findings_of(told) == [("P8", "#/budget")]


@pytest.mark.parametrize(("holdout", "found"), [("0.05", []), ("0.0499", ["P9"]), ("0", ["P9"])])
def test_at_least_one_in_twenty_is_held_out(holdout, found):
    assert [check for check, _ in findings_of(document(holdout=holdout))] == found


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "found"),
    [
        ("2026-03-15", "2027-03-14", []),
        ("2026-03-15", "2027-03-15", ["P10"]),
        ("2028-02-29", "2029-02-27", []),
        ("2028-02-29", "2029-02-28", ["P10"]),
        ("2026-01-01", "2026-12-31", []),
        ("2026-01-01", "2028-12-31", ["P10"]),
    ],
)
def test_it_lasts_twelve_months_at_most(starts_on, ends_on, found):
    schedule = document()["schedule"] | {"starts_on": starts_on, "ends_on": ends_on}
    assert [check for check, _ in findings_of(document(schedule=schedule))] == found


def test_only_the_last_two_can_be_waived_and_only_by_name():
    told = document(holdout="0.01", trigger={"event": "loan_opened"})
    terms = read_terms(told, campaign_id=UUID(int=1), version=1, facts=FACTS)
    found = checks.check(terms, CONTEXT)
    everything = frozenset(Check)
    assert [f.check for f in checks.blocking(found, waived=frozenset())] == ["P2", "P9"]
    assert [f.check for f in checks.blocking(found, waived=frozenset({"P10"}))] == ["P2", "P9"]
    assert [f.check for f in checks.blocking(found, waived=everything)] == ["P2"]


def test_every_check_has_a_name():
    assert set(CHECK_NAMES) == set(Check)
