"""`goodfaith demo core`: the process of the demo's core system."""

import json
import signal
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import click
import urllib3
from sqlalchemy.exc import SQLAlchemyError

from backend import app
from backend.auth import service as auth
from backend.auth.rules import COMMAND_LINE_LIFE
from backend.commands.context import configured
from backend.commands.failures import fail
from backend.demo import core
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.guard import stop_with_supervisor
from backend.kit.logs import get_logger
from backend.kit.problems import Problem

NAME = "core"
ROUND_SECONDS = 2.0
CALL_SECONDS_MAX = 10.0
# A token is renewed well before its end.
RENEW_BEFORE = timedelta(minutes=5)
log = get_logger(__name__)


@click.command("core")
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=int)
@click.option("--once", is_flag=True, help="One round, and the end.")
def run_core(port: int, *, once: bool) -> None:
    """Do what the core system is asked, again and again. `goodfaith run` starts it."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    stop_with_supervisor()
    with configured(may_wait=True) as process:
        if not process.settings.is_demo:
            fail("this is not the demo; a lender has a core system")
        speaker = Speaker(process, port=port)
        while not stopping.is_set():
            try:
                core.carry_out(speaker)
            except (urllib3.exceptions.HTTPError, SQLAlchemyError, core.RefusedError, Problem) as e:
                log.warning("demo_core_waits", why=type(e).__name__)
            if once:
                return
            stopping.wait(ROUND_SECONDS)


class Speaker:
    """HTTP as the demo's client `core`, with a token that is renewed in time."""

    def __init__(self, process: app.Process, *, port: int) -> None:
        self._process = process
        self._base = f"http://127.0.0.1:{port}"
        timeout = urllib3.Timeout(total=CALL_SECONDS_MAX)
        self._calls = urllib3.PoolManager(timeout=timeout, retries=False, maxsize=1)
        self._token = ""
        self._renew_at: datetime | None = None

    def __call__(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, Any]:
        """Status and body of one call. Raises RefusedError where the body is no JSON."""
        self._renew()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        answer = self._calls.request(
            method,
            f"{self._base}{path}",
            headers=headers,
            body=None if body is None else json.dumps(body),
            redirect=False,
        )
        return answer.status, _read(answer.data)

    def _renew(self) -> None:
        now = clock.wall()
        if self._renew_at is not None and now < self._renew_at:
            return
        with transaction() as session:
            client = auth.put_client(session, name=NAME, now=now)
        self._token = auth.issue_token(
            self._process.token_keys,
            audience="client",
            subject_id=client.id,
            life=COMMAND_LINE_LIFE,
            now=now,
            roles=[],
            scopes=client.scopes,
        )
        self._renew_at = now + COMMAND_LINE_LIFE - RENEW_BEFORE


def _read(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        # From something on the way, a proxy's page perhaps: it may speak for itself next time.
        message = "an answer that is no JSON"
        raise core.RefusedError(message) from None
