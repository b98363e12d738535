"""The embedded Valkey: reached by a socket alone, adopted, recovered, never saved."""

import os
import signal
import stat

import pytest
import redis  # noqa: TID251 - as any client of the server would

from backend.kit.embedded import leftovers
from backend.kit.embedded.valkey import Valkey


@pytest.fixture
def valkey(tmp_path):
    server = Valkey(tmp_path / "data")
    server.start()
    yield server
    server.stop()


def _client(server):
    return redis.Redis.from_url(server.url)


def test_second_start_adopts_the_running_server(valkey):
    with _client(valkey) as client:
        client.set("kept", "yes")
        valkey.start()
        assert client.get("kept") == b"yes"


def test_it_starts_anew_after_a_kill(valkey, tmp_path):
    for pid in leftovers.list_processes_in(tmp_path / "data/valkey"):
        os.kill(pid, signal.SIGKILL)
    while not valkey.is_down():
        pass
    valkey.start()
    assert valkey.is_running()


def test_a_paused_server_is_not_taken_for_a_dead_one_and_still_stops(valkey, tmp_path):
    (pid,) = leftovers.list_processes_in(tmp_path / "data/valkey")
    os.kill(pid, signal.SIGSTOP)
    assert not valkey.is_running()
    assert not valkey.is_down()
    os.kill(pid, signal.SIGCONT)
    valkey.stop()
    assert valkey.is_down()


def test_it_has_no_port_and_saves_nothing(valkey, tmp_path):
    with _client(valkey) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("save") == {"save": ""}
    assert stat.S_IMODE((tmp_path / "data/valkey").stat().st_mode) == 0o700
