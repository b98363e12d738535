"""Recommending the programme: by a code, with the friend's own yes, once, and for nothing odd."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.kit.problems import Problem
from backend.kit.wiring import JobContext
from rewards.referrals import service
from rewards.referrals.jobs import lapse
from rewards.referrals.models import Referral
from rewards.referrals.rules import is_kept
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.programme import enrol
from tests.fixtures.api import new_key

PATH = "/v1/me/referral"
days = st.integers(-40, 40).map(lambda n: TODAY + timedelta(days=n))


@pytest.fixture
def member(session, borrower_api):
    def make(**more):
        borrower_id = make_borrower(session, **more)
        enrol(session, borrower_id)
        return borrower_api(borrower_id)

    return make


def accept(api, code):
    return api.post(f"{PATH}/accept", json={"code": code}, headers=new_key())


def code_of(api) -> str:
    return api.get(PATH).json["code"]


def confirmed(session) -> list:
    rows = session.execute(select(EventRow.borrower_id).where(EventRow.name == "ReferralConfirmed"))
    return list(rows.scalars())


@pytest.fixture
def friend(session, member):
    """A friend with a loan of which nothing is paid, due today and monthly."""

    def make(external_id="friend", **more):
        own = member(external_id=external_id, **more)
        loan, loan_id = make_loan(
            session, borrower=external_id, installments=make_installments(3, first_due_on=TODAY)
        )
        return own, loan, loan_id

    return make


def pay(client_api, loan, *, external_id="friend-1", received_on=TODAY):
    answer = client_api.post(
        "/v1/ingest/payments",
        json={
            "external_id": external_id, "loan_external_id": loan, "amount_minor": 10_100,
            "received_on": str(received_on),
        },
    )  # fmt: skip
    assert answer.status_code == 201, answer.json


def test_a_code_is_hers_and_stays(member):
    own = member()
    assert code_of(own) == code_of(own)
    assert code_of(member()) != code_of(own)


def test_a_friend_s_first_due_date_kept_confirms_it_once(
    session, member, friend, client_api, deliver
):
    referrer = member()
    own, loan, _ = friend()
    accepted = accept(own, code_of(referrer).lower())
    assert (accepted.status_code, accepted.json["state"]) == (201, "waiting")
    assert confirmed(session) == []

    pay(client_api, loan)
    deliver()
    pay(client_api, loan, external_id="friend-2")
    deliver()

    assert confirmed(session) == [referrer.id]
    shown = referrer.get(PATH, headers={"Accept-Language": "zh-CN"}).json
    assert [each["state"] for each in shown["items"]] == ["confirmed"]
    assert str(own.id) not in referrer.get(PATH).text
    assert str(referrer.id) not in own.get(PATH).text


def test_a_late_payment_confirms_nothing(session, member, client_api, deliver):
    referrer, own = member(), member(external_id="late")
    loan, _ = make_loan(
        session,
        borrower="late",
        installments=make_installments(3, first_due_on=TODAY - timedelta(days=2)),
    )
    accept(own, code_of(referrer))
    pay(client_api, loan)
    deliver()
    assert confirmed(session) == []


def test_a_returned_payment_takes_the_confirmation_back_and_a_new_one_brings_it_again(
    session, member, friend, client_api, deliver
):
    referrer = member()
    own, loan, _ = friend()
    accept(own, code_of(referrer))
    pay(client_api, loan)
    deliver()
    client_api.post("/v1/ingest/payments/friend-1/reversal", json={"reason": "returned"})
    deliver()
    assert referrer.get(PATH).json["items"][0]["state"] == "waiting"
    undone = session.execute(
        select(EventRow.borrower_id).where(EventRow.name == "ReferralUndone")
    ).scalars()
    assert list(undone) == [referrer.id]

    pay(client_api, loan, external_id="friend-again")
    deliver()
    assert confirmed(session) == [referrer.id, referrer.id]


def test_a_payment_that_was_returned_before_anybody_heard_of_it_confirms_nothing(
    session, member, friend, client_api, deliver
):
    referrer = member()
    own, loan, _ = friend()
    accept(own, code_of(referrer))
    pay(client_api, loan)
    client_api.post("/v1/ingest/payments/friend-1/reversal", json={"reason": "returned"})
    deliver()
    assert confirmed(session) == []
    assert referrer.get(PATH).json["items"][0]["state"] == "waiting"


def test_another_payment_that_is_returned_takes_nothing_back(
    session, member, friend, client_api, deliver
):
    referrer = member()
    own, loan, _ = friend()
    accept(own, code_of(referrer))
    pay(client_api, loan)
    deliver()
    pay(client_api, loan, external_id="friend-2")
    deliver()
    client_api.post("/v1/ingest/payments/friend-2/reversal", json={"reason": "returned"})
    deliver()
    assert referrer.get(PATH).json["items"][0]["state"] == "confirmed"


def test_a_card_s_month_reported_paid_confirms_as_well(session, member, client_api, deliver):
    referrer, own = member(), member(external_id="card-friend")
    accept(own, code_of(referrer))
    client_api.put(
        "/v1/ingest/loans/card-1",
        json={
            "kind": "revolving", "borrower_external_id": "card-friend", "product_code": "card",
            "currency": "CNY", "opened_on": str(TODAY - timedelta(days=20)), "status": "active",
            "dpd_source": "reported",
        },
    )  # fmt: skip
    client_api.put(
        "/v1/ingest/loans/card-1/delinquency",
        json={"days_past_due": 0, "as_of": str(TODAY), "activity": "paid"},
    )
    deliver()
    assert confirmed(session) == [referrer.id]


def test_nobody_refers_herself_twice_or_in_a_circle(member):
    ann, bea, cleo = member(), member(), member()
    assert accept(ann, code_of(ann)).json["code"] == "referral-own-code"
    assert accept(bea, code_of(ann)).status_code == 201
    assert accept(bea, code_of(cleo)).json["code"] == "referral-already-accepted"
    assert accept(cleo, code_of(bea)).status_code == 201
    assert accept(ann, code_of(cleo)).json["code"] == "referral-circular"
    assert accept(ann, "NOBODYS1").json["code"] == "referral-code-unknown"


def test_who_has_paid_before_is_no_new_friend(session, member, friend, client_api, deliver):
    referrer = member()
    own, loan, _ = friend()
    pay(client_api, loan)
    deliver()
    assert accept(own, code_of(referrer)).json["code"] == "referral-not-new"


def test_outside_the_programme_there_are_no_invitations(session, member, borrower_api):
    outside = borrower_api(make_borrower(session))
    assert outside.get(PATH).json == {
        "code": None, "text": None, "accepted": None, "items": [], "next_cursor": None
    }  # fmt: skip
    assert accept(outside, code_of(member())).json["code"] == "referral-not-enrolled"


SAME = {"phone": "+86 139 0000 4719", "name": "Same Person"}


def test_one_telephone_for_two_waits_for_a_person(
    session, member, friend, staff_api, client_api, deliver
):
    referrer = member(**SAME)
    own, loan, _ = friend(**SAME)
    assert accept(own, code_of(referrer)).json["state"] == "in_review"
    pay(client_api, loan)
    deliver()
    assert confirmed(session) == []

    officer = staff_api("risk_officer")
    (waiting,) = officer.get("/v1/staff/referral-reviews").json["items"]
    assert set(waiting["signals"]) == {"same_phone", "same_name"}
    path = f"/v1/staff/borrowers/{own.id}/referral/decide"
    fine = officer.post(path, json={"outcome": "fine", "reason": "mother"}, headers=new_key())
    assert fine.json["state"] == "confirmed"
    assert confirmed(session) == [referrer.id]
    again = officer.post(path, json={"outcome": "rejected", "reason": "no"}, headers=new_key())
    assert (again.status_code, again.json["code"]) == (422, "invalid")
    again = officer.post(path, json={"outcome": "rejected", "reason": "none"}, headers=new_key())
    assert (again.status_code, again.json["code"]) == (409, "referral-not-in-review")


def test_a_rejected_one_stays_so(session, member, friend, staff_api, client_api, deliver):
    referrer = member(**SAME)
    own, loan, _ = friend(**SAME)
    accept(own, code_of(referrer))
    path = f"/v1/staff/borrowers/{own.id}/referral/decide"
    body = {"outcome": "rejected", "reason": "same person"}
    staff_api("risk_officer").post(path, json=body, headers=new_key())
    pay(client_api, loan)
    deliver()
    assert confirmed(session) == []
    for borrower_id, code in ((new_id(), "borrower-not-found"), (referrer.id, "referral-unknown")):
        lost = staff_api("risk_officer").post(
            f"/v1/staff/borrowers/{borrower_id}/referral/decide", json=body, headers=new_key()
        )
        assert (lost.status_code, lost.json["code"]) == (404, code)


def test_an_invitation_lapses_after_a_year(session, member):
    referrer, own = member(), member()
    accept(own, code_of(referrer))
    context = JobContext(as_of=TODAY, now=NOW, run_id=new_id(), heartbeat=lambda: None)
    assert lapse(context) == {"lapsed": 0}
    session.execute(update(Referral).values(accepted_on=TODAY - timedelta(days=365)))
    assert lapse(context) == {"lapsed": 1}
    assert referrer.get(PATH).json["items"][0]["state"] == "lapsed"


def points_of(api) -> tuple[int, int]:
    shown = api.get("/v1/me/points").json
    return shown["pending"], shown["available"]


def causes_of(api) -> list[str]:
    return [each["cause"]["type"] for each in api.get("/v1/me/points/entries").json["items"]]


def test_points_wait_for_the_due_date_and_follow_what_becomes_of_it(
    member, friend, client_api, deliver
):
    referrer = member()
    own, loan, _ = friend()
    accept(own, code_of(referrer))
    deliver()
    assert points_of(referrer) == (200, 0)
    pay(client_api, loan)
    deliver()
    assert points_of(referrer) == (0, 200)
    client_api.post("/v1/ingest/payments/friend-1/reversal", json={"reason": "returned"})
    deliver()
    assert points_of(referrer) == (200, 0)
    pay(client_api, loan, external_id="friend-again")
    deliver()
    assert points_of(referrer) == (0, 200)
    assert causes_of(referrer) == [
        "referral", "referral_promised", "referral_undone", "referral", "referral_promised",
    ]  # fmt: skip


def test_what_was_promised_for_a_rejected_or_lapsed_invitation_goes_back(
    session, member, friend, staff_api, deliver
):
    referrer = member(**SAME)
    own, _, _ = friend(**SAME)
    other = member()
    accept(own, code_of(referrer))
    accept(other, code_of(referrer))
    deliver()
    assert points_of(referrer) == (400, 0)
    path = f"/v1/staff/borrowers/{own.id}/referral/decide"
    body = {"outcome": "rejected", "reason": "same person"}
    staff_api("risk_officer").post(path, json=body, headers=new_key())
    deliver()
    assert points_of(referrer) == (200, 0)
    session.execute(
        update(Referral)
        .where(Referral.borrower_id == other.id)
        .values(accepted_on=TODAY - timedelta(days=365))
    )
    lapse(JobContext(as_of=TODAY, now=NOW, run_id=new_id(), heartbeat=lambda: None))
    deliver()
    assert points_of(referrer) == (0, 0)


def test_a_month_promises_points_for_three_friends(member, deliver):
    referrer = member()
    for _ in range(4):
        assert accept(member(), code_of(referrer)).status_code == 201
    deliver()
    assert points_of(referrer) == (600, 0)


@pytest.mark.commits
def test_four_who_accept_each_other_at_once_make_no_circle(session, own_database):
    ids = [make_borrower(session) for _ in range(4)]
    enrol(session, *ids)
    codes = [service.ensure_code(session, borrower_id=each) for each in ids]
    session.commit()
    gate = Barrier(4)

    def act(n: int) -> str:
        gate.wait(timeout=30)
        try:
            with transaction() as fresh:
                service.accept(
                    fresh, borrower_id=ids[n], code=codes[(n + 1) % 4] or "", today=TODAY, now=NOW
                )
        except Problem as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(act, range(4)))
    assert told == ["done", "done", "done", "referral-circular"]


@given(due_on=days, paid_on=days, later=st.integers(0, 60))
def test_paying_later_never_confirms_more(due_on, paid_on, later):
    after = is_kept(due_on=due_on, paid_on=paid_on + timedelta(days=later), accepted_on=TODAY)
    assert not after or is_kept(due_on=due_on, paid_on=paid_on, accepted_on=TODAY)
