"""The embedded PostgreSQL against everything that happens to a laptop."""

import os
import signal
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from backend.kit import walled
from backend.kit.embedded import leftovers
from backend.kit.embedded.postgres import TESTS, Postgres
from tests.fixtures.server import plain

GONE_SECONDS_MAX = 10


@pytest.fixture
def postgres(tmp_path):
    server = Postgres(tmp_path / "data", tuning=TESTS)
    yield server
    server.stop()


def _ask(server, statement):
    with psycopg.connect(plain(server.database_url), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def _fill(server, held):
    for _ in range(6):
        held.enter_context(psycopg.connect(plain(server.database_url)))


def _socket_folder(server):
    return Path(unquote(server.database_url.rpartition("host=")[2]))


def _postmaster(home):
    return int((home / "data/postgres/data/postmaster.pid").read_text().split()[0])


def _kill(pid):
    os.kill(pid, signal.SIGKILL)


def test_second_start_adopts_the_running_server(postgres, tmp_path):
    assert postgres.start() == postgres.start()
    first = _postmaster(tmp_path)
    again = Postgres(tmp_path / "data", tuning=TESTS)
    again.start()
    assert _postmaster(tmp_path) == first


def test_rows_are_there_after_stop_and_start(postgres):
    postgres.start()
    _ask(postgres, "CREATE TABLE kept AS SELECT 7 AS n")
    postgres.stop()
    assert not postgres.is_running()
    assert postgres.is_down()
    postgres.start()
    assert _ask(postgres, "SELECT n FROM kept") == 7


def test_nothing_acknowledged_is_lost_when_its_postmaster_is_killed(tmp_path):
    with Postgres(tmp_path / "data") as durable:
        _ask(durable, "CREATE TABLE kept AS SELECT 7 AS n")
        _kill(_postmaster(tmp_path))
        durable.start()
        assert _ask(durable, "SELECT n FROM kept") == 7


def test_recovers_after_every_process_was_killed(postgres, tmp_path):
    postgres.start()
    for pid in leftovers.list_processes_in(tmp_path / "data/postgres/data"):
        _kill(pid)
    postgres.start()
    assert _ask(postgres, "SELECT 1") == 1


def test_a_pid_file_that_names_a_stranger_does_not_stop_it(postgres, tmp_path):
    postgres.start()
    postgres.stop()
    note = tmp_path / "data/postgres/data/postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n1\n5432\n\n\n0 0\nready\n")
    postgres.start()
    assert _postmaster(tmp_path) != os.getpid()


def test_a_half_made_cluster_is_made_anew(postgres, tmp_path):
    half_made = tmp_path / "data/postgres/new-dead"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    postgres.start()
    assert not half_made.exists()


def test_two_starts_at_once_make_one_server(tmp_path):
    servers = [Postgres(tmp_path / "data", tuning=TESTS) for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as pool:
            urls = set(pool.map(lambda server: server.start(), servers))
        assert len(urls) == 1
        assert _ask(servers[0], "SELECT 1") == 1
    finally:
        servers[0].stop()


def test_a_folder_too_long_for_a_socket_gets_a_short_one_and_loses_it_at_the_end(tmp_path):
    server = Postgres(tmp_path / ("long" * 30), tuning=TESTS)
    server.start()
    socket_folder = _socket_folder(server)
    assert _ask(server, "SELECT 1") == 1
    assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    server.stop()
    assert not socket_folder.exists()


def test_nobody_else_may_look_inside_and_nothing_listens_on_tcp(postgres, tmp_path):
    postgres.start()
    home = tmp_path / "data"
    for path in (home, home / "postgres", home / "postgres/data", _socket_folder(postgres)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    assert stat.S_IMODE((home / "postgres.password").stat().st_mode) == 0o600
    assert _ask(postgres, "SHOW listen_addresses") == ""


def test_a_wrong_password_is_refused(postgres):
    postgres.start()
    password = plain(postgres.database_url).split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(plain(postgres.database_url).replace(password, "guess"))


def test_our_role_is_no_superuser(postgres):
    postgres.start()
    assert _ask(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_full_server_is_not_taken_for_a_dead_one(tmp_path):
    server = Postgres(tmp_path / "data", tuning={**TESTS, "max_connections": "5"})
    server.start()
    try:
        with ExitStack() as held:
            with pytest.raises(psycopg.OperationalError, match=r"connection slots|too many"):
                _fill(server, held)
            assert not server.is_down()
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_started_by_root_in_a_private_folder_it_is_not_root_and_changes_no_other_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    before = closed.stat()
    with Postgres(closed / "data", tuning=TESTS) as server:
        pid = int((closed / "data/postgres/data/postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert _ask(server, "SELECT 1") == 1
    after = closed.stat()
    assert (before.st_mode, before.st_uid) == (after.st_mode, after.st_uid)


def test_processes_that_hear_nothing_are_ended_all_the_same(postgres, tmp_path):
    postgres.start()
    os.kill(_postmaster(tmp_path), signal.SIGSTOP)
    started = time.monotonic()
    leftovers.end_processes_in(tmp_path / "data/postgres/data")
    assert time.monotonic() - started < GONE_SECONDS_MAX


def _ask_walled(server, statement):
    with psycopg.connect(plain(walled.derive_url(server.database_url)), autocommit=True) as link:
        return link.execute(statement).fetchone()[0]


@pytest.mark.parametrize("is_left_running", [False, True])
def test_a_cluster_from_before_the_wall_gets_the_communitys_role(tmp_path, is_left_running):
    with Postgres(tmp_path / "data", tuning=TESTS) as server:
        _ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
        hba = tmp_path / "data/postgres/data/pg_hba.conf"
        hba.write_text("local all goodfaith scram-sha-256\n")
        if not is_left_running:
            server.stop()
        server.start()
        assert _ask_walled(server, "SELECT current_user") == "goodfaith_community"
        assert _ask(server, "SELECT n FROM kept") == 7
        member = "SELECT pg_has_role('goodfaith', 'goodfaith_community', 'MEMBER')"
        assert _ask(server, member) is False
