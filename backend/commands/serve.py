"""`goodfaith serve` and `goodfaith migrate`: the API server's processes, and the schema's."""

import os
import tempfile
from multiprocessing import get_start_method
from pathlib import Path

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from sqlalchemy.exc import OperationalError

from backend.commands.failures import fail
from backend.commands.instance import load_environment
from backend.kit.environment import SettingsError
from backend.kit.guard import stop_with_supervisor
from backend.kit.keyring import Keyring, KeysMissingError
from backend.kit.lazy import load as load_module
from backend.settings import Settings, load

APP = "backend.app"
WORKER_STOP_SECONDS_MAX = 5
BACKLOG = 1_024
CONNECTIONS_MAX = 1_024  # of each process


@click.command()
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=int)
@click.option(
    "--workers",
    envvar="WORKERS",
    type=click.IntRange(min=1),
    default=lambda: os.cpu_count() or 1,
    show_default="number of cores",
    help="Server processes.",
)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the API until told to stop. `backend.app:wsgi` serves other WSGI servers."""
    try:
        load_environment()
        settings = load()
        _check_keys(settings)
    except (SettingsError, KeysMissingError) as error:
        fail(str(error))
    _share_figures()
    stop_with_supervisor()
    if get_start_method() == "fork":
        load_module(APP)  # once: the processes begin as copies of this one
    Server(
        f"{APP}:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=settings.threads,
        # Threads, as many as the pool has connections, bound the requests in hand; the others
        # wait. Granian's own back-pressure counts connections, idle ones too: at the pool's
        # size four sleeping clients would lock everybody else out (tried with 2.8).
        backpressure=CONNECTIONS_MAX,
        backlog=BACKLOG,
        respawn_failed_workers=True,
        workers_kill_timeout=WORKER_STOP_SECONDS_MAX,
        log_level=LogLevels.error,
    ).serve()


def _check_keys(settings: Settings) -> None:
    """A wrong master key is told at the start; a database that is away is waited for."""
    keyring = Keyring(
        settings.database_url, settings.master_keys, use=lambda _: None, reload_seconds=1
    )
    try:
        keyring.require()
    except OperationalError:
        pass
    finally:
        keyring.close()


def _share_figures() -> None:
    """All processes of this host count into one folder, emptied by whoever starts the first."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="goodfaith-metrics-")
    Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True, exist_ok=True)
