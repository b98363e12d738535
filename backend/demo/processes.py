"""Work in processes of their own: two cores, two workers."""

import gc
from collections.abc import Callable, Sequence
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from backend import app
from backend.kit import delivery
from backend.kit.db import Limits
from backend.settings import load

# What a power cut takes is imported again: the demo counts as filled once all is on the disk.
LIMITS = Limits(statement_ms=600_000, lock_ms=60_000, waits_for_disk=False)


class ProcessFailedError(RuntimeError):
    """A process ended badly; its own words are in the log."""


def in_processes(work: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> None:
    """Do the work once for each tuple of arguments, all at a time. Raises ProcessFailedError."""
    context = get_context("spawn")
    children = [
        context.Process(target=_configured, args=(work, given), daemon=True) for given in arguments
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise ProcessFailedError


def _configured(work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    process = app.configure(load(), limits=LIMITS)
    process.keyring.watch()
    gc.freeze()  # as for every command: what was imported stays
    try:
        work(*arguments)
    finally:
        process.dispose()


def deliver_all(now: datetime, only: str | None = None) -> None:
    """Deliver until nothing is due; to everybody, or to the one handler that `only` names."""
    handlers = [each for each in app.handlers() if only in (None, each.name)]
    while sum(delivery.deliver_batch(each, now=now) for each in handlers):
        pass
