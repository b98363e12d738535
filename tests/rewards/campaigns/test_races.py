"""Two people at once: one of them decides, and what was decided is what one of them read."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from backend.kit.db import transaction
from backend.kit.problems import Problem
from rewards.campaigns import queries, requests, service
from tests.clock import NOW
from tests.factories.campaigns import approved, begin, document, read, replayed, submitted

pytestmark = pytest.mark.commits


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


def at_once(*works):
    """What each of them came to: "done", or the code of its refusal."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            with transaction() as session:
                work(session)
        except Problem as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def stored(session, campaign):
    session.rollback()
    row = queries.get_campaign(session, campaign_id=campaign["id"])
    version = queries.get_version(session, campaign_id=row.id, number=row.newest_version)
    return row, version


def test_two_approvers_leave_one_approval(session, marketer, staff_api):
    sent = submitted(marketer, begin(marketer))
    replay_id = replayed(session, sent)
    approvers = [staff_api("campaign_approver").id for _ in range(4)]
    session.commit()
    body = read(sent) | {"replay_id": replay_id, "waivers": []}

    def by(who):
        def approve(own):
            service.approve(
                own,
                campaign_id=sent["id"],
                approval=requests.approval_of(body),
                approver_id=who,
                now=NOW,
            )

        return approve

    results = at_once(*(by(who) for who in approvers))
    assert sorted(results) == ["campaign-move-refused"] * 3 + ["done"]
    _, version = stored(session, sent)
    assert version.approver_id == approvers[results.index("done")]


def test_an_edit_and_a_submission_leave_what_was_read_or_nothing(session, marketer):
    campaign = begin(marketer)
    session.commit()

    def edit(own):
        service.edit_draft(
            own,
            campaign_id=campaign["id"],
            revision=1,
            document=document(holdout="0.20"),
            editor_id=marketer.id,
            now=NOW,
        )

    def submit(own):
        service.submit(
            own,
            campaign_id=campaign["id"],
            number=1,
            document_hash=campaign["newest"]["document_hash"],
            waivers=[],
            submitter_id=marketer.id,
            now=NOW,
        )

    edited, sent = at_once(edit, submit)
    _, version = stored(session, campaign)
    if sent == "done":
        assert edited == "stale"
        assert version.document["holdout"] == "0.10"
    else:
        assert (edited, sent) == ("done", "campaign-stale")
        assert (version.state, version.document["holdout"]) == ("draft", "0.20")


def test_a_launch_and_a_pause_leave_one_state(session, marketer, approver):
    ready = approved(session, marketer, approver, begin(marketer))
    session.commit()

    def launch(own):
        service.launch(own, campaign_id=ready["id"], number=1, launcher_id=approver.id, now=NOW,
                       document_hash=ready["newest"]["document_hash"])  # fmt: skip

    def pause(own):
        service.pause(own, campaign_id=ready["id"], now=NOW)

    launched, paused = at_once(launch, pause)
    row, version = stored(session, ready)
    assert (launched, version.state) == ("done", "live")
    assert (paused, row.state) in [("done", "paused"), ("campaign-move-refused", "live")]


def test_two_launches_are_one(session, marketer, approver):
    ready = approved(session, marketer, approver, begin(marketer))
    session.commit()

    def launch(own):
        service.launch(own, campaign_id=ready["id"], number=1, launcher_id=approver.id, now=NOW,
                       document_hash=ready["newest"]["document_hash"])  # fmt: skip

    assert sorted(at_once(*[launch] * 4)) == ["campaign-move-refused"] * 3 + ["done"]
