"""Delivering events beside the seeding, in processes of their own: two cores, two workers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Event

from backend import app
from backend.kit import delivery
from backend.kit.db import Limits
from backend.settings import load

IDLE_SECONDS = 0.05
LIMITS = Limits(statement_ms=600_000, lock_ms=60_000)


class DrainError(RuntimeError):
    """A draining process ended badly; its own words are in the log."""


@contextmanager
def draining(*, processes: int, now: datetime, only: str | None = None) -> Iterator[None]:
    """Deliveries go on beside the block, and to their end at the end of it. Raises DrainError.

    `only` names the one handler to deliver to; without it everybody is told.
    """
    context = get_context("spawn")
    ending = context.Event()
    children = [
        context.Process(target=_drain, args=(ending, now, only), daemon=True)
        for _ in range(processes)
    ]
    for child in children:
        child.start()
    try:
        yield
    finally:
        ending.set()
        for child in children:
            child.join()
    if any(child.exitcode for child in children):
        raise DrainError


def _drain(ending: Event, now: datetime, only: str | None) -> None:
    process = app.configure(load(), limits=LIMITS)
    while True:
        # Asked before the round: what was announced until then is found by it.
        is_last = ending.is_set()
        deliver_all(now=now, only=only)
        if is_last:
            break
        ending.wait(IDLE_SECONDS)
    process.database.dispose()


def deliver_all(*, now: datetime, only: str | None = None) -> None:
    """Deliver until nothing is due."""
    handlers = [each for each in app.handlers() if only in (None, each.name)]
    while sum(delivery.deliver_batch(each, now=now) for each in handlers):
        pass
