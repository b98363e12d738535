"""Kept state, news of it, and the proof of the books."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from backend.events.loans import LoansTouched, PaymentReceived
from backend.kit import clock
from backend.kit.bulk import sql_array, sql_ids, sql_texts
from backend.kit.ids import new_id
from backend.kit.outbox import EventRow, routing
from backend.loans import audit, jobs, service
from backend.loans.models import Installment, Loan
from backend.loans.service.payment_stream import _STORE as STORE
from backend.loans.service.payment_stream import stream_payments
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan, make_payment
from tests.factories.runs import make_job_context


@pytest.fixture
def loan(session):
    make_borrower(session, external_id="ana")
    rows = make_installments(3, first_due_on=TODAY - timedelta(days=40))
    return make_loan(session, borrower="ana", installments=rows, external_id="loan")[0]


def missed(session):
    rows = session.execute(
        select(EventRow).where(EventRow.name == "InstallmentMissed").order_by(EventRow.seq)
    )
    return [row.payload["number"] for row in rows.scalars()]


def run_daily():
    return jobs.announce_missed(make_job_context(now=clock.now()))


def test_a_missed_instalment_is_announced_once(session, loan):
    assert run_daily() == {"missed": 2}
    assert run_daily() == {"missed": 0}
    assert sorted(missed(session)) == [1, 2]


def test_one_that_is_paid_late_before_the_night_was_missed_too(session, loan):
    make_payment(session, loan=loan, amount_minor=10_100, received_on=TODAY)
    make_payment(session, loan=loan, amount_minor=10_100, received_on=TODAY - timedelta(days=40))
    # Both payments are in: the first was paid on its day, the second ten days late.
    run_daily()
    assert missed(session) == [2]


@pytest.mark.parametrize(
    ("zone", "count"), [("Pacific/Kiritimati", 1), ("Asia/Shanghai", 0), ("America/New_York", 0)]
)
def test_a_day_is_over_when_it_is_over_in_her_zone(session, zone, count):
    make_borrower(session, external_id="z", timezone=zone)
    make_loan(session, borrower="z", installments=make_installments(1, first_due_on=TODAY))
    # Noon UTC of the due day: only on Kiritimati has the next one begun.
    with clock.fixed(datetime(2026, 11, 23, 12, tzinfo=UTC)):
        assert run_daily() == {"missed": count}


def test_closed_and_reported_loans_miss_nothing(session):
    make_borrower(session, external_id="q")
    make_loan(session, borrower="q", status="closed")
    make_loan(session, borrower="q", dpd_source="reported")
    assert run_daily() == {"missed": 0}


def test_the_audit_finds_every_figure_that_was_changed_by_hand(session, loan):
    make_payment(session, loan=loan, amount_minor=10_130)
    assert list(audit.run(session)) == []
    session.execute(
        text("UPDATE loan SET outstanding_fee_minor = 1, outstanding_minor = outstanding_minor + 1")
    )
    assert [line.split(":")[0] for line in audit.run(session)] == ["loan 'loan'"] * 2
    session.execute(text("UPDATE loan SET stale = true"))
    assert list(audit.run(session)) == []
    session.execute(
        text(
            "UPDATE loan SET stale = false, outstanding_fee_minor = 0, "
            "outstanding_minor = outstanding_minor - 1"
        )
    )
    session.execute(text("UPDATE installment SET paid_minor = 7 WHERE number = 3"))
    assert "instalment 3" in next(iter(audit.run(session)))
    session.execute(
        text("UPDATE installment SET paid_minor = 0, open_minor = open_minor + 1 WHERE number = 3")
    )
    assert "open_minor=10101" in next(iter(audit.run(session)))


def test_what_is_open_on_an_instalment_is_kept_with_later_fees_and_waivers(session, loan):
    def adjust(kind, amount_minor):
        row = {
            "external_id": kind,
            "loan_external_id": loan,
            "kind": kind,
            "amount_minor": amount_minor,
            "on": TODAY,
        }
        service.add_adjustments(session, [row], now=NOW, settled=True)

    def still_open():
        query = select(Installment.open_minor).order_by(Installment.number)
        return session.execute(query).scalars().all()

    assert still_open() == [10_100, 10_100, 10_100]
    adjust("penalty", 500)
    adjust("fee", 300)
    assert still_open() == [10_900, 10_100, 10_100]
    adjust("waiver", 600)
    make_payment(session, loan=loan, amount_minor=10_000)
    assert still_open() == [300, 10_100, 10_100]
    assert list(audit.run(session)) == []


batches = st.lists(
    st.tuples(
        st.sampled_from([f"p{n}" for n in range(6)]),
        st.sampled_from(["loan", "other", "nobody"]),
        st.integers(1, 3),
        st.integers(0, 2).map(lambda n: TODAY + timedelta(days=n - 1)),
    ),
    max_size=8,
)


@given(first=batches, second=batches)
def test_the_quick_way_for_payments_says_what_the_general_way_says(session, first, second):
    def rows(batch):
        return [
            {
                "external_id": external_id,
                "loan_external_id": loan,
                "amount_minor": amount,
                "received_on": day,
                "date_precision": "day",
            }
            for external_id, loan, amount, day in batch
        ]

    def told(outcomes):
        return [(o.status, o.problem.code if o.problem else None, o.created) for o in outcomes]

    answers = []
    for way in (stream_payments, add_slowly):
        with session.begin_nested() as savepoint:
            make_borrower(session, external_id="who")
            for name in ("loan", "other"):
                make_loan(session, borrower="who", external_id=name)
            found = [told(way(session, rows(b), now=NOW, backfill=False)) for b in (first, second)]
            events = session.execute(
                select(EventRow.name, EventRow.payload["amount_minor"].astext).where(
                    EventRow.name == "PaymentReceived"
                )
            ).all()
            stale = session.execute(select(Loan.external_id).where(Loan.stale)).scalars().all()
            answers.append((found, sorted(map(tuple, events)), sorted(stale)))
            savepoint.rollback()
    assert answers[0] == answers[1]


def add_slowly(session, rows, *, now, backfill):
    return service.add_payments(session, rows, now=now, settled=False, backfill=backfill)


def test_schedules_may_come_row_by_row(session, loan):
    rows = [
        {"loan_external_id": name, "number": number, "due_on": TODAY + timedelta(days=90),
         "principal_minor": 0, "interest_minor": 5, "fee_minor": 0, "penalty_minor": 0}
        for name, number in [(loan, 4), (loan, 5), ("nobody", 1)]
    ]  # fmt: skip
    first = service.put_installments(session, rows, now=NOW, backfill=True)
    assert [o.status for o in first] == ["stored", "stored", "refused"]
    again = service.put_installments(session, rows, now=NOW, backfill=True)
    assert [o.status for o in again] == ["unchanged", "unchanged", "refused"]
    assert len(session.execute(select(Installment.number)).all()) == 5


def walk(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from walk(child)


def test_a_chunk_of_payments_is_never_compared_row_by_row(session):
    """Nothing is known of the rows of a step inside the statement: the shape must not need it."""
    rows = range(2_000)
    values = {
        "ids": sql_ids([new_id() for _ in rows]),
        "external_ids": sql_texts([f"p{n}" for n in rows]),
        "loans": sql_texts([f"l{n}" for n in rows]),
        "amounts": sql_array([1 for _ in rows]),
        "days": sql_array([TODAY for _ in rows]),
        "precisions": sql_texts(["day" for _ in rows]),
        "now": NOW,
        "noon": time(12),
        "is_history": False,
        **routing((PaymentReceived, LoansTouched)),
    }
    explain = text(f"EXPLAIN (FORMAT JSON) {STORE.text}")
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = session.execute(explain, values).scalar_one()[0]["Plan"]
    for node in walk(plan):
        if node["Node Type"] == "Nested Loop":
            assert node["Plans"][1]["Node Type"] != "CTE Scan", node
        assert node["Node Type"] != "Seq Scan", node
