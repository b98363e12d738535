"""Processes that are kept running: started, watched, started again when they die, stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.kit.guard import PIPE_VARIABLE

RESTART_SECONDS_FIRST = 0.2
RESTART_SECONDS_MAX = 10.0
HEALTHY_SECONDS = 20.0
STOP_SECONDS_MAX = 15.0


@dataclass
class Leash:
    """A pipe that children hear the end of when this process is gone."""

    reading: int = field(init=False)
    writing: int = field(init=False)

    def __post_init__(self) -> None:
        self.reading, self.writing = os.pipe()


@dataclass
class Child:
    """One process. A death is answered by a new start, later each time it dies young."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    leash: Leash
    log: Path
    module: str = "backend"
    is_heard: bool = False  # what it says goes to our terminal, what it complains of to the log
    _process: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0
    _start_at: float = 0.0
    _wait_seconds: float = RESTART_SECONDS_FIRST

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C is for the supervisor."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.command],
                env={**self.environment, PIPE_VARIABLE: str(self.leash.reading)},
                stdin=subprocess.DEVNULL,
                stdout=None if self.is_heard else log,
                stderr=log,
                pass_fds=(self.leash.reading,),
                start_new_session=True,
            )
        self._started_at = time.monotonic()

    def is_running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    def keep_running(self) -> bool:
        """Start it again if it died and its time has come. Answers whether it just died."""
        now = time.monotonic()
        if self._process is not None:
            if self._process.poll() is None:
                return False
            self._sweep()
            self._process = None
            was_healthy = now - self._started_at > HEALTHY_SECONDS
            self._wait_seconds = (
                RESTART_SECONDS_FIRST
                if was_healthy
                else min(self._wait_seconds * 2, RESTART_SECONDS_MAX)
            )
            self._start_at = now + self._wait_seconds
            return True
        if now >= self._start_at:
            self.start()
        return False

    def wait(self) -> int:
        """Until it ends by itself; its exit code."""
        return self._process.wait() if self._process else 0

    def ask_to_stop(self) -> None:
        """Send SIGTERM and do not wait."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def stop(self) -> None:
        """SIGTERM, time to finish what is in hand, then SIGKILL to all that is left of it."""
        if self._process is None:
            return
        self.ask_to_stop()
        try:
            self._process.wait(timeout=STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._sweep()
        self._process = None

    def _sweep(self) -> None:
        """End what a killed parent left of its session, lest it hold the port."""
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
