"""The harness notices what it is there for: its questions fail on planted defects."""

import os
import signal
import time
from contextlib import contextmanager

import pytest

PAUSE_SECONDS = 3.0


@contextmanager
def planted(books, defect: str, repair: str):
    books.ask(defect)
    try:
        yield
    finally:
        books.ask(repair)


def test_a_wrong_cent_is_found(books):
    books.assert_in_order()
    with (
        planted(
            books,
            "UPDATE loan SET paid_minor = paid_minor + 1 WHERE external_id = 'payer-loan'",
            "UPDATE loan SET paid_minor = paid_minor - 1 WHERE external_id = 'payer-loan'",
        ),
        pytest.raises(AssertionError, match="payer-loan"),
    ):
        books.assert_in_order()


def test_a_lost_and_an_invented_payment_are_found(books, traffic):
    with traffic:
        pass
    books.assert_kept(traffic.acknowledged, traffic.sent)
    with pytest.raises(AssertionError, match="lost"):
        books.assert_kept({*traffic.acknowledged, "never-stored"}, traffic.sent)
    with pytest.raises(AssertionError, match="nobody sent"):
        books.assert_kept(traffic.acknowledged, traffic.sent - traffic.acknowledged)


def test_somebody_evaluated_twice_is_found(books):
    columns = ", ".join(
        row[0]
        for row in books.ask(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'tier_evaluation' AND column_name NOT IN ('number', 'cause')"
        )
    )
    books.assert_nobody_twice()
    twice = (
        f"INSERT INTO tier_evaluation (number, cause, {columns})"  # noqa: S608 - our own names
        f" SELECT 1000 + nth, 're-tier', {columns} FROM"
        " (SELECT * FROM tier_evaluation LIMIT 1) AS one, generate_series(1, 2) AS nth"
    )
    with (
        planted(books, twice, "DELETE FROM tier_evaluation WHERE number > 1000"),
        pytest.raises(AssertionError, match="twice"),
    ):
        books.assert_nobody_twice()


def test_a_pause_is_measured(product, traffic):
    server = product.processes()["serve"]
    with traffic:
        for pid in server:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(PAUSE_SECONDS)
        for pid in server:
            os.kill(pid, signal.SIGCONT)
        traffic.wait_for_success()
    assert traffic.outage_seconds() >= PAUSE_SECONDS - 0.5
