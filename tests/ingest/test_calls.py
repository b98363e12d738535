"""Single calls of the core system: what they store, what they refuse."""

import json
from urllib.parse import quote

import pytest
from sqlalchemy import select

from backend.borrowers.models import Borrower, BorrowerLookup
from backend.kit.outbox import EventRow
from backend.loans.models import Installment, Loan, Payment
from tests.clock import TODAY
from tests.factories.loans import make_borrower, make_loan

BORROWER = {"locale": "zh-CN", "timezone": "Asia/Shanghai"}
LOAN = {
    "kind": "installment",
    "borrower_external_id": "b1",
    "product_code": "personal",
    "currency": "CNY",
    "principal_minor": 20_000,
    "annual_rate": "0.1200",
    "opened_on": "2026-08-01",
    "status": "active",
    "dpd_source": "computed",
    "installments": [
        {"number": 1, "due_on": "2026-11-01", "principal_minor": 10_000, "interest_minor": 200},
        {"number": 2, "due_on": "2026-12-01", "principal_minor": 10_000, "interest_minor": 100},
    ],
}
PAYMENT = {
    "external_id": "p1",
    "loan_external_id": "l1",
    "amount_minor": 10_200,
    "received_on": "2026-11-02",
}


@pytest.fixture
def loan(client_api):
    assert client_api.put("/v1/ingest/borrowers/b1", json=BORROWER).status_code == 201
    answer = client_api.put("/v1/ingest/loans/l1", json=LOAN)
    assert answer.status_code == 201
    return answer.json["id"]


def names_of_events(session):
    return [row.name for row in session.execute(select(EventRow).order_by(EventRow.seq)).scalars()]


def test_the_same_borrower_again_changes_nothing(client_api):
    body = BORROWER | {
        "phone": "138 0013 8000",
        "name": "王 丽",
        "born_on": "1990-02-28",
        "email": "Li@Mail.Example",
    }
    first = client_api.put("/v1/ingest/borrowers/b1", json=body)
    again = client_api.put("/v1/ingest/borrowers/b1", json=body)
    assert (first.status_code, first.json["status"]) == (201, "stored")
    assert (again.status_code, again.json["status"]) == (200, "unchanged")
    assert again.json["id"] == first.json["id"]
    changed = client_api.put("/v1/ingest/borrowers/b1", json=body | {"employment": "employed"})
    assert (changed.status_code, changed.json["status"]) == (200, "stored")


def test_phone_name_and_address_are_not_readable_in_the_table(client_api, session):
    body = BORROWER | {"phone": "13800138000", "name": "Wang Li", "email": "wl@mail.example"}
    client_api.put("/v1/ingest/borrowers/b1", json=body)
    row = session.execute(select(Borrower)).scalar_one()
    assert b"13800138000" not in row.phone_cipher
    assert b"Wang" not in row.name_cipher
    assert b"mail.example" not in row.email_cipher
    hashes = session.execute(select(BorrowerLookup.hash)).scalars().all()
    assert len(hashes) == 2
    assert all(len(digest) == 32 for digest in hashes)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"phone": "not a number"}, "#/phone"),
        ({"phone": "12"}, "#/phone"),
        ({"email": "nobody"}, "#/email"),
        ({"email": "a@mail.example\r\nBcc: b@mail.example"}, "#/email"),
        ({"timezone": "Mars/Olympus"}, "#/timezone"),
        ({"locale": "fr"}, "#/locale"),
        ({"born_on": "19900228"}, "#/born_on"),
        ({"monthly_income_minor": -1}, "#/monthly_income_minor"),
        ({"monthly_income_minor": 1.5}, "#/monthly_income_minor"),
        ({"monthly_income_minor": "100"}, "#/monthly_income_minor"),
        ({"monthly_income_minor": 10**30}, "#/monthly_income_minor"),
        ({"name": "a\u0000b"}, "#/name"),
        ({"facts": {"nobody_declared_me": 1}}, "#/facts/nobody_declared_me"),
        ({"nickname": "x"}, "#/nickname"),
    ],
)
def test_a_bad_field_of_a_borrower_is_named_and_nothing_stored(
    client_api, session, change, pointer
):
    good = client_api.put("/v1/ingest/borrowers/good", json=BORROWER)
    # The standard library writes numbers of any size; the application's own JSON does not.
    bad = client_api.put(
        "/v1/ingest/borrowers/bad",
        data=json.dumps(BORROWER | change),
        headers={"Content-Type": "application/json"},
    )
    assert good.status_code == 201
    assert bad.status_code == 422
    assert [error["pointer"] for error in bad.json["errors"]] == [pointer]
    assert session.execute(select(Borrower.external_id)).scalars().all() == ["good"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"locale": NaN}', 400),
        (b'{"name": "\\ud800"}', 400),
        (b"[" * 5_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"x"', 422),
        (b"{}", 422),
    ],
)
def test_what_is_no_borrower_at_all_is_refused(client_api, body, status):
    answer = client_api.put(
        "/v1/ingest/borrowers/b1", data=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_other_content_types_are_refused(client_api):
    answer = client_api.put("/v1/ingest/borrowers/b1", data={"locale": "en"})
    assert answer.status_code == 415


def test_a_borrower_cannot_enter_by_the_lenders_door(borrower_api, session):
    who = make_borrower(session)
    assert borrower_api(who).put("/v1/ingest/borrowers/b1", json=BORROWER).status_code == 403


def test_an_external_id_may_hold_anything_printable(client_api):
    name = "a'; DROP TABLE loan; -- {{7*7}} 借"
    assert client_api.put(f"/v1/ingest/borrowers/{name}", json=BORROWER).status_code == 201
    assert client_api.put("/v1/ingest/borrowers/a%00b", json=BORROWER).status_code == 422
    assert client_api.put(f"/v1/ingest/borrowers/{'x' * 201}", json=BORROWER).status_code == 422


@pytest.mark.parametrize("name", ["a b", "p?1#2", "50%", "a\\b", "借-1", "a+b&c=d", "x" * 200])
def test_what_a_body_takes_as_an_id_an_address_takes_too(client_api, loan, name):
    stored = client_api.post("/v1/ingest/payments", json=PAYMENT | {"external_id": name})
    assert stored.status_code == 201
    address = f"/v1/ingest/payments/{quote(name, safe='')}/reversal"
    assert client_api.post(address, json={"reason": "bounced"}).status_code == 200


@pytest.mark.parametrize(
    "name", ["a/b", "..", "a\u2028b", "a\u00a0b", "a\u200bb", "a\u202eb", "a\ufffd", "x" * 201]
)
def test_no_id_is_taken_that_an_address_cannot_hold(client_api, session, loan, name):
    bad = client_api.post(
        "/v1/ingest/payments",
        json=PAYMENT | {"external_id": name},
        headers={"Accept-Language": "zh-CN"},
    )
    assert bad.status_code == 422
    (error,) = bad.json["errors"]
    assert error["pointer"] == "#/external_id"
    assert not error["detail"].isascii()
    assert session.execute(select(Payment)).first() is None
    address = f"/v1/ingest/payments/{quote(name, safe='')}/reversal"
    assert client_api.post(address, json={"reason": "bounced"}).status_code in (404, 422)


def test_a_loan_needs_its_borrower(client_api):
    answer = client_api.put("/v1/ingest/loans/l1", json=LOAN)
    assert (answer.status_code, answer.json["code"]) == (404, "borrower-unknown")


def test_the_same_loan_again_changes_nothing(client_api, loan):
    again = client_api.put("/v1/ingest/loans/l1", json=LOAN)
    assert (again.status_code, again.json) == (200, {"id": loan, "status": "unchanged"})


@pytest.mark.parametrize(
    "change",
    [{"currency": "USD"}, {"kind": "revolving", "dpd_source": "reported", "installments": None}],
)
def test_a_loan_keeps_what_it_is(client_api, loan, change):
    body = {k: v for k, v in (LOAN | change).items() if v is not None}
    answer = client_api.put("/v1/ingest/loans/l1", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "loan-differs")


def test_a_loan_does_not_move_to_another_borrower(client_api, loan):
    client_api.put("/v1/ingest/borrowers/b2", json=BORROWER)
    answer = client_api.put("/v1/ingest/loans/l1", json=LOAN | {"borrower_external_id": "b2"})
    assert (answer.status_code, answer.json["code"]) == (409, "loan-differs")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "revolving"}, "#/dpd_source"),
        ({"kind": "revolving", "dpd_source": "reported"}, "#/installments"),
        ({"annual_rate": "-0.1"}, "#/annual_rate"),
        ({"annual_rate": 0.12}, "#/annual_rate"),
        ({"currency": "yuan"}, "#/currency"),
        ({"currency": "QQQ"}, "#/currency"),
        ({"opened_on": "2026-11-24"}, "#/opened_on"),
        ({"opened_on": "2026-02-30"}, "#/opened_on"),
        ({"principal_minor": 15_000}, "#/installments"),
        (
            {"installments": [LOAN["installments"][0], LOAN["installments"][0]]},
            "#/installments/1/number",
        ),
        (
            {"installments": [LOAN["installments"][0] | {"number": 3}, LOAN["installments"][1]]},
            "#/installments/0/due_on",
        ),
        ({"installments": [{"number": 1}]}, "#/installments/0/due_on"),
        ({"plan_id": "x"}, "#/plan_id"),
    ],
)
def test_a_bad_field_of_a_loan_is_named(client_api, loan, change, pointer):
    answer = client_api.put("/v1/ingest/loans/l1", json=LOAN | change)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_a_payment_settles_the_loan_before_it_is_acknowledged(client_api, session, loan):
    answer = client_api.post("/v1/ingest/payments", json=PAYMENT)
    assert (answer.status_code, answer.json["status"]) == (201, "stored")
    row = session.execute(select(Loan)).scalar_one()
    assert (row.stale, row.outstanding_minor, row.paid_minor) == (False, 10_100, 10_200)
    assert names_of_events(session)[-2:] == ["PaymentReceived", "InstallmentPaid"]


def test_the_same_payment_again_is_unchanged_and_another_refused(client_api, session, loan):
    client_api.post("/v1/ingest/payments", json=PAYMENT)
    again = client_api.post("/v1/ingest/payments", json=PAYMENT | {"date_precision": "day"})
    other = client_api.post("/v1/ingest/payments", json=PAYMENT | {"amount_minor": 1})
    assert (again.status_code, again.json["status"]) == (200, "unchanged")
    assert (other.status_code, other.json["code"]) == (409, "payment-differs")
    assert session.execute(select(Payment.amount_minor)).scalars().all() == [10_200]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"loan_external_id": "nobody"}, 404, "loan-unknown"),
        ({"amount_minor": 0}, 422, "invalid"),
        ({"amount_minor": -5}, 422, "invalid"),
        ({"amount_minor": True}, 422, "invalid"),
        ({"amount_minor": 10**15 + 1}, 422, "invalid"),
        ({"received_on": "2026-11-24"}, 422, "invalid"),
        ({"received_on": "2026-1-1"}, 422, "invalid"),
        ({"date_precision": "hour"}, 422, "invalid"),
        ({"external_id": ""}, 422, "invalid"),
    ],
)
def test_a_bad_payment_is_refused_and_not_stored(client_api, session, loan, change, status, code):
    answer = client_api.post("/v1/ingest/payments", json=PAYMENT | change)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert session.execute(select(Payment)).first() is None


def test_a_payment_is_dated_in_the_borrowers_zone(client_api, session):
    # At this instant it is the 22nd in Los Angeles and the 23rd in Shanghai.
    make_borrower(session, external_id="west", timezone="America/Los_Angeles")
    make_borrower(session, external_id="east", timezone="Asia/Shanghai")
    for name, status in [("west", 422), ("east", 201)]:
        loan, _ = make_loan(session, borrower=name)
        body = {"external_id": name, "loan_external_id": loan, "amount_minor": 5}
        answer = client_api.post(
            "/v1/ingest/payments", json=body | {"received_on": TODAY.isoformat()}
        )
        assert answer.status_code == status


def test_a_reversal_makes_the_payment_undone(client_api, session, loan):
    client_api.post("/v1/ingest/payments", json=PAYMENT)
    first = client_api.post("/v1/ingest/payments/p1/reversal", json={"reason": "bounced"})
    again = client_api.post("/v1/ingest/payments/p1/reversal", json={"reason": "bounced"})
    other = client_api.post("/v1/ingest/payments/p1/reversal", json={"reason": "fraud"})
    assert (first.status_code, first.json["status"]) == (200, "stored")
    assert (again.status_code, again.json["status"]) == (200, "unchanged")
    assert (other.status_code, other.json["code"]) == (409, "payment-already-reversed")
    row = session.execute(select(Loan)).scalar_one()
    assert (row.outstanding_minor, row.paid_minor) == (20_300, 0)
    assert session.execute(select(Installment.paid_on)).scalars().all() == [None, None]
    assert names_of_events(session)[-1] == "PaymentReversed"


def test_there_is_no_reversal_of_nothing(client_api):
    answer = client_api.post("/v1/ingest/payments/nothing/reversal", json={"reason": "x"})
    assert (answer.status_code, answer.json["code"]) == (404, "payment-unknown")


def test_a_new_schedule_keeps_the_payments(client_api, session, loan):
    client_api.post("/v1/ingest/payments", json=PAYMENT)
    rows = [
        LOAN["installments"][0],
        *(
            {"number": n, "due_on": f"2027-0{n}-01", "principal_minor": 5_000, "interest_minor": 50}
            for n in (2, 3)
        ),
    ]
    answer = client_api.put("/v1/ingest/loans/l1", json=LOAN | {"installments": rows})
    assert (answer.status_code, answer.json) == (200, {"id": loan, "status": "stored"})
    row = session.execute(select(Loan)).scalar_one()
    assert (row.outstanding_minor, row.paid_minor) == (10_100, 10_200)
    # Paid before and still paid: no second news of it.
    assert names_of_events(session).count("InstallmentPaid") == 1
    shorter = client_api.put("/v1/ingest/loans/l1", json=LOAN)
    assert shorter.json["status"] == "stored"
    assert len(session.execute(select(Installment.number)).all()) == 2


def test_a_paid_instalment_that_moves_is_not_announced_again(client_api, session, loan):
    client_api.post("/v1/ingest/payments", json=PAYMENT)
    for due_on, amount_minor in [("2026-11-05", 10_000), ("2026-11-06", 12_000)]:
        moved = LOAN["installments"][0] | {"due_on": due_on, "principal_minor": amount_minor}
        body = LOAN | {"principal_minor": None, "installments": [moved, LOAN["installments"][1]]}
        assert client_api.put("/v1/ingest/loans/l1", json=body).json["status"] == "stored"
    assert names_of_events(session).count("InstallmentPaid") == 1
    # It asks for more than was paid by now, so it is open again.
    rows = session.execute(select(Installment.paid_on).order_by(Installment.number))
    assert rows.scalars().all() == [None, None]


def test_a_loan_without_instalments_keeps_its_schedule(client_api, session, loan):
    body = {k: v for k, v in LOAN.items() if k != "installments"} | {"status": "written_off"}
    assert client_api.put("/v1/ingest/loans/l1", json=body).json["status"] == "stored"
    assert len(session.execute(select(Installment.number)).all()) == 2


def test_fees_and_waivers(client_api, session, loan):
    fee = {"external_id": "f1", "loan_external_id": "l1", "kind": "penalty", "amount_minor": 500}
    first = client_api.post("/v1/ingest/adjustments", json=fee | {"on": "2026-11-05"})
    again = client_api.post("/v1/ingest/adjustments", json=fee | {"on": "2026-11-05"})
    other = client_api.post("/v1/ingest/adjustments", json=fee | {"on": "2026-11-06"})
    assert [a.status_code for a in (first, again, other)] == [201, 200, 409]
    assert other.json["code"] == "adjustment-differs"
    waiver = {"loan_external_id": "l1", "kind": "waiver", "amount_minor": 300, "on": "2026-11-06"}
    one = client_api.post("/v1/ingest/adjustments", json=waiver | {"external_id": "w1"})
    two = client_api.post("/v1/ingest/adjustments", json=waiver | {"external_id": "w2"})
    assert (one.status_code, two.status_code) == (201, 409)
    assert two.json["code"] == "waiver-period-taken"
    assert session.execute(select(Loan.outstanding_penalty_minor)).scalar_one() == 200
    missing = client_api.post(
        "/v1/ingest/adjustments", json=waiver | {"external_id": "w3", "loan_external_id": "none"}
    )
    assert missing.json["code"] == "loan-unknown"


def test_an_installment_loan_has_no_statements(client_api, loan):
    body = {"closed_on": "2026-10-31", "due_on": "2026-11-20", "balance_minor": 1}
    answer = client_api.put("/v1/ingest/loans/l1/statements/2026-10", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "not-revolving")


def test_an_undeclared_fact_is_refused_and_protected_data_goes_elsewhere(client_api, session):
    body = BORROWER | {"protected": {"sex": "female", "age_band": "30_39"}}
    assert client_api.put("/v1/ingest/borrowers/b1", json=body).status_code == 201
    row = session.execute(select(Borrower)).scalar_one()
    assert "female" not in str(row.declared_facts)
    bad = client_api.put(
        "/v1/ingest/borrowers/b1", json=BORROWER | {"protected": {"shoe_size": "40"}}
    )
    assert bad.status_code == 422


def test_protected_data_alone_is_stored_and_again_is_unchanged(client_api):
    told = []
    for sex in ("female", "female", "male", "male"):
        body = BORROWER | {"protected": {"sex": sex}}
        told.append(client_api.put("/v1/ingest/borrowers/b1", json=body).json["status"])
    assert told == ["stored", "unchanged", "stored", "unchanged"]
