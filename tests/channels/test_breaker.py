"""A channel that takes nothing rests, longer each time; then one message finds out."""

import subprocess
import sys

from notifications.channels.breaker import FAILURES_MAX, Breaker
from notifications.channels.rules import Fate
from tests.commands.product import ROOT


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


def test_it_rests_at_once_when_access_is_broken_and_tries_one_message_after():
    clock = Clock()
    breaker = Breaker(clock)
    assert breaker.note(Fate.BROKEN)
    rests = []
    for _ in range(8):
        assert breaker.is_open
        assert not breaker.note(Fate.BROKEN)  # those that were under way
        rests.append(breaker.rests_until - clock.seconds)
        clock.seconds = breaker.rests_until
        assert (breaker.is_open, breaker.room) == (False, 1)
        assert breaker.note(Fate.LATER)
    assert rests[:3] == [30, 60, 120]
    assert max(rests) == 1800
    clock.seconds = breaker.rests_until
    assert not breaker.note(Fate.ACCEPTED)
    assert (breaker.is_open, breaker.room) == (False, None)


def test_single_failures_are_each_messages_own_matter():
    breaker = Breaker(Clock())
    for _ in range(FAILURES_MAX - 1):
        assert not breaker.note(Fate.LATER)
    assert not breaker.note(Fate.GONE)  # it answers
    for _ in range(FAILURES_MAX - 1):
        assert not breaker.note(Fate.UNKNOWN)
    assert breaker.note(Fate.UNKNOWN)


def test_a_process_that_does_not_send_loads_no_client_of_firebase():
    code = "import sys, backend.app; print('firebase_admin' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
