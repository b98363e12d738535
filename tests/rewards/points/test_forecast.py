"""What a plan is said to earn is what keeping it then earns."""

from datetime import date
from types import SimpleNamespace

from backend.app import WIRINGS
from tests.factories.loans import make_payment
from tests.factories.points import INSTALLMENT_MINOR, make_member, make_schedule


def test_what_is_forecast_is_earned(session, deliver, borrower_api):
    [forecast] = [wiring.points_forecast for wiring in WIRINGS if wiring.points_forecast]
    due_on = [date(2026, 11, 25), date(2026, 12, 9), date(2026, 12, 23), date(2027, 1, 6)]
    traits = SimpleNamespace(kind="installment", product_code="personal", currency="CNY")
    told = forecast(session, traits=traits, due_on=due_on)

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

    assert told == 300
    assert borrower_api(who).get("/v1/me/points").json["available"] == told


def test_nothing_to_keep_earns_nothing(session):
    [forecast] = [wiring.points_forecast for wiring in WIRINGS if wiring.points_forecast]
    traits = SimpleNamespace(kind="installment", product_code="personal", currency="CNY")
    assert forecast(session, traits=traits, due_on=[]) == 0
    assert forecast(session, traits=traits, due_on=[date(1800, 1, 1)]) == 0
