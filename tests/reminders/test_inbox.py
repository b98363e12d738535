"""From the plan to what she reads: the whole way of a reminder and of a greeting."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.kit import clock
from backend.loans import service as loans
from notifications.deliveries.service.planning import plan_due
from tests.clock import TODAY
from tests.factories.loans import make_account, make_payment
from tests.reminders.conftest import MORNING

CLOSED_ON = TODAY - timedelta(days=2)
NOON = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # when all of the morning's are due


def read(api, locale):
    answer = api.get("/v1/me/inbox", headers={"Accept-Language": locale})
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


@pytest.mark.parametrize(("locale", "amount"), [("en", "CN¥101.00"), ("zh-CN", "¥101.00")])
def test_she_reads_a_reminder_in_her_language_with_a_way_to_help(
    lender, borrower_api, locale, amount
):
    who, loan = lender.owing("ana", due_in=3, born_on=date(1990, 11, 23))
    lender.run()
    lender.greet()
    with clock.fixed(NOON):
        assert plan_due(lender.session, now=NOON) == 2
        reminder, greeting = sorted(
            read(borrower_api(who), locale), key=lambda each: each["purpose"], reverse=True
        )
    assert amount in reminder["body"]
    assert "{" not in reminder["body"]
    assert str(loan) in str(reminder)
    assert "need_help" in str(reminder)
    assert greeting["title"] == ("Happy birthday" if locale == "en" else "生日快乐")


def test_what_was_paid_in_between_is_not_told(lender, borrower_api, deliver):
    who, loan = lender.owing("ana", due_in=3)
    lender.run()
    lender.pay(loan)
    deliver()
    with clock.fixed(NOON):
        plan_due(lender.session, now=NOON)
        assert [
            each for each in read(borrower_api(who), "en") if each["purpose"] == "reminder"
        ] == []
    assert lender.run(MORNING + timedelta(hours=1))["planned"] == 0


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_card_that_was_paid_in_between_is_not_told_of(lender, borrower_api, is_paid):
    """Of a card no event says that it is paid: its state is asked before the inbox is written."""
    who = lender.borrower(external_id="ana")
    card, _ = make_account(lender.session, borrower="ana")
    statement = {
        "loan_external_id": card, "month": TODAY.replace(day=1), "closed_on": CLOSED_ON,
        "due_on": TODAY + timedelta(days=3), "balance_minor": 80_000, "minimum_due_minor": 8_000,
        "date_precision": "day", "assumed": [],
    }  # fmt: skip
    loans.put_statements(lender.session, [statement], now=MORNING, settled=True)[0].unwrap()
    assert lender.run()["planned"] == 1
    make_payment(lender.session, loan=card, amount_minor=80_000 if is_paid else 70_000)
    with clock.fixed(NOON):
        plan_due(lender.session, now=NOON)
        told = [each["purpose"] for each in read(borrower_api(who), "en")]
    assert told.count("reminder") == (0 if is_paid else 1)
    assert lender.told(who)[0].closed_why == ("paid" if is_paid else "no_device")


def test_what_was_paid_is_known_before_any_event_of_it_is_heard(lender, borrower_api):
    """And of each loan by itself: another's later day keeps no paid one open."""
    (ana, loan), (bo, _) = lender.owing("ana", due_in=3), lender.owing("bo", due_in=7)
    lender.run()
    lender.pay(loan)
    with clock.fixed(NOON):
        plan_due(lender.session, now=NOON)
        told = [len(read(borrower_api(who), "en")) for who in (ana, bo)]
    assert told == [0, 1]
    assert lender.told(ana)[0].closed_why == "paid"
