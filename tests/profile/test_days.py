"""A borrower's days are dates in her contract's zone, whatever day it is for the programme."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.kit import clock
from backend.kit.programme_zone import moment, programme_day
from backend.profile import queries, service
from tests.factories.loans import make_borrower, make_installments, make_loan, make_payment

DUE_DAY = date(2026, 11, 22)
# 13:30 in New York, and 02:30 of the day after in Shanghai.
ABOUT_NOON = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
# 00:30 in Tokyo, and 23:30 of the day before in Shanghai.
AFTER_MIDNIGHT = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


def make_debt(session, deliver, *, zone, due_on):
    """One instalment paid on time, and one that is due on a day."""
    who = make_borrower(session, external_id="ana", timezone=zone)
    rows = make_installments(2, first_due_on=due_on - timedelta(days=30))
    make_loan(session, borrower="ana", external_id="loan", installments=rows)
    paid_on = due_on - timedelta(days=31)
    make_payment(session, loan="loan", amount_minor=10_100, received_on=paid_on)
    deliver()
    return who


@pytest.mark.parametrize(("at", "late"), [(ABOUT_NOON, 0), (ABOUT_NOON + timedelta(hours=11), 1)])
def test_on_her_due_day_she_is_not_late_though_the_programme_s_day_is_over(
    session, deliver, borrower_api, at, late
):
    with clock.fixed(at):
        who = make_debt(session, deliver, zone="America/New_York", due_on=DUE_DAY)
        facts = queries.get_facts(session, borrower_id=who, now=at)
        answer = borrower_api(who).get("/v1/me/tier")

    assert programme_day(at) == date(2026, 11, 23)
    assert facts["days_past_due"] == late
    assert facts["installments_missed_12m"] == late
    assert facts["on_time_streak"] == (0 if late else 1)
    assert late or "1 day past due" not in answer.text


@pytest.mark.parametrize("history", [False, True])
def test_a_payment_of_her_today_counts_though_the_programme_is_a_day_behind(
    session, deliver, history
):
    with clock.fixed(AFTER_MIDNIGHT):
        who = make_debt(session, deliver, zone="Asia/Tokyo", due_on=DUE_DAY)
        make_payment(
            session, loan="loan", amount_minor=10_100, received_on=DUE_DAY + timedelta(days=1)
        )
        deliver()
        if history:
            today = programme_day(AFTER_MIDNIGHT)
            service.rebuild(session, borrower_ids=[who], seq=9, now=AFTER_MIDNIGHT, today=today)
        facts = queries.get_facts(session, borrower_id=who, now=AFTER_MIDNIGHT)

    assert programme_day(AFTER_MIDNIGHT) == DUE_DAY
    assert (facts["repaid_total"], facts["days_since_last_payment"]) == (20_200, 0)


def test_a_day_that_is_named_is_everybody_s(session):
    named = moment(ABOUT_NOON, today=DUE_DAY)
    zones = ("America/New_York", "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Pago_Pago")

    assert {named.today(zone) for zone in zones} == {DUE_DAY}
    now = moment(ABOUT_NOON, today=programme_day(ABOUT_NOON))
    assert [now.today(zone).day for zone in zones] == [22, 23, 23, 22]


def test_a_contract_moved_to_another_zone_has_its_days_there(session, client_api, deliver):
    with clock.fixed(ABOUT_NOON):
        who = make_debt(session, deliver, zone="Asia/Shanghai", due_on=DUE_DAY)
        before = queries.get_facts(session, borrower_id=who, now=ABOUT_NOON)
        body = {"locale": "en", "timezone": "America/New_York"}
        client_api.put("/v1/ingest/borrowers/ana", json=body)
        deliver()
        after = queries.get_facts(session, borrower_id=who, now=ABOUT_NOON)

    assert [facts["days_past_due"] for facts in (before, after)] == [1, 0]
    assert [facts["installments_missed_12m"] for facts in (before, after)] == [1, 0]
