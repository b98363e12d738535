"""The first agreement on a loan is one, be it a plan or a waiver."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.kit import clock
from backend.tiers.models import TierState
from tests.clock import TODAY
from tests.factories.plans import noon
from tests.fixtures.api import new_key


@pytest.mark.parametrize("is_agreed", [True, False])
def test_after_a_plan_was_agreed_a_person_decides_on_a_waiver(case, deliver, session, is_agreed):
    plan = case.ask(due_day=15).json["id"]
    if is_agreed:
        case.act(plan, "accept")
        case.confirm(plan)
    else:
        case.act(plan, "withdraw")
    deliver()
    session.execute(update(TierState).values(tier="potential"))
    day = TODAY + timedelta(days=2)
    with clock.fixed(noon(day)):
        case.charge(500, day)
        deliver()
        body = {"loan_id": str(case.loan_id), "reason": "illness"}
        asked = case.api.post("/v1/me/waiver-requests", json=body, headers=new_key()).json
    why = [each["code"] for each in asked["by_person_because"]]
    assert ("plan-agreed" in why, asked["state"]) == (is_agreed, "open" if why else "approved")
