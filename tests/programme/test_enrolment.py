import pytest
from sqlalchemy import func, select

from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.profile import queries as profile
from backend.programme import queries, service
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.factories.profile import make_profiles
from tests.fixtures.api import new_key

PURPOSE = {"X-Access-Purpose": "risk_review"}


@pytest.fixture
def officer(staff_api):
    return staff_api("risk_officer")


def move(officer, borrower_id, status):
    return officer.post(
        f"/v1/staff/borrowers/{borrower_id}/enrolment",
        json={"status": status, "reason": "asked for"},
        headers=new_key() | PURPOSE,
    )


def test_a_roll_out_enrols_everyone_once_and_says_so(session):
    ids = make_profiles(session, {}, {}, {})

    first = service.enrol_all(session, borrower_ids=ids, reason="demo", now=NOW)
    second = service.enrol_all(session, borrower_ids=ids, reason="demo", now=NOW)

    assert (first, second) == (3, 0)
    assert all(queries.is_enrolled(session, borrower_id=each) for each in ids)
    told = select(func.count()).where(EventRow.name == "EnrolmentChanged")
    assert session.execute(told).scalar_one() == 3


def test_staff_enrol_pause_and_terminate_with_a_reason(session, officer):
    borrower_id = make_profiles(session, {})[0]

    steps = [
        move(officer, borrower_id, s).status_code for s in ("enrolled", "paused", "terminated")
    ]
    back = move(officer, borrower_id, "enrolled")
    seen = officer.get(f"/v1/staff/borrowers/{borrower_id}/enrolment", headers=PURPOSE)

    assert steps == [201, 201, 201]
    assert (back.status_code, back.json["code"]) == (409, "enrolment-move-refused")
    assert seen.json["status"] == "terminated"
    assert [step["number"] for step in seen.json["history"]] == [3, 2, 1]


def test_nobody_is_enrolled_who_is_not_there_and_looking_needs_a_purpose(session, officer):
    borrower_id = make_profiles(session, {})[0]
    path = f"/v1/staff/borrowers/{borrower_id}/enrolment"

    assert move(officer, new_id(), "enrolled").status_code == 404
    assert move(officer, borrower_id, "gone").status_code == 422
    assert officer.get(path).status_code == 422


def test_only_who_may_write_enrols(session, staff_api):
    borrower_id = make_profiles(session, {})[0]

    assert move(staff_api("auditor"), borrower_id, "enrolled").status_code == 403


def test_the_status_is_a_fact(session, deliver):
    borrower_id = make_borrower(session, external_id="enrolled-1")
    service.enrol_all(session, borrower_ids=[borrower_id], reason="demo", now=NOW)
    deliver()

    facts = profile.get_facts(session, borrower_id=borrower_id, now=NOW)
    assert facts["programme_status"] == "enrolled"
    assert queries.count_by_status(session) == {"enrolled": 1}
