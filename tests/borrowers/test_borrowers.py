"""Her own particulars, and the staff who look at them."""

import pytest
from sqlalchemy import select

from backend.borrowers import queries
from backend.borrowers.models import AccessLog, Borrower
from backend.borrowers.rules import AccessPurpose, find_phone, mask_phone, normalise_name
from backend.borrowers.wording import PURPOSES
from backend.kit import resealing
from tests.clock import TODAY
from tests.factories.loans import make_borrower, make_loan
from tests.factories.runs import make_job_context
from tests.fixtures.keys import keys, ring

CARE = {"X-Access-Purpose": "account_care"}


def wide(text):
    """The same in full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def test_she_reads_her_particulars_with_the_phone_masked(session, borrower_api):
    who = make_borrower(session, name="Ana Lopez", phone="+1 202-555-0101")
    assert borrower_api(who).get("/v1/me").json == {
        "id": str(who),
        "locale": "en",
        "timezone": "Asia/Shanghai",
        "contract_timezone": "Asia/Shanghai",
        "name": "Ana Lopez",
        "phone": "+*******0101",
    }


def test_what_she_chose_is_not_overwritten_by_the_lender(session, borrower_api, client_api):
    who = make_borrower(session, external_id="ana")
    answer = borrower_api(who).patch("/v1/me", json={"locale": "zh-CN"})
    assert (answer.status_code, answer.json["locale"]) == (200, "zh-CN")
    client_api.put(
        "/v1/ingest/borrowers/ana", json={"locale": "en", "timezone": "Asia/Tokyo", "name": "A"}
    )
    shown = borrower_api(who).get("/v1/me").json
    assert (shown["locale"], shown["timezone"], shown["name"]) == ("zh-CN", "Asia/Tokyo", "A")


def test_where_she_is_moves_no_day_of_her_loans(session, borrower_api, client_api):
    who = make_borrower(session, external_id="ana")
    _, loan_id = make_loan(session, borrower="ana", external_id="loan")
    api = borrower_api(who)
    before = api.get(f"/v1/me/loans/{loan_id}").json

    # There it is still yesterday.
    shown = api.patch("/v1/me", json={"timezone": "Pacific/Honolulu"}).json

    assert (shown["timezone"], shown["contract_timezone"]) == ("Pacific/Honolulu", "Asia/Shanghai")
    assert api.get(f"/v1/me/loans/{loan_id}").json == before
    payment = {
        "external_id": "p-1",
        "loan_external_id": "loan",
        "amount_minor": 100,
        "received_on": TODAY.isoformat(),
    }
    assert client_api.post("/v1/ingest/payments", json=payment).status_code == 201


def test_the_lender_moves_her_contracts_and_never_her_choice(session, borrower_api, client_api):
    who = make_borrower(session, external_id="ana")
    api = borrower_api(who)
    api.patch("/v1/me", json={"timezone": "Pacific/Honolulu"})

    for zone in ("Asia/Tokyo", "Asia/Taipei"):
        client_api.put("/v1/ingest/borrowers/ana", json={"locale": "en", "timezone": zone})

        shown = api.get("/v1/me").json
        assert (shown["timezone"], shown["contract_timezone"]) == ("Pacific/Honolulu", zone)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"locale": "fr"}, "#/locale"),
        ({"timezone": "Shanghai"}, "#/timezone"),
        ({"timezone": "../../etc/passwd"}, "#/timezone"),
        ({"name": "Somebody Else"}, "#/name"),
    ],
)
def test_she_cannot_choose_what_is_not_hers_to_choose(session, borrower_api, body, pointer):
    answer = borrower_api(make_borrower(session)).patch("/v1/me", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize("q", ["b-7", "+86 138 0013 8000", "13800138000", "王 丽", "  王 丽 "])
def test_staff_find_her_by_a_whole_id_phone_or_name(session, staff_api, q):
    who = make_borrower(
        session, external_id="b-7", name="王 丽", phone="13800138000", locale="zh-CN"
    )
    make_borrower(session, external_id="b-70", name="王 丽丽", phone="13800138001", locale="zh-CN")
    answer = staff_api("account_manager").get(
        "/v1/staff/borrowers", query_string={"q": q}, headers=CARE
    )
    assert [item["id"] for item in answer.json["items"]] == [str(who)]
    assert answer.json["items"][0]["phone"].endswith("8000")
    assert "138001" not in answer.json["items"][0]["phone"]


@pytest.mark.parametrize("q", ["b-", "8000", "王", "%", "b-7'--"])
def test_nobody_is_found_by_a_part(session, staff_api, q):
    make_borrower(session, external_id="b-7", name="王 丽", phone="13800138000", locale="zh-CN")
    answer = staff_api("account_manager").get(
        "/v1/staff/borrowers", query_string={"q": q}, headers=CARE
    )
    assert answer.json == {"items": []}


def test_each_look_is_logged_and_she_can_read_it(session, staff_api, borrower_api):
    who = make_borrower(session, external_id="ana")
    staff = staff_api("account_manager")
    staff.get("/v1/staff/borrowers?q=ana", headers=CARE)
    staff.get(f"/v1/staff/borrowers/{who}", headers={"X-Access-Purpose": "hardship"})
    seen = borrower_api(who).get("/v1/me/access-log").json["items"]
    assert [(item["what"], item["purpose"]) for item in seen] == [
        ("profile", "hardship"),
        ("search", "account_care"),
    ]
    assert {row.staff_id for row in session.execute(select(AccessLog)).scalars()} == {staff.id}
    assert borrower_api(make_borrower(session)).get("/v1/me/access-log").json["items"] == []


@pytest.mark.parametrize(
    ("language", "purpose", "what"),
    [
        ("en", "Checking that everything is genuine", "Opened your particulars and account"),
        ("zh-CN", "确认一切信息属实", "查看了您的资料和账户"),
    ],
)
def test_the_log_speaks_her_language(session, staff_api, borrower_api, language, purpose, what):
    who = make_borrower(session)
    headers = {"X-Access-Purpose": "fraud_review"}
    staff_api("account_manager").get(f"/v1/staff/borrowers/{who}", headers=headers)
    answer = borrower_api(who).get("/v1/me/access-log", headers={"Accept-Language": language})
    (item,) = answer.json["items"]
    assert (item["purpose_text"], item["what_text"]) == (purpose, what)


def test_every_purpose_has_words():
    assert set(PURPOSES) == set(AccessPurpose)


@pytest.mark.parametrize("headers", [{}, {"X-Access-Purpose": "curiosity"}])
def test_without_a_purpose_nothing_is_shown_or_logged(session, staff_api, headers):
    who = make_borrower(session, external_id="ana")
    staff = staff_api("account_manager")
    for path in (f"/v1/staff/borrowers/{who}", "/v1/staff/borrowers?q=ana"):
        answer = staff.get(path, headers=headers)
        assert answer.status_code == 422
        assert answer.json["code"] == "access-purpose-required"
        (error,) = answer.json["errors"]
        assert error["pointer"] == "#/X-Access-Purpose"
        assert all(purpose in error["detail"] for purpose in AccessPurpose)
    assert session.execute(select(AccessLog)).first() is None


def test_the_whole_picture_holds_every_panel(session, staff_api):
    who = make_borrower(session, external_id="ana", name="Ana", phone="+12025550101")
    make_loan(session, borrower="ana")
    shown = staff_api("account_manager").get(f"/v1/staff/borrowers/{who}", headers=CARE).json
    assert (shown["external_id"], shown["phone"]) == ("ana", "+12025550101")
    (loan,) = shown["panels"]["loans"]["items"]
    assert loan["days_past_due"] == 10


def test_only_who_may_read_borrowers_does(session, staff_api):
    who = make_borrower(session)
    path = f"/v1/staff/borrowers/{who}"
    assert staff_api("account_manager").get(path, headers=CARE).status_code == 200
    assert staff_api("moderator").get(path, headers=CARE).status_code == 403


def test_nobody_is_a_404(staff_api):
    path = "/v1/staff/borrowers/01890000-0000-7000-8000-000000000000"
    answer = staff_api("account_manager").get(path, headers=CARE)
    assert (answer.status_code, answer.json["code"]) == (404, "borrower-not-found")


def test_after_a_rotation_every_field_is_sealed_and_every_look_up_hashed_anew(session):
    with keys(field=ring("old"), lookup=ring("first")):
        for n in range(3):
            make_borrower(session, external_id=f"b{n}", name=f"Name {n}", phone=f"+1202555010{n}")
    with keys(field=ring("new", "old"), lookup=ring("second", "first")):
        make_borrower(session, external_id="b3", name="Name 3")
        # Found before anything is hashed anew, and after.
        assert len(queries.list_matching(session, query="+12025550102")) == 1
        assert len(queries.list_matching(session, query="name 3")) == 1
        done = {"resealed": 3, "rehashed": 3, "unreadable": 0}
        assert resealing.run(make_job_context()) == done
        assert resealing.run(make_job_context()) == dict.fromkeys(done, 0)
    # The old keys may go now.
    with keys(field=ring("new"), lookup=ring("second")):
        session.expire_all()
        ids = session.execute(select(Borrower.id).order_by(Borrower.external_id)).scalars().all()
        names = [queries.get_profile(session, borrower_id=who).name for who in ids]
        assert names == ["Name 0", "Name 1", "Name 2", "Name 3"]
        for found in ("+12025550102", "name 0", "name 3"):
            assert len(queries.list_matching(session, query=found)) == 1
        assert queries.find_by_phone(session, phone="(202) 555-0102", region="US") == [ids[2]]


def test_a_borrower_of_two_look_up_keys_is_found_once(session):
    with keys(lookup=ring("first")):
        make_borrower(session, external_id="b1", name="Same Name")
    with keys(lookup=ring("second", "first")):
        make_borrower(session, external_id="b2", name="Same Name")
        found = queries.list_matching(session, query="same name")
    assert sorted(each.external_id for each in found) == ["b1", "b2"]


def test_purposes_are_a_closed_list():
    assert "audit" in {str(purpose) for purpose in AccessPurpose}


@pytest.mark.parametrize(
    ("given", "region", "found"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("(202) 555-0101", "US", "+12025550101"),
        ("+86 138 0013 8000", "US", "+8613800138000"),
        (wide("13800138000"), "CN", "+8613800138000"),
        ("5", "US", None),
        ("hello", "CN", None),
        ("+999999999999999999", "US", None),
    ],
)
def test_numbers_meet_in_one_form(given, region, found):
    assert find_phone(given, region=region) == found


def test_names_meet_whatever_their_width_case_and_spaces():
    assert normalise_name(f"  {wide('ANA')}   Lopez ") == normalise_name("ana lopez")


def test_a_masked_phone_shows_four_digits():
    assert mask_phone("+8613800138000") == "+*********8000"
