"""The embedded PostgreSQL: one cluster in `DATA_DIR/postgres`, reached by a Unix socket alone."""

import re
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote

import psycopg

from backend.kit import walled
from backend.kit.embedded import leftovers, paths
from backend.kit.embedded.account import Account, EmbeddedServerError, choose_account
from backend.kit.embedded.binaries import get_postgres_folder

NAME = "goodfaith"  # of the role and of its database; the superuser cannot log in at all
WALLED = NAME + walled.SUFFIX
# Members of a role are let in like it; the superuser is a member of none.
HBA = f"local all +{NAME},+{WALLED} scram-sha-256\n"
SOCKET_FILE = ".s.PGSQL.5432"
START_SECONDS_MAX = 60  # long enough for crash recovery
STOP_SECONDS_MAX = 30
CREATE_SECONDS_MAX = 120
POLL_SECONDS = 0.02
LOG_BYTES_MAX = 10_000_000
BUILTIN_LOCALES_SINCE = 17

DEMO: Mapping[str, str] = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
}
# Nothing a test writes is worth a wait for the disk.
TESTS: Mapping[str, str] = {
    **DEMO,
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # It would sit in a database that a test wants to drop, and only a superuser may send it away.
    "autovacuum": "off",
}
ALWAYS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Values of rows are personal data; the log holds none of them.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class Postgres:
    """A server that belongs to `data_dir`. It outlives this process unless stopped."""

    def __init__(self, data_dir: Path, *, tuning: Mapping[str, str] = DEMO) -> None:
        self._data_dir = data_dir.resolve()
        self._home = self._data_dir / "postgres"
        self._cluster = self._home / "data"
        self._tuning = tuning

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
    def database_url(self) -> str:
        """For SQLAlchemy. It holds the password."""
        folder = quote(str(paths.find_socket_folder(self._home)), safe="")
        return f"postgresql+psycopg://{NAME}:{self._password()}@/{NAME}?host={folder}"

    def start(self) -> str:
        """Start, adopt or recover the server; answers the URL. Refuses: EmbeddedServerError."""
        paths.make_private(self._data_dir)
        paths.make_private(self._home)
        with paths.only_one(self._data_dir / "postgres.lock"):
            is_up = self._settled_state() == "up"
            if is_up and not self._has_wall():
                self._shut_down()
                is_up = False
            if not is_up:
                self._launch()
        return self.database_url

    def stop(self) -> None:
        """Stop in good order; a server that is not running is fine."""
        if not (self._cluster / "PG_VERSION").exists():
            return
        with paths.only_one(self._data_dir / "postgres.lock"):
            self._shut_down()
            paths.forget_short_folder(self._home)

    def _shut_down(self) -> None:
        account, binaries = self._account()
        stop = (binaries / "pg_ctl", "stop", "-w", "-D", self._cluster, "-t", STOP_SECONDS_MAX)
        for mode in ("fast", "immediate"):
            account.run(tuple(map(str, (*stop, "-m", mode))), seconds_max=STOP_SECONDS_MAX + 10)
            if not (self._cluster / "postmaster.pid").exists():
                break
        leftovers.end_processes_in(self._cluster)

    def is_running(self) -> bool:
        """Whether it accepts connections now."""
        return self._state() == "up"

    def is_down(self) -> bool:
        """Whether nothing answers at its socket; one that starts, stops or is full does answer."""
        return self._state() == "down"

    def _state(self) -> Literal["up", "busy", "down"]:
        if not (paths.find_socket_folder(self._home) / SOCKET_FILE).exists():
            return "down"
        try:
            url = self.database_url.replace("+psycopg", "")
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return _meaning_of(str(error))
        return "up"

    def _settled_state(self) -> Literal["up", "busy", "down"]:
        """The state once start-up, recovery or shutdown under way is over."""
        give_up_at = time.monotonic() + START_SECONDS_MAX
        while (state := self._state()) == "busy" and time.monotonic() < give_up_at:
            time.sleep(POLL_SECONDS)
        return state

    def _launch(self) -> None:
        account, binaries = self._account()
        if not (self._cluster / "PG_VERSION").exists():
            self._create(account=account, binaries=binaries)
        account.own(self._cluster)
        leftovers.end_processes_in(self._cluster)
        if not self._has_wall():
            self._build_wall(account, binaries)
        sockets = paths.get_socket_folder(self._home, file_name=SOCKET_FILE, account=account)
        leftovers.remove_stale_locks(
            (self._cluster / "postmaster.pid", sockets / f"{SOCKET_FILE}.lock"),
            folder=self._cluster,
        )
        self._configure(sockets)
        log = self._home / "log"
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.unlink()
        start = (binaries / "pg_ctl", "start", "-w", "-s", "-t", str(START_SECONDS_MAX))
        done = account.run(
            (*start, "-D", self._cluster, "-l", log), seconds_max=START_SECONDS_MAX + 10
        )
        if done.returncode != 0 or self._settled_state() != "up":
            raise EmbeddedServerError(f"PostgreSQL did not start; {log} says why.")

    def _account(self) -> tuple[Account, Path]:
        binaries = get_postgres_folder()
        return choose_account(home=self._home, program=binaries / "postgres"), binaries

    def _create(self, *, account: Account, binaries: Path) -> None:
        """Make the cluster beside its place and move it there whole: killed half-way, it is not."""
        for half_made in self._home.glob("new-*"):
            shutil.rmtree(half_made, ignore_errors=True)
        draft = self._home / f"new-{secrets.token_hex(4)}"
        options = _initdb_options(account, binaries=binaries)
        sync = ("--no-sync",) if self._tuning.get("fsync") == "off" else ()
        _must(account, (binaries / "initdb", "-D", draft, *options, *sync))
        with (draft / "postgresql.conf").open("a") as file:
            file.write("include 'goodfaith.conf'\n")
        (draft / "goodfaith.conf").write_text("")
        single = (binaries / "postgres", "--single", "-D", draft, "postgres")
        _must(
            account,
            single,
            text_in=(
                f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{self._password()}'\n"
                f"CREATE DATABASE {NAME} OWNER {NAME}\n"
            ),
        )
        self._build_wall(account, binaries, cluster=draft)
        draft.rename(self._cluster)

    def _has_wall(self) -> bool:
        return (self._cluster / "pg_hba.conf").read_text() == HBA

    def _build_wall(self, account: Account, binaries: Path, *, cluster: Path | None = None) -> None:
        """The community's role, which only the superuser can make; a stopped server runs him."""
        place = cluster or self._cluster
        single = (binaries / "postgres", "--single", "-D", place, "postgres")
        password = walled.derive_password(self._password())
        made = (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{WALLED}')"
            f" THEN CREATE ROLE {WALLED}; END IF; END $$\n"
            f"ALTER ROLE {WALLED} LOGIN PASSWORD '{password}'\n"
        )
        _must(account, single, text_in=made + self._more_roles())
        # Last: it tells that the role is there.
        (place / "pg_hba.conf").write_text(HBA)

    def _more_roles(self) -> str:
        return ""

    def _configure(self, socket_folder: Path) -> None:
        settings = {
            **ALWAYS,
            **self._tuning,
            "unix_socket_directories": f'"{socket_folder}"',
        }
        lines = [f"{name} = {_quoted(value)}\n" for name, value in settings.items()]
        (self._cluster / "goodfaith.conf").write_text("".join(lines))

    def _password(self) -> str:
        path = self._data_dir / "postgres.password"
        if not path.exists():
            paths.write_secret(path, secrets.token_urlsafe(24))
        return path.read_text()


def _meaning_of(refusal: str) -> Literal["up", "busy", "down"]:
    """A connection that failed has no error class to go by, only words."""
    if "the database system is" in refusal or "timeout" in refusal:
        return "busy"
    # "Too many clients" comes from a server that is alive and well.
    return "up" if "FATAL" in refusal else "down"


def _initdb_options(account: Account, *, binaries: Path) -> tuple[str, ...]:
    version = account.run((binaries / "postgres", "--version"), seconds_max=10).stdout
    major = re.search(r"\d+", version)
    builtin = major is not None and int(major[0]) >= BUILTIN_LOCALES_SINCE
    return (
        *("-U", "postgres", "-A", "reject", "--no-instructions"),
        *("--encoding=UTF8", "--locale=C"),
        *(("--locale-provider=builtin", "--builtin-locale=C.UTF-8") if builtin else ()),
    )


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _must(account: Account, command: tuple[str | Path, ...], *, text_in: str = "") -> None:
    done = account.run(command, seconds_max=CREATE_SECONDS_MAX, text_in=text_in)
    # A single-user server answers 0 whatever its statements came to.
    if done.returncode != 0 or re.search(r"\b(ERROR|FATAL|PANIC):", done.stdout):
        lines = done.stdout.strip().splitlines() or ["no output"]
        raise EmbeddedServerError(f"{Path(command[0]).name} failed: {lines[-1]}")
