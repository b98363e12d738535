"""Who looks after whom: given, changed, ended, and remembered."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from backend.borrowers.models import AccessLog, Assignment
from backend.kit import clock
from backend.kit.fields import instant_text
from backend.kit.ids import new_id
from backend.staff.models import StaffAccount, StaffAction
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key

MINE = "/v1/staff/assignments"


def path_of(borrower_id):
    return f"/v1/staff/borrowers/{borrower_id}/assignment"


def profile(borrower_id):
    return f"/v1/staff/borrowers/{borrower_id}"


def give(api, borrower_id, staff_id):
    return api.put(path_of(borrower_id), json={"staff_id": str(staff_id)})


def history(session):
    rows = session.execute(select(Assignment).order_by(Assignment.id)).scalars()
    return [(row.staff_id, row.since, row.ended_at, row.assigned_by, row.ended_by) for row in rows]


@pytest.fixture
def ana(session):
    borrower_id = make_borrower(session, external_id="ana", name="Ana Lopez")
    session.commit()
    return borrower_id


@pytest.mark.parametrize("role", ["risk_officer", "admin"])
def test_she_is_given_an_account_manager_and_another_and_none(session, staff_api, ana, role):
    first, second = staff_api("account_manager"), staff_api("account_manager")
    boss = staff_api(role)

    given = give(boss, ana, first.id)
    assert (given.status_code, given.json) == (
        200,
        {
            "borrower_id": str(ana),
            "staff_id": str(first.id),
            "since": instant_text(NOW),
            "assigned_by": str(boss.id),
        },
    )
    assert first.get(profile(ana)).status_code == 200

    later = NOW + timedelta(days=1)
    with clock.fixed(later):
        assert give(boss, ana, second.id).json["staff_id"] == str(second.id)
    assert first.get(profile(ana)).status_code == 404
    assert second.get(profile(ana)).status_code == 200

    last = later + timedelta(days=1)
    with clock.fixed(last):
        assert boss.delete(path_of(ana)).status_code == 204
    assert second.get(profile(ana)).status_code == 404

    assert history(session) == [
        (first.id, NOW, later, boss.id, boss.id),
        (second.id, later, last, boss.id, boss.id),
    ]
    told = session.execute(
        select(StaffAction.action, StaffAction.staff_id, StaffAction.subject)
        .where(StaffAction.action.like("borrower.%"))
        .order_by(StaffAction.id)
    )
    assert [tuple(row) for row in told] == [
        (action, boss.id, f"borrower:{ana}")
        for action in ("borrower.assign", "borrower.assign", "borrower.unassign")
    ]


def test_repeating_changes_nothing(session, staff_api, ana):
    manager, boss = staff_api("account_manager"), staff_api("admin")
    assert boss.delete(path_of(ana)).status_code == 204
    first = give(boss, ana, manager.id)
    with clock.fixed(NOW + timedelta(days=1)):
        assert give(boss, ana, manager.id).json == first.json
    assert len(history(session)) == 1
    assert boss.delete(path_of(ana)).status_code == 204
    assert boss.delete(path_of(ana)).status_code == 204
    assert len(history(session)) == 1


def test_only_an_active_account_manager_looks_after_somebody(session, staff_api, ana):
    boss = staff_api("admin")
    gone = staff_api("account_manager")
    session.execute(
        StaffAccount.__table__.update().where(StaffAccount.id == gone.id).values(disabled_at=NOW)
    )
    for staff_id in (new_id(), boss.id, staff_api("auditor").id, gone.id):
        answer = give(boss, ana, staff_id)
        assert (answer.status_code, answer.json["code"]) == (409, "not-an-account-manager")
    assert boss.put(path_of(ana), json={"staff_id": "me"}).status_code == 422
    assert history(session) == []


def test_nobody_is_given_an_account_manager_who_is_not_there(staff_api):
    boss, manager = staff_api("admin"), staff_api("account_manager")
    assert give(boss, new_id(), manager.id).status_code == 404
    assert boss.delete(path_of(new_id())).status_code == 404


def test_an_account_manager_gives_herself_nobody(staff_api, ana):
    manager = staff_api("account_manager")
    assert give(manager, ana, manager.id).status_code == 403
    assert manager.get(profile(ana)).status_code == 404


def test_she_lists_her_own_and_each_is_told(session, staff_api, borrower_api):
    manager, other = staff_api("account_manager"), staff_api("account_manager")
    hers = [make_borrower(session, external_id=f"a-{n}", name=f"Name {n}") for n in range(5)]
    for borrower_id in hers:
        make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)
    make_assignment(session, staff_id=other.id, borrower_id=make_borrower(session))

    items, cursor = [], None
    for _ in range(3):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = manager.get(MINE, query_string=query)
        items += answer.json["items"]
        cursor = answer.json["next_cursor"]
    assert cursor is None
    assert [item["borrower_id"] for item in items] == sorted(map(str, hers))
    assert {item["name"] for item in items} == {f"Name {n}" for n in range(5)}
    (seen,) = borrower_api(hers[0]).get("/v1/me/access-log").json["items"]
    assert (seen["what"], seen["purpose"]) == ("assigned list", "account_care")
    assert seen["what_text"] == "Saw you in the list of people to look after"
    assert session.scalar(select(func.count()).select_from(AccessLog)) == len(hers)


def test_who_looks_after_nobody_has_an_empty_list(staff_api):
    for role in ("account_manager", "risk_officer"):
        assert staff_api(role).get(MINE).json == {"items": [], "next_cursor": None}


def test_the_database_allows_one_at_a_time(session, staff_api, ana):
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=ana)
    second = text(
        "INSERT INTO assignment (borrower_id, id, staff_id, since)"
        " VALUES (:who, gen_random_uuid(), :staff, now())"
    )
    with pytest.raises(IntegrityError, match="uq_assignment_borrower_id"):
        session.execute(second, {"who": ana, "staff": manager.id})


@pytest.mark.commits
def test_two_who_assign_at_once_leave_one_account_manager(own_database, session, staff_api, ana):
    managers = [staff_api("account_manager") for _ in range(2)]
    bosses = [staff_api("admin") for _ in range(2)]
    session.commit()

    def act(nth):
        client = bosses[nth % 2].client.application.test_client()
        body = {"staff_id": str(managers[nth % 2].id)}
        return client.put(path_of(ana), json=body, headers=bosses[nth % 2].headers).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(act, range(40))) == {200}

    rows = history(session)
    assert [row[2] is None for row in rows].count(True) == 1


def give_many(api, **body):
    return api.post(MINE, json=body, headers=new_key())


def test_many_are_given_at_once_and_what_was_stays_known(session, staff_api):
    boss, first, second = (
        staff_api("admin"),
        staff_api("account_manager"),
        staff_api("account_manager"),
    )
    ids = [make_borrower(session, external_id=f"many-{n}") for n in range(3)]
    make_assignment(session, staff_id=first.id, borrower_id=ids[0])
    session.commit()
    given = give_many(boss, staff_id=str(second.id), borrower_ids=[str(each) for each in ids])
    assert (given.status_code, given.json) == (200, {"assigned": 3, "is_more": False})
    again = give_many(boss, staff_id=str(second.id), borrower_ids=[str(each) for each in ids])
    assert again.json == {"assigned": 0, "is_more": False}
    assert len(second.get(MINE).json["items"]) == 3
    assert first.get(MINE).json["items"] == []
    ended = [row for row in history(session) if row[2] is not None]
    assert [(row[0], row[4]) for row in ended] == [(first.id, boss.id)]
    action = session.execute(
        select(StaffAction).where(StaffAction.action == "borrower.assign-many")
    ).scalar_one()
    assert action.details == {"borrowers": 3}


def test_all_that_somebody_has_are_handed_on(session, staff_api):
    boss, leaving, taking = (
        staff_api("risk_officer"),
        staff_api("account_manager"),
        staff_api("account_manager"),
    )
    for number in range(2):
        borrower_id = make_borrower(session, external_id=f"handed-{number}")
        make_assignment(session, staff_id=leaving.id, borrower_id=borrower_id)
    session.commit()
    handed = give_many(boss, staff_id=str(taking.id), from_staff_id=str(leaving.id))
    assert handed.json == {"assigned": 2, "is_more": False}
    assert leaving.get(MINE).json["items"] == []
    assert len(taking.get(MINE).json["items"]) == 2


def test_one_who_is_nobody_or_no_account_manager_refuses_all(session, staff_api, ana):
    boss, manager = staff_api("admin"), staff_api("account_manager")
    lost = give_many(boss, staff_id=str(manager.id), borrower_ids=[str(ana), str(new_id())])
    assert (lost.status_code, lost.json["code"]) == (404, "borrower-not-found")
    wrong = give_many(boss, staff_id=str(boss.id), borrower_ids=[str(ana)])
    assert (wrong.status_code, wrong.json["code"]) == (409, "not-an-account-manager")
    assert history(session) == []
    for body in ({}, {"borrower_ids": []}, {"borrower_ids": [str(ana)], "from_staff_id": str(ana)}):
        assert give_many(boss, staff_id=str(manager.id), **body).status_code == 422
    assert give_many(manager, staff_id=str(manager.id), borrower_ids=[str(ana)]).status_code == 403
