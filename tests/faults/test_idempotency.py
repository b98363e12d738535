"""One key, one effect, one answer: against the real server, and when it is killed in the middle."""

import http.client
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.faults.books import Books
from tests.faults.test_kills import wait_until

CALLS_AT_ONCE = 50
RECOVERY_SECONDS_MAX = 20.0
SECONDS_MAX = 30.0
WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE application_name = 'goodfaith' AND wait_event_type = 'Lock'"
)
STEPS = "SELECT count(*) FROM enrolment_change WHERE borrower_id = %s AND reason = %s"
NOBODY = 0, b"", {}


def post(port, path, headers, body):
    """Status, body and headers; NOBODY when the connection was lost."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MAX)
    try:
        link.request("POST", path, json.dumps(body), headers)
        answer = link.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    except (OSError, http.client.HTTPException):
        return NOBODY
    finally:
        link.close()


@pytest.fixture(scope="module")
def officer(started, tokens):
    """Headers of a member of staff who enrols."""
    email = "enrols@goodfaith.test"
    assert started.command("staff", "add", email, "--role", "risk_officer").returncode == 0
    token = started.command("token", "--staff", email).stdout.strip().splitlines()[-1]
    return {
        "Authorization": f"Bearer {token}",
        "X-Access-Purpose": "risk_review",
        "Content-Type": "application/json",
    }


@pytest.fixture
def payer(started):
    return Books(started).one("SELECT id FROM borrower WHERE external_id = 'payer'")


def step(books, payer):
    """The next step of hers that is allowed, under a reason of its own."""
    status = books.ask("SELECT status FROM enrolment WHERE borrower_id = %s", payer)
    to = "paused" if status == [("enrolled",)] else "enrolled"
    return {"status": to, "reason": f"try {uuid4()}"}


def test_fifty_at_once_are_one_effect_and_one_answer(started, officer, payer):
    started.wait_until_ready(SECONDS_MAX)
    books = Books(started)
    body = step(books, payer)
    headers = officer | {"Idempotency-Key": str(uuid4())}
    path = f"/v1/staff/borrowers/{payer}/enrolment"
    together = threading.Barrier(CALLS_AT_ONCE)

    def tap(_):
        together.wait()
        return post(started.port, path, headers, body)

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        answers = list(pool.map(tap, range(CALLS_AT_ONCE)))
    assert {status for status, _, _ in answers} <= {201, 409}
    assert len({content for status, content, _ in answers if status == 201}) == 1
    assert books.one(STEPS, payer, body["reason"]) == 1


def test_killed_in_the_middle_it_leaves_no_stuck_key_and_the_retry_succeeds(
    started, officer, payer
):
    started.wait_until_ready(SECONDS_MAX)
    books = Books(started)
    body = step(books, payer)
    headers = officer | {"Idempotency-Key": str(uuid4())}
    path = f"/v1/staff/borrowers/{payer}/enrolment"
    lost = []

    with books.holding(payer):
        first = threading.Thread(
            target=lambda: lost.append(post(started.port, path, headers, body)[0])
        )
        first.start()
        # It has its key by now and waits for the borrower.
        wait_until(lambda: books.one(WAITING) > 0)
        for pid in reversed(started.processes()["serve"]):
            os.kill(pid, signal.SIGKILL)
        first.join()
    assert lost == [NOBODY[0]]

    began = time.monotonic()
    seen = set()
    while True:
        status, content, _ = post(started.port, path, headers, body)
        if status == 201:
            break
        seen.add(status)
        assert time.monotonic() - began < RECOVERY_SECONDS_MAX, seen
        time.sleep(0.05)
    assert seen <= {NOBODY[0], 409, 503}
    status, again, told = post(started.port, path, headers, body)
    assert (status, again) == (201, content)
    assert told["idempotency-replayed"] == "true"
    assert books.one(STEPS, payer, body["reason"]) == 1
