"""What is said of the lender, and who judges it."""

import pytest

from community.detectors.lender import is_complaint
from tests.community.desk import WHY
from tests.fixtures.api import new_key

SAID = (
    ("en", "The lender charged me twice and their collectors call me at work. It is unfair."),
    ("zh", "平台客服态度恶劣，催收天天打爆我家人的电话，我要投诉。"),
)
OUTRAGE = "The lender ignored my letters. Shameful!"


@pytest.fixture
def report():
    def say(who, target_id, reason="insult"):
        body = {"target_type": "post", "target_id": target_id, "reason": reason}
        return who.api.post("/v1/community/reports", json=body, headers=new_key())

    return say


@pytest.mark.parametrize(("_", "body"), SAID)
def test_a_complaint_about_the_lender_never_waits_in_the_general_queue(person, desk, _, body):
    person().write(body=body)
    assert desk().next().status_code == 204
    assert desk().take("complaints-about-lender")["causes"] == ["first_posts", "lender"]


@pytest.mark.parametrize(
    "body",
    ["I was rude to my sister today.", "The lender moved my due day, thank you.", "银行批了延期。"],
)
def test_not_every_word_about_the_lender_or_about_wrong_is_a_complaint(body):
    assert not is_complaint("Today", body)


def test_reported_or_undone_it_stays_apart(trusted, person, desk, report):
    ann, mod = trusted(), desk("lead_moderator")
    post = ann.write(body=OUTRAGE).json
    report(person(), post["id"], reason="threat")
    assert mod.next().status_code == 204
    case = mod.take("complaints-about-lender")
    decision = mod.decide(case, "approve").json["decision"]
    mod.on_decision(decision, "undo", reason="I pressed the wrong key.")
    assert mod.next().status_code == 204
    assert mod.take("complaints-about-lender")["target_id"] == post["id"]


def test_sent_there_by_a_person_it_stays_there(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    post = ann.write(body="They charged me twice.").json
    report(person(), post["id"])
    move = {"to": "complaints-about-lender", "reason": "It is about the lender."}
    mod.on_case(mod.take(), "escalate", **move)
    mod.decide(mod.take("complaints-about-lender"), "approve")
    report(person(), post["id"], reason="threat")
    assert mod.next().status_code == 204
    assert mod.take("complaints-about-lender")["causes"] == ["lender", "threat"]


def test_nobody_sends_it_back_and_takes_it_down_there(trusted, person, desk, report):
    ann, mod = trusted(), desk()
    report(person(), ann.write(body=OUTRAGE).json["id"])
    case = mod.take("complaints-about-lender")
    mod.on_case(case, "escalate", to="general", reason="It insults another member.")
    assert mod.next().status_code == 204
    other = desk()
    assert other.remove(other.take(), clause="respect", reason=WHY)["queue"] == "general"
