"""What every benchmark needs: a server of its own, the product's processes, a load, a figure."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from backend import app
from backend.commands.instance import make_secrets
from backend.commands.migrate import bring_up_to_date
from backend.kit.db import Limits
from backend.kit.embedded.postgres import Postgres
from backend.kit.embedded.valkey import Valkey
from backend.settings import load, load_for_migration

SCALE = float(os.environ.get("SCALE", "0.1"))
HOST = "127.0.0.1"
READY_SECONDS_MAX = 30
SERVER_ENVIRONMENT = {
    "REQUESTS_PER_MINUTE": "100000000",  # the limiter counts, and lets the load through
    "LOG_LEVEL": "ERROR",
    "ISSUER": "http://localhost",
    "GOODFAITH_DEMO": "1",  # it makes its own secrets, on loopback
    # Nobody listens there: what a code costs is measured up to its sending.
    "OTP_WEBHOOK_URL": "https://localhost:9/",
    "OTP_WEBHOOK_SECRET": "whsec_" + "YmVuY2g" * 8,
}


@dataclass(frozen=True)
class Figure:
    """One measured line. `goal` is in the same unit; `at_least` says which side of it is good."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_least: bool = True

    def is_met(self) -> bool | None:
        """Whether the goal is reached; None where there is no goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass(frozen=True)
class Place:
    """Servers and a configured process."""

    folder: Path
    environment: dict[str, str]
    process: app.Process


@contextmanager
def fresh_place() -> Iterator[Place]:
    """PostgreSQL as the demo tunes it, Valkey, and an empty migrated database; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="goodfaith-bench-"))
    try:
        with ExitStack() as stack:
            environment = {**os.environ, **make_secrets(folder), **SERVER_ENVIRONMENT}
            environment["DATABASE_URL"] = stack.enter_context(Postgres(folder)).database_url
            (folder / "metrics").mkdir()
            valkey = Valkey(folder)
            environment["REDIS_URL"] = valkey.start()
            stack.callback(valkey.stop)
            environment.update(
                DATA_DIR=str(folder), PROMETHEUS_MULTIPROC_DIR=str(folder / "metrics")
            )
            bring_up_to_date(load_for_migration(environment))
            process = app.configure(
                load(environment), limits=Limits(statement_ms=600_000, pool_size=8)
            )
            stack.callback(process.dispose)
            yield Place(folder=folder, environment=environment, process=process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(place: Place, *command: str, extra: Mapping[str, str] | None = None) -> Iterator[int]:
    """One of the product's processes until the end of the block; answers its process id."""
    with (place.folder / f"{command[-1]}.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", *command],
            env=place.environment | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield child.pid
    finally:
        child.terminate()
        child.wait(timeout=READY_SECONDS_MAX)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_ready(port: int) -> None:
    """Return when the server answers. Raises TimeoutError."""
    give_up_at = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < give_up_at:
        try:
            with socket.create_connection((HOST, port), timeout=1) as link:
                link.sendall(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if b" 200 " in link.recv(200):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    message = "the server did not become ready"
    raise TimeoutError(message)


@dataclass(frozen=True)
class Load:
    """What a load of requests saw."""

    requests_per_second: float
    seconds: Sequence[float]
    failures: int

    def percentile(self, share: float) -> float:
        """Seconds that this share of the answers took at most."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def drive(
    port: int,
    requests: Sequence[bytes],
    *,
    connections: int,
    seconds: float,
    per_second: float | None = None,
) -> Load:
    """Send prepared requests over kept connections for a time, paced when `per_second` is given."""
    taken: list[list[float]] = [[] for _ in range(connections)]
    failures = [0] * connections
    stop_at = time.monotonic() + seconds

    def one(place: int) -> None:
        turn = cycle(requests[place::connections])
        pause = connections / per_second if per_second else 0.0
        next_at = time.monotonic() + pause * place / connections
        with socket.create_connection((HOST, port)) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.monotonic() < stop_at:
                if pause:
                    time.sleep(max(0.0, next_at - time.monotonic()))
                    next_at += pause
                began_at = time.perf_counter()
                link.sendall(next(turn))
                if not _answer(link).startswith(b"HTTP/1.1 2"):
                    failures[place] += 1
                taken[place].append(time.perf_counter() - began_at)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(connections)]
    began_at = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.monotonic() - began_at
    everything = [each for some in taken for each in some]
    return Load(len(everything) / lasted, everything, sum(failures))


def _answer(link: socket.socket) -> bytes:
    data = link.recv(65_536)
    while b"\r\n\r\n" not in data:
        data += link.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += link.recv(65_536)
    return head


def request(method: str, path: str, *, token: str, body: bytes = b"") -> bytes:
    """A prepared HTTP/1.1 request on a kept connection."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    head += "Accept-Language: en\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work took."""
    began_at = time.perf_counter()
    work()
    return time.perf_counter() - began_at
