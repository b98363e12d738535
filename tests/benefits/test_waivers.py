"""Penalty interest waived by agreement: month by month, what is open, once for a loan."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backend.benefits import queries, service
from backend.benefits.errors import AlreadyNegotiated, TooManyMonths
from backend.kit.problems import NotFound
from backend.loans import service as loans
from backend.loans.models import Adjustment
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_loan, make_payment


def months_ago(n: int) -> date:
    """The 15th, n months before today's."""
    month = TODAY.year * 12 + TODAY.month - 1 - n
    return date(month // 12, month % 12 + 1, 15)


def first(day: date) -> date:
    return day.replace(day=1)


def charge(session, loan, day, amount, *, kind="penalty"):
    row = {
        "external_id": f"{kind}-{day}-{amount}", "loan_external_id": loan, "kind": kind,
        "amount_minor": amount, "on": day,
    }  # fmt: skip
    return loans.add_adjustments(session, [row], now=NOW, settled=True)[0].unwrap().id


@pytest.fixture
def late(session):
    """One instalment, four months late, with penalty interest of each of three months."""
    borrower_id = make_borrower(session, external_id="late")
    rows = [
        {
            "number": 1, "due_on": months_ago(4), "principal_minor": 10_000,
            "interest_minor": 100, "fee_minor": 0, "penalty_minor": 0,
        }
    ]  # fmt: skip
    loan, loan_id = make_loan(session, borrower="late", installments=rows, opened_on=months_ago(5))
    for n, amount in ((3, 300), (2, 200), (1, 100)):
        charge(session, loan, months_ago(n), amount)
    return borrower_id, loan, loan_id


def open_months(session, late):
    found = queries.waivable(session, borrower_id=late[0], loan_id=late[2], now=NOW)
    return dict(found.months)


def waive(session, late, *months, cause="plan", **more):
    return service.waive_periods(
        session, borrower_id=late[0], loan_id=late[2], periods=list(months), cause=cause, now=NOW,
        **more,
    )  # fmt: skip


MARCH, FEBRUARY, JANUARY = (first(months_ago(n)) for n in (1, 2, 3))


def test_each_month_has_its_open_penalty_interest(session, late):
    assert open_months(session, late) == {JANUARY: 300, FEBRUARY: 200, MARCH: 100}


def test_a_payment_covers_the_oldest_month_first_and_a_reversal_opens_it_again(session, late):
    make_payment(session, loan=late[1], amount_minor=350, external_id="part")
    assert open_months(session, late) == {FEBRUARY: 150, MARCH: 100}

    loans.reverse_payment(session, external_id="part", reason="returned", now=NOW)

    assert open_months(session, late) == {JANUARY: 300, FEBRUARY: 200, MARCH: 100}


def test_a_waiver_lowers_its_own_month_whatever_older_is_open(session, late):
    (line,) = waive(session, late, FEBRUARY)

    assert (line.period, line.amount_minor, line.on) == (FEBRUARY, 200, TODAY)
    assert open_months(session, late) == {JANUARY: 300, MARCH: 100}


def test_a_waiver_is_a_line_of_its_own_and_a_grant_that_the_core_reads(
    session, late, client_api, borrower_api
):
    waive(session, late, FEBRUARY, MARCH)

    own = borrower_api(late[0])
    shown = own.get(f"/v1/me/loans/{late[2]}/fees").json
    lines = [row["amount_minor"] for row in shown["items"] if row["kind"] == "waiver"]
    assert sorted(lines) == [100, 200]
    assert shown["outstanding"]["penalty_minor"] == 300
    granted = own.get("/v1/me/benefits", headers={"Accept-Language": "en"}).json["items"]
    assert {each["text"] for each in granted} == {"CN¥1.00 is waived.", "CN¥2.00 is waived."}
    told = client_api.get("/v1/ingest/benefit-grants").json["items"]
    assert [(t["kind"], t["state"], t["cause"]) for t in told] == [
        ("fee_waiver", "activated", "plan")
    ] * 2
    assert {t["terms"]["period"] for t in told} == {f"{m:%Y-%m}" for m in (FEBRUARY, MARCH)}


def test_nothing_open_is_no_line_and_no_negotiation(session, late):
    make_payment(session, loan=late[1], amount_minor=300)

    assert waive(session, late, JANUARY) == []
    assert [line.period for line in waive(session, late, MARCH)] == [MARCH]


def test_a_loan_is_negotiated_once(session, late):
    waive(session, late, JANUARY)

    with pytest.raises(AlreadyNegotiated), session.begin_nested():
        waive(session, late, FEBRUARY, cause="waiver_request")

    assert open_months(session, late) == {FEBRUARY: 200, MARCH: 100}


def test_what_is_no_negotiation_leaves_the_first_one_open(session, late):
    waive(session, late, JANUARY, cause="freeze", is_negotiation=False)
    assert [line.period for line in waive(session, late, FEBRUARY)] == [FEBRUARY]


def test_a_month_that_had_its_waiver_has_no_second_one_even_for_a_later_penalty(session, late):
    waive(session, late, MARCH, cause="freeze", is_negotiation=False)
    charge(session, late[1], MARCH + timedelta(days=20), 55)

    assert MARCH not in open_months(session, late)
    assert waive(session, late, MARCH) == []


def test_more_than_three_months_are_refused(session, late):
    with pytest.raises(TooManyMonths):
        waive(session, late, JANUARY, FEBRUARY, MARCH, first(TODAY))


def test_another_persons_loan_is_not_there(session, late):
    other = make_borrower(session)
    with pytest.raises(NotFound):
        service.waive_periods(
            session, borrower_id=other, loan_id=late[2], periods=[MARCH], cause="plan", now=NOW
        )
    with pytest.raises(NotFound):
        queries.waivable(session, borrower_id=other, loan_id=late[2], now=NOW)


def test_a_wrong_fee_is_waived_up_to_what_is_open_beside_the_principal(session, late):
    fee_id = charge(session, late[1], months_ago(0), 5_000, kind="fee")
    make_payment(session, loan=late[1], amount_minor=5_200)

    waived = service.waive_charge(
        session, borrower_id=late[0], loan_id=late[2], adjustment_id=fee_id, amount_minor=5_000,
        cause="dispute", now=NOW,
    )  # fmt: skip

    # 600 penalty + 5 000 fee + 100 interest - 5 200 paid
    assert waived is not None
    assert waived.amount_minor == 500
    again = service.waive_charge(
        session, borrower_id=late[0], loan_id=late[2], adjustment_id=fee_id, amount_minor=5_000,
        cause="dispute", now=NOW,
    )  # fmt: skip
    assert again is None
    rows = session.execute(
        select(Adjustment.amount_minor).where(
            Adjustment.loan_id == late[2], Adjustment.kind == "waiver"
        )
    )
    assert list(rows.scalars()) == [500]
