"""What a plan is said to earn is what keeping it then earns."""

from datetime import date
from types import SimpleNamespace

from backend.app import WIRINGS
from tests.factories.loans import make_payment
from tests.factories.points import INSTALLMENT_MINOR, make_member, make_schedule

[FORECAST] = [wiring.points_forecast for wiring in WIRINGS if wiring.points_forecast]
TRAITS = SimpleNamespace(kind="installment", product_code="personal", currency="CNY")


def test_what_is_forecast_is_earned(session, deliver, borrower_api):
    due_on = [date(2026, 11, 25), date(2026, 12, 9), date(2026, 12, 23), date(2027, 1, 6)]
    told = FORECAST(session, traits=TRAITS, schedules=[due_on, due_on[1:3]])

    name, who = make_member(session)
    loan, _ = make_schedule(session, name, due_on)
    # Its day is only a month, so that nothing is added for being early.
    make_payment(
        session,
        loan=loan,
        amount_minor=len(due_on) * INSTALLMENT_MINOR,
        date_precision="month",
    )
    deliver()

    assert told == [300, 100]
    assert borrower_api(who).get("/v1/me/points").json["available"] == told[0]


def test_nothing_to_keep_earns_nothing(session):
    schedules = [[], [date(1800, 1, 1)]]
    assert FORECAST(session, traits=TRAITS, schedules=schedules) == [0, 0]
