"""The product as a person starts it: real processes, stopped whatever the test does."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from backend.kit.embedded.leftovers import PROCESSES
from tests.fixtures import leak_watch, leaks
from tests.fixtures.server import plain

ROOT = Path(__file__).parents[2]
READY_SECONDS_MAX = 120
STOP_SECONDS_MAX = 30


class Product:
    """`goodfaith run` in a folder of its own. Use as a context manager."""

    def __init__(self, data_dir: Path, *, empty: bool = True) -> None:
        self.data_dir = data_dir
        self.words = ("run", "--empty") if empty else ("run",)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        leak_watch.watch_folder(data_dir)
        # Its console names the demo's made-up people, so that one can look at them.
        leak_watch.watch_folder(data_dir.with_suffix(".out"), apart_from="a name")

    def __enter__(self) -> "Product":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
        }
        return {**kept, "DATA_DIR": str(self.data_dir), "PORT": str(self.port)}

    @property
    def output(self) -> str:
        return self.data_dir.with_suffix(".out").read_text()

    def start(self) -> None:
        """Until it says that it is ready."""
        with self.data_dir.with_suffix(".out").open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend", *self.words],
                cwd=ROOT,
                env=self.environment,
                stdout=out,
                stderr=out,
            )
        give_up_at = time.monotonic() + READY_SECONDS_MAX
        while "is ready" not in self.output:
            assert self._process.poll() is None, self.output
            assert time.monotonic() < give_up_at, self.output
            time.sleep(0.05)

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self, signal_number: int = signal.SIGINT) -> int:
        """Ask it to stop; its exit code."""
        assert self._process is not None
        self._look_for_leaks()
        self._process.send_signal(signal_number)
        return self._process.wait(STOP_SECONDS_MAX)

    def _look_for_leaks(self) -> None:
        """What it stored is looked at while it can be read; its logs, when the run ends."""
        try:
            with psycopg.connect(plain(self.instance()["DATABASE_URL"])) as connection:
                leak_watch.report(leaks.find_in_database(connection))
        except (OSError, psycopg.OperationalError, psycopg.errors.UndefinedTable):
            return  # it never came so far, or a test took its database away

    def kill(self) -> None:
        """Kill -9 of the supervisor alone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_SECONDS_MAX)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`goodfaith WORDS` in another terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "backend", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=READY_SECONDS_MAX,
        )
        # Its answer may be a token, which is what was asked for; its log never holds one.
        leak_watch.report([f"{words[0]}: {kind}" for kind in leaks.find_in(done.stderr)])
        return done

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Status and body; status 0 when nobody answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", path, headers=headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            link.close()

    def is_ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def wait_until_ready(self, seconds_max: float) -> float:
        """How long it took."""
        started = time.monotonic()
        while not self.is_ready():
            assert time.monotonic() - started < seconds_max, "not ready in time"
            time.sleep(0.02)
        return time.monotonic() - started

    def processes(self) -> dict[str, list[int]]:
        """Ids by command (serve, worker) of what the supervisor started, parents first."""
        assert self._process is not None
        found: dict[str, list[int]] = {"serve": [], "worker": []}
        for pid in _descendants(self._process.pid):
            words = _command_line(pid)
            for name, pids in found.items():
                if name in words:
                    pids.append(pid)
        return found

    def postmaster(self) -> int:
        return int((self.data_dir / "postgres/data/postmaster.pid").read_text().split()[0])

    def instance(self) -> dict[str, str]:
        known: dict[str, str] = json.loads((self.data_dir / "instance.json").read_text())
        return known


def is_alive(pid: int) -> bool:
    """Whether it runs; one that only waits to be reaped does not."""
    try:
        return (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for process in PROCESSES.glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(process.name))
    found: list[int] = []
    wanted = [pid]
    while wanted:
        own = sorted(children.get(wanted.pop(0), []))
        found += own
        wanted += own
    return found


def _command_line(pid: int) -> list[str]:
    try:
        return (PROCESSES / str(pid) / "cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
