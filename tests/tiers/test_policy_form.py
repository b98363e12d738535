"""A policy through the editor's form and back again says the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.kit.predicates import FactType, holds, parse
from backend.profile.queries import get_catalogue
from backend.tiers import editing, policy_form, sentences
from backend.tiers.models import TierPolicy
from backend.tiers.policy import read_policy
from tests.factories.policies import compare, make_dpd_policy

KINDS = {"late": FactType.INTEGER, "gone": FactType.BOOLEAN, "job": FactType.TEXT}
LEAVES = st.one_of(
    st.builds(compare, st.just("late"), st.sampled_from(["gt", "lte", "eq"]), st.integers(0, 9)),
    st.builds(compare, st.just("gone"), st.just("eq"), st.booleans()),
    st.builds(compare, st.just("job"), st.sampled_from(["known", "unknown"])),
    st.builds(
        compare,
        st.just("late"),
        st.sampled_from(["in", "not_in"]),
        st.lists(st.integers(0, 9), min_size=1, max_size=3),
    ),
    st.builds(compare, st.just("late"), st.just("between"), st.just([2, 7])),
)
PREDICATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)
FACTS = st.fixed_dictionaries(
    {
        "late": st.none() | st.integers(0, 10),
        "gone": st.none() | st.booleans(),
        "job": st.none() | st.just("teacher"),
    }
)


def fields_of(form, at=""):
    """As a browser sends what the editor draws."""
    if isinstance(form, dict):
        pairs = form.items()
    elif isinstance(form, list):
        pairs = enumerate(form)
    else:
        # A box that is not ticked is not sent.
        return {} if at.endswith(".or_unknown") and not form else {at: str(form)}
    return {
        name: value
        for key, inner in pairs
        for name, value in fields_of(inner, f"{at}.{key}" if at else str(key)).items()
    }


def round_trip(document, kinds):
    return policy_form.to_document(fields_of(policy_form.to_form(document)), kinds=kinds)


def test_the_policy_that_we_ship_comes_back_as_it_was(session):
    document = session.execute(select(TierPolicy.document)).scalar_one()
    types = get_catalogue(session).types

    back = round_trip(document, types)

    groups = [g for t in policy_form.to_form(back)["tiers"] for g in t["when"]["groups"]]
    assert [group["mode"] for group in groups].count("raw") == 1
    assert read_policy(back, facts=types) == read_policy(document, facts=types)


@given(PREDICATES, FACTS)
def test_a_condition_comes_back_saying_the_same(predicate, facts):
    document = {"tiers": [{"code": "one", "when": predicate}]}

    back = round_trip(document, KINDS)["tiers"][0]["when"]

    before = holds(parse(predicate, facts=KINDS), facts)
    assert holds(parse(back, facts=KINDS), facts) is before


def test_what_cannot_be_read_stays_as_written_and_is_refused_at_its_field(session):
    types = get_catalogue(session).types
    fields = fields_of(policy_form.to_form(make_dpd_policy())) | {
        "tiers.0.when.groups.0.conditions.0.value": "many"
    }

    document = policy_form.to_document(fields, kinds=types)

    with pytest.raises(Exception, match="not valid") as refusal:
        read_policy(document, facts=types, pointer="#/policy")
    [error] = refusal.value.errors
    assert policy_form.at_field(error.pointer) == "#/tiers/0/when"


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("#/policy/tiers/2/when/any/1/fact", "#/tiers/2/when"),
        (
            "#/policy/scorecards/value/parts/0/bands/1/below",
            "#/scorecards/value/parts/0/bands/1/bound",
        ),
        ("#/policy/tiers/0/name/zh-CN", "#/tiers/0/name/zh-CN"),
        ("#/policy/tiers", "#/tiers"),
    ],
)
def test_each_fault_finds_its_field(pointer, field):
    assert policy_form.at_field(pointer) == field


@pytest.mark.parametrize(
    "button",
    [
        "remove:tiers.9",
        "raise:tiers",
        "add-condition:tiers.0",
        "fly:away",
        "",
        "remove:",
        "add-group:x.y",
    ],
)
def test_a_button_that_names_nothing_does_nothing(button):
    form = policy_form.to_form(make_dpd_policy())

    editing.press(form, button)

    assert form == policy_form.to_form(make_dpd_policy())


def test_rows_come_go_and_move():
    form = policy_form.to_form(make_dpd_policy())
    editing.press(form, "raise:tiers.1")
    assert [tier["code"] for tier in form["tiers"]] == ["soon", "late", "fine"]
    editing.press(form, "add-tier:")
    assert [tier["code"] for tier in form["tiers"]] == ["soon", "late", "", "fine"]
    editing.press(form, "add-condition:tiers.2.when.groups.0")
    editing.press(form, "add-group:tiers.2.when")
    assert [len(g["conditions"]) for g in form["tiers"][2]["when"]["groups"]] == [2, 1]
    editing.press(form, "remove:tiers.2")
    editing.press(form, "add-score:capacity")
    editing.press(form, "add-band:scorecards.capacity.parts.0")
    assert len(form["scorecards"]["capacity"]["parts"][0]["bands"]) == 3
    editing.press(form, "remove-score:capacity")
    assert form["scorecards"] == {}


def test_a_policy_reads_as_sentences(session):
    facts = get_catalogue(session).facts
    lines = [line.en for line in sentences.lines_of(make_dpd_policy(), facts=facts)]

    assert lines[0] == "1. late (rank 0): Days past due is more than 30 days."
    assert "3. fine (rank 2): everybody else." in lines
    assert lines[-1] == "A worse tier counts after 7 days of grace."


def test_what_changed_is_told_line_by_line(session):
    facts = get_catalogue(session).facts
    before = sentences.lines_of(make_dpd_policy(), facts=facts)
    after = sentences.lines_of(make_dpd_policy(grace_days=3), facts=facts)

    changed = [(how, line.en) for how, line in sentences.compare(before, after) if how != "same"]

    assert changed == [
        ("gone", "A worse tier counts after 7 days of grace."),
        ("new", "A worse tier counts after 3 days of grace."),
    ]
