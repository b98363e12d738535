"""Disputes: said, looked into, asked about, decided once with reasons, and mended by a waiver."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.contacts import queries as contacts
from backend.disputes.models import Dispute, DisputeStep
from backend.kit import clock
from backend.kit.outbox import EventRow
from backend.tiers.models import TierFreeze
from tests.clock import NOW, TODAY
from tests.disputes.conftest import FEE, PENALTY, charge
from tests.factories.loans import make_payment
from tests.fixtures.api import new_key

WHY = {"X-Access-Purpose": "dispute"}


def holds(session, claimant):
    return [r.cause for r in contacts.list_holds(session, borrower_id=claimant.id, today=TODAY)]


def freezes(session, claimant):
    rows = session.execute(
        select(TierFreeze.cause).where(
            TierFreeze.borrower_id == claimant.id, TierFreeze.until_on >= TODAY
        )
    )
    return list(rows.scalars())


def fees(claimant):
    return claimant.api.get(f"/v1/me/loans/{claimant.loan_id}/fees").json


def waivers(claimant):
    return [row["amount_minor"] for row in fees(claimant)["items"] if row["kind"] == "waiver"]


def test_a_dispute_keeps_her_tier_and_her_peace_and_says_by_when_it_is_answered(session, claimant):
    made = claimant.dispute_fee()

    assert made.status_code == 201, made.json
    cause = f"dispute:{made.json['id']}"
    assert holds(session, claimant) == freezes(session, claimant) == [cause]
    # A Monday and five working days.
    assert (made.json["state"], made.json["answer_by"]) == ("submitted", "2026-11-30")
    assert made.json["steps"][0]["text"] == "I was never told of it."
    assert claimant.api.get("/v1/me/disputes").json["items"][0]["id"] == made.json["id"]


def test_what_she_says_is_sealed(session, claimant):
    claimant.dispute(text="My brother took it.")
    (sealed,) = session.execute(select(DisputeStep.words_cipher)).scalars()
    assert b"brother" not in sealed
    told = session.execute(
        select(EventRow.payload).where(EventRow.name == "DisputeStateChanged")
    ).scalars()
    assert [event for event in told if "brother" in str(event)] == []


def test_the_line_is_shown_as_disputed_until_it_is_decided(claimant, office):
    def disputed():
        return [row["id"] for row in fees(claimant)["items"] if row["is_disputed"]]

    owed = fees(claimant)["outstanding"]
    assert disputed() == []
    dispute_id = claimant.dispute_fee().json["id"]
    assert disputed() == [str(claimant.fee_id)]
    assert fees(claimant)["outstanding"] == owed
    office.decide(dispute_id, "rejected", ["charge_in_contract"])
    assert disputed() == []


def test_a_repeat_with_its_key_is_the_same_dispute(claimant):
    key = new_key()
    first, again = claimant.dispute_fee(key=key), claimant.dispute_fee(key=key)
    assert first.json == again.json
    assert len(claimant.api.get("/v1/me/disputes").json["items"]) == 1


def test_one_is_open_for_each_matter(claimant):
    first = claimant.dispute_fee().json
    again = claimant.dispute_fee()
    assert (again.status_code, again.json["code"]) == (409, "dispute-open")
    assert again.json["dispute_id"] == first["id"]
    assert claimant.dispute("penalty", adjustment_id=str(claimant.penalty_id)).status_code == 201
    assert claimant.dispute("not_my_debt").status_code == 201
    assert claimant.act(first["id"], "withdraw").status_code == 200
    assert claimant.dispute_fee().status_code == 201


def test_the_end_of_one_leaves_the_peace_of_another(session, claimant, office):
    first, second = claimant.dispute_fee().json, claimant.dispute("amount").json
    office.decide(first["id"])
    assert holds(session, claimant) == freezes(session, claimant) == [f"dispute:{second['id']}"]
    claimant.act(second["id"], "withdraw")
    assert holds(session, claimant) == freezes(session, claimant) == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_what_was_answered_twice_is_a_complaints_to_look_at(claimant, office, language):
    for _ in range(2):
        made = claimant.dispute_fee()
        assert made.status_code == 201
        office.decide(made.json["id"], "rejected", ["charge_in_contract"])
    body = {
        "loan_id": str(claimant.loan_id), "about": "fee", "text": "Again.",
        "adjustment_id": str(claimant.fee_id),
    }  # fmt: skip
    refused = claimant.api.post(
        "/v1/me/disputes", json=body, headers=new_key() | {"Accept-Language": language}
    )
    assert (refused.status_code, refused.json["code"]) == (409, "dispute-repeated")
    free_on = TODAY + timedelta(days=90)
    assert refused.json["would_change"] == [
        {"kind": "complaint"}, {"kind": "time", "from_on": str(free_on)}
    ]  # fmt: skip
    assert str(free_on) in refused.json["reasons"][0]["text"]
    assert claimant.dispute("other").status_code == 201
    with clock.fixed(NOW + timedelta(days=90)):
        assert claimant.dispute_fee().status_code == 201


def test_many_at_a_time_wait_for_answers(claimant, session):
    for n in range(10):
        line = charge(session, claimant.loan, "fee", 5, days=10 + n)
        assert claimant.dispute("fee", adjustment_id=str(line)).status_code == 201
    refused = claimant.dispute("other")
    assert (refused.json["code"], refused.json["open_max"]) == ("too-many-disputes", 10)


@pytest.mark.parametrize(
    ("about", "named", "status"),
    [
        ("fee", "penalty_id", 404),
        ("penalty", "fee_id", 404),
        ("amount", "fee_id", 422),
        ("fee", "loan_id", 404),
    ],
)
def test_a_line_is_one_of_this_loan_and_kind(claimant, about, named, status):
    answer = claimant.dispute(about, adjustment_id=str(getattr(claimant, named)))
    assert answer.status_code == status


def test_a_payment_may_be_named(claimant):
    good = claimant.dispute("payment_missing", payment_id=str(claimant.payment_id))
    assert (good.status_code, good.json["payment_id"]) == (201, str(claimant.payment_id))
    assert claimant.dispute("amount", payment_id=str(claimant.fee_id)).status_code == 404
    assert claimant.dispute("other", payment_id=str(claimant.payment_id)).status_code == 422


@pytest.mark.parametrize("body", [{"about": "weather"}, {"text": ""}, {"text": "x" * 4_001}])
def test_bad_input_is_named(claimant, body):
    answer = claimant.dispute(**({"about": "fee", "text": "x"} | body))
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_a_fee_that_was_wrong_is_waived_and_told_to_the_core(claimant, office, client_api):
    dispute_id = claimant.dispute_fee().json["id"]

    decided = office.decide(dispute_id)

    assert decided.status_code == 200, decided.json
    assert waivers(claimant) == [FEE]
    shown = claimant.read(dispute_id)
    assert (shown["state"], shown["waived_minor"], shown["correction_minor"]) == ("upheld", FEE, 0)
    assert [r["code"] for r in shown["reasons"]] == ["charged_in_error"]
    assert "5.00" in shown["text"]
    (told,) = client_api.get("/v1/ingest/benefit-grants").json["items"]
    assert (told["kind"], told["cause"], told["terms"]["amount_minor"]) == (
        "fee_waiver", "dispute", FEE
    )  # fmt: skip


def test_a_line_that_was_put_right_is_not_put_right_twice(claimant, office):
    dispute_id = claimant.dispute_fee().json["id"]
    office.decide(dispute_id)
    again = claimant.dispute_fee()
    assert (again.status_code, again.json["code"]) == (409, "dispute-settled")
    assert again.json["dispute_id"] == dispute_id
    assert waivers(claimant) == [FEE]


def test_a_part_is_waived_in_part(claimant, office):
    dispute_id = claimant.dispute("penalty", adjustment_id=str(claimant.penalty_id)).json["id"]
    grounds = ["terms_unclear", "charge_in_contract"]
    for amount in (None, PENALTY):
        more = {} if amount is None else {"amount_minor": amount}
        assert office.decide(dispute_id, "partly_upheld", grounds, **more).status_code == 422

    assert office.decide(dispute_id, "partly_upheld", grounds, amount_minor=100).status_code == 200

    assert waivers(claimant) == [100]
    assert [w["code"] for w in claimant.read(dispute_id)["would_change"]] == ["contract"]


def test_what_was_paid_is_named_as_the_lenders_to_correct(session, claimant, office):
    make_payment(session, loan=claimant.loan, amount_minor=31_050, external_id="everything")
    dispute_id = claimant.dispute_fee().json["id"]
    office.decide(dispute_id)
    shown = claimant.read(dispute_id)
    assert (shown["waived_minor"], shown["correction_minor"]) == (0, FEE)
    assert waivers(claimant) == []
    assert "the lender corrects it" in shown["text"]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_no_has_reasons_and_says_what_would_change_it(claimant, office, language):
    dispute_id = claimant.dispute("payment_missing").json["id"]
    office.decide(dispute_id, "rejected", ["no_record_of_payment"])
    shown = claimant.read(dispute_id, **{"Accept-Language": language})
    assert shown["state"] == "rejected"
    assert [r["code"] for r in shown["reasons"]] == ["no_record_of_payment"]
    assert [w["code"] for w in shown["would_change"]] == ["receipt"]
    assert shown["reasons"][0]["text"].isascii() == (language == "en")
    assert shown["steps"][-1] | {"at": ""} == {
        "state": "rejected", "by": "staff", "text": "We looked.", "at": ""
    }  # fmt: skip
    assert shown["answer_by"] is None


@pytest.mark.parametrize(
    ("outcome", "grounds"),
    [
        ("rejected", ["charged_in_error"]),
        ("upheld", ["charge_in_contract"]),
        ("upheld", ["charged_in_error", "charge_in_contract"]),
        ("upheld", []),
        ("partly_upheld", ["charge_in_contract"]),
        ("withdrawn", ["charged_in_error"]),
    ],
)
def test_an_outcome_rests_on_grounds_that_carry_it(claimant, office, outcome, grounds):
    dispute_id = claimant.dispute("other").json["id"]
    assert office.decide(dispute_id, outcome, grounds).status_code == 422
    assert claimant.read(dispute_id)["state"] == "submitted"


def test_the_second_who_decides_is_told_what_won(claimant, make_office):
    first, second = make_office(), make_office()
    dispute_id = claimant.dispute_fee().json["id"]
    assert first.decide(dispute_id, "rejected", ["charge_in_contract"]).status_code == 200
    lost = second.decide(dispute_id)
    assert (lost.status_code, lost.json["code"], lost.json["state"]) == (
        409, "dispute-not-open", "rejected"
    )  # fmt: skip
    assert waivers(claimant) == []


def test_a_question_and_its_answer(claimant, manager):
    dispute_id = claimant.dispute("payment_missing").json["id"]
    assert claimant.act(dispute_id, "reply", text="Hello?").json["code"] == "dispute-not-open"
    assert manager.act(dispute_id, "take").json["state"] == "under_review"
    asked = manager.act(dispute_id, "ask", text="On which day did you pay?")
    assert (asked.status_code, asked.json["state"]) == (200, "info_requested")
    with clock.fixed(NOW + timedelta(days=6)):
        replied = claimant.act(dispute_id, "reply", text="On the 3rd.")
    assert (replied.json["state"], replied.json["answer_by"]) == ("under_review", "2026-12-02")
    said = [(step["by"], step["text"]) for step in replied.json["steps"]]
    assert said == [
        ("borrower", "I was never told of it."),
        ("staff", None),
        ("staff", "On which day did you pay?"),
        ("borrower", "On the 3rd."),
    ]


def test_taking_it_back_ends_it(claimant, office):
    dispute_id = claimant.dispute_fee().json["id"]
    assert claimant.act(dispute_id, "withdraw").json["state"] == "withdrawn"
    assert claimant.act(dispute_id, "withdraw").status_code == 409
    assert office.decide(dispute_id).json["state"] == "withdrawn"


def test_the_queue_is_ordered_by_what_is_due(session, claimant, office, make_office):
    late, soon = claimant.dispute("other").json["id"], claimant.dispute("amount").json["id"]
    session.execute(
        update(Dispute)
        .where(Dispute.id == soon)
        .values(due_on=TODAY - timedelta(days=1))
        .execution_options(synchronize_session=False)
    )
    shown = office.api.get("/v1/staff/disputes", headers=WHY).json["items"]
    assert [(row["id"], row["is_overdue"]) for row in shown] == [(soon, True), (late, False)]
    assert "text" not in shown[0]
    stranger = make_office("account_manager")
    assert stranger.api.get("/v1/staff/disputes").json["items"] == []
    office.decide(soon, "rejected", ["too_little_known"])
    assert [r["id"] for r in office.api.get("/v1/staff/disputes", headers=WHY).json["items"]] == [
        late
    ]


def test_who_may_read_and_who_may_decide(claimant, office, make_office):
    dispute_id = claimant.dispute_fee().json["id"]
    address = f"/v1/staff/borrowers/{claimant.id}/disputes/{dispute_id}"
    auditor = make_office("auditor")
    assert auditor.api.get(address, headers=WHY).json["steps"][0]["text"]
    assert auditor.decide(dispute_id).status_code == 403
    assert office.api.get(address).json["code"] == "access-purpose-required"
    assert make_office("account_manager").decide(dispute_id).status_code == 404


def test_anothers_dispute_and_loan_are_not_there(claimant, make_claimant):
    other = make_claimant("other")
    dispute_id = claimant.dispute_fee().json["id"]
    for answer in (
        other.api.get(f"/v1/me/disputes/{dispute_id}"),
        other.act(dispute_id, "withdraw"),
        other.act(dispute_id, "reply", text="x"),
        other.dispute(loan_id=str(claimant.loan_id)),
        other.dispute("fee", adjustment_id=str(claimant.fee_id)),
    ):
        assert answer.status_code == 404
    assert claimant.read(dispute_id)["state"] == "submitted"
