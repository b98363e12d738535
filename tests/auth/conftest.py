"""Sessions and who speaks in them, telephones and what they are sent."""

import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.app import Process
from backend.auth import sending
from backend.auth import service as auth
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.fixtures.api import Api, bearer

# Hers, and nobody's data: it answers everybody who may enter.
ME = "/v1/me/access-log"


@pytest.fixture
def log_in(process: Process, session: Session) -> Callable[..., auth.TokenAnswer]:
    """A session of somebody, opened as a log-in would."""

    def open_one(**changes) -> auth.TokenAnswer:
        given = {
            "audience": "borrower",
            "subject_id": new_id(),
            "amr": ["sms"],
            "label": "a phone",
            "now": clock.wall(),
        } | changes
        with transaction() as own:
            return auth.open_session(own, process.token_keys, **given)

    return open_one


@pytest.fixture
def answered(public_api: Api) -> Callable[[auth.TokenAnswer], int]:
    """The status that an answer's access token is met with."""
    return lambda tokens: public_api.get(ME, headers=bearer(tokens.access_token)).status_code


@pytest.fixture
def claims_of(process: Process) -> Callable:
    return lambda tokens: auth.read_token(process.token_keys, tokens.access_token)


SECONDS_MAX = 5
ANN, BEA, NOBODY = "+86 139 0000 4711", "+86 139 0000 4712", "+86 139 0000 4799"


@dataclass
class Telephones:
    """What was sent, in the place of the lender's gateway: where the process ends."""

    sent: queue.Queue[tuple[str, str, str]] = field(default_factory=queue.Queue)

    def __call__(self, phone_e164: str, code: str, locale: str) -> None:
        self.sent.put((phone_e164, code, locale))

    def next_code(self) -> str:
        """The code of the next message."""
        return self.sent.get(timeout=SECONDS_MAX)[1]


@pytest.fixture
def telephones(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Telephones]:
    """Codes come here, at once."""
    before = sending._out
    monkeypatch.setattr(sending, "PAUSE_SECONDS", 0.0)
    here = Telephones()
    sending.configure(here)
    yield here
    monkeypatch.setattr(sending, "_out", before)


@pytest.fixture
def people(client_api: Api) -> dict[str, str]:
    """Ann and Bea with a telephone each: number to id."""
    found = {}
    for name, phone in (("ann", ANN), ("bea", BEA)):
        body = {"locale": "en", "timezone": "Asia/Shanghai", "phone": phone}
        answer = client_api.put(f"/v1/ingest/borrowers/{name}", json=body)
        assert answer.status_code == 201, answer.text
        found[phone] = answer.json["id"]
    return found


@pytest.fixture
def ask(public_api: Api) -> Callable:
    """`ask(phone)` as from an address of its own each time; answers the response."""
    addresses = iter(f"10.{n // 65_536}.{n // 256 % 256}.{n % 256}" for n in range(1, 1_000_000))

    def ask_from(phone: str, *, address: str | None = None, **kwargs):
        return public_api.post(
            "/v1/auth/otp",
            json={"phone": phone},
            environ_overrides={"REMOTE_ADDR": address or next(addresses)},
            **kwargs,
        )

    return ask_from


@pytest.fixture
def show(public_api: Api) -> Callable:
    """`show(challenge_id, code)` tries to log in."""

    def show_code(challenge_id: str, code: str, **more):
        return public_api.post(
            "/v1/auth/otp/verify", json={"challenge_id": challenge_id, "code": code} | more
        )

    return show_code
