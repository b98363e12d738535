import copy
import json
from pathlib import Path

import pytest

from backend.kit.predicates import parse
from backend.kit.problems import Invalid
from backend.profile.catalogue import FACT_TYPES
from backend.tiers.policy import read_policy
from tests.factories.policies import compare, make_dpd_policy, make_tier

DEFAULT = json.loads(
    (Path(__file__).parents[2] / "migrations/default_tier_policy_1.json").read_text()
)
CARD = {
    "parts": [
        {
            "fact": "days_past_due",
            "bands": [{"below": 10, "points": 50}, {"points": 5}],
            "unknown": 20,
        }
    ]
}


def with_card(card):
    return make_dpd_policy() | {"scorecards": {"willingness": card}}


def with_part(**changes):
    return with_card({"parts": [CARD["parts"][0] | changes]})


def with_tier(place, **changes):
    policy = copy.deepcopy(make_dpd_policy())
    policy["tiers"][place] |= changes
    return policy


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (None, "#"),
        ([], "#"),
        ({}, "#/tiers"),
        ({"tiers": []}, "#/tiers"),
        ({"tiers": {}}, "#/tiers"),
        ({"tiers": [7]}, "#/tiers/0"),
        ({"tiers": [{"code": "one"}]}, "#/tiers/0/when"),
        ({"tiers": [make_tier("one", compare("days_past_due", "gt", 3))]}, "#/tiers/0/when"),
        (with_tier(0, when=compare("nobody", "gt", 3)), "#/tiers/0/when/fact"),
        (with_tier(0, when=compare("tier", "eq", "late")), "#/tiers/0/when/fact"),
        (with_tier(0, when=compare("willingness", "lt", 3)), "#/tiers/0/when/fact"),
        (with_tier(0, code="Late!"), "#/tiers/0/code"),
        (with_tier(0, code="soon"), "#/tiers/1/code"),
        (with_tier(0, public_code="p_soon"), "#/tiers/1/public_code"),
        (with_tier(1, rank=-1), "#/tiers/1/rank"),
        (with_tier(1, rank=True), "#/tiers/1/rank"),
        (with_tier(1, name={"en": "x"}), "#/tiers/1/name/zh-CN"),
        (with_tier(1, about={"en": "x", "zh-CN": "\x00"}), "#/tiers/1/about/zh-CN"),
        (with_tier(1, colour="red"), "#/tiers/1/colour"),
        (make_dpd_policy() | {"demotion_grace_days": 91}, "#/demotion_grace_days"),
        (make_dpd_policy() | {"demotion_grace_days": "7"}, "#/demotion_grace_days"),
        (make_dpd_policy() | {"scorecards": {"luck": CARD}}, "#/scorecards/luck"),
        (with_card({"parts": []}), "#/scorecards/willingness/parts"),
        (with_card(CARD | {"base": 101}), "#/scorecards/willingness/base"),
        (with_part(fact="nobody"), "#/scorecards/willingness/parts/0/fact"),
        (with_part(fact=["x"]), "#/scorecards/willingness/parts/0/fact"),
        (with_part(unknown="x"), "#/scorecards/willingness/parts/0/unknown"),
        (
            with_part(bands=[{"below": 5, "points": 1}, {"below": 5, "points": 1}, {"points": 1}]),
            "#/scorecards/willingness/parts/0/bands",
        ),
        (
            with_part(bands=[{"below": "x", "points": 1}, {"points": 1}]),
            "#/scorecards/willingness/parts/0/bands/0/below",
        ),
        (
            with_part(bands=[{"below": 5, "points": 1}]),
            "#/scorecards/willingness/parts/0/bands/0/below",
        ),
    ],
)
def test_a_faulty_policy_is_refused_with_a_pointer_to_the_fault(document, pointer):
    with pytest.raises(Invalid) as refusal:
        read_policy(document, facts=FACT_TYPES)

    assert pointer in [error.pointer for error in refusal.value.errors]


def test_ranks_and_texts_are_needed_to_publish_and_not_before():
    draft = make_dpd_policy(with_ranks=False)

    assert [tier.code for tier in read_policy(draft, facts=FACT_TYPES).tiers] == [
        "late",
        "soon",
        "fine",
    ]
    with pytest.raises(Invalid) as refusal:
        read_policy(draft, facts=FACT_TYPES, to_publish=True)
    assert "#/tiers/0/public_code" in [error.pointer for error in refusal.value.errors]


def test_a_policy_knows_which_facts_it_reads():
    policy = read_policy(with_card(CARD), facts=FACT_TYPES)

    assert set(policy.kinds) == {"days_past_due"}
    assert policy.grace_days == 7


def test_the_default_policy_may_be_published():
    policy = read_policy(DEFAULT, facts=FACT_TYPES, to_publish=True)

    ranks = {tier.code: tier.rank for tier in policy.tiers}
    assert ranks == {"dormant": 3, "high_risk": 0, "stable": 1, "potential": 2, "current": 3}
    assert policy.tier("high_risk").name.as_json() == {"en": "Fresh start", "zh-CN": "重新出发"}
    assert policy.grace_days == 7


def test_a_public_code_may_not_be_what_staff_call_a_tier():
    policy = with_tier(0, public_code="soon")

    with pytest.raises(Invalid) as refusal:
        read_policy(policy, facts=FACT_TYPES, to_publish=True)
    assert [error.pointer for error in refusal.value.errors] == ["#/tiers/0/public_code"]


def many_values(count):
    lists = [[f"w{n}" for n in range(100)]] * (count // 100)
    return {"any": [compare("employment", "in", each) for each in lists]}


def test_a_policy_may_compare_with_two_thousand_values_and_no_more():
    full = with_tier(0, when=many_values(2_000))
    del full["tiers"][1]

    read_policy(full, facts=FACT_TYPES)
    over = with_tier(0, when=many_values(2_000))
    with pytest.raises(Invalid) as refusal:
        read_policy(over, facts=FACT_TYPES)
    assert [error.pointer for error in refusal.value.errors] == ["#/tiers/1/when"]


def test_one_condition_may_name_two_thousand_values_and_no_more():
    with pytest.raises(Invalid) as refusal:
        parse(many_values(2_100), facts=FACT_TYPES)

    assert [error.pointer for error in refusal.value.errors] == ["#/any/20/value"]
