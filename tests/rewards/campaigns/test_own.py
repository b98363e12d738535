"""What she and staff see: what she takes part in, and why something came or did not."""

import pytest

from rewards.campaigns.evaluation import lot
from tests.factories.live_campaigns import budget, make_live

STREAK = {"all": [{"fact": "on_time_streak", "op": "gte", "value": 3}]}
DEBT_WORDS = ("debt", "arrear", "overdue", "late", "owe", "债", "欠", "逾期", "拖")


def test_she_sees_how_far_she_is_and_why_not_yet(session, payer, borrower_api):
    payer.begin()
    campaign = make_live(session, conditions=STREAK, budget=budget(awards_each=1))
    payer.pay(1, 2)
    me = borrower_api(payer.id)
    [shown] = me.get("/v1/me/campaigns").json["items"]
    assert (shown["id"], shown["awards"], shown["awards_max"]) == (str(campaign), 0, 1)
    assert shown["progress"] == [{"text": "On time in a row", "value": 2, "goal": 3}]
    whole = me.get(f"/v1/me/campaigns/{campaign}").json
    assert [each["outcome"] for each in whole["decisions"]] == ["refused", "refused"]
    assert whole["decisions"][0]["reasons"] == [
        "What this offer asks for was not reached yet at that time. It can still come."
    ]
    payer.pay(3)
    whole = me.get(f"/v1/me/campaigns/{campaign}").json
    assert (whole["decisions"][0]["outcome"], whole["decisions"][0]["points"]) == ("awarded", 10)
    assert whole["awards"] == 1


def test_of_another_she_sees_nothing(session, payer, borrower_api):
    payer.begin()
    campaign = make_live(session)
    payer.pay(1)
    other = payer.__class__(session, payer.deliver, name="bob").begin()
    answer = borrower_api(other.id).get(f"/v1/me/campaigns/{campaign}")
    assert (answer.status_code, answer.json["code"]) == (404, "campaign-not-found")
    assert borrower_api(other.id).get("/v1/me/campaigns").json == {"items": []}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_lot_is_told_as_a_lot_and_nothing_speaks_of_debt(session, payer, borrower_api, language):
    payer.begin()
    ids = [make_live(session, holdout="0.50") for _ in range(12)]
    payer.pay(1)
    me = borrower_api(payer.id)
    headers = {**me.headers, "Accept-Language": language}
    answer = me.client.get("/v1/me/campaigns", headers=headers)
    by_id = {each["id"]: each for each in answer.json["items"]}
    for campaign in ids:
        is_held_out = lot(campaign, payer.id) < 2**31
        assert (by_id[str(campaign)]["note"] is not None) == is_held_out
        whole = me.client.get(f"/v1/me/campaigns/{campaign}", headers=headers).text
        assert "holdout" not in whole
        assert "control" not in whole
        assert not [word for word in DEBT_WORDS if word in whole.lower().replace("later", "")]


def test_staff_see_what_it_was_decided_by(session, payer, staff_api):
    payer.begin()
    make_live(session, conditions=STREAK)
    payer.pay(1)
    answer = staff_api("risk_officer").get(
        f"/v1/staff/borrowers/{payer.id}", headers={"X-Access-Purpose": "complaint"}
    )
    panel = answer.json["panels"]["campaigns"]
    assert panel["items"][0]["arm"] == "treated"
    [decision] = panel["decisions"]
    assert decision["reasons"] == ["conditions"]
    assert decision["facts"]["on_time_streak"] == 1
    assert decision["why"]
