"""From the plan to what she reads: the whole way of a reminder and of a greeting."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.kit import clock
from notifications.deliveries.service.planning import plan_due
from tests.reminders.conftest import MORNING

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
