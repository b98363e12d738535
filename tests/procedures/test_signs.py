"""Whatever she asks, says or sends is a sign of life, also when it is over by now."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.documents.models import Document
from backend.kit import clock
from backend.loans import service as loans
from backend.procedures.jobs import JOBS
from tests.clock import NOW, TODAY
from tests.factories.documents import make_document, picture, send
from tests.factories.loans import make_payment
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key
from tests.procedures.conftest import AFTER, WHY

NOTHING = {
    "currency": "CNY",
    "income": {"wages": 5},
    "fixed_costs": {},
    "flexible_costs": {},
    "other_debts_minor": 0,
}


def post(case, path, **body):
    made = case.own.post(f"/v1/me/{path}", json=body, headers=new_key())
    assert made.status_code in (200, 201), made.text
    return made.json


def loan_id(case) -> str:
    return case.own.get("/v1/me/loans").json["items"][0]["id"]


def ask_for_help(case, **_):
    post(
        case,
        "hardship-applications",
        reason="job_loss",
        affordability=NOTHING,
        text="No work.",
        wishes=[],
    )


def ask_for_waiver(case, *, session, **_):
    row = {
        "external_id": "pen",
        "loan_external_id": case.loan,
        "kind": "penalty",
        "amount_minor": 300,
        "on": TODAY - timedelta(days=7),
    }
    loans.add_adjustments(session, [row], now=NOW, settled=True)[0].unwrap()
    session.commit()
    post(case, "waiver-requests", loan_id=loan_id(case), reason="job_loss")


def reply_on_document(case, *, document, staff_api, **_):
    asked = staff_api("risk_officer").post(
        f"/v1/staff/borrowers/{case.borrower_id}/documents/{document}/suspicions",
        json={"grounds": "Looks odd."},
        headers=new_key() | WHY,
    )
    assert asked.status_code == 201, asked.text
    post(case, f"documents/{document}/reply", text="Ask my employer.")


def promise_and_take_back(case, **_):
    on = str(TODAY + timedelta(days=18))
    made = post(case, f"loans/{loan_id(case)}/promises", amount_minor=1, on=on)
    post(case, f"promises/{made['id']}/withdraw")


def dispute_and_take_back(case, **_):
    made = post(case, "disputes", loan_id=loan_id(case), about="amount", text="That is wrong.")
    post(case, f"disputes/{made['id']}/withdraw")


def send_document(case, **_):
    assert send(case.own, picture(shade=9)).status_code == 201


@pytest.mark.parametrize(
    "ask",
    [
        ask_for_help,
        ask_for_waiver,
        reply_on_document,
        promise_and_take_back,
        dispute_and_take_back,
        send_document,
    ],
)
def test_what_she_does_meanwhile_ends_the_case(case, session, staff_api, ask):
    document = make_document(session, case.borrower_id)
    session.execute(update(Document).values(uploaded_at=NOW - timedelta(days=99)))
    session.commit()
    case.open()
    with clock.fixed(AFTER):
        ask(case, session=session, staff_api=staff_api, document=document)
        refused = case.act("decide", outcome="upheld")
        assert (refused.status_code, refused.json["code"]) == (409, "silence-ended")
        JOBS[0].run(make_job_context(now=AFTER))
        assert case.state() == "withdrawn"


def test_a_payment_known_by_its_month_may_have_come_on_any_day_of_it(case, session):
    first = (NOW - timedelta(days=80)).date().replace(day=1)
    make_payment(session, loan=case.loan, amount_minor=1, received_on=first, date_precision="month")
    session.commit()
    assert case.open().json["code"] == "silence-not-proven"
