"""The real worker tells, is killed in the middle of a call, and another tells the same."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.kit.db import Database
from tests.commands.product import ROOT
from tests.factories.loans import make_borrower
from tests.fakes.receiver import OK
from tests.fixtures import leak_watch
from tests.fixtures.settings import environment_of
from tests.webhooks.conftest import checked, instruct
from tests.webhooks.test_leases import count_of, wait_until

START_SECONDS_MAX = 90.0


@contextmanager
def worker(database: Database, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`goodfaith worker` on this database, with the demo's leave to call this machine."""
    demo = {**environment_of(database.url), "GOODFAITH_DEMO": "1", "DATA_DIR": str(log.parent)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend", "worker"],
            cwd=ROOT,
            env={**os.environ, **demo},
            stdout=out,
            stderr=out,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.commits
def test_a_worker_killed_in_the_middle_of_a_call_loses_nothing(
    add, session, own_database, receiver, tmp_path
):
    leak_watch.watch_folder(tmp_path)
    endpoint = add()
    ann = make_borrower(session)
    for place in range(3):
        instruct(session, borrower_id=ann, occasion=str(place))
    session.commit()
    receiver.waits()
    with worker(own_database, tmp_path / "first.log") as first:
        wait_until(lambda: receiver.calls != [], seconds_max=START_SECONDS_MAX)
        first.kill()
        first.wait()
    receiver.respond = lambda wire: wire.sendall(OK)
    receiver.released.set()
    assert count_of(session, "pending") == 3
    # As though its minute had passed.
    session.execute(
        text(
            "UPDATE webhook_delivery SET leased_until = now(), due_at = now()"
            " WHERE lease_id IS NOT NULL"
        )
    )
    session.commit()
    with worker(own_database, tmp_path / "second.log"):
        wait_until(lambda: count_of(session, "delivered") == 3, seconds_max=START_SECONDS_MAX)
    ids = {call.headers["webhook-id"] for call in receiver.calls}
    assert len(ids) == 3
    assert len(receiver.calls) > 3
    for call in receiver.calls:
        checked(call, endpoint.secret)
