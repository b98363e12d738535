"""Stops calling who takes nothing, and looks again now and then, longer apart each time."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from notifications.channels.rules import BACK_OFF_MAX, BACK_OFF_MIN, Fate

FAILURES_MAX = 20  # in a row; single ones are each message's own matter
COUNTED = frozenset({Fate.LATER, Fate.UNKNOWN})


@dataclass
class Breaker:
    """Of one channel in one process. `clock` counts seconds and never goes back."""

    clock: Callable[[], float]
    failures: int = 0
    rests: int = 0
    rests_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_open(self) -> bool:
        """Whether nothing is to be sent now."""
        return self.clock() < self.rests_until

    @property
    def room(self) -> int | None:
        """After a rest one message is tried; None: any number."""
        return 1 if self.rests else None

    def note(self, fate: Fate) -> bool:
        """Learn from a try; answers whether it rests from now on."""
        with self._lock:
            if fate is Fate.BROKEN:
                return self._rest()
            if fate not in COUNTED:
                self.failures = self.rests = 0
                return False
            self.failures += 1
            return self._rest() if self.failures >= FAILURES_MAX or self.rests else False

    def _rest(self) -> bool:
        if self.is_open:
            return False  # others that were under way with the first
        self.rests += 1
        rest: timedelta = min(BACK_OFF_MIN * 2 ** min(self.rests - 1, 10), BACK_OFF_MAX)
        self.rests_until = self.clock() + rest.total_seconds()
        self.failures = 0
        return True
