"""What payments earn, through the door that the core system uses."""

from datetime import date, timedelta

import pytest

from tests.clock import TODAY
from tests.factories.loans import make_account
from tests.factories.points import INSTALLMENT_MINOR, days, enrol, make_member, make_schedule


@pytest.fixture
def pay(client_api, deliver):
    """`pay(loan, on=...)`: one instalment's amount, its news delivered."""
    numbers = iter(range(1, 1_000))

    def send(loan, *, on=TODAY, amount=INSTALLMENT_MINOR, precision="day"):
        name = f"{loan}-p{next(numbers)}"
        answer = client_api.post(
            "/v1/ingest/payments",
            json={
                "external_id": name,
                "loan_external_id": loan,
                "amount_minor": amount,
                "received_on": str(on),
                "date_precision": precision,
            },
        )
        assert answer.status_code == 201, answer.text
        deliver()
        return name

    return send


@pytest.fixture
def take_back(client_api, deliver):
    def send(payment):
        answer = client_api.post(
            f"/v1/ingest/payments/{payment}/reversal", json={"reason": "Bounced."}
        )
        assert answer.status_code in (200, 201), answer.text
        deliver()

    return send


@pytest.fixture
def history(borrower_api):
    """`history(borrower_id)`: (kind, points, cause) of each entry, the oldest first."""

    def read(borrower_id):
        api = borrower_api(borrower_id)
        items = api.get("/v1/me/points/entries", query_string={"limit": 100}).json["items"]
        return [(e["kind"], e["points"], e["cause"]["type"]) for e in reversed(items)]

    return read


def test_an_instalment_paid_on_its_day_earns_a_hundred_points(session, pay, history, borrower_api):
    name, borrower_id = make_member(session)
    loan, loan_id = make_schedule(session, name, days(0, 31))

    pay(loan)

    assert history(borrower_id) == [("earned", 100, "on_time")]
    own = borrower_api(borrower_id).get("/v1/me/points").json
    assert own == {
        "available": 100,
        "pending": 0,
        "held": 0,
        "expiring": [{"on": "2027-11-30", "points": 100}],
    }
    [entry] = borrower_api(borrower_id).get("/v1/me/points/entries").json["items"]
    assert entry["cause"]["id"] == str(loan_id)


@pytest.mark.parametrize(
    ("early_days", "precision", "earned"),
    [
        (3, "day", [("earned", 100, "on_time"), ("earned", 20, "early")]),
        (2, "day", [("earned", 100, "on_time")]),
        (3, "month", [("earned", 100, "on_time")]),
    ],
)
def test_three_days_early_is_worth_more_unless_the_day_is_only_a_month(
    session, pay, history, early_days, precision, earned
):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(early_days))

    pay(loan, precision=precision)

    assert history(borrower_id) == earned


@pytest.mark.parametrize(("late_days", "earned"), [(14, []), (15, [("earned", 60, "cured")])])
def test_a_loan_cured_from_fifteen_days_earns_sixty_and_from_fewer_nothing(
    session, pay, history, late_days, earned
):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(-late_days, 40))

    pay(loan)

    assert history(borrower_id) == earned


def test_a_loan_is_not_cured_while_anything_is_overdue(session, pay, history):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(-50, -20))

    pay(loan)
    half_way = history(borrower_id)
    pay(loan)

    assert half_way == []
    assert history(borrower_id) == [("earned", 60, "cured")]


def test_a_cure_counts_once_in_twelve_months(session, pay, history):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(-400, -100, -20))

    pay(loan, on=TODAY - timedelta(days=380))
    pay(loan, on=TODAY - timedelta(days=80))
    pay(loan)

    # The second spell began 300 days after the first, the third 380.
    assert history(borrower_id) == [("earned", 60, "cured"), ("earned", 60, "cured")]


def test_weekly_instalments_earn_a_hundred_a_month_at_most(session, pay, history):
    name, borrower_id = make_member(session)
    november = [date(2026, 11, day) for day in (2, 9, 16, 23)]
    loan, _ = make_schedule(session, name, november)

    for day in november:
        pay(loan, on=day)

    assert history(borrower_id) == [("earned", 100, "on_time")]


def test_who_is_not_enrolled_earns_nothing_then_or_afterwards(session, pay, history):
    name, borrower_id = make_member(session, enrolled=False)
    loan, _ = make_schedule(session, name, days(-33, 0))

    pay(loan, on=TODAY - timedelta(days=33))
    enrol(session, borrower_id, days_ago=1)
    pay(loan)

    assert history(borrower_id) == [("earned", 100, "on_time")]


def test_what_is_told_of_earlier_days_counts_for_whoever_is_enrolled_when_it_is_told(
    session, pay, history
):
    name, borrower_id = make_member(session, enrolled=False)
    loan, _ = make_schedule(session, name, days(-33, 0))
    enrol(session, borrower_id, days_ago=1)

    pay(loan, on=TODAY - timedelta(days=33))

    assert history(borrower_id) == [("earned", 100, "on_time")]


def test_a_payment_that_bounces_takes_back_what_it_earned_and_says_so(
    session, pay, take_back, history, borrower_api
):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(3, 40))
    payment = pay(loan)

    take_back(payment)

    assert history(borrower_id) == [
        ("earned", 100, "on_time"),
        ("earned", 20, "early"),
        ("taken_back", -100, "payment_reversed"),
        ("taken_back", -20, "payment_reversed"),
    ]
    api = borrower_api(borrower_id)
    assert api.get("/v1/me/points").json["available"] == 0
    zh = api.get("/v1/me/points/entries", headers={"Accept-Language": "zh-CN"}).json["items"]
    assert "最终未能成功" in zh[0]["cause"]["text"]


def test_paid_again_in_time_it_earns_again(session, pay, take_back, history, borrower_api):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(0, 40))
    take_back(pay(loan))

    pay(loan)

    assert [kind for kind, *_ in history(borrower_id)] == ["earned", "taken_back", "earned"]
    assert borrower_api(borrower_id).get("/v1/me/points").json["available"] == 100


def test_a_payment_told_late_takes_its_place_in_time(session, pay, history, borrower_api):
    name, borrower_id = make_member(session)
    loan, _ = make_schedule(session, name, days(-20, 40))
    pay(loan)
    late = history(borrower_id)

    # The one of today pays the next instalment then.
    pay(loan, on=TODAY - timedelta(days=20))

    assert late == [("earned", 60, "cured")]
    assert borrower_api(borrower_id).get("/v1/me/points").json["available"] == 220
    assert sorted(history(borrower_id)[1:]) == [
        ("earned", 20, "early"),
        ("earned", 100, "on_time"),
        ("earned", 100, "on_time"),
        ("taken_back", -60, "record_changed"),
    ]


def report(client_api, deliver, account, *, on, days_late=0, activity="paid"):
    answer = client_api.put(
        f"/v1/ingest/loans/{account}/delinquency",
        json={"days_past_due": days_late, "as_of": str(on), "activity": activity},
    )
    assert answer.status_code in (200, 201), answer.text
    deliver()


def test_a_reported_month_in_order_earns_and_one_without_consumption_does_not(
    session, client_api, deliver, history
):
    name, borrower_id = make_member(session)
    account, _ = make_account(session, borrower=name, opened_on=date(2026, 1, 1))

    report(client_api, deliver, account, on=date(2026, 8, 31), activity="carried")
    report(client_api, deliver, account, on=date(2026, 9, 30), activity="none")
    report(client_api, deliver, account, on=date(2026, 10, 31), days_late=30)
    report(client_api, deliver, account, on=date(2026, 11, 20))

    assert history(borrower_id) == [
        ("earned", 100, "on_time"),
        ("earned", 100, "on_time"),
        ("earned", 60, "cured"),
    ]


def test_a_month_that_turns_out_late_gives_its_points_back(session, client_api, deliver, history):
    name, borrower_id = make_member(session)
    account, _ = make_account(session, borrower=name, opened_on=date(2026, 1, 1))

    report(client_api, deliver, account, on=date(2026, 11, 10))
    report(client_api, deliver, account, on=date(2026, 11, 20), days_late=3)

    assert history(borrower_id) == [
        ("earned", 100, "on_time"),
        ("taken_back", -100, "record_changed"),
    ]
