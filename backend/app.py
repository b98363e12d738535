"""The assembly: the one place that knows all packages and joins them into an application."""

import gc
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask

import backend.wiring
import community.wiring
import notifications.wiring
import rewards.wiring
from backend.auth import service as auth
from backend.auth.remembered import read_remembered
from backend.borrowers import queries as borrowers
from backend.kit import (
    audience,
    clock,
    crypto,
    db,
    health,
    http,
    logs,
    outbox,
    programme_zone,
    rate_limit,
)
from backend.kit.openapi import DocumentedApi, describe
from backend.kit.ports import BorrowerPanel
from backend.kit.texts import Locale
from backend.kit.wiring import Audit, Handler, Job, Wiring, routes_of
from backend.settings import Settings, load

VERSION = "0.1.0"
WIRINGS: tuple[Wiring, ...] = (
    backend.wiring.WIRING,
    rewards.wiring.WIRING,
    notifications.wiring.WIRING,
    community.wiring.WIRING,
)
ABOUT = (
    "The backend of a lender's app for people who owe money: the truth about the loan, a tier "
    "that is explained, and nothing that shames. Amounts are integers of minor units beside "
    "their currency; instants are RFC 3339 UTC; refusals are RFC 9457 problems."
)


def handlers() -> list[Handler]:
    """Every handler of events, in wiring order."""
    return [handler for wiring in WIRINGS for handler in wiring.handlers]


def jobs() -> list[Job]:
    """Every scheduled job."""
    return [job for wiring in WIRINGS for job in wiring.jobs]


def audits() -> list[Audit]:
    """Every proof of the books."""
    return [audit for wiring in WIRINGS for audit in wiring.audits]


def borrower_panels() -> dict[str, BorrowerPanel]:
    """Each feature's part of the staff's view of a borrower."""
    return {name: panel for wiring in WIRINGS for name, panel in wiring.borrower_panels.items()}


@dataclass(frozen=True)
class Process:
    """What a configured process holds on to."""

    settings: Settings
    database: db.Database
    token_keys: auth.TokenKeys


def configure(settings: Settings, *, limits: db.Limits | None = None) -> Process:
    """Give this process its database, keys, clock and routes of events."""
    logs.configure(level=settings.log_level)
    database = db.Database(
        settings.database_url, limits=limits or db.Limits(pool_size=settings.threads)
    )
    db.configure(database)
    programme_zone.configure(settings.programme_zone)
    clock.configure(demo_file=settings.demo_clock_file)
    crypto.configure(field_keys=settings.field_keys, lookup_key=settings.lookup_key)
    outbox.configure(routes_of(handlers()))
    token_keys = auth.TokenKeys.build(settings.token_keys, issuer=settings.issuer)
    return Process(settings=settings, database=database, token_keys=token_keys)


def create_app(process: Process | None = None) -> Flask:
    """The WSGI application. Without an argument it reads the environment, for a server process."""
    if process is None:
        app = create_app(configure(load()))
        # What is there now stays: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        return app
    settings = process.settings
    rate_limit.configure(url=settings.redis_url, per_minute=settings.requests_per_minute)
    audience.configure(
        authenticate=partial(read_remembered, process.token_keys),
        may_command_line_confirm=settings.is_demo,
    )
    http.configure(own_locale=_own_locale)
    app = Flask("goodfaith", static_folder=None)
    app.config.update(openapi_config())
    app.config["JOBS"] = jobs()
    app.config["BORROWER_PANELS"] = borrower_panels()
    app.config["PROGRAMME_ZONE"] = settings.programme_zone
    http.init_app(app)
    document(app)
    health.init_app(app)
    return app


def _own_locale(borrower_id: UUID) -> Locale | None:
    with db.reading() as session:
        return borrowers.find_locale(session, borrower_id=borrower_id)


def document(app: Flask) -> DocumentedApi:
    """Register every blueprint, which also writes its part of the OpenAPI document."""
    api = DocumentedApi(app)
    describe(api)
    for wiring in WIRINGS:
        for blueprint in wiring.blueprints:
            api.register_blueprint(blueprint)
    return api


def openapi_config() -> dict[str, Any]:
    """The document's own particulars."""
    return {
        "API_TITLE": "Goodfaith",
        "API_VERSION": VERSION,
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": {"info": {"description": ABOUT}},
    }


def __getattr__(name: str) -> Any:
    # `backend.app:wsgi` for servers that want an object. Made when asked for, so that importing
    # this module needs no environment.
    if name == "wsgi":
        return create_app()
    raise AttributeError(name)
