"""Whatever is killed: nothing acknowledged is lost, nothing happens twice, and it comes back."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from tests.commands.product import ROOT, is_alive
from tests.faults.traffic import NOBODY

OUTAGE_SECONDS_MAX = 2.0
TAKE_OVER_SECONDS_MAX = 5.0
DATABASE_BACK_SECONDS_MAX = 15.0
RUN_SECONDS_MAX = 60.0
POLL_SECONDS = 0.05
PAUSE_SECONDS = 2.0  # how long a server is paused: longer than any of our time-outs for it
FINE = {200, 201}
TAKEN_BY = "SELECT count(*) FROM job_run WHERE worker LIKE %s"


def wait_until(what, *, seconds_max=RUN_SECONDS_MAX) -> float:
    """How long it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() < began + seconds_max, "it did not come in time"
        time.sleep(POLL_SECONDS)
    return time.monotonic() - began


def open_chunks(books) -> int:
    return books.one("SELECT count(*) FROM tier_run_chunk WHERE done_at IS NULL")


def done_chunks(books) -> int:
    return books.one("SELECT count(*) FROM tier_run_chunk WHERE done_at IS NOT NULL")


def is_night_over(books) -> bool:
    states = books.ask("SELECT state FROM job_run")
    names = books.one("SELECT count(DISTINCT job) FROM job_run WHERE job = 're-tier'")
    return names == 1 and all(state == ("done",) for state in states)


def one_in_the_middle(books):
    return books.one("SELECT borrower_id FROM profile ORDER BY 1 OFFSET 30000 LIMIT 1")


def kill_worker(product) -> None:
    wait_until(lambda: product.processes()["worker"])
    pid = product.processes()["worker"][0]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid))


@contextmanager
def second_worker(product, books):
    """Another `goodfaith worker` on the same database, once it works."""
    connections = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'goodfaith'"
    before = books.one(connections)
    with (product.data_dir / "second.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend", "worker"],
            cwd=ROOT,
            env=product.environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: books.one(connections) > before)
        time.sleep(PAUSE_SECONDS)
        yield process
    finally:
        process.kill()
        process.wait()


def finish(books, traffic) -> None:
    """What holds after every fault."""
    books.assert_kept(traffic.acknowledged, traffic.sent)
    books.assert_in_order()


def test_a_killed_api_worker_costs_less_than_two_seconds(product, books, traffic):
    with traffic:
        os.kill(product.processes()["serve"][-1], signal.SIGKILL)
        time.sleep(1)
        traffic.wait_for_success()
    assert traffic.outage_seconds() < OUTAGE_SECONDS_MAX
    assert traffic.statuses <= FINE | {NOBODY}
    finish(books, traffic)


def test_a_worker_killed_in_the_middle_of_a_retier_leaves_one_run(product, books, traffic):
    with traffic, books.holding(one_in_the_middle(books)):
        books.forget_the_night()
        kill_worker(product)
        wait_until(lambda: done_chunks(books) >= 1)
        kill_worker(product)
    wait_until(lambda: is_night_over(books))
    books.assert_one_run()
    assert books.one("SELECT attempts FROM job_run WHERE job = 're-tier'") > 1
    assert traffic.statuses <= FINE
    finish(books, traffic)


def test_two_workers_share_one_run_and_the_second_leads_when_the_first_is_killed(
    product, books, traffic
):
    with traffic, second_worker(product, books) as second:
        with books.holding(one_in_the_middle(books)):
            books.forget_the_night()
            kill_worker(product)
            took = wait_until(lambda: books.one(TAKEN_BY, f"%:{second.pid}:%"))
            # One waits for the one in the middle; the other has come back and takes the rest.
            wait_until(lambda: open_chunks(books) == 1 and done_chunks(books) == 2)
        wait_until(lambda: is_night_over(books))
    assert took < TAKE_OVER_SECONDS_MAX
    books.assert_one_run()
    assert traffic.statuses <= FINE
    finish(books, traffic)


def test_a_stopped_database_is_503_with_retry_after_until_it_is_back(product, books, traffic):
    with traffic:
        os.kill(product.postmaster(), signal.SIGQUIT)  # an immediate stop
        wait_until(lambda: 503 in traffic.statuses, seconds_max=DATABASE_BACK_SECONDS_MAX)
        assert traffic.wait_for_success() < DATABASE_BACK_SECONDS_MAX
    assert traffic.statuses <= FINE | {503}
    assert {told.retry_after for told in traffic.answers if told.status == 503} == {"2"}
    product.wait_until_ready(DATABASE_BACK_SECONDS_MAX)
    finish(books, traffic)


def valkey_of(product) -> int:
    """Its process, as it says itself."""
    address = urlsplit(product.instance()["REDIS_URL"])
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(unquote(address.path))
        link.sendall(b"INFO server\r\n")
        answer = link.recv(10_000).decode()
    return int(answer.partition("process_id:")[2].split()[0])


def test_a_killed_valkey_is_noticed_by_nobody(product, books, traffic):
    with traffic:
        os.kill(valkey_of(product), signal.SIGKILL)
        time.sleep(PAUSE_SECONDS)
        traffic.wait_for_success()
    assert traffic.statuses <= FINE
    assert traffic.outage_seconds() < OUTAGE_SECONDS_MAX
    finish(books, traffic)


def test_a_paused_valkey_is_noticed_by_nobody(product, books, traffic):
    pid = valkey_of(product)
    with traffic:
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(PAUSE_SECONDS)
            traffic.wait_for_success()
        finally:
            os.kill(pid, signal.SIGCONT)
    assert traffic.statuses <= FINE
    assert traffic.outage_seconds() < OUTAGE_SECONDS_MAX
    finish(books, traffic)
