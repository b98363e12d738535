"""A request for a plan is decided in the console: what is there to see, and what is sent."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from backend.borrowers.models import AccessLog
from backend.kit import clock
from backend.plan_quotes.models import PlanQuote
from tests.clock import NOW
from tests.factories.plans import open_case
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key

QUEUE = "/console/plan-requests"
WORDS = {
    "text.en": "This fits you better.",
    "text.zh-CN": "此方案更适合您。",
}
WAY = {"way.en": "A longer term would do.", "way.zh-CN": "延长期限即可。"}


@pytest.fixture
def case(session, borrower_api, client_api):
    return open_case(session, borrower_api, client_api)


@pytest.fixture
def manager(console_client, case, session):
    found = console_client("account_manager")
    make_assignment(session, staff_id=found.id, borrower_id=case.borrower_id)
    session.commit()
    return found


@pytest.fixture
def waiting(case) -> str:
    quote = case.quote("move_due_day", due_day=15)
    answer = case.api.post(
        "/v1/me/plan-requests",
        json={
            "quote_id": quote,
            "reason": "job_loss",
            "message": "Since <b>October</b><script>alert(1)</script>",
        },
        headers=new_key(),
    )
    assert answer.json["state"] == "under_review", answer.json
    return answer.json["id"]


def decide(client, plan, **form):
    return client.post(
        f"{QUEUE}/{plan}/decide", {"idempotency_key": f"decide-{plan}"} | WORDS | form
    )


def offers(page):
    """What the form lets one offer, by kind."""
    found = re.findall(r'name="offer" value="([^"]+)"', page.text)
    return {json.loads(unescape(each))["kind"]: unescape(each) for each in found}


def test_the_queue_leads_to_the_request(manager, waiting):
    page = manager.get(QUEUE)
    assert f"{QUEUE}/{waiting}" in page.text
    assert waiting not in manager.get(f"{QUEUE}?state=rejected").text


def test_the_case_shows_what_she_wrote_as_text(manager, waiting):
    page = manager.get(f"{QUEUE}/{waiting}").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<b>October" not in page


def test_all_options_stand_side_by_side_and_none_is_kept(manager, waiting, session):
    before = session.scalars(select(PlanQuote.id)).all()
    page = manager.get(f"{QUEUE}/{waiting}")
    assert page.status_code == 200, page.text
    assert set(offers(page)) == {
        "move_due_day",
        "longer_term",
        "lower_rate",
        "skip",
        "token_payment",
    }
    assert "Nothing is past due, so there is nothing to spread." in page.text
    assert "3 days left" in page.text
    assert session.scalars(select(PlanQuote.id)).all() == before


def test_options_are_reckoned_with_other_terms(manager, waiting):
    page = manager.get(f"{QUEUE}/{waiting}?months=2&due_day=&annual_rate=0.0600")
    found = offers(page)
    assert json.loads(found["longer_term"])["terms"]["months"] == 2
    assert json.loads(found["lower_rate"])["terms"]["annual_rate"] == "0.06"
    assert manager.get(f"{QUEUE}/{waiting}?months=0").status_code == 422


def test_what_is_offered_is_what_was_shown(manager, case, waiting):
    page = manager.get(f"{QUEUE}/{waiting}?months=2")
    answer = decide(manager, waiting, outcome="counter_offer", offer=offers(page)["longer_term"])
    assert answer.status_code == 303, answer.text
    seen = case.see(waiting)
    assert (seen["state"], seen["kind"]) == ("offered", "longer_term")
    assert seen["decisions"][0]["reasons"][0]["text"] == WORDS["text.en"]
    for row in seen["quote"]["schedule"]:
        assert row["due_on"]
    told = manager.follow(answer).text
    assert "Decided. She can read it now." in told
    assert "Offered to her" in told
    assert case.act(waiting, "accept").status_code == 200


def test_a_second_click_decides_nothing_anew(manager, case, waiting):
    assert decide(manager, waiting, outcome="approve").status_code == 303
    assert decide(manager, waiting, outcome="approve").status_code == 303
    assert len(case.see(waiting)["decisions"]) == 1


def test_a_rejection_without_a_way_is_shown_again_with_her_words_kept(manager, case, waiting):
    page = decide(manager, waiting, outcome="reject")
    assert page.status_code == 422
    assert 'href="#f-way-en"' in page.text
    assert WORDS["text.en"] in page.text
    assert case.see(waiting)["state"] == "under_review"
    assert decide(manager, waiting, outcome="reject", **WAY).status_code == 303
    assert case.see(waiting)["state"] == "rejected"


def test_words_that_threaten_are_not_sent(manager, case, waiting):
    page = decide(manager, waiting, outcome="approve", **{"text.en": "Pay now or we will sue you."})
    assert page.status_code == 422
    assert 'href="#f-text-en"' in page.text
    assert case.see(waiting)["state"] == "under_review"


@pytest.mark.parametrize("offer", ["", "no json", '{"kind": "gift", "terms": {}}', '["x"]'])
def test_a_counter_offer_is_one_of_the_options(manager, case, waiting, offer):
    page = decide(manager, waiting, outcome="counter_offer", offer=offer)
    assert page.status_code == 422
    assert case.see(waiting)["state"] == "under_review"


def test_she_is_asked_for_what_is_missing(manager, case, waiting):
    assert decide(manager, waiting, outcome="request_info").status_code == 303
    assert case.see(waiting)["state"] == "info_requested"
    assert "There is nothing to decide here now." in manager.get(f"{QUEUE}/{waiting}").text


def test_the_second_of_two_is_told_what_won(manager, console_client, waiting):
    officer = console_client("risk_officer")
    assert decide(officer, waiting, outcome="reject", **WAY).status_code == 303
    page = decide(manager, waiting, outcome="approve")
    assert page.status_code == 409
    assert "Rejected" in page.text


def test_anothers_request_is_not_there(console_client, waiting, case, session):
    other = console_client("account_manager")
    assert waiting not in other.get(QUEUE).text
    assert other.get(f"{QUEUE}/{waiting}").status_code == 404
    assert decide(other, waiting, outcome="approve").status_code == 404
    assert case.see(waiting)["state"] == "under_review"
    assert session.scalars(select(AccessLog.id).where(AccessLog.staff_id == other.id)).all() == []


def test_looks_at_a_request_are_written_down(manager, waiting, session):
    manager.get(f"{QUEUE}/{waiting}")
    found = session.execute(
        select(AccessLog.what, AccessLog.purpose).where(AccessLog.staff_id == manager.id)
    ).all()
    assert [tuple(each) for each in found] == [("plan request", "account_care")]


def test_who_sees_everybody_says_why_before_a_request_opens(console_client, waiting):
    officer = console_client("risk_officer")
    asked = officer.get(f"{QUEUE}/{waiting}")
    assert "alert(1)" not in asked.text
    who = re.search(r'action="(/console/borrowers/[^"]+/purpose)"', asked.text)[1]
    said = officer.post(who, {"purpose": "plan_request", "next": f"{QUEUE}/{waiting}"})
    assert "alert(1)" in officer.follow(said).text


def test_who_reads_alone_has_no_form(console_client, waiting):
    auditor = console_client("auditor")
    page = auditor.get(f"{QUEUE}/{waiting}?purpose=audit")
    assert page.status_code == 200
    assert 'name="outcome"' not in page.text
    assert decide(auditor, waiting, outcome="approve").status_code == 403


def test_a_late_answer_says_how_late(manager, waiting):
    with clock.fixed(NOW + timedelta(days=6)):
        assert "3 days late" in manager.get(f"{QUEUE}/{waiting}").text


def test_an_appeal_is_decided_by_another_person(manager, console_client, case, waiting):
    decide(manager, waiting, outcome="reject", **WAY)
    assert case.act(waiting, "appeal").json["state"] == "appealed"
    page = manager.get(f"{QUEUE}/{waiting}")
    assert 'value="request_info"' not in page.text
    again = {"idempotency_key": "again", "outcome": "approve"}
    assert decide(manager, waiting, **again).status_code == 403
    assert case.see(waiting)["state"] == "appealed"
    assert decide(console_client("risk_officer"), waiting, **again).status_code == 303
    assert case.see(waiting)["state"] == "offered"
