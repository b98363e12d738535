"""What a campaign gives, refuses and takes back, as payments come in."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from rewards.badges.definition import read_definition
from rewards.campaigns.engine_models import CampaignDecision, CampaignOccasion
from rewards.campaigns.evaluation import lot
from rewards.campaigns.models import Campaign
from tests.clock import NOW
from tests.factories.live_campaigns import (
    budget,
    join_everybody,
    list_outcomes,
    make_live,
    points_of,
)
from tests.factories.loans import make_payment

AT_LEAST_TWO = {"all": [{"fact": "on_time_streak", "op": "gte", "value": 2}]}
ON_TIME = {"all": [{"fact": "event_on_time", "op": "eq", "value": True}]}


def test_an_instalment_on_time_is_awarded_and_a_late_one_is_told_why(session, payer):
    payer.begin()
    campaign = make_live(session, conditions=ON_TIME)
    payer.pay(1)
    payer.pay(2, late=20)
    assert list_outcomes(session, campaign) == ["awarded", "conditions"]
    assert points_of(session, payer.id) == 10


def test_facts_are_those_as_of_the_event(session, payer):
    payer.begin()
    campaign = make_live(session, conditions=AT_LEAST_TWO)
    payer.pay(1, 2, 3)
    assert list_outcomes(session, campaign) == ["conditions", "awarded", "awarded"]
    kept = session.execute(
        select(CampaignDecision.snapshot).order_by(CampaignDecision.seq)
    ).scalars()
    assert [each["on_time_streak"] for each in kept] == [1, 2, 3]


def test_who_is_not_enrolled_gets_nothing(session, payer):
    payer.begin(enrolled=False)
    campaign = make_live(session)
    payer.pay(1)
    join_everybody()
    assert list_outcomes(session, campaign) == []
    assert points_of(session, payer.id) == 0


def test_a_paused_campaign_gives_nothing(session, payer):
    payer.begin()
    campaign = make_live(session)
    payer.pay(1)
    session.execute(update(Campaign).values(state="paused"))
    payer.pay(2)
    assert list_outcomes(session, campaign) == ["awarded", "paused"]


def test_her_own_limit_and_the_budget_end_it(session, payer):
    payer.begin()
    mine = make_live(session, budget=budget(awards_each=1))
    whole = make_live(session, budget=budget(points=25))
    monthly = make_live(
        session,
        budget=budget(per_period={"every": "month", "points": None, "awards": 1}),
    )
    payer.pay(1, 2, 3)
    assert list_outcomes(session, mine) == ["awarded", "per_borrower", "per_borrower"]
    assert list_outcomes(session, whole) == ["awarded", "awarded", "budget"]
    assert list_outcomes(session, monthly) == ["awarded", "budget", "budget"]  # told in one month


def test_who_is_held_out_gets_nothing_and_is_known(session, payer):
    payer.begin()
    campaign = make_live(session, holdout="0.50")
    payer.pay(1)
    expected = "holdout" if lot(campaign, payer.id) < 2**31 else "awarded"
    assert list_outcomes(session, campaign) == [expected]


def test_an_event_that_is_heard_again_changes_nothing(session, payer, redeliver):
    payer.begin()
    campaign = make_live(session)
    payer.pay(1)
    redeliver()
    assert list_outcomes(session, campaign) == ["awarded"]
    assert points_of(session, payer.id) == 10


def test_a_reversed_payment_takes_the_award_back_and_another_may_earn_it(session, payer):
    payer.begin()
    campaign = make_live(session, budget=budget(awards_each=1))
    payer.pay(1)
    payer.reverse(1, at=NOW.replace(month=1, day=6))
    assert list_outcomes(session, campaign) == ["reversed"]
    assert points_of(session, payer.id) == 0
    with_new = payer.days[0] + timedelta(days=2)
    make_payment(
        session, loan="ana-loan", amount_minor=10_100, received_on=with_new, external_id="again"
    )
    payer.deliver()
    assert list_outcomes(session, campaign) == ["reversed", "awarded"]


def test_multiplied_points_are_what_the_standing_rules_give_and_more(session, payer):
    payer.begin()
    campaign = make_live(session, effects=[{"kind": "points_multiplied", "factor": "2.50"}])
    payer.pay(1)
    payer.pay(2, late=-5)
    given = session.execute(
        select(CampaignDecision.points).order_by(CampaignDecision.seq)
    ).scalars()
    assert list(given) == [150, 180]
    assert list_outcomes(session, campaign) == ["awarded"] * 2


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("all", ["awarded", "awarded"]),
        ("first", ["awarded", "stacking"]),
        ("best", ["stacking", "awarded"]),
    ],
)
def test_of_a_group_the_mode_decides(session, payer, mode, expected):
    payer.begin()
    urgent = make_live(session, stacking={"group": "one", "mode": mode, "priority": 500})
    better = make_live(
        session,
        stacking={"group": "one", "mode": mode, "priority": 100},
        effects=[{"kind": "points", "points": 30}],
    )
    payer.pay(1)
    assert [list_outcomes(session, urgent)[0], list_outcomes(session, better)[0]] == expected


def test_every_effect_has_its_own_outcome(session, payer):
    payer.begin()
    make_live(
        session,
        effects=[
            {"kind": "points", "points": 10},
            {"kind": "badge", "code": "six_in_a_row"},
            {"kind": "benefit", "benefit": "education_pack"},
            {
                "kind": "message",
                "purpose": "reward",
                "title": {"en": "Well done", "zh-CN": "做得好"},
                "body": {"en": "Ten points are yours.", "zh-CN": "十积分属于您了。"},
            },
        ],
    )
    payer.pay(1, 2)
    effects = (
        session.execute(select(CampaignDecision.effects).order_by(CampaignDecision.seq))
        .scalars()
        .all()
    )
    assert [each["outcome"] for each in effects[0]] == ["given"] * 4
    assert [each["outcome"] for each in effects[1]] == ["given", "held_already", "given", "given"]
    assert "six_in_a_row" in payer.holds()
    payer.reverse(2, at=NOW)
    assert "six_in_a_row" in payer.holds()  # it came with the first
    payer.reverse(1, at=NOW)
    assert "six_in_a_row" not in payer.holds()


def test_everybody_is_looked_at_after_the_launch(session, payer):
    payer.begin().pay(1)
    make_live(session)
    join_everybody()
    found = session.execute(select(CampaignOccasion.trigger, CampaignOccasion.details)).all()
    assert [row.trigger for row in found] == ["installment_paid"]
    assert found[0].details["nth"] == 1


def test_a_badge_may_be_left_to_campaigns_alone():
    written = {
        "predicate": {"any": []},
        "counters": [],
        "repeats": "never",
        "picture": "house",
        **{
            name: {"en": "A good month", "zh-CN": "好月份"}
            for name in ("name", "description", "how_to_earn")
        },
    }
    definition = read_definition(written, code="good_month", version=1, kinds={})
    assert not definition.is_earned({})
    assert definition.facts == frozenset()
