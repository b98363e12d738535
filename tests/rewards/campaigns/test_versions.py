"""A campaign's way from a draft to its end, and that nothing of it can be bypassed."""

from copy import deepcopy
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import null, select, text

from backend.evidence import rules as evidence_rules
from rewards.campaigns.models import CampaignVersion
from rewards.campaigns.rules import MOVES, VERSION_MOVES, State, VersionState
from tests.clock import TODAY
from tests.factories.campaigns import (
    address,
    api_document,
    approve,
    approved,
    begin,
    document,
    launched,
    read,
    replayed,
    submitted,
)
from tests.fixtures.api import new_key


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


def act(api, campaign, name, **body):
    return api.post(address(campaign, name), json=body or None, headers=new_key())


def tagged(campaign, revision=1):
    return {"If-Match": f'"{revision}"'}


def test_a_draft_is_written_read_and_written_over(marketer):
    campaign = begin(marketer)
    shown = marketer.get(address(campaign))
    assert (shown.status_code, shown.headers["ETag"]) == (200, '"1"')
    assert shown.json["newest"]["document"] == document()
    changed = api_document(holdout="0.20")
    assert marketer.put(address(campaign), json=changed).status_code == 428
    edited = marketer.put(address(campaign), json=changed, headers=tagged(campaign))
    assert (edited.status_code, edited.headers["ETag"]) == (200, '"2"')
    assert edited.json["newest"]["document"]["holdout"] == "0.20"
    assert edited.json["newest"]["document_hash"] != campaign["newest"]["document_hash"]
    stale = marketer.put(address(campaign), json=changed, headers=tagged(campaign))
    assert stale.status_code == 412


def test_every_fault_of_a_document_is_named_at_once(marketer):
    told = document(holdout="half", effects=[])
    told["schedule"]["ends_on"] = "2026-02-30"
    refused = marketer.post("/v1/campaigns", json={"document": told})
    assert refused.status_code == 422
    assert {each["pointer"] for each in refused.json["errors"]} == {
        "#/document/holdout",
        "#/document/effects",
        "#/document/schedule/ends_on",
    }


def test_checks_are_answered_with_their_place_before_anything_is_stored(marketer):
    campaign = begin(marketer)
    told = document(trigger={"event": "loan_opened"}, holdout="0.01")
    found = marketer.post(address(campaign, "check"), json={"document": told})
    assert found.status_code == 200
    assert [(f["id"], f["pointer"], f["may_be_waived"]) for f in found.json["findings"]] == [
        ("P2", "#/trigger/event", False),
        ("P9", "#/holdout", True),
    ]
    assert marketer.post(address(campaign, "check"), json={}).json["findings"] == []
    said = marketer.post(
        address(campaign, "check"), json={"document": told}, headers={"Accept-Language": "zh-CN"}
    )
    assert "借款" in said.json["findings"][0]["reason"]


def test_what_a_check_finds_cannot_be_submitted(marketer):
    campaign = begin(marketer, trigger={"event": "loan_opened"})
    refused = act(marketer, campaign, "submit", **read(campaign))
    assert (refused.status_code, refused.json["code"]) == (409, "campaign-blocked")
    assert [each["code"] for each in refused.json["reasons"]] == ["P2"]
    assert refused.json["errors"][0]["pointer"] == "#/trigger/event"
    mended = marketer.put(address(campaign), json=api_document(), headers=tagged(campaign))
    assert submitted(marketer, mended.json)["state"] == "in_review"


def test_only_p9_and_p10_are_waived_by_name_and_the_approver_confirms_them(
    session, marketer, approver
):
    campaign = begin(marketer, holdout="0.01")
    assert act(marketer, campaign, "submit", **read(campaign)).json["code"] == "campaign-blocked"
    other = [{"check": "P10", "reason": "It is long."}]
    wrong = act(marketer, campaign, "submit", **read(campaign), waivers=other)
    assert wrong.json["code"] == "campaign-blocked"
    never = [{"check": "P2", "reason": "It sells."}]
    assert act(marketer, campaign, "submit", **read(campaign), waivers=never).status_code == 422
    waivers = [{"check": "P9", "reason": "Only 40 people live there."}]
    sent = submitted(marketer, campaign, waivers=waivers)
    assert sent["newest"]["waivers"] == [waivers[0] | {"by": str(marketer.id)}]
    replay_id = replayed(session, sent)
    unread = approve(approver, sent, replay_id)
    assert (unread.status_code, unread.json["errors"][0]["pointer"]) == (422, "#/waivers")
    assert approve(approver, sent, replay_id, waivers=["P9"]).status_code == 200


def test_from_submission_on_a_version_never_changes(session, marketer):
    campaign = submitted(marketer, begin(marketer))
    refused = marketer.put(
        address(campaign), json=api_document(holdout="0.20"), headers=tagged(campaign, 2)
    )
    assert (refused.status_code, refused.json["code"]) == (409, "campaign-not-draft")
    another = marketer.post(address(campaign, "versions"), json={})
    assert another.json["code"] == "campaign-not-draft"


def test_nobody_approves_what_she_had_a_hand_in(session, marketer, staff_api):
    both = staff_api("marketer", "campaign_approver")
    campaign = begin(both)
    edited = marketer.put(
        address(campaign), json=api_document(holdout="0.20"), headers=tagged(campaign)
    ).json
    sent = submitted(marketer, edited)
    replay_id = replayed(session, sent)
    refused = approve(both, sent, replay_id)
    assert (refused.status_code, refused.json["code"]) == (403, "second-person-needed")
    rejected = act(both, sent, "reject", version=1, note="No.")
    assert rejected.json["code"] == "second-person-needed"
    assert approve(staff_api("campaign_approver"), sent, replay_id).status_code == 200


def test_who_wrote_what_a_copy_was_made_of_does_not_approve_the_copy(
    session, marketer, approver, staff_api
):
    both = staff_api("marketer", "campaign_approver")
    sent = submitted(both, begin(both))
    assert act(approver, sent, "reject", version=1, note="Say it kindlier.").status_code == 200
    copied = marketer.post(address(sent, "versions"), json={}).json
    again = submitted(marketer, copied)
    refused = approve(both, again, replayed(session, again))
    assert refused.json["code"] == "second-person-needed"


def test_an_approval_needs_a_finished_replay_of_exactly_this_version(session, marketer, approver):
    sent = submitted(marketer, begin(marketer))
    other = begin(marketer)
    unfit = [
        uuid4(),
        replayed(session, other),
        replayed(session, sent, document_hash="1" * 64),
        replayed(session, sent, version=2),
        replayed(session, sent, state="queued", report=null(), report_hash=None),
    ]
    for replay_id in unfit:
        refused = approve(approver, sent, replay_id)
        assert (refused.status_code, refused.json["code"]) == (409, "campaign-replay-missing")
    assert approve(approver, sent, replayed(session, sent)).status_code == 200


def test_an_approval_of_other_words_than_those_at_hand_is_refused(session, marketer, approver):
    campaign = begin(marketer)
    edited = marketer.put(
        address(campaign), json=api_document(holdout="0.20"), headers=tagged(campaign)
    ).json
    stale = act(marketer, campaign, "submit", **read(campaign))
    assert (stale.status_code, stale.json["code"]) == (409, "campaign-stale")
    sent = submitted(marketer, edited)
    old = replayed(session, campaign)
    assert approve(approver, campaign, old).json["code"] == "campaign-stale"
    assert approve(approver, sent, old).json["code"] == "campaign-replay-missing"


def test_an_approval_asks_the_checks_again(session, marketer, approver):
    effects = [{"kind": "points", "points": 5}, {"kind": "badge", "code": "first_step"}]
    sent = submitted(marketer, begin(marketer, effects=effects))
    replay_id = replayed(session, sent)
    session.execute(
        text("UPDATE badge SET retired_at = now(), retired_by = :who WHERE code = 'first_step'"),
        {"who": approver.id},
    )
    assert approve(approver, sent, replay_id).json["code"] == "campaign-blocked"


def test_a_launch_asks_the_checks_again(session, marketer, approver):
    effects = [{"kind": "points", "points": 5}, {"kind": "badge", "code": "first_step"}]
    ready = approved(session, marketer, approver, begin(marketer, effects=effects))
    session.execute(
        text("UPDATE badge SET retired_at = now(), retired_by = :who WHERE code = 'first_step'"),
        {"who": approver.id},
    )
    refused = act(approver, ready, "launch", **read(ready))
    assert [each["code"] for each in refused.json["reasons"]] == ["P1"]


def test_an_approval_leaves_a_proof(session, marketer, approver):
    ready = approved(session, marketer, approver, begin(marketer))
    newest = ready["newest"]
    assert newest["approver_id"] == str(approver.id)
    assert newest["replay_hash"] == "0" * 64
    entry = session.execute(
        text("SELECT type FROM evidence_pending ORDER BY number DESC LIMIT 1")
    ).scalar_one()
    assert entry == evidence_rules.Act.POLICY_PUBLISHED


def test_it_is_launched_paused_resumed_and_ended(session, marketer, approver):
    live = launched(session, marketer, approver, begin(marketer))
    assert (live["state"], live["live_version"], live["newest_state"]) == ("live", 1, "live")
    assert act(marketer, live, "pause").json["state"] == "paused"
    assert act(marketer, live, "pause").json["code"] == "campaign-move-refused"
    assert act(approver, live, "resume").json["state"] == "live"
    assert act(approver, live, "resume").json["code"] == "campaign-move-refused"
    assert act(marketer, live, "end").json["state"] == "ended"
    for name in ("pause", "resume", "end"):
        assert act(approver if name == "resume" else marketer, live, name).status_code == 409


def test_a_live_campaign_runs_on_until_its_next_version_is_launched(session, marketer, approver):
    live = launched(session, marketer, approver, begin(marketer))
    told = api_document(holdout="0.20")
    drawn = marketer.post(address(live, "versions"), json=told).json
    assert (drawn["state"], drawn["live_version"], drawn["newest_version"]) == ("live", 1, 2)
    again = marketer.post(address(live, "versions"), json=told)
    assert again.json["code"] == "campaign-move-refused"
    ready = approved(session, marketer, approver, drawn)
    assert (ready["state"], ready["live"]["document"]["holdout"]) == ("live", "0.10")
    after = act(approver, ready, "launch", **read(ready)).json
    assert (after["live_version"], after["live"]["document"]["holdout"]) == (2, "0.20")
    states = session.execute(
        select(CampaignVersion.number, CampaignVersion.state)
        .where(CampaignVersion.campaign_id == UUID(live["id"]))
        .order_by(CampaignVersion.number)
    ).all()
    assert [tuple(row) for row in states] == [(1, "superseded"), (2, "live")]


def test_a_campaign_lasts_no_longer_by_its_next_version(session, marketer, approver):
    live = launched(session, marketer, approver, begin(marketer))
    began_on = date.fromisoformat(live["live"]["document"]["schedule"]["starts_on"])
    began_on = max(began_on, TODAY)

    def next_version(ends_on):
        days = {"starts_on": "2027-06-01", "ends_on": ends_on.isoformat()}
        told = api_document(schedule=document()["schedule"] | days)
        if marketer.get(address(live)).json["newest_version"] == 1:
            drawn = marketer.post(address(live, "versions"), json=told).json
        else:
            tag = {"If-Match": marketer.get(address(live)).headers["ETag"]}
            drawn = marketer.put(address(live), json=told, headers=tag).json
        return act(marketer, drawn, "submit", **read(drawn))

    a_year = began_on.replace(year=began_on.year + 1)
    refused = next_version(a_year)
    assert (refused.status_code, [e["check"] for e in refused.json["errors"]]) == (409, ["P10"])
    assert next_version(a_year - timedelta(days=1)).status_code == 200


def test_a_budget_is_never_set_below_what_was_given(session, marketer, approver):
    live = launched(session, marketer, approver, begin(marketer))
    session.execute(
        text(
            "INSERT INTO campaign_bucket (campaign_id, bucket, period_start, points_limit,"
            " points_spent, awards_spent) VALUES (:id, 'total', '2026-11-01', 50000, 30000, 150)"
        ),
        {"id": live["id"]},
    )

    def next_version(points):
        budget = document()["budget"] | {"points_total": points}
        drawn = marketer.post(address(live, "versions"), json=api_document(budget=budget)).json
        ready = approved(session, marketer, approver, drawn)
        return act(approver, ready, "launch", **read(ready))

    refused = next_version(29_999)
    assert (refused.json["code"], refused.json["points_spent"]) == (
        "campaign-budget-below-spent",
        30_000,
    )
    after = next_version(30_000)
    assert (after.status_code, after.json["points_spent"]) == (200, 30_000)


def test_what_is_over_is_not_launched(session, marketer, approver):
    past = document()["schedule"] | {"starts_on": "2026-01-01", "ends_on": "2026-02-01"}
    ready = approved(session, marketer, approver, begin(marketer, schedule=past))
    refused = act(approver, ready, "launch", **read(ready))
    assert (refused.status_code, refused.json["code"]) == (409, "campaign-over")


def test_a_draft_can_be_given_up_and_a_live_campaign_only_ended(session, marketer, approver):
    campaign = begin(marketer)
    assert marketer.delete(address(campaign), headers=tagged(campaign)).status_code == 204
    assert marketer.get(address(campaign)).json["state"] == "ended"
    live = launched(session, marketer, approver, begin(marketer))
    tag = marketer.get(address(live)).headers["ETag"]
    refused = marketer.delete(address(live), headers={"If-Match": tag})
    assert refused.json["code"] == "campaign-move-refused"


def test_a_sent_campaign_is_not_launched_and_a_draft_not_approved(session, marketer, approver):
    campaign = begin(marketer)
    assert approve(approver, campaign, uuid4()).json["code"] == "campaign-move-refused"
    sent = submitted(marketer, campaign)
    assert act(approver, sent, "launch", **read(sent)).json["code"] == "campaign-move-refused"
    again = act(marketer, sent, "submit", **read(sent))
    assert again.json["code"] == "campaign-not-draft"
    for name in ("pause", "end"):
        assert act(marketer, sent, name).json["code"] == "campaign-move-refused"


def test_lists_show_every_campaign_and_those_of_one_state(session, marketer, approver):
    live = launched(session, marketer, approver, begin(marketer))
    draft = begin(marketer)
    first = marketer.get("/v1/campaigns?limit=1").json
    assert [each["id"] for each in first["items"]] == [draft["id"]]
    rest = marketer.get(f"/v1/campaigns?cursor={first['next_cursor']}").json["items"]
    assert live["id"] in [each["id"] for each in rest]
    shown = marketer.get("/v1/campaigns?state=live").json["items"]
    assert [each["id"] for each in shown] == [live["id"]]
    versions = marketer.get(address(live, "versions")).json["items"]
    assert [each["state"] for each in versions] == ["live"]
    one = marketer.get(address(live, "versions/1"))
    assert one.json["document"] == document()
    assert marketer.get(address(live, "versions/2")).json["code"] == "campaign-not-found"
    nowhere = marketer.get(f"/v1/campaigns/{uuid4()}")
    assert (nowhere.status_code, nowhere.json["code"]) == (404, "campaign-not-found")


def test_a_replay_is_asked_for_and_found(marketer):
    campaign = begin(marketer)
    asked = marketer.post(
        address(campaign, "replay"), json={"from": "2026-05-01", "to": "2026-10-31"}
    )
    assert (asked.status_code, asked.json["state"]) == (202, "queued")
    assert asked.json["document_hash"] == campaign["newest"]["document_hash"]
    found = marketer.get(address(campaign, f"replays/{asked.json['id']}"))
    assert found.json == asked.json
    assert marketer.get(address(campaign, "replays")).json["items"] == [found.json]
    for days in (
        {"from": "2026-05-01", "to": "2026-04-30"},
        {"from": "2000-01-01", "to": "2026-01-01"},
    ):
        assert marketer.post(address(campaign, "replay"), json=days).status_code == 422


def test_the_same_key_launches_once(session, marketer, approver):
    ready = approved(session, marketer, approver, begin(marketer))
    key = new_key()
    first = approver.post(address(ready, "launch"), json=read(ready), headers=key)
    second = approver.post(address(ready, "launch"), json=read(ready), headers=key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("state", list(State))
def test_the_states_of_a_campaign_end(state):
    assert state in MOVES
    assert (MOVES[state] == frozenset()) == (state is State.ENDED)


def test_nothing_comes_back_from_a_version_that_is_past():
    assert VERSION_MOVES[VersionState.SUPERSEDED] == VERSION_MOVES[VersionState.REJECTED] == set()
    assert not any(VersionState.DRAFT in after for after in VERSION_MOVES.values())


def test_a_document_is_hashed_by_its_meaning_not_its_order(marketer):
    told = deepcopy(document())
    turned = dict(reversed(list(told.items())))
    one = marketer.post("/v1/campaigns", json={"document": told}).json["newest"]
    two = marketer.post("/v1/campaigns", json={"document": turned}).json["newest"]
    assert one["document_hash"] == two["document_hash"]


def test_faults_are_told_in_the_readers_language(marketer):
    told = document(holdout="0.9", effects=[], window_days=0)
    told["schedule"] |= {"zone": "Nowhere", "dayparts": [["20:00", "9"]]}
    told["stacking"]["group"] = "Two words"
    refused = marketer.post(
        "/v1/campaigns", json={"document": told}, headers={"Accept-Language": "zh-CN"}
    )
    said = [each["detail"] for each in refused.json["errors"]]
    assert len(said) == 7
    assert [words for words in said if words.isascii()] == []
