"""`goodfaith run`: one command, everything up; and whatever is killed comes back."""

import os
import signal
import time
from itertools import chain

import pytest

from tests.commands.product import Product, is_alive

RESTART_SECONDS_MAX = 15.0
SOON_SECONDS = 10.0


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """One for all: filling it is what takes long."""
    return tmp_path_factory.mktemp("product") / "data"


@pytest.fixture(scope="module")
def running(data_dir):
    product = Product(data_dir)
    yield product
    if product.is_running():
        product.stop()


@pytest.fixture
def product(running):
    """Running and ready, whatever the test before did to it."""
    if not running.is_running():
        running.start()
    running.wait_until_ready(RESTART_SECONDS_MAX)
    return running


def _wait_until_gone(pids):
    give_up_at = time.monotonic() + SOON_SECONDS
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def test_it_says_where_it_is_and_keeps_its_secrets_private(product):
    assert f"http://localhost:{product.port}" in product.output
    for name in ("instance.json", "secrets.json", "postgres.password"):
        assert (product.data_dir / name).stat().st_mode & 0o077 == 0
    assert product.data_dir.stat().st_mode & 0o077 == 0


def test_commands_in_another_terminal_find_it(product):
    answer = product.command("token", "--client", "core")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip().splitlines()[-1].count(".") == 2


def test_a_second_instance_in_the_same_folder_is_refused_in_one_line(product):
    answer = product.command("run")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "already runs" in answer.stderr
    assert product.is_ready()


def test_a_killed_server_process_costs_less_than_two_seconds(product):
    os.kill(product.processes()["serve"][-1], signal.SIGKILL)
    assert product.wait_until_ready(RESTART_SECONDS_MAX) < 2


def test_the_killed_server_and_the_killed_worker_are_started_again(product):
    before = product.processes()
    os.kill(before["serve"][0], signal.SIGKILL)
    os.kill(before["worker"][0], signal.SIGKILL)
    _wait_until_gone([*before["serve"], before["worker"][0]])
    product.wait_until_ready(RESTART_SECONDS_MAX)
    while not product.processes()["worker"]:
        time.sleep(0.05)


def test_a_killed_database_comes_back_and_nobody_sees_more_than_503(product):
    os.kill(product.postmaster(), signal.SIGKILL)
    give_up_at = time.monotonic() + RESTART_SECONDS_MAX
    seen = set()
    while product.get("/readyz")[0] != 200 or 503 not in seen:
        seen.add(product.get("/readyz")[0])
        assert time.monotonic() < give_up_at, seen
    assert seen <= {200, 503}


def test_a_port_in_use_is_said_in_one_line(product, tmp_path):
    other = Product(tmp_path / "other")
    other.port = product.port
    answer = other.command("run")
    assert answer.returncode == 1
    assert f"port {product.port} is in use" in answer.stderr


def test_a_killed_supervisor_leaves_nothing_running_but_the_servers_it_adopts_next(product):
    processes = product.processes()
    postmaster = product.postmaster()
    product.kill()
    _wait_until_gone([*processes["serve"], *processes["worker"]])
    product.start()
    assert product.postmaster() == postmaster


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_everything_in_order(product, how):
    everything = [*chain(*product.processes().values()), product.postmaster()]
    assert product.stop(how) == 0
    _wait_until_gone(everything)
    assert "Stopped" in product.output
