"""The pilot's draw and the roll-out, as staff ask for them."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.kit import crypto
from backend.kit.outbox import EventRow
from backend.programme import queries, service
from backend.programme.models import Enrolment, ProgrammeDraw
from backend.programme.rules import draw
from tests.clock import NOW, TODAY
from tests.factories.policies import compare
from tests.factories.profile import make_profiles
from tests.factories.raw_loans import add_reports, make_product, make_raw_loan
from tests.fixtures.api import new_key

LATE = {"dpd_base": 0, "oldest_unpaid_due_on": TODAY - timedelta(days=3)}
WAS_LATE = {"dpd_base": 0, "dpd_past_max_12m": 12}
NEVER_LATE = {"dpd_base": 0, "dpd_past_max_12m": 0}


@pytest.fixture
def officer(staff_api):
    return staff_api("risk_officer")


def ask(officer, kind, *, key=None, **more):
    body = {"kind": kind, "reason": "first phase"} | more
    return officer.post("/v1/programme/draws", json=body, headers=key or new_key())


def counts(answer):
    return tuple(answer.json[name] for name in ("considered", "enrolled", "control"))


def assignments(session):
    rows = session.execute(select(Enrolment.borrower_id, Enrolment.assignment, Enrolment.status))
    return {borrower_id: (assignment, status) for borrower_id, assignment, status in rows}


def told(session):
    names = select(func.count()).where(EventRow.name == "EnrolmentChanged")
    return session.execute(names).scalar_one()


def test_the_pilot_takes_a_fifth_of_each_tier_in_the_order_of_a_keyed_hash(session, officer):
    by_tier = {
        "stable": make_profiles(session, *[LATE | {"tier": "stable"}] * 13),
        "potential": make_profiles(session, *[WAS_LATE | {"tier": "potential"}] * 8),
        "": make_profiles(session, *[LATE] * 2),
    }
    make_profiles(session, *[NEVER_LATE] * 5)

    answer = ask(officer, "pilot")

    key = crypto.keyed_hash("", kind="programme.draw")
    expected = draw(
        {
            tier: [(each, hashlib.sha256(key + str(each).encode()).digest()) for each in members]
            for tier, members in by_tier.items()
        }
    )
    assert (answer.status_code, counts(answer)) == (201, (23, 5, 18))
    assert {who: how for who, (how, _) in assignments(session).items()} == expected
    assert set(assignments(session).values()) == {("treated", "enrolled"), ("control", None)}
    assert told(session) == 5


def test_who_was_overdue_before_the_last_twelve_months_is_in_the_draw_too(session, officer):
    make_product(session)
    owner = make_raw_loan(session, kind="revolving")
    add_reports(session, owner, [(TODAY - timedelta(days=500), 30, "carried")])

    assert counts(ask(officer, "pilot")) == (1, 0, 1)


def test_a_draw_once_made_is_kept_and_a_repeat_answers_the_same(session, officer):
    make_profiles(session, *[LATE] * 10)
    key = new_key()

    first = ask(officer, "pilot", key=key)
    before = assignments(session)
    repeat = ask(officer, "pilot", key=key)
    again = ask(officer, "pilot")

    assert counts(first) == (10, 2, 8)
    assert repeat.json == first.json
    assert counts(again) == (0, 0, 0)
    assert assignments(session) == before
    assert told(session) == 2


def test_a_draw_may_be_among_some(session, officer):
    make_profiles(session, *[LATE | {"product": "a"}] * 5, *[LATE | {"product": "b"}] * 5)

    answer = ask(officer, "pilot", among=compare("product", "eq", "a"))

    assert counts(answer) == (5, 1, 4)


def test_a_roll_out_enrols_who_is_left_and_leaves_the_control_group_alone(session, officer):
    late = make_profiles(session, *[LATE] * 10)
    ask(officer, "pilot")
    fine = make_profiles(session, *[NEVER_LATE] * 3)

    answer = ask(officer, "roll_out")

    found = assignments(session)
    assert counts(answer) == (11, 3, 8)
    assert {found[each] for each in fine} == {("roll_out", "enrolled")}
    assert [found[each] for each in late].count(("control", None)) == 8
    assert told(session) == 2 + 3


def test_a_roll_out_that_says_so_enrols_the_control_group(session, officer):
    late = make_profiles(session, *[LATE] * 10)
    ask(officer, "pilot")

    answer = ask(officer, "roll_out", include_control=True)
    again = ask(officer, "roll_out", include_control=True)

    found = assignments(session)
    assert (counts(answer), counts(again)) == ((8, 8, 0), (0, 0, 0))
    assert [found[each] for each in late].count(("control", "enrolled")) == 8
    assert told(session) == 10
    view = queries.get_enrolment_view(
        session, borrower_id=next(each for each in late if found[each][0] == "control")
    )
    assert [(step.number, step.reason) for step in view.history] == [(2, "first phase")]


def test_a_roll_out_by_group_enrols_that_group(session, officer):
    one, *others = make_profiles(session, {"product": "a"}, {"product": "b"}, {"product": "b"})

    answer = ask(officer, "roll_out", among=compare("product", "eq", "a"))

    assert counts(answer) == (1, 1, 0)
    assert set(assignments(session)) == {one}
    assert not any(queries.is_enrolled(session, borrower_id=each) for each in others)


def test_who_left_for_good_is_not_enrolled_again(session, officer):
    [gone] = make_profiles(session, LATE)
    service.enrol_all(session, borrower_ids=[gone], reason="demo", now=NOW)
    officer.post(
        f"/v1/staff/borrowers/{gone}/enrolment",
        json={"status": "terminated", "reason": "asked for"},
        headers=new_key() | {"X-Access-Purpose": "risk_review"},
    )

    assert counts(ask(officer, "roll_out", include_control=True)) == (0, 0, 0)
    assert assignments(session) == {gone: ("roll_out", "terminated")}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "lottery"}, "#/kind"),
        ({"reason": ""}, "#/reason"),
        ({"among": {"fact": "sex", "op": "known"}}, "#/among/fact"),
        ({"include_control": True}, "#/include_control"),
    ],
)
def test_a_faulty_one_is_refused_by_pointer_and_nothing_is_kept(session, officer, change, pointer):
    answer = ask(officer, **({"kind": "pilot"} | change))

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert session.execute(select(func.count()).select_from(ProgrammeDraw)).scalar_one() == 0


def test_only_who_may_write_draws_and_names_the_attempt(officer, staff_api):
    body = {"kind": "pilot", "reason": "first phase"}

    assert ask(staff_api("auditor"), "pilot").status_code == 403
    assert officer.post("/v1/programme/draws", json=body).status_code == 400
