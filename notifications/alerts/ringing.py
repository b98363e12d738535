"""The loop that rings: take what is due and commit, call the gateway, note it and commit.

One signed call for each try [Standard Webhooks], under one id, so that the gateway rings once.
"""

import threading
from collections.abc import Callable
from datetime import datetime

import orjson

from backend.kit import clock, metrics
from backend.kit.calls_out import DEADLINE_SECONDS, TRUSTING, Caller, CallError
from backend.kit.db import transaction
from backend.kit.fields import instant_text
from backend.kit.logs import get_logger
from backend.kit.providers import Webhook
from backend.kit.standard_webhooks import signed_headers
from backend.kit.wiring import Loop
from notifications.alerts import service
from notifications.alerts.rules import Outcome
from notifications.alerts.service import Taken

IDLE_SECONDS = 0.5
SUCCESS = range(200, 300)
NOT_ACCEPTED = "not_accepted"

log = get_logger(__name__)


class Ringer:
    """Rings by `gateway`; None: the log is all there is. `waits`: whether anybody still does."""

    def __init__(
        self,
        gateway: Webhook | None,
        *,
        waits: Callable[[], bool],
        timeout_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._gateway = gateway
        self._waits = waits
        # Its address stands in the settings, and may well be one of the lender's own network.
        self._calls = Caller(TRUSTING, deadline_seconds=timeout_seconds)

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`."""
        while not stopping.is_set():
            if not self.ring(now=clock.wall()):
                stopping.wait(IDLE_SECONDS)

    def ring(self, *, now: datetime) -> bool:
        """Try what is due, outside of any transaction; False where nothing was."""
        with transaction() as session:
            taken = service.take_due(session, now=now)
        if taken is None:
            return False
        failure = None
        if not self._is_needed():
            outcome = Outcome.NOT_NEEDED
        elif self._gateway is None:
            outcome = Outcome.LOGGED
            log.warning("crisis_raised", alert=str(taken.id))
        else:
            outcome = Outcome.ACCEPTED
            failure = self._call(self._gateway, taken, now=now)
        with transaction() as session:
            if failure is None:
                service.end(session, taken, outcome=outcome, now=now)
            else:
                service.note_failure(session, taken, failure=failure)
        metrics.CRISIS_ALERTS.labels(NOT_ACCEPTED if failure else outcome).inc()
        if failure is not None:
            log.error(
                "crisis_alert_not_accepted", alert=str(taken.id), tries=taken.tries, why=failure
            )
        return True

    def _is_needed(self) -> bool:
        try:
            return self._waits()
        except Exception as error:  # noqa: BLE001 - rather once too often
            log.warning("crisis_queue_not_read", error=type(error).__name__)
            return True

    def _call(self, gateway: Webhook, taken: Taken, *, now: datetime) -> str | None:
        """Why it was not taken, or None."""
        body = orjson.dumps(
            {
                "type": f"{taken.kind}.waiting",
                "timestamp": instant_text(taken.raised_at),
                "data": {"queue": taken.kind},
            }
        )
        headers = signed_headers(
            [gateway.secret], message_id=f"alert_{taken.id.hex}", at=now, body=body
        )
        try:
            answer = self._calls.post(gateway.url, body=body, headers=headers)
        except CallError as error:
            return str(error.failure)
        return None if answer.status in SUCCESS else str(answer.status)


def _nobody_knows() -> bool:
    return True


_gateway: Webhook | None = None
_waits: Callable[[], bool] = _nobody_knows


def configure(gateway: Webhook | None, *, waits: Callable[[], bool] | None) -> None:
    """Say by whom this process rings, and who knows whether there is still a reason."""
    global _gateway, _waits  # noqa: PLW0603 - set once by the assembly
    _gateway = gateway
    _waits = waits or _nobody_knows


def _run(stopping: threading.Event) -> None:
    Ringer(_gateway, waits=_waits).run(stopping)


LOOPS = (Loop(name="alerts-ringer", run=_run),)
