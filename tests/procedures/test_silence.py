"""Silence must be proven, every sign of life ends it, and she is told in kind words."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from backend.contacts import service as contacts
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.loans.models import Loan
from backend.procedures.jobs import end_ended
from tests.clock import NOW, TODAY
from tests.factories.contacts import make_contact
from tests.factories.documents import make_document
from tests.factories.loans import make_payment
from tests.procedures.conftest import AFTER


def codes(answer):
    return [each["code"] for each in answer.json["reasons"]]


def test_proven_silence_gives_notice_and_two_weeks(case):
    made = case.open()
    assert made.status_code == 201, made.json
    assert (made.json["state"], made.json["reply_until_on"]) == (
        "notice_sent",
        str(TODAY + timedelta(days=14)),
    )
    proof = made.json["proof"]
    assert (proof["attempts"], proof["channels"], proof["days"]) == (5, 2, 40)
    (shown,) = case.own.get("/v1/me/procedures").json["items"]
    assert (shown["state"], shown["may_reply"]) == ("notice_sent", True)
    assert "One word is enough" in shown["what_you_can_do"][0]
    assert "not alone" in shown["help"]
    newest = case.own.get("/v1/me/contacts").json["items"][0]
    assert (newest["kind"], newest["channel"]) == ("notice", "email")


def test_she_reads_it_in_her_language_and_no_name_of_staff(case):
    case.open()
    answer = case.own.get("/v1/me/procedures", headers={"Accept-Language": "zh-CN"})
    assert "只需您的一句话" in answer.json["items"][0]["what_you_can_do"][0]
    assert str(case.manager.id) not in answer.text


def test_a_second_case_is_not_opened_beside_the_first(case):
    case.open()
    again = case.open()
    assert (again.status_code, again.json["code"]) == (409, "procedure-open")


@pytest.mark.parametrize(
    ("disturb", "failed"),
    [
        ("conversation", {"too_few_attempts", "too_few_channels", "too_short"}),
        ("payment", {"too_few_attempts", "too_few_channels", "too_short"}),
        ("opt_out", {"too_few_attempts", "too_few_channels"}),
        ("hold", {"left_in_peace"}),
        ("on_time", {"not_late"}),
    ],
)
def test_what_is_not_silence_is_refused_with_each_failed_rule(case, session, disturb, failed):
    if disturb == "payment":
        make_payment(session, loan=case.loan, amount_minor=1, received_on=TODAY)
    elif disturb == "hold":
        hold(session, case)
    elif disturb == "on_time":
        session.execute(update(Loan).values(oldest_unpaid_due_on=None))
    else:
        make_contact(
            session, case.borrower_id, kind=disturb, channel="sms", staff_id=case.manager.id
        )
    refused = case.open()
    assert (refused.status_code, refused.json["code"]) == (409, "silence-not-proven")
    assert set(codes(refused)) == failed


def hold(session, case):
    contacts.hold(
        session,
        borrower_id=case.borrower_id,
        cause="plan-request:1",
        until_on=TODAY + timedelta(days=30),
        now=NOW,
    )


def test_what_she_asked_for_meanwhile_counts_also_when_it_is_over(case, session):
    contacts.hold(
        session,
        borrower_id=case.borrower_id,
        cause="plan-request:2",
        until_on=TODAY - timedelta(days=40),
        now=NOW - timedelta(days=50),
    )
    assert codes(case.open()) == ["left_in_peace"]


def test_a_refusal_names_the_value(case, session):
    make_contact(session, case.borrower_id, kind="opt_out", channel="sms", staff_id=case.manager.id)
    texts = [each["text"] for each in case.open().json["reasons"]]
    assert any("3 attempts" in text and "5 are needed" in text for text in texts)


def test_a_payment_ends_the_case(case, client_api, deliver):
    case.open()
    client_api.post(
        "/v1/ingest/payments",
        json={
            "external_id": "p-1",
            "loan_external_id": case.loan,
            "amount_minor": 1,
            "received_on": str(TODAY),
        },
    )
    deliver()
    assert notice() == 1
    assert case.state() == "withdrawn"
    steps = case.officer.get(
        f"{case.path}/{case.procedure_id}", headers={"X-Access-Purpose": "audit"}
    ).json["steps"]
    assert [(each["state"], each["staff_id"]) for each in steps] == [
        ("notice_sent", str(case.manager.id)),
        ("withdrawn", None),
    ]
    assert steps[-1]["reason"] == "she_paid"


def test_a_payment_of_before_ends_nothing(case, client_api, deliver):
    case.open()
    client_api.post(
        "/v1/ingest/payments",
        json={
            "external_id": "p-2",
            "loan_external_id": case.loan,
            "amount_minor": 1,
            "received_on": str(TODAY - timedelta(days=85)),
        },
    )
    deliver()
    assert notice() == 0
    assert case.state() == "notice_sent"


def test_a_talk_ends_the_case_and_a_further_attempt_does_not(case, session, deliver):
    case.open()
    make_contact(session, case.borrower_id, staff_id=case.manager.id)
    deliver()
    assert case.state() == "notice_sent"
    make_contact(session, case.borrower_id, kind="inbound_conversation", staff_id=case.manager.id)
    deliver()
    assert case.state() == "withdrawn"


def test_her_reply_ends_the_case_and_is_kept_for_staff_alone_sealed(case, session):
    case.open()
    unknown = case.reply(document_ids=[str(new_id())])
    assert (unknown.status_code, unknown.json["code"]) == (404, "document-unknown")
    document_id = str(make_document(session, case.borrower_id))
    answer = case.reply(document_ids=[document_id])
    assert answer.status_code == 200, answer.json
    (shown,) = answer.json["items"]
    assert (shown["state"], shown["may_reply"]) == ("withdrawn", False)
    assert shown["replies"][0]["text"] == "I was in hospital."
    assert shown["replies"][0]["document_ids"] == [document_id]
    late = case.reply()
    assert (late.status_code, late.json["code"]) == (409, "procedure-reply-closed")


def notice() -> int:
    """What the job finds."""
    context = JobContext(as_of=TODAY, now=NOW, run_id=new_id(), heartbeat=lambda: None)
    return end_ended(context)["withdrawn"]


def test_what_she_asks_for_ends_the_case(case, session):
    case.open()
    assert notice() == 0
    hold(session, case)
    assert notice() == 1
    assert notice() == 0
    assert case.state() == "withdrawn"


@pytest.mark.parametrize("sign", ["hold", "payment", "talk"])
def test_no_case_is_upheld_over_a_sign_of_life_that_nobody_noticed(case, session, sign):
    case.open()
    if sign == "hold":
        hold(session, case)
    elif sign == "payment":
        make_payment(session, loan=case.loan, amount_minor=1, received_on=TODAY)
    else:
        make_contact(session, case.borrower_id, kind="connected", staff_id=case.manager.id)
    with clock.fixed(AFTER):
        refused = case.act("decide", outcome="upheld")
        assert (refused.status_code, refused.json["code"]) == (409, "silence-ended")
        assert case.act("decide", outcome="dismissed").status_code == 200
