"""FCM on this machine, and the real client that is led to it."""

import pytest

from notifications.channels.fcm import Fcm
from tests.fakes.fcm import running_fcm

TIMEOUT_SECONDS = 0.5


@pytest.fixture(scope="module")
def fcm():
    with running_fcm() as running:
        yield running


@pytest.fixture
def open_fcm(fcm):
    """`open_fcm()`: the client; `open_fcm(access_path="/token/dead")`: with access in trouble."""
    opened = []

    def open_fcm(**changes):
        opened.append(Fcm(fcm.settings(**changes), timeout_seconds=TIMEOUT_SECONDS))
        return opened[-1]

    yield open_fcm
    for each in opened:
        each.close()
