"""From a text that waits to what its author and its reporter are told, without a word of it."""

from datetime import timedelta

import pytest

from backend.kit import clock
from backend.kit.wiring import JobContext
from community.moderation import jobs
from notifications.deliveries.service import plan_due
from tests.clock import NOW
from tests.community.desk import Desk
from tests.factories.loans import make_borrower
from tests.fixtures.api import Api, new_key

WORDS = {"title": "Lentil soup", "body": "Ring Zhao under the old bridge.", "topic": "budget"}
HELD, DECIDED = "Thank you for writing", "A decision in the community"
ANSWERED, THANKED = "Somebody else looked at it again", "Thank you for looking after each other"
WHY = "It tells where somebody sleeps."


@pytest.fixture
def life(session, deliver):
    """`life(minutes=10)`: from then on, with all that the workers do until then."""

    def run(minutes: int):
        at = NOW + timedelta(minutes=minutes)
        with clock.fixed(at):
            jobs.let_count(JobContext(as_of=at.date(), now=at, run_id=None, heartbeat=lambda: None))
            deliver()
            plan_due(session, now=at)

    return run


def inbox(api: Api, language: str = "en") -> list[dict]:
    answer = api.get("/v1/me/inbox", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def told(api: Api) -> list[str]:
    """What her inbox holds, oldest first."""
    return [each["title"] for each in reversed(inbox(api))]


def send(api: Api, path: str, body: dict) -> dict:
    answer = api.post(path, json=body, headers=new_key())
    assert answer.status_code == 201, answer.text
    return answer.json


def test_from_a_held_text_to_the_inboxes_of_author_and_reporter(
    session, borrower_api, staff_api, life
):
    ann, bea = (borrower_api(make_borrower(session)) for _ in range(2))
    mod, lead = Desk(staff_api("moderator")), Desk(staff_api("lead_moderator"))
    post = send(ann, "/v1/community/posts", WORDS)
    life(0)
    assert (told(ann), told(bea)) == ([HELD], [])

    mod.decide(mod.take(), "approve")
    report = {"target_type": "post", "target_id": post["id"], "reason": "personal_data"}
    send(bea, "/v1/community/reports", report)
    decision = mod.remove(mod.take(), reason=WHY)
    life(9)
    assert (told(ann), told(bea)) == ([HELD], [])  # a mis-click would still be free
    life(10)
    assert told(ann) == [HELD, DECIDED]
    assert told(bea) == [THANKED]

    words = {"decision_id": decision["id"], "text": "It is my own bed."}
    send(ann, "/v1/me/community/appeals", words)
    lead.decide(lead.take("appeals"), "overturn", reason="She is right.")
    life(20)
    assert told(ann) == [HELD, DECIDED, ANSWERED]
    assert told(bea) == [THANKED]
    assert [each["about"] for each in reversed(inbox(ann))] == [
        {},
        {"decision_id": decision["id"]},
        {"decision_id": decision["id"]},
    ]
    private = [WORDS["title"], "Zhao", "bridge", words["text"], WHY, "personal_data"]
    for api in (ann, bea):
        english, chinese = inbox(api), inbox(api, "zh-CN")
        said = str((english, chinese))
        assert [word for word in private if word in said] == []
        assert all(en["title"] != zh["title"] for en, zh in zip(english, chinese, strict=True))
        assert {each["action_code"] for each in english} == {"see_community"}
