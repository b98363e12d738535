"""The real worker plans and sends, is killed between a call and its answer, and loses nothing."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from notifications.deliveries.audit import check_deliveries
from tests.clock import NOW
from tests.commands.product import ROOT
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent
from tests.fakes.fcm import credentials
from tests.fixtures import leak_watch
from tests.fixtures.settings import environment_of
from tests.webhooks.test_leases import wait_until

SECONDS_MAX = 90.0
PATIENT = "fake-halfopen-once"


def worker(database, folder, url):
    settings = {
        **environment_of(database.url),
        "GOODFAITH_DEMO": "1",
        "DATA_DIR": str(folder),
        "FCM_BASE_URL": url,
        "FCM_CREDENTIALS": json.dumps(credentials(url)),
    }
    with (folder / "worker.log").open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "backend", "worker"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=out,
            stderr=out,
        )


def states(session):
    session.rollback()
    query = text("SELECT state, count(*) FROM notification_delivery GROUP BY state")
    return dict(session.execute(query).all())


def hurry(session):
    """As though leases and waits were over."""
    session.execute(
        text("UPDATE notification_delivery SET leased_until = now() WHERE state = 'sending'")
    )
    session.execute(text("UPDATE notification_delivery SET due_at = now()"))
    session.commit()


@pytest.mark.commits
def test_a_worker_killed_between_a_call_and_its_answer_loses_and_repeats_nothing(
    session, own_database, fcm, tmp_path
):
    leak_watch.watch_folder(tmp_path)
    addresses = [PATIENT, "kill-1", "kill-2"]
    for address in addresses:
        who = make_borrower(session)
        make_device(session, who, installation_id=address, address=address)
        make_intent(session, borrower_id=who, expires_at=NOW + timedelta(days=90))
    session.commit()
    processes = [worker(own_database, tmp_path, fcm.url)]
    try:
        wait_until(lambda: PATIENT in fcm.addresses, seconds_max=SECONDS_MAX)
        wait_until(lambda: states(session).get("accepted") == 2, seconds_max=SECONDS_MAX)
        processes[0].kill()
        processes[0].wait()
        assert states(session) == {"accepted": 2, "sending": 1}
        hurry(session)
        processes.append(worker(own_database, tmp_path, fcm.url))
        wait_until(lambda: "sending" not in states(session), seconds_max=SECONDS_MAX)
        hurry(session)
        wait_until(lambda: states(session) == {"accepted": 3}, seconds_max=SECONDS_MAX)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    sent = [each for each in fcm.fake.log if each.get("token") in addresses]
    assert sorted(each["token"] for each in sent) == sorted([*addresses, PATIENT])
    tags = {each["android"]["notification"]["tag"] for each in sent}
    assert len(tags) == len(addresses)
    assert list(check_deliveries(session)) == []
