"""An account manager asks whom to talk to next, and gets everything in one call."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from backend.borrowers.models import AccessLog
from backend.contacts import service as contacts
from backend.kit import clock
from backend.tiers.models import TierState
from backend.tiers.rules import REVIEW_DAYS
from backend.tiers.work import OpenReviews
from tests.api.statements import heard
from tests.clock import NOW, TODAY
from tests.factories.contacts import make_contact
from tests.factories.grants import grant_of
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.procedures import note_forgery, procedure_of
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key

LIST = "/v1/staff/work-list"
NEXT = f"{LIST}/next"


@pytest.fixture
def manager(staff_api):
    return staff_api("account_manager")


@pytest.fixture
def hers(session, manager):
    """`hers("ana", days_late=9)`: a borrower whom she looks after."""

    def make(external_id, *, days_late=None):
        borrower_id = make_borrower(session, external_id=external_id, name=f"{external_id} Lee")
        make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)
        if days_late is not None:
            rows = make_installments(first_due_on=TODAY - timedelta(days=days_late))
            make_loan(session, borrower=external_id, installments=rows)
        session.commit()
        return borrower_id

    return make


def whom(manager, **query):
    items = manager.get(LIST, query_string=query).json["items"]
    return [each["external_id"] for each in items]


def test_nothing_open_is_nothing_to_do(manager, hers):
    hers("ana")
    assert manager.get(NEXT).json == {"next": None, "waiting": 0}
    assert manager.get(LIST).json == {"items": [], "waiting": 0}


def test_the_next_case_comes_with_all_that_is_needed(manager, hers, session, deliver):
    ana = hers("ana", days_late=40)
    offered = grant_of(session, ana)
    make_contact(session, ana, kind="conversation", outcome="promised", days_ago=9)
    deliver()
    session.commit()
    found = manager.get(NEXT).json
    shown = found["next"]
    assert found["waiting"] == 1
    assert (shown["external_id"], shown["name"]) == ("ana", "ana Lee")
    assert shown["case"]["kind"] == "late_loan"
    assert shown["case"]["due_on"] == str(TODAY - timedelta(days=40))
    assert shown["reasons"][0] == {
        "code": "arrears",
        "text": "She is late, and nothing is agreed yet.",
    }
    assert {each["kind"] for each in shown["cases"]} == {"late_loan", "benefit_waiting"}
    facts = {each["fact"]: each for each in shown["facts"]}
    assert (facts["days_past_due"]["value"], facts["days_past_due"]["source"]) == (40, "loans")
    assert facts["contact_answered_ratio_90d"]["value"] == "1.0000"
    assert [each["number"] for each in shown["overdue"]] == [1, 2]
    assert shown["overdue"][0]["open_minor"] == 10_100
    assert {each["code"] for each in shown["options"]} == {
        "late_loan",
        "benefit_waiting",
        "log_contact",
    }
    assert offered in {each["case_id"] for each in shown["cases"]}
    contact = shown["contact"]
    assert contact["may_reach_out"] is True
    assert contact["promised_at"] == "2026-11-14T06:00:00Z"
    assert contact["latest"][0]["outcome"] == "promised"


def test_its_words_are_the_readers(manager, hers):
    hers("ana", days_late=5)
    shown = manager.get(NEXT, headers={"Accept-Language": "zh-CN"}).json["next"]
    assert shown["case"]["text"] == "一笔贷款已逾期。"
    assert shown["reasons"][0]["text"] == "客户逾期，且尚未达成安排。"


def test_each_address_of_an_option_is_one_of_ours(manager, hers, session, app):
    ana = hers("ana", days_late=5)
    grant_of(session, ana)
    procedure_of(session, ana)
    adapter = app.url_map.bind("localhost")
    options = manager.get(NEXT).json["next"]["options"]
    assert len(options) == 4
    for each in options:
        method, path = each["address"].split(" ")
        assert adapter.match(path, method=method)


def test_who_waits_for_an_answer_comes_before_who_is_late(manager, hers, session, borrower_api):
    hers("late", days_late=80)
    asking = hers("asking")
    place_in_tier(session, asking)
    asked = borrower_api(asking).post(
        "/v1/me/tier/reviews", json={"reason": "Please look."}, headers=new_key()
    )
    assert asked.status_code == 201, asked.json
    assert whom(manager) == ["asking", "late"]
    assert manager.get(NEXT, query_string={"skip": 1}).json["next"]["external_id"] == "late"


def test_an_answer_is_due_by_the_days_of_the_programme(manager, hers, session, borrower_api):
    asking = hers("asking")
    place_in_tier(session, asking)
    # Morning in Shanghai, the evening before in UTC.
    with clock.fixed(NOW.replace(hour=20)):
        borrower_api(asking).post(
            "/v1/me/tier/reviews", json={"reason": "Please look."}, headers=new_key()
        )
    (case,) = session.execute(OpenReviews().cases()).all()
    assert case.due_on == TODAY + timedelta(days=1 + REVIEW_DAYS)


def place_in_tier(session, borrower_id):
    session.execute(
        insert(TierState).values(
            borrower_id=borrower_id,
            tier="current",
            rank=3,
            since_on=TODAY,
            placed_on=TODAY,
            raw_tier="current",
            bands="",
            policy_version=1,
            evaluation_number=1,
        )
    )


def test_who_asked_for_something_or_was_just_reached_is_not_called_about_arrears(
    manager, hers, session
):
    hers("free", days_late=9)
    held, reached = hers("held", days_late=50), hers("reached", days_late=50)
    contacts.hold(session, borrower_id=held, cause="dispute:1", until_on=TODAY, now=NOW)
    make_contact(session, reached, days_ago=2)
    session.commit()
    assert whom(manager) == ["free"]
    contacts.release(session, borrower_id=held, cause="dispute:1")
    assert whom(manager) == ["held", "free"]


def test_after_a_call_the_next_one_is_another(manager, hers):
    first, second = hers("first", days_late=50), hers("second", days_late=9)
    assert manager.get(NEXT).json["next"]["borrower_id"] == str(first)
    manager.post(
        f"/v1/staff/borrowers/{first}/contacts",
        json={"at": "2026-11-23T05:00:00Z", "channel": "call", "kind": "attempt"},
        headers=new_key(),
    )
    assert manager.get(NEXT).json["next"]["borrower_id"] == str(second)


def test_a_channel_that_is_off_and_a_hold_are_told(manager, hers, session):
    ana = hers("ana")
    procedure_of(session, ana)
    make_contact(session, ana, kind="opt_out", channel="sms", days_ago=200)
    contacts.hold(session, borrower_id=ana, cause="promise:1", until_on=TODAY, now=NOW)
    contact = manager.get(NEXT).json["next"]["contact"]
    assert contact["may_reach_out"] is False
    assert {each["code"] for each in contact["reasons"]} == {"held", "sms_off"}
    assert contact["holds"] == [{"cause": "promise:1", "until_on": str(TODAY)}]
    channels = {each["channel"]: each["is_open"] for each in contact["channels"]}
    assert channels == {"call": True, "sms": False, "push": True, "email": True, "visit": True}


def test_a_list_is_of_ones_own_alone_and_each_look_is_known(manager, hers, session, staff_api):
    ana = hers("ana", days_late=9)
    assert staff_api("account_manager").get(LIST).json["items"] == []
    assert staff_api("risk_officer").get(LIST).status_code == 403
    assert session.execute(select(AccessLog)).first() is None
    whom(manager)
    manager.get(NEXT)
    looks = session.execute(select(AccessLog)).scalars().all()
    assert [(each.borrower_id, each.what, each.staff_id) for each in looks] == [
        (ana, "work list", manager.id)
    ] * 2


def test_it_asks_as_little_however_much_there_is(manager, hers, session):
    def asked(path):
        with heard(session.connection()) as found:
            assert manager.get(path, headers={"Accept-Language": "en"}).status_code == 200
        return len(found)

    ana = hers("ana", days_late=70)
    grant_of(session, ana)
    few = [asked(LIST), asked(NEXT)]
    for number in range(8):
        other = hers(f"b{number}", days_late=80 + number)
        grant_of(session, other)
        grant_of(session, ana)
        make_contact(session, ana, days_ago=10 + number)
    many = [asked(LIST), asked(NEXT)]
    assert many == few
    # Whom, their names; whether they are hers, and the look.
    assert few[0] <= 4
    # And of one: her cases, the facts there are (twice) and hers, what is late, holds, the
    # ledger for its channels, her last contacts.
    assert few[1] <= 13


def test_a_loan_that_is_on_time_is_no_case(manager, hers, session):
    ana = hers("ana", days_late=-5)
    procedure_of(session, ana)
    shown = manager.get(NEXT).json["next"]
    assert [each["kind"] for each in shown["cases"]] == ["procedure_notice"]
    assert shown["overdue"] == []


def test_a_document_found_forged_waits_for_a_person(manager, hers, session):
    ana = hers("ana")
    note_forgery(session, ana)
    assert manager.get(NEXT).json["next"]["case"]["kind"] == "forgery_upheld"


def test_a_limit_cuts_and_tells_how_many_wait(manager, hers):
    for number in range(3):
        hers(f"b{number}", days_late=9 - number)
    found = manager.get(LIST, query_string={"limit": 2}).json
    assert [each["external_id"] for each in found["items"]] == ["b0", "b1"]
    assert found["waiting"] == 3
    for query in ({"limit": 0}, {"limit": 101}, {"cursor": "x"}):
        assert manager.get(LIST, query_string=query).status_code == 422
    assert manager.get(NEXT, query_string={"skip": 101}).status_code == 422
