"""What is refused names its rule in her language, and the ways that are left."""

from datetime import timedelta

import pytest

from backend.kit import clock
from backend.repayment_plans import errors
from tests.clock import NOW, TODAY
from tests.factories.plans import BOTH, WAY, noon
from tests.fixtures.api import new_key

QUOTE = "new_quote"


def rejected(case, staff_api):
    plan = case.ask(due_day=15, reason="job_loss").json["id"]
    body = {"outcome": "reject", "reasons": [{"text": BOTH, "would_change": WAY}]}
    decide = staff_api("risk_officer").post
    decide(f"/v1/staff/plan-requests/{plan}/decide", json=body, headers=new_key())
    return plan


def second(case, **_):
    return case.ask(quote=case.quote_of(case.ask(due_day=15).json["id"]))


def stale(case, **_):
    plan = case.ask(due_day=15).json["id"]
    case.pay(5000, TODAY)
    return case.act(plan, "accept")


def expired(case, **_):
    quote = case.quote("move_due_day", due_day=15)
    with clock.fixed(NOW + timedelta(days=30)):
        return case.ask(quote=quote)


def moved(case, staff_api):
    return case.act(rejected(case, staff_api), "accept")


def cooled_off(case, **_):
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")
    with clock.fixed(noon(TODAY + timedelta(days=8))):
        return case.act(plan, "withdraw")


@pytest.mark.parametrize(
    ("act", "refusal", "ways"),
    [
        (second, errors.PlanAlreadyOpen, ["open_plan", "withdraw"]),
        (stale, errors.QuoteStale, [QUOTE]),
        (expired, errors.QuoteExpired, [QUOTE]),
        (moved, errors.PlanMoved, ["open_plan"]),
        (cooled_off, errors.CoolingOffOver, [QUOTE, "human"]),
    ],
)
def test_a_refusal_names_the_rule_and_the_ways(case, staff_api, act, refusal, ways):
    answer = act(case, staff_api=staff_api)
    assert (answer.status_code, answer.json["code"]) == (409, refusal.code)
    assert answer.json["reasons"] == [{"code": refusal.code, "text": refusal.rule.en}]
    assert [way["kind"] for way in answer.json["would_change"]] == ways


def test_an_appeal_is_answered_and_not_asked_about(case, staff_api):
    plan = rejected(case, staff_api)
    case.act(plan, "appeal")
    answer = staff_api("risk_officer").post(
        f"/v1/staff/plan-requests/{plan}/decide",
        json={"outcome": "request_info", "reasons": [{"text": BOTH}]},
        headers=new_key() | {"Accept-Language": "zh-CN"},
    )
    assert (answer.status_code, answer.json["errors"]) == (
        422,
        [{"pointer": "#/outcome", "detail": "复议须作出答复：approve、counter_offer 或 reject。"}],
    )
    assert case.see(plan)["state"] == "appealed"
