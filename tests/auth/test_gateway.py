"""The lender's gateway is told by a signed call, over a checked connection, and nobody else is."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Checker

from backend.auth.webhook_sender import GatewayError, WebhookSender
from backend.auth.wording import CODE_MESSAGE
from backend.kit.calls_out import CallError
from backend.kit.environment import SettingsError
from backend.settings import Settings, Webhook, load
from tests.fixtures.certificates import make_certificate
from tests.fixtures.settings import environment_of, make_settings

SECRET = environment_of("postgresql://ours@x")["OTP_WEBHOOK_SECRET"]


@dataclass
class Gateway:
    """What it was told, and how it answers."""

    port: int
    status: int = 204
    location: str = ""
    pause_seconds: float = 0.0
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def sender(self, host: str = "localhost", *, timeout_seconds: float = 5.0) -> WebhookSender:
        webhook = Webhook(f"https://{host}:{self.port}/send?from=goodfaith", SECRET)
        return WebhookSender(webhook, timeout_seconds=timeout_seconds)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return make_certificate(tmp_path)


@pytest.fixture
def gateway(certificate: Path) -> Iterator[Gateway]:
    """A real one, by HTTPS on this machine."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            here.calls.append((self.path, dict(self.headers), body))
            time.sleep(here.pause_seconds)
            self.send_response(here.status)
            if here.location:
                self.send_header("Location", here.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the server's own names

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # a client that hangs up is what some tests want
    here = Gateway(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_the_gateway_is_told_in_the_published_way(gateway: Gateway, trusted) -> None:
    sender = gateway.sender()
    sender("+8613900004711", "271828", "zh-CN")
    sender("+12025550105", "314159", "en")
    path, headers, body = gateway.calls[0]
    assert path == "/send?from=goodfaith"
    assert headers["Content-Type"] == "application/json"
    told = Checker(SECRET).verify(body, headers)
    assert told["type"] == "login.code"
    assert told["timestamp"].endswith("Z")
    assert told["data"] == {
        "phone": "+8613900004711",
        "locale": "zh-CN",
        "text": CODE_MESSAGE.zh_cn.replace("{code}", "271828"),
    }
    english = json.loads(gateway.calls[1][2])["data"]["text"]
    assert english.startswith("Hello! 314159 is your Goodfaith log-in code.")
    ids = {call[1]["webhook-id"] for call in gateway.calls}
    assert len(ids) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
def test_an_answer_that_is_no_success_is_a_failure_and_leads_nowhere(
    gateway: Gateway, trusted, status: int
) -> None:
    gateway.status, gateway.location = status, f"https://localhost:{gateway.port}/elsewhere"
    with pytest.raises(GatewayError):
        gateway.sender()("+12025550105", "271828", "en")
    assert [call[0] for call in gateway.calls] == ["/send?from=goodfaith"]


def test_a_certificate_that_is_not_vouched_for_is_not_spoken_to(gateway: Gateway) -> None:
    with pytest.raises(CallError, match="not_trusted"):
        gateway.sender()("+12025550105", "271828", "en")
    assert gateway.calls == []


def test_a_certificate_of_another_name_is_not_spoken_to(gateway: Gateway, trusted) -> None:
    with pytest.raises(CallError, match="not_trusted"):
        gateway.sender("127.0.0.1")("+12025550105", "271828", "en")
    assert gateway.calls == []


def test_a_gateway_that_does_not_answer_is_not_waited_for(gateway: Gateway, trusted) -> None:
    gateway.pause_seconds = 1.0
    with pytest.raises(CallError, match="timed_out"):
        gateway.sender(timeout_seconds=0.2)("+12025550105", "271828", "en")
    assert len(gateway.calls) == 1


def test_outside_the_demo_the_gateway_must_be_named() -> None:
    given = environment_of("postgresql://ours@x")
    for name in ("OTP_WEBHOOK_URL", "OTP_WEBHOOK_SECRET"):
        without = {key: value for key, value in given.items() if key != name}
        with pytest.raises(SettingsError, match=name):
            load(without)
    without = {key: value for key, value in given.items() if not key.startswith("OTP_")}
    assert load({**without, "GOODFAITH_DEMO": "1"}).otp_webhook is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTP_WEBHOOK_URL", "http://gateway.example/"),
        ("OTP_WEBHOOK_URL", "https://"),
        ("OTP_WEBHOOK_URL", "gateway.example"),
        ("OTP_WEBHOOK_SECRET", "whsec_short"),
        ("OTP_WEBHOOK_SECRET", "whsec_not base64 at all, however long it may be!"),
        ("OTP_WEBHOOK_SECRET", "whsec_\u00e9" + "c2VjcmV0" * 8),
        ("OTP_WEBHOOK_SECRET", "c2VjcmV0" * 8),
        ("OTP_PER_DAY", "0"),
        ("OTP_PER_DAY", "many"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named_and_not_quoted(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        make_settings("postgresql://ours@x", **{name: value})
    if "SECRET" in name:
        assert value not in str(refused.value)


def test_settings_show_no_secret(settings: Settings) -> None:
    assert settings.otp_webhook is not None
    assert settings.otp_webhook.secret not in repr(settings)
