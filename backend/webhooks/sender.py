"""The loop that sends: take what is due and commit, call, note what came of it and commit.

Each worker has one, with some threads; the database says who sends what. A process that dies holds
its leases for a minute, and then others send the same under the same id.
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from backend.kit import clock, metrics
from backend.kit.calls_out import Caller, CallError, Guard
from backend.kit.db import transaction
from backend.kit.logs import get_logger
from backend.kit.standard_webhooks import signed_headers
from backend.kit.wiring import Loop
from backend.webhooks import service
from backend.webhooks.rules import Result
from backend.webhooks.service import Lease

THREADS = 12
IDLE_SECONDS = 0.25
MILLISECONDS = 1_000
DICE = random.SystemRandom()

log = get_logger(__name__)

_guard = Guard()


def configure(guard: Guard) -> None:
    """Say where calls may go, in this process."""
    global _guard  # noqa: PLW0603 - set once by the assembly
    _guard = guard


def current_guard() -> Guard:
    """Where calls may go."""
    return _guard


class Sender:
    """Sends what is due. `chance` gives numbers from 0 to 1, for the waits between tries."""

    def __init__(self, calls: Caller, *, chance: Callable[[], float] = DICE.random) -> None:
        self._calls = calls
        self._chance = chance

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`; what is in hand is finished, in seconds."""
        with ThreadPoolExecutor(THREADS, thread_name_prefix="webhooks") as pool:
            flying: set[Future[None]] = set()
            while not stopping.is_set():
                flying = {each for each in flying if not each.done()}
                room = THREADS - len(flying)
                leases = self.take(room) if room else []
                flying |= {pool.submit(self._survive, lease) for lease in leases}
                if leases:
                    continue
                if flying:
                    # A call that ends makes room, here or in its endpoint's share.
                    wait(flying, timeout=IDLE_SECONDS, return_when=FIRST_COMPLETED)
                else:
                    stopping.wait(IDLE_SECONDS)

    def take(self, limit: int) -> list[Lease]:
        """At most so many deliveries, which are now this sender's for a minute."""
        with transaction() as session:
            return service.lease_due(session, limit=limit, now=clock.wall())

    def send(self, lease: Lease) -> Result:
        """Call, outside of any transaction, and note what came of it."""
        began_at, started = clock.wall(), time.monotonic()
        result = self._call(lease)
        took_ms = round((time.monotonic() - started) * MILLISECONDS)
        with transaction() as session:
            service.record_result(
                session,
                lease,
                result=result,
                began_at=began_at,
                took_ms=took_ms,
                share=self._chance(),
                now=clock.wall(),
            )
        metrics.WEBHOOKS.labels("taken" if result.is_taken else "not_taken").inc()
        return result

    def _call(self, lease: Lease) -> Result:
        headers = signed_headers(
            lease.secrets, message_id=str(lease.message_id), at=clock.wall(), body=lease.body
        )
        try:
            answer = self._calls.post(lease.url, body=lease.body, headers=headers)
        except CallError as error:
            return Result(None, str(error.failure))
        return Result(answer.status, None, answer.retry_after)

    def _survive(self, lease: Lease) -> None:
        # Whatever goes wrong here, the lease runs out and the delivery is tried again.
        try:
            self.send(lease)
        except Exception as error:  # noqa: BLE001 - the others are sent
            log.warning(
                "webhook_not_recorded",
                endpoint=str(lease.endpoint_id),
                message=str(lease.message_id),
                error=type(error).__name__,
            )


def _run(stopping: threading.Event) -> None:
    Sender(Caller(current_guard())).run(stopping)


LOOPS = (Loop(name="webhooks-sender", run=_run),)
