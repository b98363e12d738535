"""Batches: an answer for each line, good ones kept, whatever the others do."""

import io
import threading

import orjson
import pytest
from sqlalchemy import func, select, text

from backend.ingest import batch
from backend.ingest.lines import LINE_BYTES_MAX, split_lines
from backend.kit.outbox import DeliveryRow, EventRow
from backend.loans.models import Loan, Payment
from tests.clock import NOW

BORROWER = {"kind": "borrower", "external_id": "b1", "locale": "en", "timezone": "Asia/Shanghai"}
LOAN = {
    "kind": "loan",
    "loan_kind": "installment",
    "external_id": "l1",
    "borrower_external_id": "b1",
    "product_code": "personal",
    "currency": "CNY",
    "opened_on": "2026-08-01",
    "status": "active",
    "dpd_source": "computed",
    "installments": [
        {"number": 1, "due_on": "2026-10-01", "principal_minor": 10_000, "interest_minor": 200},
        {"number": 2, "due_on": "2026-11-01", "principal_minor": 10_000, "interest_minor": 100},
    ],
}
CARD = {
    "kind": "loan",
    "loan_kind": "revolving",
    "external_id": "c1",
    "borrower_external_id": "b1",
    "product_code": "card",
    "currency": "CNY",
    "credit_limit_minor": 100_000,
    "opened_on": "2026-08-01",
    "status": "active",
    "dpd_source": "reported",
}
STATEMENT = {
    "kind": "statement",
    "loan_external_id": "c1",
    "month": "2026-10",
    "closed_on": "2026-10-31",
    "due_on": "2026-11-30",
    "balance_minor": 5_000,
}
REPORT = {
    "kind": "delinquency",
    "loan_external_id": "c1",
    "days_past_due": 30,
    "as_of": "2026-10-31",
    "activity": "carried",
}
PENALTY = {
    "kind": "adjustment",
    "adjustment_kind": "penalty",
    "external_id": "a1",
    "loan_external_id": "l1",
    "amount_minor": 50,
    "on": "2026-11-03",
}


def payment(number, **change):
    return {
        "kind": "payment",
        "external_id": f"p{number}",
        "loan_external_id": "l1",
        "amount_minor": 100,
        "received_on": "2026-10-01",
    } | change


WHOLE = [BORROWER, LOAN, CARD, STATEMENT, REPORT, PENALTY, payment(1), payment(2)]


def as_ndjson(lines):
    return b"".join(
        (line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in lines
    )


def send(api, lines, query=""):
    answer = api.post(
        f"/v1/ingest/batch{query}",
        data=as_ndjson(lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.status_code == 200
    assert answer.mimetype == "application/x-ndjson"
    return [orjson.loads(line) for line in answer.data.splitlines()]


def test_a_whole_portfolio_is_stored_and_again_is_unchanged(client_api):
    first = send(client_api, WHOLE)
    assert [answer["status"] for answer in first] == ["stored"] * len(WHOLE)
    assert [answer["line"] for answer in first] == list(range(1, len(WHOLE) + 1))
    again = send(client_api, WHOLE)
    assert [answer["status"] for answer in again] == ["unchanged"] * len(WHOLE)
    assert [answer["id"] for answer in again] == [answer["id"] for answer in first]


def test_a_bad_line_is_named_and_the_others_are_kept(client_api, session):
    lines = [
        BORROWER,
        LOAN,
        payment(1),
        b"{not json",
        b"[1]",
        b'{"kind": "payment", "external_id": "\\ud800"}',
        payment(2, amount_minor="100"),
        payment(3, loan_external_id="nobody"),
        {"kind": "gift"},
        payment(4, external_id="a\u0000b"),
        payment(1, amount_minor=7),
        payment(5),
    ]
    answers = send(client_api, lines)
    assert [answer["status"] for answer in answers] == [
        "stored", "stored", "stored", *["refused"] * 8, "stored",
    ]  # fmt: skip
    codes = [answer["problem"]["code"] for answer in answers[3:11]]
    assert codes == [
        "line-unreadable", "line-unreadable", "line-unreadable", "invalid", "loan-unknown",
        "invalid", "invalid", "payment-differs",
    ]  # fmt: skip
    assert answers[6]["problem"]["errors"][0]["pointer"] == "#/amount_minor"
    stored = session.execute(select(Payment.external_id).order_by(Payment.external_id))
    assert stored.scalars().all() == ["p1", "p5"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b'"amount_minor": 1, "amount_minor": 2', "refused"),
        (b'"amount_minor" :1,"amount_minor":2', "refused"),
        (b'"amount_minor": 1, "amount_\\u006dinor": 2', "refused"),
        (b'"amount_minor" : 1', "stored"),
    ],
)
def test_a_line_with_a_key_twice_is_refused(client_api, session, said, status):
    head = b'{"kind": "payment", "external_id": "p:\\"1\\":", "loan_external_id": "l1", '
    line = head + b'"received_on": "2026-10-01", ' + said + b"}"
    answer = send(client_api, [BORROWER, LOAN, line])[2]
    assert answer["status"] == status
    if status == "refused":
        assert answer["problem"]["code"] == "line-unreadable"


def test_a_key_twice_inside_a_line_is_refused(client_api):
    line = orjson.dumps(LOAN).replace(b'{"number":1,', b'{"number":1,"number":1,')
    assert [a["status"] for a in send(client_api, [BORROWER, line])] == ["stored", "refused"]


def test_a_product_has_no_id_of_ours(client_api):
    (answer,) = send(client_api, [{"kind": "product", "code": "tested"}])
    assert answer == {"line": 1, "status": "stored", "id": None, "problem": None}


def test_another_allocation_order_settles_the_loans_of_the_product_anew(
    client_api, session, deliver
):
    paid = {"external_id": "p9", "loan_external_id": "l1", "received_on": "2026-10-01"}
    send(client_api, [BORROWER, LOAN, {"kind": "payment", "amount_minor": 150, **paid}])
    deliver()
    before = session.execute(select(Loan.outstanding_interest_minor)).scalar_one()
    order = ["principal", "interest", "fee", "penalty"]
    send(client_api, [{"kind": "product", "code": "personal", "allocation_order": order}])
    deliver()
    after = session.execute(select(Loan.outstanding_interest_minor, Loan.stale)).one()
    assert (before, tuple(after)) == (150, (300, False))


def test_a_line_may_come_before_what_it_hangs_on(client_api):
    assert {a["status"] for a in send(client_api, list(reversed(WHOLE)))} == {"stored"}


@pytest.mark.parametrize("own_kind", ["installment", "revolving"])
def test_a_line_may_say_its_own_kind_directly(client_api, own_kind):
    body = LOAN if own_kind == "installment" else CARD
    line = {k: v for k, v in body.items() if k != "loan_kind"} | {"kind": own_kind}
    waiver = {k: v for k, v in PENALTY.items() if k != "adjustment_kind"} | {
        "kind": "waiver",
        "loan_external_id": line["external_id"],
    }
    assert {a["status"] for a in send(client_api, [BORROWER, line, waiver])} == {"stored"}


def test_numbers_count_lines_and_blank_ones_have_no_answer(client_api):
    answers = send(client_api, [BORROWER, b"", b"  ", {"kind": "gift"}])
    assert [answer["line"] for answer in answers] == [1, 4]


def test_an_overlong_line_is_refused_and_the_next_is_read(client_api):
    long = b'{"kind": "borrower", "name": "' + b"x" * (LINE_BYTES_MAX * 3) + b'"}'
    answers = send(client_api, [long, BORROWER, long])
    assert [answer["status"] for answer in answers] == ["refused", "stored", "refused"]
    assert answers[0]["problem"]["code"] == "line-too-long"


def test_lines_are_split_the_same_wherever_a_block_ends():
    data = as_ndjson([b"x" * n for n in (1, 300_000, 5, 262_144, 262_145, 0, 7)]) + b"tail"

    class Dripping(io.BytesIO):
        def read(self, size=-1, /):
            return super().read(min(size, 1_000))

    def lengths(stream):
        return [(n, None if raw is None else len(raw)) for n, raw in split_lines(stream)]

    assert lengths(io.BytesIO(data)) == lengths(Dripping(data))
    assert lengths(io.BytesIO(data)) == [
        (1, 1), (2, None), (3, 5), (4, 262_144), (5, None), (7, 7), (8, 4),
    ]  # fmt: skip


def test_a_batch_is_ndjson(client_api):
    answer = client_api.post("/v1/ingest/batch", json=[])
    assert (answer.status_code, answer.json["code"]) == (415, "not-ndjson")
    empty = client_api.post(
        "/v1/ingest/batch", data=b"", headers={"Content-Type": "application/x-ndjson"}
    )
    assert (empty.status_code, empty.data) == (200, b"")


def test_an_acknowledged_payment_is_visible_before_the_worker_came(client_api, borrower_api):
    answers = send(client_api, [BORROWER, LOAN, payment(1, amount_minor=10_200)])
    api = borrower_api(answers[0]["id"])
    shown = api.get(f"/v1/me/loans/{answers[1]['id']}").json
    assert shown["paid_minor"] == 10_200
    assert shown["next_due"]["number"] == 2
    assert api.get("/v1/me/loans").json["items"] == [shown]


def test_the_worker_settles_what_a_batch_left(client_api, session, deliver):
    send(client_api, [*WHOLE, payment(3, amount_minor=10_200)])
    assert session.execute(select(func.count()).where(Loan.stale)).scalar_one() == 2
    deliver()
    rows = session.execute(select(Loan).order_by(Loan.external_id)).scalars().all()
    assert [row.stale for row in rows] == [False, False]
    assert [row.outstanding_minor for row in rows] == [5_000, 20_300 + 50 - 10_400]
    names = session.execute(select(EventRow.name, EventRow.backfill)).all()
    assert ("InstallmentPaid", False) in [tuple(row) for row in names]


def test_a_chunk_tells_once_whose_loans_it_touched(client_api, session):
    send(client_api, [BORROWER, LOAN, CARD, STATEMENT, REPORT, PENALTY], "?backfill=true")
    told = session.execute(select(EventRow.payload).where(EventRow.name == "LoansTouched"))
    borrower_id = session.execute(select(Loan.borrower_id).distinct()).scalar_one()
    assert list(told.scalars()) == [{"borrower_ids": [str(borrower_id)], "history": True}]


def test_history_is_announced_to_nobody(client_api, session, deliver):
    send(client_api, [*WHOLE, payment(3, amount_minor=10_200)], "?backfill=true")
    deliver()
    events = session.execute(select(EventRow).order_by(EventRow.seq)).scalars().all()
    told = {row.name for row in events if not row.backfill}
    assert not told & {
        "BorrowerChanged", "LoanChanged", "PaymentReceived", "InstallmentPaid",
        "InstallmentMissed", "DelinquencyReported",
    }  # fmt: skip
    history = [row for row in events if row.name in ("InstallmentPaid", "InstallmentMissed")]
    assert [row.name for row in history] == ["InstallmentPaid", "InstallmentMissed"]
    assert [row.occurred_at.date().isoformat() for row in history] == ["2026-10-01", "2026-11-01"]
    delivered = session.execute(
        select(func.count())
        .select_from(DeliveryRow)
        .join(EventRow, EventRow.seq == DeliveryRow.seq)
        .where(EventRow.backfill)
    )
    assert delivered.scalar_one() == 0


def test_a_chunk_that_fails_is_stored_line_by_line(client_api, session, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK_LINES", 4)
    # Nothing that a client can send is known to break a chunk; a constraint stands in for it.
    session.connection().exec_driver_sql(
        "ALTER TABLE payment ADD CONSTRAINT ck_planted CHECK (amount_minor <> 666)"
    )
    answers = send(
        client_api, [BORROWER, LOAN, payment(1), payment(2, amount_minor=666), payment(3)]
    )
    assert [answer["status"] for answer in answers] == ["stored"] * 3 + ["refused", "stored"]
    assert answers[3]["problem"]["status"] == 500
    assert "666" not in str(answers[3])


@pytest.mark.commits
def test_two_batches_with_the_same_payments_store_each_once(session):
    send_lines([BORROWER, LOAN])
    both = [[payment(n) for n in range(300)], [payment(n) for n in reversed(range(300))]]
    outcomes = []
    threads = [
        threading.Thread(target=lambda rows=rows: outcomes.append(send_lines(rows)))
        for rows in both
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(status for one in outcomes for status in one)
    assert statuses == ["stored"] * 300 + ["unchanged"] * 300
    assert session.execute(select(func.count()).select_from(Payment)).scalar_one() == 300


def send_lines(lines):
    numbered = enumerate((dict(line) for line in lines), start=1)
    return [a.outcome.status for a in batch.store_lines(numbered, now=NOW, backfill=False)]


def test_what_cannot_be_counted_costs_no_answer(session, monkeypatch):
    monkeypatch.setattr(batch, "COUNTED_ANEW_LINES_MIN", 2)
    monkeypatch.setattr(
        batch, "STORED_IN", {"borrower": ("nowhere", "borrower"), "loan": ("loan",)}
    )
    before = counted(session)
    assert send_lines([BORROWER, BORROWER]) == ["stored", "unchanged"]
    # The others are counted, of the kinds that were stored.
    assert counted(session) == before | {"borrower": 1}


def counted(session):
    query = "SELECT relname, reltuples FROM pg_class WHERE relname IN ('borrower', 'loan')"
    return {row.relname: row.reltuples for row in session.execute(text(query))}
