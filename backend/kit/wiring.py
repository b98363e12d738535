"""What a package plugs into the application, on one readable page each."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint
from sqlalchemy.orm import Session

from backend.kit.configuration import ConfigSource
from backend.kit.db import PRODUCT, Access
from backend.kit.figures import DailyFigure
from backend.kit.openapi import Message
from backend.kit.outbox import Event, Recorded
from backend.kit.ports import (
    BorrowerPanel,
    HomePanel,
    IssuerKeys,
    PlansSoFar,
    PointsForecast,
    WorkSource,
)


@dataclass(frozen=True)
class Handler:
    """Hears events, `batch_max` at a time, in one transaction with the mark that they were heard.

    `run(session, recorded, now)` only writes rows. It may be given the same event again after a
    failure, never after a success.
    """

    name: str
    hears: tuple[type[Event], ...]
    run: Callable[[Session, Sequence[Recorded], datetime], None]
    batch_max: int = 100  # fewer where one event stands for many borrowers
    is_bulk: bool = False  # one event stands for many borrowers: statements are planned for them
    is_read_outside: bool = False  # others keep what they read of its rows: a power cut loses none


@dataclass(frozen=True)
class JobContext:
    """What one run of a job knows: its business day and instant, its run record, its pulse."""

    as_of: date
    now: datetime
    run_id: UUID
    heartbeat: Callable[[], None]


@dataclass(frozen=True)
class Job:
    """Scheduled work. It owns its transactions and may run twice or late without harm.

    `cron` is in the programme's zone. A `parallel` job shares its own work out: a second worker
    that finds it running joins in.
    """

    name: str
    cron: str
    run: Callable[[JobContext], dict[str, Any]]
    parallel: bool = False


@dataclass(frozen=True)
class Loop:
    """Work that every worker does all the time, such as sending. It owns its transactions.

    `run(stopping)` returns soon after `stopping` is set; what it raises is logged, and it is run
    again. Any number run at once: the database says whose turn it is.
    """

    name: str
    run: Callable[[threading.Event], None]


@dataclass(frozen=True)
class Audit:
    """A proof of the books: yields one line for each difference, and nothing when all is right."""

    name: str
    run: Callable[[Session], Iterable[str]]


@dataclass(frozen=True)
class SealedColumn:
    """A column of values that `kit.crypto` sealed; keys rotate, so each is known to the job."""

    table: str
    column: str
    context: str  # as given to `crypto.encrypt`
    access: Access = PRODUCT


@dataclass(frozen=True)
class HashedTable:
    """Hashes by `crypto.keyed_hash_to_keep`, each beside its `key_name`, that are found by value.

    `rehash(session, after, limit)` hashes the next rows of another key anew. It answers where it
    came to (None at the end) and how many rows it changed, and leaves alone what is locked.
    """

    table: str
    rehash: Callable[[Session, Any, int], tuple[Any, int]]


@dataclass(frozen=True)
class DemoOffice:
    """Of the demo's staff: who writes, and who decides on what another wrote."""

    author_id: UUID
    approver_id: UUID


# Writes what the demo has of a package beyond the lender's data, unless it is there.
DemoFill = Callable[[Session, DemoOffice, datetime], None]


@dataclass(frozen=True)
class Wiring:
    """One package's parts."""

    blueprints: tuple[Blueprint, ...] = ()
    pages: tuple[Blueprint, ...] = ()  # of the staff console (`kit.console`)
    # What may wait for somebody, for the console's first page.
    home_panels: tuple[HomePanel, ...] = ()
    handlers: tuple[Handler, ...] = ()
    jobs: tuple[Job, ...] = ()
    loops: tuple[Loop, ...] = ()
    audits: tuple[Audit, ...] = ()
    sealed: tuple[SealedColumn, ...] = ()
    hashed: tuple[HashedTable, ...] = ()
    # Each feature's part of the staff's view of a borrower, by its name there.
    borrower_panels: Mapping[str, BorrowerPanel] = field(default_factory=dict)
    # Each feature's part of the programme's configuration, in the order in which it is written.
    config_sources: tuple[ConfigSource, ...] = ()
    # Open cases for whoever looks after a borrower.
    work_sources: tuple[WorkSource, ...] = ()
    # What each package counts of itself day by day, by the figure's name.
    daily_figures: Mapping[str, DailyFigure] = field(default_factory=dict)
    # What plan quotes ask of those above them; each is filled by one package.
    points_forecast: PointsForecast | None = None
    plans_so_far: PlansSoFar | None = None
    # Whether somebody in need still waits for a moderator, for those who call one; it opens its
    # own transaction.
    crisis_waits: Callable[[], bool] | None = None
    # The keys that sign credentials, for the commands that change them.
    issuer_keys: IssuerKeys | None = None
    # What the demo has beyond the lender's data; each may be run again without harm.
    demo: tuple[DemoFill, ...] = ()
    # The same, of what looks back: written once the lender's history is settled.
    demo_of_history: tuple[DemoFill, ...] = ()
    # What is sent out by webhook, by its type, for the interface's document.
    messages: Mapping[str, Message] = field(default_factory=dict)
    # Events that nobody hears yet, each with the reason why it is announced all the same.
    unheard: dict[type[Event], str] = field(default_factory=dict)


def routes_of(handlers: Iterable[Handler]) -> dict[str, list[str]]:
    """Event name to the names of its handlers, in wiring order."""
    routes: dict[str, list[str]] = {}
    for handler in handlers:
        for event_type in handler.hears:
            routes.setdefault(event_type.__name__, []).append(handler.name)
    return routes
