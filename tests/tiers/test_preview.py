"""A trial beside a live policy that reads what nobody may name any more."""

from uuid import UUID

from sqlalchemy import update

from backend.profile import service as profile
from backend.profile.models import ExtraFact, Profile
from tests.clock import NOW
from tests.factories.policies import compare, make_dpd_policy, make_tier, publish_policy
from tests.factories.profile import make_profile

WORDS = {"en": "Steady", "zh_cn": "稳定"}
LIVE = {
    "tiers": [
        make_tier("steady", compare("steadiness", "gt", 3), rank=1),
        make_tier("other", {"all": []}, rank=0),
    ]
}


def test_a_fact_that_the_live_policy_reads_may_be_retired_and_previews_go_on(session, staff_api):
    values = {"name": "steadiness", "type": "integer", "unit": "", "actionable": "no"}
    profile.declare_fact(session, values=values | {"labels": WORDS}, staff_id=UUID(int=1), now=NOW)
    borrower_id = make_profile(session, dpd_base=40)
    mine = Profile.borrower_id == borrower_id
    session.execute(update(Profile).where(mine).values(extra={"steadiness": 5}))
    publish_policy(session, LIVE)
    session.execute(update(ExtraFact).values(retired_at=NOW))

    answer = staff_api("risk_officer").post(
        "/v1/tier-policies/preview", json={"policy": make_dpd_policy()}
    )

    assert answer.status_code == 200, answer.json
    assert answer.json["moves"] == [{"from": "steady", "to": "late", "borrowers": 1}]
    (sample,) = answer.json["samples"]
    assert (sample["borrower_id"], sample["from"]) == (str(borrower_id), "steady")
