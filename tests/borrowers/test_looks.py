"""Staff look at borrowers: whom they find, what for, and what she reads of it."""

import pytest
from sqlalchemy import select

from backend.borrowers.models import AccessLog
from backend.borrowers.rules import AccessPurpose, role_of_look, sees_everybody
from backend.borrowers.wording import PURPOSES, SOMEBODY, VIEWERS
from backend.kit.ids import new_id
from backend.staff.rules import PERMISSIONS, Role
from tests.architecture.test_languages import is_in_both
from tests.factories.loans import make_borrower, make_loan
from tests.factories.viewers import make_assignment, make_viewer

WHY = {"X-Access-Purpose": "complaint"}
SEARCH = "/v1/staff/borrowers"
SEE_EVERYBODY = [role for role in Role if "borrowers.read" in PERMISSIONS[role]]


def profile(borrower_id):
    return f"{SEARCH}/{borrower_id}"


def found(staff, q, headers=None):
    return staff.get(SEARCH, query_string={"q": q}, headers=headers)


def logged(session):
    rows = session.execute(select(AccessLog).order_by(AccessLog.id)).scalars()
    return [(row.borrower_id, row.what, row.purpose, row.role) for row in rows]


@pytest.fixture
def ana(session):
    return make_borrower(session, external_id="ana", name="Ana Lopez", phone="+12025550101")


@pytest.fixture
def manager(staff_api):
    return staff_api("account_manager")


@pytest.mark.parametrize("q", ["b-7", "+86 138 0013 8000", "13800138000", "王 丽", "  王 丽 "])
def test_staff_find_her_by_a_whole_id_phone_or_name(session, staff_api, q):
    who = make_borrower(
        session, external_id="b-7", name="王 丽", phone="13800138000", locale="zh-CN"
    )
    make_borrower(session, external_id="b-70", name="王 丽丽", phone="13800138001", locale="zh-CN")
    answer = found(staff_api("auditor"), q, WHY)
    assert [item["id"] for item in answer.json["items"]] == [str(who)]
    assert answer.json["items"][0]["phone"].endswith("8000")
    assert "138001" not in answer.json["items"][0]["phone"]


@pytest.mark.parametrize("q", ["b-", "8000", "王", "%", "b-7'--"])
def test_nobody_is_found_by_a_part(session, staff_api, q):
    make_borrower(session, external_id="b-7", name="王 丽", phone="13800138000", locale="zh-CN")
    assert found(staff_api("auditor"), q, WHY).json == {"items": []}


def test_an_account_manager_opens_whom_she_looks_after_without_saying_why(session, manager, ana):
    make_assignment(session, staff_id=manager.id, borrower_id=ana)
    for q in ("ana", "Ana Lopez", "+1 202 555 0101"):
        assert [item["id"] for item in found(manager, q).json["items"]] == [str(ana)]
    assert manager.get(profile(ana)).json["external_id"] == "ana"
    assert manager.get(profile(ana), headers={"X-Access-Purpose": "hardship"}).status_code == 200
    assert logged(session) == [
        *[(ana, "search", "account_care", "account_manager")] * 3,
        (ana, "profile", "account_care", "account_manager"),
        (ana, "profile", "hardship", "account_manager"),
    ]


def test_whom_another_looks_after_is_nobody_to_her(session, staff_api, manager, ana):
    make_assignment(session, staff_id=staff_api("account_manager").id, borrower_id=ana)
    for headers in ({}, WHY):
        assert found(manager, "ana", headers).json == {"items": []}
        hers = manager.get(profile(ana), headers=headers)
        nobodys = manager.get(profile(new_id()), headers=headers)
        assert (hers.status_code, hers.json["code"]) == (404, "borrower-not-found")
        assert hers.json | {"request_id": ""} == nobodys.json | {"request_id": ""}
    assert logged(session) == []


def test_others_namesakes_do_not_crowd_out_her_own(session, manager):
    for n in range(25):
        make_borrower(session, external_id=f"li-{n}", name="Li Na", phone="+12025550199")
    hers = make_borrower(session, external_id="li-hers", name="Li Na", phone="+12025550199")
    make_assignment(session, staff_id=manager.id, borrower_id=hers)
    for q in ("Li Na", "+12025550199"):
        assert [item["id"] for item in found(manager, q).json["items"]] == [str(hers)]


@pytest.mark.parametrize("role", SEE_EVERYBODY)
@pytest.mark.parametrize("headers", [{}, {"X-Access-Purpose": "curiosity"}])
def test_everybody_else_says_why_or_sees_and_logs_nothing(session, staff_api, role, headers, ana):
    staff = staff_api(role)
    for path in (profile(ana), profile(new_id()), f"{SEARCH}?q=ana", f"{SEARCH}?q=nobody"):
        answer = staff.get(path, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (422, "access-purpose-required")
        (error,) = answer.json["errors"]
        assert error["pointer"] == "#/X-Access-Purpose"
        assert all(purpose in error["detail"] for purpose in AccessPurpose)
    assert logged(session) == []
    assert staff.get(profile(ana), headers=WHY).status_code == 200
    assert logged(session) == [(ana, "profile", "complaint", role)]


def test_who_does_both_says_why_only_of_whom_she_does_not_look_after(session, staff_api, ana):
    both = staff_api("account_manager", "risk_officer")
    make_assignment(session, staff_id=both.id, borrower_id=ana)
    other = make_borrower(session, external_id="bea")
    assert both.get(profile(ana)).status_code == 200
    assert both.get(profile(other)).status_code == 422
    assert both.get(profile(other), headers=WHY).status_code == 200
    assert logged(session) == [
        (ana, "profile", "account_care", "account_manager"),
        (other, "profile", "complaint", "risk_officer"),
    ]


def test_an_assignment_is_worth_nothing_without_the_role(session, staff_api, app, settings, ana):
    held = staff_api("account_manager")
    make_assignment(session, staff_id=held.id, borrower_id=ana)
    viewer = make_viewer(Role.MARKETER, id=held.id)
    assert not sees_everybody(viewer)
    assert role_of_look(viewer, is_assigned=False) is None
    make_assignment(session, staff_id=held.id, borrower_id=ana)
    risk = staff_api("risk_officer")
    session.execute(
        AccessLog.__table__.metadata.tables["assignment"].update().values(staff_id=risk.id)
    )
    assert risk.get(profile(ana)).status_code == 422
    assert risk.get("/v1/staff/assignments").json["items"] == []


def test_she_reads_who_looked_by_role_and_never_by_name(session, staff_api, borrower_api, ana):
    manager, auditor = staff_api("account_manager"), staff_api("auditor")
    make_assignment(session, staff_id=manager.id, borrower_id=ana)
    manager.get(profile(ana))
    found(auditor, "ana", {"X-Access-Purpose": "audit"})
    answer = borrower_api(ana).get("/v1/me/access-log")
    assert [(item["what"], item["who"], item["who_text"]) for item in answer.json["items"]] == [
        ("search", "auditor", "An auditor, who checks our own work"),
        ("profile", "account_manager", "Your account manager"),
    ]
    for staff in (manager, auditor):
        assert str(staff.id) not in answer.text
    assert "goodfaith.test" not in answer.text
    assert borrower_api(make_borrower(session)).get("/v1/me/access-log").json["items"] == []


def test_rows_older_than_the_roles_tell_of_somebody(session, staff_api, borrower_api, ana):
    staff_api("auditor").get(profile(ana), headers=WHY)
    session.execute(AccessLog.__table__.update().values(role=None))
    (item,) = borrower_api(ana).get("/v1/me/access-log").json["items"]
    assert (item["who"], item["who_text"]) == (None, SOMEBODY.en)


@pytest.mark.parametrize(
    ("language", "purpose", "what", "who"),
    [
        (
            "en",
            "Checking that everything is genuine",
            "Opened your particulars and account",
            "A specialist who keeps our rules fair",
        ),
        ("zh-CN", "确认一切信息属实", "查看了您的资料和账户", "负责维护规则公平的专员"),
    ],
)
def test_the_log_speaks_her_language(
    session, staff_api, borrower_api, language, purpose, what, who
):
    her_id = make_borrower(session)
    headers = {"X-Access-Purpose": "fraud_review"}
    staff_api("risk_officer").get(profile(her_id), headers=headers)
    answer = borrower_api(her_id).get("/v1/me/access-log", headers={"Accept-Language": language})
    (item,) = answer.json["items"]
    assert (item["purpose_text"], item["what_text"]) == (purpose, what)
    assert item["who_text"] == who


def test_every_purpose_and_everybody_who_may_look_has_words():
    assert set(PURPOSES) == set(AccessPurpose)
    assert set(VIEWERS) == {Role.ACCOUNT_MANAGER, *SEE_EVERYBODY}
    assert all(is_in_both(words) for words in (*VIEWERS.values(), SOMEBODY))


def test_the_whole_picture_holds_every_panel(session, staff_api, ana):
    make_loan(session, borrower="ana")
    shown = staff_api("auditor").get(profile(ana), headers=WHY).json
    assert (shown["external_id"], shown["phone"]) == ("ana", "+12025550101")
    (loan,) = shown["panels"]["loans"]["items"]
    assert loan["days_past_due"] == 10


@pytest.mark.parametrize("role", SEE_EVERYBODY)
def test_nobody_is_a_404(staff_api, role):
    answer = staff_api(role).get(profile(new_id()), headers=WHY)
    assert (answer.status_code, answer.json["code"]) == (404, "borrower-not-found")
