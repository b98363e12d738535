"""She asks that penalty interest is waived: at once inside the limits, else by a person, once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from backend.benefits.audit import run as audit
from backend.benefits.models import BenefitNegotiation
from backend.benefits.reasons import SENSITIVE, Reason
from backend.benefits.waiver_rules import (
    MONTHS_AT_ONCE,
    Facts,
    Why,
    choose_months,
    count_months,
    why_a_person,
)
from backend.loans import service as loans
from backend.loans.models import Adjustment
from backend.tiers.models import TierState
from tests.benefits.test_waivers import charge, first, months_ago
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_loan, make_payment
from tests.factories.programme import enrol
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key

WHY = {"X-Access-Purpose": "hardship"}


@pytest.fixture
def make_asker(session, borrower_api):
    """Placed in a tier, enrolled, with 300, 200 and 100 of penalty interest in three months."""

    def make(name="asker", *, tier="potential", enrolled=True):
        borrower_id = make_borrower(session, external_id=name)
        rows = [
            {
                "number": 1, "due_on": months_ago(4), "principal_minor": 10_000,
                "interest_minor": 100, "fee_minor": 0, "penalty_minor": 0,
            }
        ]  # fmt: skip
        loan, loan_id = make_loan(
            session, borrower=name, installments=rows, opened_on=months_ago(5),
            external_id=f"{name}-loan",
        )  # fmt: skip
        for n, amount in ((3, 300), (2, 200), (1, 100)):
            row = {
                "external_id": f"{name}-{n}", "loan_external_id": loan, "kind": "penalty",
                "amount_minor": amount, "on": months_ago(n),
            }  # fmt: skip
            loans.add_adjustments(session, [row], now=NOW, settled=True)[0].unwrap()
        if enrolled:
            enrol(session, borrower_id)
        if tier is not None:
            session.execute(
                insert(TierState).values(
                    borrower_id=borrower_id, tier=tier, rank=1, since_on=TODAY, placed_on=TODAY,
                    raw_tier=tier, bands="", policy_version=1, evaluation_number=0,
                )
            )  # fmt: skip
        return Asker(borrower_id, loan, loan_id, borrower_api(borrower_id))

    return make


class Asker:
    def __init__(self, borrower_id, loan, loan_id, api):
        self.id, self.loan, self.loan_id, self.api = borrower_id, loan, loan_id, api

    def ask(self, reason="illness", *, key=None, headers=None, **more):
        body = {"loan_id": str(self.loan_id), "reason": reason} | more
        return self.api.post(
            "/v1/me/waiver-requests", json=body, headers=(key or new_key()) | (headers or {})
        )

    def read(self, request_id):
        return self.api.get(f"/v1/me/waiver-requests/{request_id}").json

    def penalty(self):
        shown = self.api.get(f"/v1/me/loans/{self.loan_id}/fees").json
        return shown["outstanding"]["penalty_minor"]


def decide(staff, asker, request_id, outcome="approved", **more):
    return staff.post(
        f"/v1/staff/borrowers/{asker.id}/waiver-requests/{request_id}/decide",
        json={"outcome": outcome, "answer": "We looked at it."} | more,
        headers=new_key(),
    )


@pytest.fixture
def officer(staff_api):
    return staff_api("risk_officer")


@pytest.mark.parametrize(
    ("tier", "waived"), [("potential", 600), ("stable", 500), ("high_risk", 300)]
)
def test_inside_the_limits_the_months_with_the_most_are_waived_at_once(make_asker, tier, waived):
    asker = make_asker(tier=tier)

    made = asker.ask()

    assert made.status_code == 201, made.json
    assert (made.json["state"], made.json["is_automatic"]) == ("approved", True)
    assert made.json["waived_minor"] == waived
    assert made.json["periods"] == MONTHS_AT_ONCE[tier]
    assert asker.penalty() == 600 - waived


def test_she_may_ask_for_fewer(make_asker, client_api):
    asker = make_asker()
    made = asker.ask(periods=1).json
    assert made["lines"] == [{"period": f"{months_ago(3):%Y-%m}", "amount_minor": 300}]
    (told,) = client_api.get("/v1/ingest/benefit-grants").json["items"]
    assert (told["kind"], told["cause"], told["state"]) == (
        "fee_waiver", "waiver_request", "activated"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "asked", "why"),
    [
        ({"tier": "current"}, {}, "tier-by-person"),
        ({"tier": "dormant"}, {}, "tier-by-person"),
        ({"tier": None}, {}, "tier-by-person"),
        ({"tier": "stable"}, {"periods": 3}, "more-months-than-at-once"),
        ({"tier": "high_risk"}, {"periods": 2}, "more-months-than-at-once"),
        ({"enrolled": False}, {}, "not-enrolled"),
        ({}, {"reason": "job_loss"}, "reason-needs-proof"),
        ({}, {"reason": "other"}, "reason-needs-proof"),
    ],
)
def test_what_is_outside_them_waits_for_a_person_and_says_why(make_asker, facts, asked, why):
    asker = make_asker(**facts)
    made = asker.ask(**asked).json
    assert (made["state"], made["waived_minor"]) == ("open", 0)
    assert [reason["code"] for reason in made["by_person_because"]] == [why]
    assert made["answer_by"] == "2026-11-26"
    assert asker.penalty() == 600


def test_a_person_approves_and_it_is_waived_and_read_by_her(make_asker, officer):
    asker = make_asker(tier="current")
    request_id = asker.ask().json["id"]
    (waiting,) = officer.get("/v1/staff/waiver-requests", headers=WHY).json["items"]
    assert (waiting["id"], waiting["due_on"]) == (request_id, "2026-11-26")

    decided = decide(officer, asker, request_id, periods=2)

    assert decided.status_code == 200, decided.json
    shown = asker.read(request_id)
    assert (shown["state"], shown["waived_minor"]) == ("approved", 500)
    assert (shown["answer"], shown["is_automatic"]) == ("We looked at it.", False)
    assert asker.penalty() == 100
    assert officer.get("/v1/staff/waiver-requests", headers=WHY).json["items"] == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_no_has_grounds_and_says_what_would_change_it(make_asker, officer, language):
    asker = make_asker()
    request_id = asker.ask("job_loss").json["id"]
    assert decide(officer, asker, request_id, "rejected").status_code == 422
    assert decide(officer, asker, request_id, "approved", grounds=["can_be_paid"]).status_code == (
        422
    )
    decided = decide(officer, asker, request_id, "rejected", grounds=["proof_missing"])
    assert decided.status_code == 200
    shown = asker.api.get(
        f"/v1/me/waiver-requests/{request_id}", headers={"Accept-Language": language}
    ).json
    assert [each["code"] for each in shown["would_change"]] == ["proof_missing"]
    assert shown["would_change"][0]["text"].isascii() == (language == "en")
    # Whoever was told no by a person is answered by a person.
    again = asker.ask().json
    assert [reason["code"] for reason in again["by_person_because"]] == ["asked-before"]


def test_once_for_a_loan_and_the_refusal_says_what_is_left(make_asker):
    asker = make_asker()
    asker.ask(periods=1)
    again = asker.ask()
    assert (again.status_code, again.json["code"]) == (409, "waiver-already-negotiated")
    assert again.json["would_change"] == [
        {"kind": "plan", "loan_id": str(asker.loan_id)}, {"kind": "human"}
    ]  # fmt: skip
    chinese = asker.ask(headers={"Accept-Language": "zh-CN"}).json
    assert not chinese["reasons"][0]["text"].isascii()


def test_once_is_what_the_database_says_too(session, make_asker):
    asker = make_asker()
    asker.ask(periods=1)
    row = session.execute(
        select(BenefitNegotiation.cause, BenefitNegotiation.months).where(
            BenefitNegotiation.borrower_id == asker.id,
            BenefitNegotiation.loan_id == asker.loan_id,
        )
    ).one()
    assert tuple(row) == ("waiver_request", 1)


def test_the_audit_finds_a_waiver_that_is_not_in_the_books(session, make_asker):
    asker = make_asker()
    asker.ask(periods=1)
    assert list(audit(session)) == []
    session.execute(update(Adjustment).where(Adjustment.kind == "waiver").values(amount_minor=1))
    session.execute(delete(BenefitNegotiation))
    assert len(list(audit(session))) == 2


def test_a_repeat_with_its_key_waives_once(make_asker):
    asker, key = make_asker(), new_key()
    first_answer, again = asker.ask(periods=1, key=key), asker.ask(periods=1, key=key)
    assert first_answer.json == again.json
    assert asker.penalty() == 300


def test_one_waits_at_a_time_and_may_be_taken_back(make_asker, officer):
    asker = make_asker(tier="current")
    request_id = asker.ask().json["id"]
    again = asker.ask()
    assert (again.json["code"], again.json["waiver_request_id"]) == (
        "waiver-request-open",
        request_id,
    )
    address = f"/v1/me/waiver-requests/{request_id}/withdraw"
    assert asker.api.post(address, headers=new_key()).json["state"] == "withdrawn"
    assert asker.api.post(address, headers=new_key()).status_code == 409
    assert decide(officer, asker, request_id).json["state"] == "withdrawn"
    assert asker.ask().status_code == 201


def test_where_nothing_is_open_nothing_is_waived(session, make_asker, officer):
    asker = make_asker(tier="current")
    request_id = asker.ask().json["id"]
    make_payment(session, loan=asker.loan, amount_minor=700)
    assert decide(officer, asker, request_id).json["code"] == "nothing-to-waive"
    assert asker.read(request_id)["state"] == "open"
    other = make_asker("other")
    make_payment(session, loan=other.loan, amount_minor=700)
    refused = other.ask()
    assert (refused.status_code, refused.json["code"]) == (409, "nothing-to-waive")
    assert refused.json["would_change"] == [{"kind": "dispute", "loan_id": str(other.loan_id)}]


@pytest.mark.parametrize("body", [{"periods": 0}, {"periods": 4}, {"reason": "holiday"}])
def test_bad_input_is_named(make_asker, body):
    asker = make_asker()
    assert asker.ask(**({"reason": "illness"} | body)).json["code"] == "invalid"


def test_the_second_who_decides_is_told_what_won(make_asker, officer, staff_api):
    asker = make_asker(tier="current")
    request_id = asker.ask().json["id"]
    assert decide(officer, asker, request_id, periods=1).status_code == 200
    lost = decide(staff_api("risk_officer"), asker, request_id, "rejected", grounds=["can_be_paid"])
    assert (lost.status_code, lost.json["code"], lost.json["state"]) == (
        409, "waiver-request-not-open", "approved"
    )  # fmt: skip


def test_an_account_manager_sees_and_decides_for_her_own(session, make_asker, staff_api):
    asker = make_asker(tier="current")
    request_id = asker.ask().json["id"]
    manager = staff_api("account_manager")
    assert manager.get("/v1/staff/waiver-requests").json["items"] == []
    assert decide(manager, asker, request_id).status_code == 404
    make_assignment(session, staff_id=manager.id, borrower_id=asker.id)
    assert len(manager.get("/v1/staff/waiver-requests").json["items"]) == 1
    assert decide(manager, asker, request_id).status_code == 200
    auditor = staff_api("auditor")
    assert auditor.get("/v1/staff/waiver-requests", headers=WHY).status_code == 200
    assert decide(auditor, asker, request_id).status_code == 403


def test_anothers_loan_and_request_are_not_there(make_asker):
    asker, other = make_asker(tier="current"), make_asker("other")
    request_id = asker.ask().json["id"]
    assert other.ask(loan_id=str(asker.loan_id)).status_code == 404
    for method, address in (
        ("GET", f"/v1/me/waiver-requests/{request_id}"),
        ("POST", f"/v1/me/waiver-requests/{request_id}/withdraw"),
    ):
        assert other.api.call(method, address, headers=new_key()).status_code == 404


def test_a_later_penalty_of_a_waived_month_stays(session, make_asker):
    asker = make_asker()
    asker.ask()
    charge(session, asker.loan, first(months_ago(1)), 55)
    assert asker.penalty() == 55


tiers = st.none() | st.sampled_from(["current", "potential", "stable", "high_risk", "dormant"])


@given(
    tier=tiers, reason=st.sampled_from(Reason), months=st.integers(1, 3), enrolled=st.booleans(),
    rejected=st.booleans(), planned=st.booleans(),
)  # fmt: skip
def test_the_rule_decides_alone_only_inside_every_limit(
    tier, reason, months, enrolled, rejected, planned
):
    why = why_a_person(Facts(tier, reason, months, enrolled, rejected, planned))
    inside = (
        enrolled
        and not rejected
        and not planned
        and reason in SENSITIVE
        and months <= MONTHS_AT_ONCE.get(tier or "", 0)
    )
    assert (why == []) == inside
    assert set(why) <= set(Why)


open_amounts = st.dictionaries(
    st.dates(date(2026, 1, 1), date(2026, 12, 1)).map(first), st.integers(1, 999), min_size=1
)


@given(still_open=open_amounts, asked=st.none() | st.integers(1, 3), tier=tiers)
def test_the_chosen_months_are_open_as_many_as_counted_and_the_best(still_open, asked, tier):
    count = count_months(asked, tier=tier, there_are=len(still_open))
    chosen = choose_months(still_open, count=count)
    assert 1 <= len(chosen) == len(set(chosen)) == count <= 3
    left = [amount for month, amount in still_open.items() if month not in chosen]
    assert max(left, default=0) <= min(still_open[month] for month in chosen)
