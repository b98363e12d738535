"""The same facts sent by several at once: stored once, and nobody is refused for it."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import date

import pytest
from sqlalchemy import func, select, text

from backend.borrowers.models import Borrower
from backend.ingest import batch, service
from backend.ingest.lines import load
from backend.kit.db import transaction
from backend.loans import audit
from backend.loans.models import Installment, Loan, Payment
from tests.clock import NOW
from tests.factories.loans import make_borrower, make_loan

pytestmark = pytest.mark.commits

CALLS_AT_ONCE = 50
BORROWER = {"external_id": "b1", "locale": "en", "timezone": "Asia/Shanghai"}
LOAN = {
    "external_id": "l1",
    "loan_kind": "installment",
    "borrower_external_id": "b1",
    "product_code": "personal",
    "currency": "CNY",
    "opened_on": "2026-08-01",
    "status": "active",
    "dpd_source": "computed",
    "installments": [
        {"number": 1, "due_on": "2026-11-01", "principal_minor": 10_000, "interest_minor": 200}
    ],
}


def checked(kind, fields):
    # A line says by `loan_kind` what a call says by `kind`.
    return load(kind, {("kind" if k == "loan_kind" else k): v for k, v in fields.items()})


def put(kind, fields):
    with transaction() as session:
        return service.put_one(session, kind, checked(kind, fields), now=NOW)


def put_while_another_does(session, kind, *, first, second, second_kind=None):
    """Both begin before either ends: the second waits for what the first one holds."""
    context = copy_context()
    with ThreadPoolExecutor(1) as other:
        with transaction() as mine:
            stored = service.put_one(mine, kind, checked(kind, first), now=NOW)
            late: Future = other.submit(context.run, put, second_kind or kind, second)
            while not session.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                    " AND datname = current_database()"
                )
            ).scalar_one():
                # A transaction sees others' activity as it was at its first look, unless it asks.
                session.execute(text("SELECT pg_stat_clear_snapshot()"))
                assert not wait([late], timeout=0.05).done
            session.rollback()
        return stored, late.result()


@pytest.mark.parametrize("kind", ["borrower", "loan"])
def test_the_second_of_two_equal_first_ones_is_unchanged(session, kind):
    row = {"borrower": BORROWER, "loan": LOAN}[kind]
    if kind == "loan":
        put("borrower", BORROWER)
    first, second = put_while_another_does(session, kind, first=row, second=row)
    assert (first.status, first.created) == ("stored", True)
    assert (second.status, second.created, second.id) == ("unchanged", False, first.id)


@pytest.mark.parametrize(
    ("kind", "change", "column", "value"),
    [
        ("borrower", {"employment": "employed"}, Borrower.employment, "employed"),
        ("loan", {"status": "written_off"}, Loan.status, "written_off"),
    ],
)
def test_the_second_of_two_different_first_ones_replaces_it(session, kind, change, column, value):
    row = {"borrower": BORROWER, "loan": LOAN}[kind]
    if kind == "loan":
        put("borrower", BORROWER)
    first, second = put_while_another_does(session, kind, first=row, second=row | change)
    assert (second.status, second.created, second.id) == ("stored", False, first.id)
    assert session.execute(select(column)).scalars().all() == [value]


def test_a_loan_that_leaves_its_principal_out_keeps_the_newest(session):
    put("borrower", BORROWER)
    put("loan", LOAN | {"principal_minor": 10_000})
    bare = {k: v for k, v in LOAN.items() if k != "installments"}
    put_while_another_does(
        session,
        "loan",
        first=bare | {"principal_minor": 25_000},
        second=bare | {"status": "written_off"},
    )
    kept = session.execute(select(Loan.principal_minor, Loan.status)).one()
    assert tuple(kept) == (25_000, "written_off")


def test_two_batches_with_the_same_loans_refuse_nothing(session):
    lines = []
    for n in range(100):
        who = {"kind": "borrower", **BORROWER, "external_id": f"b{n}"}
        loan = {"kind": "loan", **LOAN, "external_id": f"l{n}", "borrower_external_id": f"b{n}"}
        lines += [who, loan]

    def send(rows):
        numbered = enumerate((dict(row) for row in rows), start=1)
        answers = batch.store_lines(numbered, now=NOW, backfill=False)
        return [answer.outcome.status for answer in answers]

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(send, [lines, lines])
    assert sorted(one + two) == ["stored"] * 200 + ["unchanged"] * 200
    for model in (Borrower, Loan, Installment):
        assert session.execute(select(func.count()).select_from(model)).scalar_one() == 100


PAYMENT = {
    "loan_external_id": "l1",
    "external_id": "p1",
    "amount_minor": 6_000,
    "received_on": "2026-11-01",
}


def test_a_payment_that_waited_for_another_one_counts_it(session):
    put("borrower", BORROWER)
    put("loan", LOAN)
    second = PAYMENT | {"external_id": "p2"}
    put_while_another_does(session, "payment", first=PAYMENT, second=second)
    assert list(audit.run(session)) == []
    paid, outstanding = session.execute(select(Loan.paid_minor, Loan.outstanding_minor)).one()
    assert (paid, outstanding) == (12_000, 0)


def test_a_payment_that_waited_for_a_new_schedule_meets_it(session):
    put("borrower", BORROWER)
    put("loan", LOAN)
    moved = LOAN | {"installments": [LOAN["installments"][0] | {"due_on": "2026-11-15"}]}
    put_while_another_does(session, "loan", first=moved, second=PAYMENT, second_kind="payment")
    assert list(audit.run(session)) == []
    assert session.execute(select(Loan.next_due_on)).scalar_one() == date(2026, 11, 15)


def test_many_equal_payments_at_once_are_one(app, client_api, session):
    make_borrower(session, external_id="b1")
    make_loan(session, borrower="b1", external_id="l1")
    session.commit()
    body = {
        "external_id": "p1",
        "loan_external_id": "l1",
        "amount_minor": 10_100,
        "received_on": date(2026, 11, 1).isoformat(),
    }

    def send(_):
        answer = app.test_client().post(
            "/v1/ingest/payments", json=body, headers=client_api.headers
        )
        return answer.status_code, answer.json["status"], answer.json["id"]

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        answers = list(pool.map(send, range(CALLS_AT_ONCE)))
    (payment_id,) = session.execute(select(Payment.id)).scalars()
    stored = (201, "stored", str(payment_id))
    assert answers.count(stored) == 1
    assert set(answers) - {stored} == {(200, "unchanged", str(payment_id))}
    row = session.execute(select(Loan.paid_minor, Loan.stale)).one()
    assert tuple(row) == (10_100, False)
