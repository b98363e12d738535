"""Sending codes, out of sight of whoever asked for one.

Each challenge is handed over after its commit, known number or not, and looked at a little later
by another thread, when the answer is long out. A code lives in memory until then: what is not sent
when a process ends is asked for again.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore

from backend.auth.service.otp import Challenge
from backend.kit import metrics
from backend.kit.logs import get_logger, told
from backend.kit.ports import OtpSender
from backend.kit.texts import Locale

THREADS = 8
WAITING_MAX = 1_000
PAUSE_SECONDS = 0.2  # many times what an answer takes
LATE_SECONDS = 60.0  # a code that comes later than this helps nobody

log = get_logger(__name__)


@dataclass(frozen=True)
class _Out:
    sender: OtpSender
    pool: ThreadPoolExecutor
    room: BoundedSemaphore


_out: _Out | None = None


def configure(sender: OtpSender) -> None:
    """Say who brings codes to their owners."""
    global _out  # noqa: PLW0603 - one way out per process, set once by the assembly
    # Threads are started when the first code is sent, never before a server forks.
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="codes")
    _out = _Out(sender, pool, BoundedSemaphore(WAITING_MAX))


def send_later(challenge: Challenge, *, phone: str, locale: Locale) -> None:
    """Have the code sent if the number is anybody's."""
    out = _out
    if out is None or not out.room.acquire(blocking=False):
        _record(challenge, "dropped")
        return
    out.pool.submit(_send, out, challenge, phone, locale, time.monotonic())


def _send(out: _Out, challenge: Challenge, phone: str, locale: Locale, asked_at: float) -> None:
    try:
        time.sleep(max(0.0, asked_at + PAUSE_SECONDS - time.monotonic()))
        if not challenge.is_known:
            return
        if time.monotonic() - asked_at > LATE_SECONDS:
            _record(challenge, "dropped")
            return
        out.sender(phone, challenge.code, locale)
        _record(challenge, "sent")
    except Exception as error:  # noqa: BLE001 - whatever a sender meets, the next code is sent
        _record(challenge, "failed", **told(error))
    finally:
        out.room.release()


def _record(challenge: Challenge, outcome: str, **why: str) -> None:
    if not challenge.is_known:
        return
    metrics.CODES.labels(outcome).inc()
    if outcome != "sent":
        log.warning("code_not_sent", challenge=str(challenge.challenge_id), outcome=outcome, **why)
