"""A lender with a log-in of its own, whose tokens this installation exchanges."""

import pytest

from backend.auth import lender_keys
from backend.auth.lender_keys import LenderKeys
from backend.auth.oauth_schemas import JWT_TYPE, TOKEN_EXCHANGE
from backend.settings import ExchangeSettings
from tests.fakes.lender import AUDIENCE, ISSUER, Lender, serving


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def lender():
    """Up, and keeping its keys where it says."""
    lender = Lender()
    with serving(lender):
        yield lender


@pytest.fixture
def trust(lender):
    return ExchangeSettings(lender.url, ISSUER, AUDIENCE, ("RS256", "ES256", "EdDSA"))


@pytest.fixture
def exchange(app, trust, seconds, public_api):
    """`exchange(token)` asks for ours."""
    lender_keys.configure(LenderKeys(trust, seconds=seconds))

    def ask(token, **changes):
        form = {
            "grant_type": TOKEN_EXCHANGE,
            "subject_token": token,
            "subject_token_type": JWT_TYPE,
        } | changes
        return public_api.post("/v1/auth/exchange", data=form)

    yield ask
    lender_keys.configure(None)


@pytest.fixture
def ann(client_api):
    """A borrower whom the lender calls `ann`; answers her id here."""
    body = {"locale": "en", "timezone": "Asia/Shanghai"}
    return client_api.put("/v1/ingest/borrowers/ann", json=body).json["id"]
