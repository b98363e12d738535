"""The loops: plan what is due; lease, look once more, send, and note what became of it.

Each worker has them all, and the database says who does what. A process that dies holds its leases
for minutes; then what it had not begun is sent by others, and what it had is repeated only where
the second takes the place of the first.
"""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from backend.events.contacts import Channel as Way
from backend.kit import clock, metrics
from backend.kit.db import transaction
from backend.kit.logs import get_logger, told
from backend.kit.wiring import Loop
from notifications.channels.breaker import Breaker
from notifications.channels.opening import open_channel
from notifications.channels.ports import Channel
from notifications.channels.rules import Fate, Outcome
from notifications.deliveries import service
from notifications.deliveries.rules import LEASE_LEFT_MIN
from notifications.deliveries.wording import Ready, Try
from notifications.preferences.rules import CHANNELS

IDLE_SECONDS = 0.5
GATHER_SECONDS = 0.05
SWEEP_SECONDS = 10.0
AHEAD = 8  # messages leased for each thread: enough to keep all busy while outcomes are noted
WITHOUT_CHANNEL = 200
DICE = random.SystemRandom()
NOT_BEGUN = Outcome(Fate.LATER, code="NOT_BEGUN")
FAILED_HERE = Outcome(Fate.UNKNOWN, code="FAILED_HERE")

log = get_logger(__name__)
Result = tuple[Try, Outcome]


class Sender:
    """Sends what is due by one way. `chance` gives numbers from 0 to 1, for the waits."""

    def __init__(
        self,
        way: Way,
        channel: Channel[Any] | None,
        *,
        chance: Callable[[], float] = DICE.random,
        breaker: Breaker | None = None,
    ) -> None:
        self.way = way
        self.channel = channel
        self.breaker = breaker or Breaker(time.monotonic)
        self._chance = chance
        self._unnoted: list[Result] = []

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`; what is in hand is finished, in seconds."""
        threads = self.channel.threads if self.channel is not None else 1
        with ThreadPoolExecutor(threads, thread_name_prefix=f"send-{self.way}") as pool:
            flying: set[Future[Result]] = set()
            while not stopping.is_set():
                ready = self._taken(threads * AHEAD - len(flying)) if not self._unnoted else []
                flying |= {pool.submit(self.send, each) for each in ready}
                flying = self._gather(flying)
                if not ready and not flying:
                    stopping.wait(IDLE_SECONDS)
            self.note([each.result() for each in flying])

    def _gather(self, flying: set[Future[Result]]) -> set[Future[Result]]:
        done, rest = wait(flying, timeout=GATHER_SECONDS, return_when=FIRST_COMPLETED)
        self.note([each.result() for each in done])
        return rest

    def _taken(self, room: int) -> list[Ready]:
        try:
            return self.take(room)
        except Exception as error:  # noqa: BLE001 - what is under way has yet to be noted
            log.warning("messages_not_taken", way=self.way, error=type(error).__name__)
            return []

    def take(self, room: int) -> list[Ready]:
        """At most so many messages that are due and still right, leased for minutes."""
        room = self._room(room)
        if room <= 0:
            return []
        with transaction() as session:
            batch = service.lease_due(
                session, channel=self.way, limit=room, now=clock.now(), wall=clock.wall()
            )
        if not batch.keys:
            return []
        # In a transaction of its own: borrowers are locked first, then what is hers, as everywhere.
        with transaction() as session:
            return service.check(
                session,
                batch,
                channel=self.way,
                has_channel=self.channel is not None,
                now=clock.now(),
            )

    def _room(self, room: int) -> int:
        if self.channel is None:
            return WITHOUT_CHANNEL
        if self.breaker.is_open:
            return 0
        obstacle = self.channel.prepare() if room > 0 else None
        if obstacle is not None:
            # Before anything is leased: no message spends a try on it.
            self._learn(Fate.BROKEN, obstacle.code)
            return 0
        return min(room, self.breaker.room or room)

    def send(self, ready: Ready) -> Result:
        """Call, outside of any transaction."""
        if self.channel is None or clock.wall() > ready.until - LEASE_LEFT_MIN:
            return ready.tried, NOT_BEGUN
        try:
            outcome = self.channel.send(ready.message)
        except Exception as error:  # noqa: BLE001 - nobody knows how far it came
            log.warning("message_failed", way=self.way, **told(error))
            outcome = FAILED_HERE
        self._learn(outcome.fate, outcome.code)
        metrics.MESSAGES.labels(self.way, outcome.fate).inc()
        return ready.tried, outcome

    def _learn(self, fate: Fate, code: str) -> None:
        if self.breaker.note(fate):
            name = self.channel.name if self.channel is not None else ""
            log.error("channel_rests", way=self.way, channel=name, code=code)

    def note(self, results: list[Result]) -> None:
        """Note outcomes together, else one by one; what cannot be noted now is kept for later."""
        results = [*self._unnoted, *results]
        self._unnoted = []
        if not results or self._noted(results):
            return
        self._unnoted = [each for each in results if not self._noted([each])]

    def _noted(self, results: list[Result]) -> bool:
        try:
            with transaction() as session:
                service.record(
                    session, results, channel=self.way, now=clock.now(), chance=self._chance
                )
        except Exception as error:  # noqa: BLE001 - the others are noted
            log.warning("outcomes_not_noted", count=len(results), error=type(error).__name__)
            return False
        return True


class Planner:
    """Plans what is due, takes up what others lost, and thinks of text messages."""

    def __init__(self, *, chance: Callable[[], float] = DICE.random) -> None:
        self._chance = chance

    def run(self, stopping: threading.Event) -> None:
        """Until `stopping`."""
        swept_at = 0.0
        while not stopping.is_set():
            if time.monotonic() - swept_at > SWEEP_SECONDS:
                self.sweep()
                swept_at = time.monotonic()
            if self.plan() == 0:
                stopping.wait(IDLE_SECONDS)

    def plan(self) -> int:
        """One chunk; how many intents there were."""
        with transaction() as session:
            return service.plan_due(session, now=clock.now())

    def sweep(self) -> None:
        """What was lost, and what was not received."""
        with transaction() as session:
            lost = service.sweep_lost(
                session, now=clock.now(), wall=clock.wall(), chance=self._chance
            )
        with transaction() as session:
            service.fall_over_due(session, now=clock.now())
        if lost:
            log.warning("messages_lost", count=lost)


def _send(way: Way, stopping: threading.Event) -> None:
    Sender(way, open_channel(way)).run(stopping)


def _plan(stopping: threading.Event) -> None:
    Planner().run(stopping)


LOOPS = (
    Loop(name="notifications-planner", run=_plan),
    *(Loop(name=f"notifications-{way}", run=partial(_send, way)) for way in CHANNELS),
)
