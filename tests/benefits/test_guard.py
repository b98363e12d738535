"""Good Faith Guard: six in a row on time, once for each run, by the tier, and never for nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from backend.benefits import service
from backend.benefits.models import BenefitGrant, BenefitGuard
from backend.benefits.rules import (
    GUARD_EVERY,
    GUARD_STREAK,
    GuardMemory,
    guard_rate_points,
    may_guard,
)
from backend.kit import clock
from backend.loans import service as loans
from backend.loans.models import Adjustment
from backend.profile.models import Profile
from backend.tiers.models import TierState
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_loan, make_payment
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key

days = st.integers(0, 800)


def follow(session, *ids, today=TODAY):
    return service.follow_facts(session, borrower_ids=ids, today=today, now=NOW)


def grants(session, borrower_id):
    rows = session.execute(
        select(BenefitGrant.__table__)
        .where(BenefitGrant.borrower_id == borrower_id)
        .order_by(BenefitGrant.granted_at, BenefitGrant.kind)
    )
    return {(row.kind, row.state) for row in rows}


def set_streak(session, borrower_id, streak):
    session.execute(
        update(Profile).where(Profile.borrower_id == borrower_id).values(on_time_streak=streak)
    )


FIRST = {("rate_discount", "activated"), ("limit_increase", "offered")}


def test_six_in_a_row_grant_a_discount_and_offer_a_higher_limit(session):
    borrower_id = make_profile(session, on_time_streak=GUARD_STREAK)
    enrol(session, borrower_id)

    assert follow(session, borrower_id) == [borrower_id]

    assert grants(session, borrower_id) == FIRST


@pytest.mark.parametrize("streak", [None, 0, GUARD_STREAK - 1])
def test_fewer_grant_nothing(session, streak):
    borrower_id = make_profile(session, on_time_streak=streak)
    enrol(session, borrower_id)

    assert follow(session, borrower_id) == []
    assert grants(session, borrower_id) == set()


def test_who_is_not_enrolled_has_nothing_until_she_is(session):
    borrower_id = make_profile(session, on_time_streak=GUARD_STREAK)
    assert follow(session, borrower_id) == []
    enrol(session, borrower_id)
    assert follow(session, borrower_id) == [borrower_id]


def test_a_run_that_goes_on_is_no_second_one(session):
    borrower_id = make_profile(session, on_time_streak=GUARD_STREAK)
    enrol(session, borrower_id)
    follow(session, borrower_id)

    for streak in range(GUARD_STREAK, 3 * GUARD_STREAK):
        set_streak(session, borrower_id, streak)
        assert follow(session, borrower_id, today=TODAY + GUARD_EVERY * 2) == []
    assert grants(session, borrower_id) == FIRST


def test_a_new_run_counts_after_a_year_and_not_before(session):
    borrower_id = make_profile(session, on_time_streak=GUARD_STREAK)
    enrol(session, borrower_id)
    follow(session, borrower_id)
    set_streak(session, borrower_id, 0)
    follow(session, borrower_id)
    set_streak(session, borrower_id, GUARD_STREAK)

    assert follow(session, borrower_id, today=TODAY + GUARD_EVERY - timedelta(days=1)) == []
    assert follow(session, borrower_id, today=TODAY + GUARD_EVERY) == [borrower_id]


@given(streak=st.none() | st.integers(0, 14), memory=st.none() | st.tuples(days, st.booleans()))
def test_the_statement_decides_as_the_rule_does(session, streak, memory):
    borrower_id = make_profile(session, on_time_streak=streak)
    enrol(session, borrower_id)
    kept = None
    if memory is not None:
        # An armed Guard is what a broken streak leaves; a lower streak arms it before the rule.
        is_armed = memory[1] or (streak or 0) < GUARD_STREAK
        kept = GuardMemory(TODAY - timedelta(days=memory[0]), is_armed)
        session.add(
            BenefitGuard(
                borrower_id=borrower_id,
                number=1,
                granted_on=kept.granted_at_on,
                is_armed=memory[1],
            )
        )
        session.flush()

    granted = follow(session, borrower_id) == [borrower_id]

    assert granted == may_guard(kept, streak=streak, today=TODAY)


@pytest.mark.parametrize(
    ("tier", "points"), [("current", "-1.00"), ("potential", "-0.75"), ("stable", "-0.50")]
)
def test_the_discount_follows_the_tier(tier, points):
    assert guard_rate_points(tier) == points


def test_the_tier_of_the_same_moment_counts_however_late_its_hearer_comes(session):
    """She has just caught up: by the facts she is current, by the record still potential."""
    borrower_id = make_profile(session, on_time_streak=GUARD_STREAK, dpd_base=0)
    enrol(session, borrower_id)
    session.add(
        TierState(
            borrower_id=borrower_id, tier="potential", rank=2, since_on=TODAY, placed_on=TODAY,
            raw_tier="potential", bands="", policy_version=1, evaluation_number=0,
        )
    )  # fmt: skip
    session.flush()

    follow(session, borrower_id)

    terms = session.execute(
        select(BenefitGrant.terms).where(BenefitGrant.kind == "rate_discount")
    ).scalar_one()
    assert terms == {"applies_to": "next_loan", "points": "-1.00"}


def _row(number: int, due_on: date, penalty: int = 0) -> dict:
    return {
        "number": number, "due_on": due_on, "principal_minor": 10_000, "interest_minor": 100,
        "fee_minor": 0, "penalty_minor": penalty,
    }  # fmt: skip


@pytest.fixture
def steady(session):
    """Six paid on time, an old penalty still open, and the seventh to come."""
    return keep_six(session, "steady")


def keep_six(session, name):
    borrower_id = make_borrower(session, external_id=name)
    dues = [TODAY - timedelta(days=30 * n) for n in (6, 5, 4, 3, 2, 1)] + [TODAY]
    rows = [_row(n, due, penalty=0) for n, due in enumerate(dues, start=1)]
    loan, loan_id = make_loan(
        session, borrower=name, installments=rows, opened_on=TODAY - timedelta(days=220)
    )
    for number, due in enumerate(dues[:6], start=1):
        make_payment(
            session, loan=loan, amount_minor=10_100, received_on=due, external_id=f"{name}-{number}"
        )
    enrol(session, borrower_id)
    return borrower_id, loan, loan_id


def test_open_penalty_interest_is_waived_in_the_books_and_told_to_the_core(
    session, steady, client_api, borrower_api, deliver
):
    borrower_id, loan, loan_id = steady
    answer = client_api.post(
        "/v1/ingest/adjustments",
        json={
            "external_id": "pen", "loan_external_id": loan, "kind": "penalty",
            "amount_minor": 777, "on": str(TODAY - timedelta(days=3)),
        },
    )  # fmt: skip
    assert answer.status_code == 201
    deliver()

    own = borrower_api(borrower_id)
    shown = own.get(f"/v1/me/loans/{loan_id}").json["outstanding"]
    assert shown["penalty_minor"] == 0
    (told,) = [
        item
        for item in client_api.get("/v1/ingest/benefit-grants").json["items"]
        if item["kind"] == "fee_waiver"
    ]
    assert (told["state"], told["terms"]["amount_minor"]) == ("activated", 777)
    assert told["terms"]["loan_external_id"] == loan
    waiver = session.execute(select(Adjustment.__table__).where(Adjustment.kind == "waiver")).one()
    assert (waiver.amount_minor, waiver.external_id) == (
        777,
        told["terms"]["adjustment_external_id"],
    )
    text = own.get("/v1/me/benefits", headers={"Accept-Language": "zh-CN"}).json["items"]
    assert any("7.77" in item["text"] for item in text if item["kind"] == "fee_waiver")


def test_without_a_penalty_there_is_no_waiver(session, steady, deliver):
    borrower_id, *_ = steady
    deliver()
    assert grants(session, borrower_id) == FIRST


def test_a_returned_payment_takes_back_what_six_in_a_row_brought(
    session, steady, client_api, borrower_api, deliver
):
    borrower_id, *_ = steady
    deliver()
    reversed_ = client_api.post(
        "/v1/ingest/payments/steady-4/reversal", json={"reason": "returned"}
    )
    assert reversed_.status_code == 200
    deliver()

    assert grants(session, borrower_id) == {
        ("rate_discount", "revoked"),
        ("limit_increase", "revoked"),
    }
    items = borrower_api(borrower_id).get("/v1/me/benefits").json["items"]
    assert {item["ending"]["code"] for item in items} == {"streak_undone"}


def test_of_many_at_once_those_lose_it_who_never_kept_six(session, steady, client_api, deliver):
    borrower_id, *_ = steady
    others = [keep_six(session, f"steady{n}")[0] for n in range(3)]
    deliver()
    reason = {"reason": "returned"}
    client_api.post("/v1/ingest/payments/steady-4/reversal", json=reason)
    client_api.post("/v1/ingest/payments/steady1-2/reversal", json=reason)

    undone = service.undo_guard(session, borrower_ids=[borrower_id, *others], now=NOW)

    assert undone == sorted([borrower_id, others[1]])
    revoked = {("rate_discount", "revoked"), ("limit_increase", "revoked")}
    assert grants(session, borrower_id) == grants(session, others[1]) == revoked
    assert grants(session, others[0]) == grants(session, others[2]) == FIRST
    assert service.undo_guard(session, borrower_ids=[borrower_id, *others], now=NOW) == []


def test_what_the_core_has_carried_out_stays(session, steady, client_api, deliver):
    borrower_id, *_ = steady
    deliver()
    (discount,) = [
        item
        for item in client_api.get("/v1/ingest/benefit-grants").json["items"]
        if item["kind"] == "rate_discount"
    ]
    client_api.post(f"/v1/ingest/benefit-grants/{discount['id']}/ack")
    client_api.post("/v1/ingest/payments/steady-4/reversal", json={"reason": "returned"})
    deliver()

    assert grants(session, borrower_id) == {
        ("rate_discount", "fulfilled"),
        ("limit_increase", "revoked"),
    }


def test_six_kept_again_after_a_returned_payment_bring_it_again(
    session, steady, client_api, deliver
):
    borrower_id, loan, _ = steady
    deliver()
    client_api.post("/v1/ingest/payments/steady-6/reversal", json={"reason": "returned"})
    deliver()
    again = client_api.post(
        "/v1/ingest/payments",
        json={
            "external_id": "steady-6-again", "loan_external_id": loan, "amount_minor": 10_100,
            "received_on": str(TODAY - timedelta(days=30)),
        },
    )  # fmt: skip
    assert again.status_code == 201
    deliver()

    assert grants(session, borrower_id) == {
        ("rate_discount", "revoked"),
        ("limit_increase", "revoked"),
        *FIRST,
    }


def test_a_missed_instalment_later_takes_nothing_back(session, steady, deliver):
    borrower_id, *_ = steady
    deliver()
    later = NOW + timedelta(days=5)
    with clock.fixed(later):
        assert loans.announce_missed(session, now=later, limit=10) == 1
        deliver()
    assert grants(session, borrower_id) == FIRST


def test_who_leaves_the_programme_keeps_waivers_and_what_is_fulfilled(
    session, steady, staff_api, deliver
):
    borrower_id, *_ = steady
    deliver()
    left = staff_api("risk_officer").post(
        f"/v1/staff/borrowers/{borrower_id}/enrolment",
        json={"status": "terminated", "reason": "asked for"},
        headers=new_key(),
    )
    assert left.status_code == 201
    deliver()
    assert grants(session, borrower_id) == {
        ("rate_discount", "revoked"),
        ("limit_increase", "revoked"),
    }


def test_a_thousand_at_once_are_granted_as_one_is(session):
    ids = [make_profile(session, on_time_streak=n % 9) for n in range(60)]
    enrol(session, *ids)
    granted = follow(session, *ids)
    assert sorted(granted) == sorted(each for n, each in enumerate(ids) if n % 9 >= GUARD_STREAK)
    count = session.execute(select(func.count()).select_from(BenefitGrant)).scalar_one()
    assert count == 2 * len(granted)
    assert follow(session, *ids) == []
