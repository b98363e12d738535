"""Who had a hand in words that are typed in again, and campaigns that are over by themselves."""

from datetime import timedelta

import pytest

from rewards.campaigns import jobs
from tests.clock import NOW, TODAY
from tests.factories.campaigns import (
    address,
    api_document,
    approve,
    begin,
    document,
    launched,
    replayed,
    submitted,
)
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


def test_who_wrote_what_was_typed_in_again_does_not_approve_it(
    session, marketer, approver, staff_api
):
    both = staff_api("marketer", "campaign_approver")
    sent = submitted(both, begin(both))
    said = {"version": 1, "note": "Not yet."}
    assert approver.post(address(sent, "reject"), json=said, headers=new_key()).status_code == 200
    typed = marketer.post(address(sent, "versions"), json=api_document()).json
    again = submitted(marketer, typed)
    replay_id = replayed(session, again)
    assert approve(both, again, replay_id).json["code"] == "second-person-needed"
    assert approve(approver, again, replay_id).status_code == 200


def test_a_campaign_ends_by_itself_once_its_last_day_is_past(session, marketer, approver):
    schedule = document()["schedule"] | {"ends_on": TODAY.isoformat()}
    over = launched(session, marketer, approver, begin(marketer, schedule=schedule))
    longer = launched(session, marketer, approver, begin(marketer))
    renewed = launched(session, marketer, approver, begin(marketer, schedule=schedule))
    assert marketer.post(address(renewed, "versions"), json={}).status_code == 201
    [end] = [job for job in jobs.JOBS if job.name == "campaigns-end"]
    assert end.run(make_job_context(now=NOW + timedelta(days=2))) == {"ended": 0}
    assert end.run(make_job_context(now=NOW + timedelta(days=3))) == {"ended": 1}
    states = [marketer.get(address(c)).json["state"] for c in (over, longer, renewed)]
    assert states == ["ended", "live", "live"]
    assert end.run(make_job_context(now=NOW + timedelta(days=3))) == {"ended": 0}
