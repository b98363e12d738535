"""Text messages by the gateway: signed, one id a message, and a fate for each answer."""

import json

import pytest
from standardwebhooks import Webhook as Checker

from backend.kit.providers import GatewaySettings
from notifications.channels.rules import Fate, Sms
from notifications.channels.sms import SmsGateway
from tests.fakes.receiver import receiving
from tests.fixtures.certificates import make_certificate

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="  # noqa: S105 - signs for nobody
MESSAGE = Sms("+12025550105", "A friendly note is waiting for you.", "en", reference="message-1")


@pytest.fixture
def receiver(tmp_path, monkeypatch):
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(certificate) as receiver:
        yield receiver


@pytest.fixture
def gateway(receiver):
    return SmsGateway(GatewaySettings(receiver.url(), SECRET), timeout_seconds=0.5)


def test_the_gateway_gets_a_signed_message_under_its_own_id(gateway, receiver):
    assert gateway.send(MESSAGE).fate is Fate.ACCEPTED
    (call,) = receiver.calls
    assert Checker(SECRET).verify(call.body, call.headers)
    assert call.headers["webhook-id"] == "message-1"
    data = {"to": MESSAGE.number, "locale": "en", "text": MESSAGE.text}
    assert json.loads(call.body)["data"] == data


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (400, Fate.REFUSED),
        (401, Fate.BROKEN),
        (410, Fate.GONE),
        (429, Fate.LATER),
        (500, Fate.UNKNOWN),
        (503, Fate.LATER),
    ],
)
def test_each_answer_has_its_fate(gateway, receiver, status, fate):
    receiver.says(status, Retry_After="90")
    outcome = gateway.send(MESSAGE)
    assert (outcome.fate, outcome.code) == (fate, str(status))
    assert outcome.wait.total_seconds() == 90


def test_no_answer_leaves_it_unknown_and_nobody_there_leaves_it_unsent(gateway, receiver):
    receiver.resets()
    assert gateway.send(MESSAGE).fate is Fate.UNKNOWN
    nowhere = SmsGateway(GatewaySettings("https://localhost:9/", SECRET), timeout_seconds=0.5)
    assert nowhere.send(MESSAGE).fate is Fate.LATER
