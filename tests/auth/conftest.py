"""Sessions and who speaks in them."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from backend.app import Process
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
