"""Her own particulars, and how they are kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.borrowers import queries, reach_queries, service
from backend.borrowers.models import Borrower
from backend.borrowers.rules import (
    AccessPurpose,
    find_email,
    find_phone,
    mask_phone,
    normalise_name,
)
from backend.kit import resealing
from backend.staff.rules import Role
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_loan
from tests.factories.runs import make_job_context
from tests.factories.viewers import make_viewer
from tests.fixtures.keys import keys, ring


def wide(text):
    """The same in full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def test_she_reads_her_particulars_with_phone_and_address_masked(session, borrower_api):
    who = make_borrower(session, name="Ana Lopez", phone="+1 202-555-0101", email="al@mail.example")
    assert borrower_api(who).get("/v1/me").json == {
        "id": str(who),
        "locale": "en",
        "timezone": "Asia/Shanghai",
        "contract_timezone": "Asia/Shanghai",
        "name": "Ana Lopez",
        "phone": "+*******0101",
        "email": "a***@mail.example",
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


def find(session, query):
    return queries.list_matching(session, query=query, who=make_viewer(Role.AUDITOR))


def test_after_a_rotation_every_field_is_sealed_and_every_look_up_hashed_anew(session):
    with keys(field=ring("old"), lookup=ring("first")):
        for n in range(3):
            make_borrower(session, external_id=f"b{n}", name=f"Name {n}", phone=f"+1202555010{n}")
    with keys(field=ring("new", "old"), lookup=ring("second", "first")):
        make_borrower(session, external_id="b3", name="Name 3")
        # Found before anything is hashed anew, and after.
        assert len(find(session, "+12025550102")) == 1
        assert len(find(session, "name 3")) == 1
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
            assert len(find(session, found)) == 1
        assert queries.find_by_phone(session, phone="(202) 555-0102", region="US") == [ids[2]]


def test_a_borrower_of_two_look_up_keys_is_found_once(session):
    with keys(lookup=ring("first")):
        make_borrower(session, external_id="b1", name="Same Name")
    with keys(lookup=ring("second", "first")):
        make_borrower(session, external_id="b2", name="Same Name")
        found = find(session, "same name")
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


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (" Ana.Lopez+bank@Mail.Example ", "Ana.Lopez+bank@mail.example"),
        ("o'neil@mail.example", "o'neil@mail.example"),
        ("a@xn--fiq228c.example", "a@xn--fiq228c.example"),
        (f"{'a' * 64}@mail.example", f"{'a' * 64}@mail.example"),
        (f"{'a' * 65}@mail.example", None),
        (f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 63}", None),
        ("ana@mail", None),
        ("ana@[127.0.0.1]", None),
        ("ana@127.0.0.1", None),
        ("ana@-mail.example", None),
        ("ana..lopez@mail.example", None),
        ("ana@mail.example, bea@mail.example", None),
        ("<ana@mail.example>", None),
        ("ana@mail.example\nBcc: bea@mail.example", None),
        ("王@mail.example", None),
        ("", None),
    ],
)
def test_an_address_is_taken_where_mail_can_go(given, found):
    assert find_email(given) == found


def test_an_address_that_nobody_answers_for_is_given_up_until_it_changes(session):
    who = make_borrower(session, external_id="b", email="a@mail.example")

    def refuse(sent_at):
        return service.refuse_emails(session, sent_at={who: sent_at}, now=NOW)

    def address():
        return reach_queries.list_reach(session, borrower_ids=[who], with_emails=True)[who].email

    assert refuse(NOW - timedelta(seconds=1)) == 0  # it was stored since
    assert address() == "a@mail.example"
    assert (refuse(NOW), refuse(NOW)) == (1, 0)
    make_borrower(session, external_id="b", email="a@MAIL.example", employment="new")
    assert address() is None
    make_borrower(session, external_id="b", email="b@mail.example")
    assert address() == "b@mail.example"
