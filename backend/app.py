"""The assembly: the one place that knows all packages and joins them into an application."""

import gc
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, request
from sqlalchemy.orm import Session

import backend.wiring
import community.wiring
import notifications.wiring
import rewards.wiring
from backend.auth import caller as auth_caller
from backend.auth import demo_staff_pages, lender_keys, renewal, revocations, sending, signing
from backend.auth import pages as demo_pages
from backend.auth import service as auth
from backend.auth.demo_messages import DemoMessages
from backend.auth.lender_keys import LenderKeys
from backend.auth.service import oidc
from backend.auth.webhook_sender import WebhookSender
from backend.benefits import ports as benefit_ports
from backend.borrowers import queries as borrowers
from backend.documents import scanning
from backend.evidence import origin as evidence_origin
from backend.evidence import witnessing as evidence_witnessing
from backend.kit import (
    addresses,
    audience,
    clock,
    console,
    crypto,
    db,
    health,
    help_lines,
    http,
    keyring,
    logs,
    outbox,
    programme_zone,
    rate_limit,
    resealing,
)
from backend.kit.configuration import ConfigSource
from backend.kit.figures import DailyFigure
from backend.kit.keyring import RELOADS_BEFORE_EFFECT, Keyring, Snapshot
from backend.kit.logs import get_logger
from backend.kit.openapi import DocumentedApi, describe, describe_messages
from backend.kit.ports import BorrowerPanel, IssuerKeys, WorkSource
from backend.kit.texts import Locale
from backend.kit.wiring import (
    Audit,
    DemoFill,
    Handler,
    HashedTable,
    Job,
    Loop,
    SealedColumn,
    Wiring,
    routes_of,
)
from backend.metrics import sources as metric_sources
from backend.plan_quotes import ports as plan_quote_ports
from backend.settings import Settings, load
from backend.staff import sessions as staff_sessions
from backend.webhooks import sender as webhook_sender
from notifications.alerts import ringing as alert_ringing
from notifications.channels import opening as channels
from rewards.credentials import origin as credential_origin
from rewards.credentials import pages as credential_pages

log = get_logger(__name__)
Port = TypeVar("Port")

VERSION = "0.1.0"
WITHOUT_KEYS = ("health", "api-docs")
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


def loops() -> list[Loop]:
    """What every worker does all the time."""
    return [loop for wiring in WIRINGS for loop in wiring.loops]


def demo_contents() -> list[DemoFill]:
    """What each package shows of itself in the demo."""
    return [fill for wiring in WIRINGS for fill in wiring.demo]


def demo_contents_of_history() -> list[DemoFill]:
    """What looks back on the demo's history, once that is settled."""
    return [fill for wiring in WIRINGS for fill in wiring.demo_of_history]


def audits() -> list[Audit]:
    """Every proof of the books."""
    return [audit for wiring in WIRINGS for audit in wiring.audits]


def sealed() -> list[SealedColumn]:
    """Every column of sealed values."""
    return [column for wiring in WIRINGS for column in wiring.sealed]


def hashed() -> list[HashedTable]:
    """Every table of keyed hashes that are looked for."""
    return [table for wiring in WIRINGS for table in wiring.hashed]


def borrower_panels() -> dict[str, BorrowerPanel]:
    """Each feature's part of the staff's view of a borrower."""
    return {name: panel for wiring in WIRINGS for name, panel in wiring.borrower_panels.items()}


def work_sources() -> list[WorkSource]:
    """Each feature's open cases, for the work list."""
    return [source for wiring in WIRINGS for source in wiring.work_sources]


def config_sources() -> list[ConfigSource]:
    """Every part of the programme's configuration: what others name comes before them."""
    return [source for wiring in WIRINGS for source in wiring.config_sources]


def daily_figures() -> dict[str, DailyFigure]:
    """What each package counts of itself day by day, by name."""
    return {name: each for wiring in WIRINGS for name, each in wiring.daily_figures.items()}


def issuer_keys() -> IssuerKeys:
    """The keys that sign credentials."""
    found = _only(wiring.issuer_keys for wiring in WIRINGS)
    if found is None:
        message = "no package signs credentials"
        raise RuntimeError(message)
    return found


def _only(found: Iterable[Port | None]) -> Port | None:
    """The one part that fills a port, or None."""
    filled = [each for each in found if each is not None]
    if len(filled) > 1:
        message = "a port is filled twice"
        raise RuntimeError(message)
    return filled[0] if filled else None


@dataclass(frozen=True)
class Process:
    """What a configured process holds on to."""

    settings: Settings
    database: db.Database
    behind_the_wall: db.Database
    keyring: Keyring

    @property
    def token_keys(self) -> auth.TokenKeys:
        """The newest that this process knows. Raises as `Keyring.require`."""
        self.keyring.require()
        return signing.current()

    def dispose(self) -> None:
        """Let go of the database."""
        self.keyring.close()
        self.database.dispose()
        self.behind_the_wall.dispose()


def configure(settings: Settings, *, limits: db.Limits | None = None) -> Process:
    """Give this process its database, keys, clock and routes of events.

    The keys are read when they are first needed, so that a server starts while its database is
    away; `Keyring.watch` then keeps them new.
    """
    logs.configure(level=settings.log_level)
    for warning in settings.warnings:
        log.warning("setting_is_weak", what=warning)
    database = db.Database(
        settings.database_url,
        read_url=settings.read_database_url,
        limits=limits or db.Limits(pool_size=settings.threads),
    )
    db.configure(database)
    # No replica: what her peers read next is what she was told is stored.
    behind_the_wall = db.Database(settings.community_database_url, limits=database.limits)
    db.WALLED.configure(behind_the_wall)
    programme_zone.configure(settings.programme_zone)
    evidence_origin.configure(settings.issuer)
    evidence_witnessing.configure(settings.evidence_witnesses, is_demo=settings.is_demo)
    credential_origin.configure(settings.credentials_url)
    clock.configure(demo_file=settings.demo_clock_file)
    keys = Keyring(
        settings.database_url,
        settings.master_keys,
        use=partial(_use_keys, issuer=settings.issuer),
        reload_seconds=settings.rotation_delay.total_seconds() / RELOADS_BEFORE_EFFECT,
    )
    crypto.ask_when_unknown(keys.renew)
    keyring.configure(keys)
    outbox.configure(routes_of(handlers()))
    resealing.configure(sealed=sealed(), hashed=hashed())
    revocations.configure()
    webhook_sender.configure(settings.webhook_guard)
    channels.configure(
        channels.Providers(
            fcm=settings.fcm, sms=settings.sms, mail=settings.mail, is_demo=settings.is_demo
        )
    )
    alert_ringing.configure(
        settings.crisis_alert, waits=_only(wiring.crisis_waits for wiring in WIRINGS)
    )
    staff_sessions.configure(end=_end_sessions)
    metric_sources.configure(daily_figures())
    scanner = settings.document_scanner
    scanning.configure(
        scanner=None if scanner is None else scanning.ClamdScanner(*scanner),
        unscanned_is_shown=settings.documents_unscanned_shown,
    )
    plans_so_far = _only(wiring.plans_so_far for wiring in WIRINGS)
    help_lines.configure(settings.help_lines)
    benefit_ports.configure(plans_so_far=plans_so_far)
    plan_quote_ports.configure(
        forecast=_only(wiring.points_forecast for wiring in WIRINGS), plans_so_far=plans_so_far
    )
    return Process(
        settings=settings, database=database, behind_the_wall=behind_the_wall, keyring=keys
    )


def _use_keys(found: Snapshot, *, issuer: str) -> None:
    """Everything of this process that works with keys gets the new ones here."""
    crypto.configure(field_keys=found.field, lookup_keys=found.lookup)
    signing.configure(auth.TokenKeys.build(found.token, issuer=issuer))


def create_app(process: Process | None = None) -> Flask:
    """The WSGI application. Without an argument it reads the environment, for a server process."""
    if process is None:
        process = configure(load())
        process.keyring.watch()
        app = create_app(process)
        # What is there now stays: the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        return app
    settings = process.settings
    addresses.configure(trusted=settings.trusted_proxies)
    rate_limit.configure(url=settings.redis_url, per_minute=settings.requests_per_minute)
    audience.configure(
        authenticate=renewal.renewing(auth_caller.read_caller, renew=process.keyring.renew),
        may_command_line_confirm=settings.is_demo,
    )
    http.configure(own_locale=_own_locale)
    lender_keys.configure(LenderKeys(settings.exchange) if settings.exchange else None)
    app = Flask("goodfaith", static_folder=None)
    app.config.update(openapi_config())
    app.config["JOBS"] = jobs()
    app.config["BORROWER_PANELS"] = borrower_panels()
    app.config["WORK_SOURCES"] = work_sources()
    app.config["CONFIG_SOURCES"] = config_sources()
    app.config["SSO_PROVIDER"] = oidc.Provider(settings.oidc) if settings.oidc else None
    app.config["PROGRAMME_ZONE"] = settings.programme_zone
    app.config["OTP_PER_DAY"] = settings.otp_per_day
    http.init_app(app)
    app.before_request(_have_keys)
    document(app)
    _open_console(app, settings)
    health.init_app(app)
    credential_pages.init_app(app)
    _send_codes(app, settings)
    return app


def _open_console(app: Flask, settings: Settings) -> None:
    """The pages of every package, in the console's frame."""
    app.config["IS_DEMO"] = settings.is_demo
    app.config["HOME_PANELS"] = [panel for wiring in WIRINGS for panel in wiring.home_panels]
    console.configure(console.Door(find=auth_caller.find_signed_in, origin=settings.issuer))
    pages = [blp for wiring in WIRINGS for blp in wiring.pages]
    if settings.is_demo:
        pages.append(demo_staff_pages.blp)
    console.init_app(app, pages=pages)


def _have_keys() -> None:
    # A server that started while its database was away has none until it is back.
    if request.blueprint not in WITHOUT_KEYS:
        keyring.require()


def _send_codes(app: Flask, settings: Settings) -> None:
    """By the lender's gateway where one is named, else to the demo's page of messages."""
    if settings.otp_webhook is not None:
        sending.configure(WebhookSender(settings.otp_webhook))
        return
    messages = DemoMessages(settings.data_dir)
    sending.configure(messages)
    demo_pages.init_app(app, messages)


def _own_locale(borrower_id: UUID) -> Locale | None:
    with db.reading() as session:
        return borrowers.find_locale(session, borrower_id=borrower_id)


def _end_sessions(
    session: Session, *, subject_id: UUID, cause: str, now: datetime, but: UUID | None = None
) -> int:
    if but is None:
        return auth.revoke_all(session, subject_id=subject_id, cause=cause, now=now)
    return auth.revoke_others(session, subject_id=subject_id, but=but, cause=cause, now=now)


def document(app: Flask) -> DocumentedApi:
    """Register every blueprint, which also writes its part of the OpenAPI document."""
    api = DocumentedApi(app)
    describe(api)
    for wiring in WIRINGS:
        for blueprint in wiring.blueprints:
            api.register_blueprint(blueprint)
    messages = {name: each for wiring in WIRINGS for name, each in wiring.messages.items()}
    describe_messages(api, messages, tag="webhooks")
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
