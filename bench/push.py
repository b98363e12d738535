"""Reminders planned by the million, and pushes sent through the real client to the stand-in."""

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Text, cast, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB

from backend.borrowers.models import Borrower
from backend.events.contacts import Channel as Way
from backend.kit import clock, crypto
from backend.kit.db import transaction
from backend.kit.providers import FcmSettings
from bench.common import SCALE, Figure, fresh_place
from notifications.channels.fcm import Fcm
from notifications.deliveries import service
from notifications.deliveries.sender import Sender
from notifications.devices.queries import ADDRESS

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai
LATER = NOW + timedelta(hours=2)
REMINDERS = int(1_000_000 * SCALE)
SENT = max(int(50_000 * SCALE), 2_000)
PLANNED_GOAL, SENT_GOAL = 20_000, 500
MEMORY_GOAL_MB = 50

_BORROWERS = text(
    """
    INSERT INTO borrower (id, external_id, locale, timezone)
    SELECT gen_random_uuid(), 'b' || n, 'en', 'Asia/Shanghai'
      FROM generate_series(1, :count) AS n
    """
)
_DEVICES = text(
    """
    INSERT INTO device (borrower_id, id, installation_id, platform, address_kind, address_cipher,
                        app_version, timezone, registered_at, seen_at)
    SELECT id, gen_random_uuid(), id::text, 'android', 'token', :sealed, '1', timezone, :now, :now
      FROM borrower
    """
)


def figures() -> Iterator[Figure]:
    """Both at the pace of one process."""
    with fresh_place():
        _fill()
        yield from _planning()
        yield from _sending()


def _fill() -> None:
    sealed = crypto.encrypt("bench-address", context=ADDRESS)
    with transaction(patience_seconds=3_600) as session:
        session.execute(_BORROWERS, {"count": REMINDERS})
        session.execute(_DEVICES, {"sealed": sealed, "now": NOW})
    with transaction(patience_seconds=3_600) as session:
        made = service.intend_selected(session, _reminders(), now=NOW)
    if made != REMINDERS:
        message = f"{made} of {REMINDERS} reminders were intended"
        raise RuntimeError(message)
    with transaction(patience_seconds=3_600) as session:
        session.execute(text("ANALYZE borrower, device, notification_intent"))


def _reminders():
    return select(
        Borrower.id.label("borrower_id"),
        literal("reminder").label("purpose"),
        literal("reminder.due_in_3").label("template"),
        (literal("borrower:") + cast(Borrower.id, Text)).label("subject"),
        literal("bench").label("occasion"),
        literal({"due_on": "2026-11-26"}, JSONB).label("variables"),
        literal(NOW).label("due_at"),
        literal(NOW + timedelta(days=2)).label("expires_at"),
    ).order_by(Borrower.id)


def _planning() -> Iterator[Figure]:
    with transaction() as session:
        service.plan_due(session, now=NOW, limit=1)
    before, begun, planned = _memory_mb(), time.monotonic(), 1
    while True:
        with transaction() as session:
            count = service.plan_due(session, now=NOW)
        if not count:
            break
        planned += count
    seconds = time.monotonic() - begun
    if planned != REMINDERS:
        message = f"{planned} of {REMINDERS} reminders were planned"
        raise RuntimeError(message)
    name = "due reminders planned: inbox item and delivery"
    yield Figure(name, planned / seconds, "1/s", PLANNED_GOAL)
    grown = _memory_mb() - before
    yield Figure("memory that it took more", grown, "MB", MEMORY_GOAL_MB, at_least=False)


def _sending() -> Iterator[Figure]:
    with transaction(patience_seconds=3_600) as session:
        session.execute(text("UPDATE notification_delivery SET due_at = :at"), {"at": NOW})
    with _stand_in() as url:
        channel = Fcm(FcmSettings(credentials=_credentials(url), base_url=url))
        sender, stopping = Sender(Way.PUSH, channel), threading.Event()
        begun, cpu = time.monotonic(), time.process_time()
        with clock.fixed(LATER):
            threading.Thread(target=_stop_after, args=(SENT, stopping), daemon=True).start()
            sender.run(stopping)
        seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
        channel.close()
    sent = _count_accepted()
    name = "pushes sent by one worker, from the lease to the outcome"
    yield Figure(name, sent / seconds, "1/s", SENT_GOAL)
    yield Figure("the same by its CPU time alone", sent / cpu, "1/s")


def _stop_after(count: int, stopping: threading.Event) -> None:
    while _count_accepted() < count:
        time.sleep(0.2)
    stopping.set()


def _count_accepted() -> int:
    query = "SELECT count(*) FROM notification_delivery WHERE state = 'accepted'"
    with transaction() as session:
        return int(session.execute(text(query)).scalar_one())


@contextmanager
def _stand_in() -> Iterator[str]:
    command = [sys.executable, "-m", "notifications.channels.fake_fcm"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert child.stdout is not None  # noqa: S101 - a pipe was asked for
        yield child.stdout.readline().strip()
    finally:
        child.terminate()
        child.wait()


def _credentials(url: str) -> dict[str, str]:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return {
        "type": "service_account",
        "project_id": "goodfaith-bench",
        "client_email": "push@goodfaith-bench.iam.gserviceaccount.com",
        "private_key": key.decode(),
        "token_uri": f"{url}/token",
    }


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
