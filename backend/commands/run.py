"""`goodfaith run`, the demo: servers, schema, data, API and worker under one supervisor."""

import contextlib
import fcntl
import http.client
import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
from rich.console import Console

from backend.commands import stand_ins, welcome
from backend.commands.children import Child, Leash
from backend.commands.failures import fail
from backend.commands.instance import data_dir, make_secrets, write_instance
from backend.commands.migrate import bring_up_to_date
from backend.kit.embedded import paths
from backend.kit.embedded.account import EmbeddedServerError
from backend.kit.embedded.postgres import Postgres
from backend.kit.embedded.valkey import Valkey
from backend.kit.environment import SettingsError
from backend.kit.key_changes import KeyChangeError
from backend.kit.keyring import KeysMissingError
from backend.kit.walled import WallError
from backend.settings import load_for_migration

READY_SECONDS_MAX = 60
PORT_FREE_SECONDS_MAX = 10
PROBE_SECONDS_MAX = 2
POLL_SECONDS = 0.05
WATCH_SECONDS = 0.25
HOST = "127.0.0.1"
CHILDREN = {"serve": ("serve",), "worker": ("worker",), "core": ("demo", "core")}
# The demo's stand-in for the lender's core system calls the API. Until that is there it would take
# the cores from those who are getting ready.
LAST = "core"


class StopAskedError(BaseException):
    """SIGINT or SIGTERM: unwind, and stop everything in order."""


@dataclass(frozen=True)
class Servers:
    """The embedded servers in use; none where the environment names one of its own."""

    postgres: Postgres | None
    valkey: Valkey | None

    def keep_running(self) -> None:
        """Start again what is down. A server that is merely slow is left alone."""
        with contextlib.suppress(EmbeddedServerError):
            if self.postgres is not None and self.postgres.is_down():
                self.postgres.start()
            if self.valkey is not None and self.valkey.is_down():
                self.valkey.start()


@click.command()
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=int)
@click.option("--empty", is_flag=True, help="Without the demo's people, for your own import.")
def run(port: int, *, empty: bool) -> None:
    """Run the demo on this machine until Ctrl-C. Everything it keeps is in DATA_DIR."""
    console = Console(highlight=False)
    folder = paths.make_private(data_dir()).resolve()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    try:
        with ExitStack() as stack:
            stack.enter_context(_only_instance(folder))
            _supervise(stack, folder=folder, port=port, empty=empty, console=console)
    except StopAskedError:
        console.print("Stopped. Data stays in", str(folder))
    except EmbeddedServerError as error:
        fail(str(error))


def _ask_to_stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - Python's shape
    raise StopAskedError


def _supervise(stack: ExitStack, *, folder: Path, port: int, empty: bool, console: Console) -> None:
    _wait_for_port(port)
    environment, servers = _start_servers(stack, folder=folder, port=port, console=console)
    write_instance(folder, _shareable(environment))
    try:
        bring_up_to_date(load_for_migration(environment))
    except (SettingsError, WallError, KeyChangeError, KeysMissingError) as error:
        fail(str(error))
    leash = Leash()
    welcome.set_clock(folder)
    if not empty:
        welcome.seed(environment, folder=folder, leash=leash, console=console)
    shutil.rmtree(folder / "metrics", ignore_errors=True)
    children = [
        Child(name, command, environment, leash, folder / f"{name}.log")
        for name, command in CHILDREN.items()
    ]
    stand_in = _stand_in(environment, leash, folder)
    _start(children := [*children, *stand_in], stack)
    # Registered last, so they run first: all are told at once, and a second Ctrl-C is not heard.
    for child in children:
        stack.callback(child.ask_to_stop)
    stack.callback(_hear_no_more)
    _wait_until_ready(children[0], port=port)
    welcome.show(console, port=port, fcm_url=environment["FCM_BASE_URL"] if stand_in else None)
    while True:
        time.sleep(WATCH_SECONDS)
        servers.keep_running()
        for child in children:
            if child.keep_running():
                console.print(f"{child.name} ended; it starts again. {child.log} says why.")


def _start(children: list[Child], stack: ExitStack) -> None:
    """Start all but the last, which the watch over them starts."""
    for child in children:
        stack.callback(child.stop)
        if child.name != LAST:
            child.start()


def _start_servers(
    stack: ExitStack, *, folder: Path, port: int, console: Console
) -> tuple[dict[str, str], Servers]:
    """Start what the environment does not name; answers the children's environment."""
    environment = {**os.environ, **make_secrets(folder)}
    stack.callback(_hear_no_more)
    postgres = valkey = None
    if not environment.get("DATABASE_URL"):
        postgres = Postgres(folder)
        stack.callback(postgres.stop)
        environment["DATABASE_URL"] = postgres.start()
    if not environment.get("REDIS_URL"):
        valkey = Valkey(folder)
        stack.callback(valkey.stop)
        try:
            environment["REDIS_URL"] = valkey.start()
        except EmbeddedServerError as error:
            console.print(f"{error} Until then rate limits are counted per process.")
            valkey = None
    environment.update(
        GOODFAITH_DEMO="1",
        DEMO_CLOCK_FILE=str(welcome.clock_file(folder)),
        DATA_DIR=str(folder),
        PORT=str(port),
        ISSUER=environment.get("ISSUER") or f"http://localhost:{port}",
        PROMETHEUS_MULTIPROC_DIR=str(folder / "metrics"),
    )
    if stand_ins.is_needed():
        environment.update(stand_ins.fcm_settings(folder))
    return environment, Servers(postgres=postgres, valkey=valkey)


def _stand_in(environment: dict[str, str], leash: Leash, folder: Path) -> list[Child]:
    """Firebase's, unless the demo was given access to the real one."""
    if not stand_ins.is_needed():
        return []
    words = ("--port", environment["FCM_BASE_URL"].rpartition(":")[2])
    return [Child("fcm", words, environment, leash, folder / "fcm.log", module=stand_ins.MODULE)]


def _shareable(environment: dict[str, str]) -> dict[str, str]:
    names = (
        *("DATABASE_URL", "COMMUNITY_DATABASE_URL", "REDIS_URL", "FCM_BASE_URL"),
        *("GOODFAITH_DEMO", "DEMO_CLOCK_FILE", "PORT", "ISSUER"),
    )
    return {name: environment[name] for name in names if name in environment}


def _hear_no_more() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _only_instance(folder: Path) -> Iterator[None]:
    """Two supervisors of one folder would start everything twice."""
    with (folder / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fail(f"an instance already runs in {folder}; stop it, or choose another DATA_DIR")
        yield


def _wait_for_port(port: int) -> None:
    """A server that was killed a moment ago may still be letting go of the port."""
    give_up_at = time.monotonic() + PORT_FREE_SECONDS_MAX
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                if time.monotonic() > give_up_at:
                    fail(f"port {port} is in use; choose another with PORT")
            else:
                return
        time.sleep(POLL_SECONDS)


def _wait_until_ready(server: Child, *, port: int) -> None:
    give_up_at = time.monotonic() + READY_SECONDS_MAX
    while not _is_ready(port):
        if not server.is_running() or time.monotonic() > give_up_at:
            fail(f"the API server did not become ready; {server.log} says why")
        time.sleep(POLL_SECONDS)


def _is_ready(port: int) -> bool:
    link = http.client.HTTPConnection(HOST, port, timeout=PROBE_SECONDS_MAX)
    try:
        link.request("GET", "/readyz")
        return link.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
