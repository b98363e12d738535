"""Every setting that comes from the environment: its unit, its default, whether it is secret.

A production process refuses to start without what it needs and names everything that is missing
or wrong, a line each. The demo (`goodfaith run`) makes its own secrets and keeps them in DATA_DIR.
A secret may stand in a file instead: NAME_FILE holds its path.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from backend.kit import help_lines, walled
from backend.kit.addresses import Network, read_networks
from backend.kit.calls_out import PORTS, Guard
from backend.kit.crypto import KeyRing, is_weak
from backend.kit.environment import Environment, is_trustworthy, split_address
from backend.kit.key_changes import Legacy
from backend.kit.providers import (
    FcmSettings,
    GatewaySettings,
    MailSettings,
    Webhook,
    read_crisis_alert,
    read_fcm,
    read_mail,
    read_otp_gateway,
    read_scanner,
    read_sms_gateway,
)
from backend.kit.rate_limit import CLASSES
from backend.kit.witnesses import Witness, read_witnesses

SECRETS = (
    "MASTER_KEYS",
    "DATABASE_URL",
    "READ_DATABASE_URL",
    "COMMUNITY_DATABASE_URL",
    "REDIS_URL",
    "OTP_WEBHOOK_SECRET",
    "OIDC_CLIENT_SECRET",
    "FCM_CREDENTIALS",
    "SMS_WEBHOOK_SECRET",
    "CRISIS_ALERT_SECRET",
    "SMTP_URL",
)
# Names that a key of the demo, of a test or of an example bears; none of them guards anything.
NO_KEY_OF_YOURS = frozenset({"demo", "test", "tests", "example", "changeme", "change-me"})
ROTATION_DELAY_MIN = 2
ISSUER_DEFAULT = "http://localhost:8000"
OIDC_CALLBACK = "/v1/auth/staff/oidc/callback"
EXCHANGE_ALGORITHMS_DEFAULT = "RS256,ES256,EdDSA"
# Signatures with a key pair. `none` and HS* would let whoever knows a public key sign.
ASYMMETRIC = frozenset(
    {
        *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
        *("ES256", "ES384", "ES512", "EdDSA"),
    }
)
LOOPBACK_NETWORKS = "127.0.0.0/8,::1/128"
PORT_MAX = 65_535


@dataclass(frozen=True)
class ExchangeSettings:
    """Whose tokens are exchanged for ours, and by which keys they are judged."""

    jwks_url: str  # EXCHANGE_JWKS_URL: https, or http on loopback in the demo
    issuer: str  # EXCHANGE_ISSUER: their `iss`
    audience: str  # EXCHANGE_AUDIENCE: their `aud`
    algorithms: tuple[str, ...]  # EXCHANGE_ALGORITHMS: RS256,ES256,EdDSA unless said otherwise


@dataclass(frozen=True)
class OidcSettings:
    """The sign-on provider of the lender's staff."""

    issuer: str  # OIDC_ISSUER: its address, as in its tokens; https (the demo: http on loopback)
    client_id: str  # OIDC_CLIENT_ID
    redirect_url: str  # OIDC_REDIRECT_URL: where it sends the browser back to
    client_secret: str = field(repr=False)  # OIDC_CLIENT_SECRET, secret


@dataclass(frozen=True)
class Settings:
    """The environment, read and checked once."""

    # DATABASE_URL, secret: postgresql://...
    database_url: str = field(repr=False)
    # READ_DATABASE_URL, secret: a replica for GETs; none = the same
    read_database_url: str | None = field(repr=False)
    # COMMUNITY_DATABASE_URL, secret: the same database as the role behind the wall; none = derived
    community_database_url: str = field(repr=False)
    # REDIS_URL, secret: any Redis-compatible server; none = limits per process
    redis_url: str | None = field(repr=False)
    master_keys: KeyRing  # MASTER_KEYS, secret: NAME:BASE64_OF_32_BYTES[,...], newest first
    issuer: str  # ISSUER: `iss` of our tokens; the public https address of this installation
    # CREDENTIALS_URL: https address, without a path, in whose name badges are signed; else ISSUER
    credentials_url: str
    programme_zone: str  # PROGRAMME_ZONE: IANA zone in which jobs are scheduled
    is_demo: bool  # GOODFAITH_DEMO: 1 in the demo
    demo_clock_file: Path | None  # DEMO_CLOCK_FILE: the demo's date; only with GOODFAITH_DEMO
    data_dir: Path  # DATA_DIR: where the demo and the commands find a running instance
    requests_per_minute: Mapping[str, int]  # REQUESTS_PER_MINUTE[_CLASS] by class of routes
    trusted_proxies: tuple[Network, ...]  # TRUSTED_PROXIES: CIDR[,...]; none = none is believed
    rotation_delay: timedelta  # ROTATION_DELAY, seconds from a key's making to its use
    otp_webhook: Webhook | None  # OTP_WEBHOOK_URL, OTP_WEBHOOK_SECRET: who sends log-in codes
    webhook_guard: Guard  # WEBHOOK_NETWORKS, WEBHOOK_PORTS: where webhooks may be sent
    # EVIDENCE_WITNESSES: KEY URL[, KEY URL]: who signs heads of the log beside us; none = nobody
    evidence_witnesses: tuple[Witness, ...]
    fcm: FcmSettings | None  # FCM_CREDENTIALS, FCM_BASE_URL: push; none = nothing is pushed
    # SMS_WEBHOOK_URL, SMS_WEBHOOK_SECRET: who sends text messages to borrowers
    sms: GatewaySettings | None
    # CRISIS_ALERT_URL, CRISIS_ALERT_SECRET: who calls staff on duty; none = the log alone says it
    crisis_alert: Webhook | None
    mail: MailSettings | None  # SMTP_URL, secret; MAIL_FROM, MAIL_UNSUBSCRIBE: none = no mail
    otp_per_day: int  # OTP_PER_DAY: log-in codes sent at most in a day (UTC), by all hosts
    # DOCUMENT_SCANNER_URL: clamd://HOST:PORT; none = nothing is scanned
    document_scanner: tuple[str, int] | None
    # DOCUMENTS_UNSCANNED_SHOWN: 1 = staff may open what no scanner is there for (the demo: 1)
    documents_unscanned_shown: bool
    # HELP_REGION: whose help lines are shown, CN, HK, TW, US or GB; HELP_LINES_FILE: your own
    help_lines: tuple[help_lines.HelpLine, ...]
    oidc: OidcSettings | None  # OIDC_*: single sign-on of staff; none = by password alone
    exchange: ExchangeSettings | None  # EXCHANGE_*: none = the lender's tokens are not taken
    log_level: str  # LOG_LEVEL
    threads: int  # THREADS per server process, and connections in each of its two pools
    warnings: tuple[str, ...] = ()  # what works and should not stay so


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. Raises SettingsError."""
    env = Environment(os.environ if environ is None else environ)
    settings = _read(env)
    env.raise_problems()
    return settings


def names() -> frozenset[str]:
    """The name of every setting that `load` and `load_for_migration` look at."""
    env = Environment({})
    _read(env)
    _read_for_migration(env)
    return frozenset(env.asked)


def _read(env: Environment) -> Settings:
    is_demo = env.get("GOODFAITH_DEMO") == "1"
    clock_file = env.get("DEMO_CLOCK_FILE")
    if clock_file and not is_demo:
        env.refuse("DEMO_CLOCK_FILE", "for the demo only (GOODFAITH_DEMO=1)")
    database_url = env.secret("DATABASE_URL", is_needed=True)
    issuer = _issuer(env, is_demo=is_demo)
    return Settings(
        database_url=driver_url(database_url),
        read_database_url=driver_url(env.secret("READ_DATABASE_URL")) or None,
        community_database_url=_community_url(env, database_url),
        redis_url=env.secret("REDIS_URL") or None,
        master_keys=_master_keys(env, is_demo=is_demo),
        issuer=issuer,
        credentials_url=_credentials_url(env, issuer=issuer, is_demo=is_demo),
        programme_zone=_zone(env, is_demo=is_demo),
        is_demo=is_demo,
        demo_clock_file=Path(clock_file) if clock_file else None,
        data_dir=Path(env.get("DATA_DIR", ".data")),
        requests_per_minute={
            each.name: env.whole(each.setting, default=each.per_minute) for each in CLASSES
        },
        trusted_proxies=_networks(env, "TRUSTED_PROXIES"),
        rotation_delay=timedelta(
            seconds=env.whole("ROTATION_DELAY", default=30, at_least=ROTATION_DELAY_MIN)
        ),
        otp_webhook=read_otp_gateway(env, is_demo=is_demo),
        webhook_guard=_webhook_guard(env, is_demo=is_demo),
        evidence_witnesses=_witnesses(env, is_demo=is_demo),
        fcm=read_fcm(env),
        sms=read_sms_gateway(env, is_demo=is_demo),
        crisis_alert=read_crisis_alert(env, is_demo=is_demo),
        mail=read_mail(env, is_demo=is_demo),
        otp_per_day=env.whole("OTP_PER_DAY", default=10_000),
        document_scanner=read_scanner(env),
        documents_unscanned_shown=_shows_unscanned(env, is_demo=is_demo),
        help_lines=help_lines.configured(env),
        oidc=_oidc(env, own=issuer, is_demo=is_demo),
        exchange=_exchange(env, is_demo=is_demo),
        log_level=_log_level(env),
        threads=env.whole("THREADS", default=4),
        warnings=_warnings(env, database_url, is_demo=is_demo),
    )


@dataclass(frozen=True)
class MigrationSettings:
    """What bringing a database up to date needs."""

    database_url: str
    community_database_url: str
    master_keys: KeyRing
    legacy: Legacy


def load_for_migration(environ: Mapping[str, str] | None = None) -> MigrationSettings:
    """The few settings of `goodfaith migrate`. Raises SettingsError."""
    env = Environment(os.environ if environ is None else environ)
    found = _read_for_migration(env)
    env.raise_problems()
    return found


def _read_for_migration(env: Environment) -> MigrationSettings:
    database_url = env.secret("DATABASE_URL", is_needed=True)
    return MigrationSettings(
        database_url=driver_url(database_url),
        community_database_url=_community_url(env, database_url),
        master_keys=_master_keys(env, is_demo=env.get("GOODFAITH_DEMO") == "1"),
        legacy=Legacy(
            field=env.ring("FIELD_KEYS"),
            lookup=env.key("LOOKUP_KEY"),
            token=env.ring("TOKEN_KEYS"),
        ),
    )


def driver_url(url: str) -> str:
    """The address with the driver that we use; operators write plain postgresql://."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _community_url(env: Environment, database_url: str) -> str:
    given = driver_url(env.secret("COMMUNITY_DATABASE_URL"))
    own = driver_url(database_url)
    if not own:
        return ""
    try:
        found = given or walled.derive_url(own)
        is_apart = bool(found) and make_url(found).username != make_url(own).username
    except ArgumentError:
        return given  # the address itself is refused where it is used
    if not is_apart:
        env.refuse(
            "COMMUNITY_DATABASE_URL", "must name a role of its own, not that of DATABASE_URL"
        )
    return found


def _master_keys(env: Environment, *, is_demo: bool) -> KeyRing:
    value = env.secret("MASTER_KEYS", is_needed=True)
    ring = env.ring_of("MASTER_KEYS", value)
    if ring is None:
        return KeyRing({})
    if not is_demo:
        for name, key in ring.keys.items():
            if name.lower() in NO_KEY_OF_YOURS:
                env.refuse("MASTER_KEYS", f"the key {name!r} is one of a demo or an example")
            elif is_weak(key):
                env.refuse("MASTER_KEYS", f"the key {name!r} is no random key")
    return ring


def _issuer(env: Environment, *, is_demo: bool) -> str:
    issuer = env.get("ISSUER")
    if is_demo:
        return issuer or ISSUER_DEFAULT
    if not issuer:
        env.refuse("ISSUER", "missing: the public https address of this installation")
    elif not is_trustworthy(issuer, is_demo=False):
        env.refuse("ISSUER", "must be an https address")
    return issuer


def _credentials_url(env: Environment, *, issuer: str, is_demo: bool) -> str:
    """What is signed names it for ever, and its keys are looked for at its root [did:web]."""
    given = env.get("CREDENTIALS_URL")
    address = (given or issuer).rstrip("/")
    parts = split_address(address)
    if given and not is_trustworthy(given, is_demo=is_demo):
        env.refuse("CREDENTIALS_URL", "must be https://... (in the demo also http on loopback)")
    elif parts is not None and (parts.path or parts.query or parts.fragment):
        env.refuse("CREDENTIALS_URL", "must be an address without a path, unlike ISSUER's")
    return address


def _zone(env: Environment, *, is_demo: bool) -> str:
    name = env.get("PROGRAMME_ZONE")
    if not name and is_demo:
        return "Asia/Shanghai"
    if not name:
        env.refuse("PROGRAMME_ZONE", "missing: the IANA zone of your working day")
    elif name not in available_timezones():
        env.refuse("PROGRAMME_ZONE", f"must be an IANA zone, not {name!r}")
    return name


def _witnesses(env: Environment, *, is_demo: bool) -> tuple[Witness, ...]:
    try:
        return read_witnesses(env.get("EVIDENCE_WITNESSES"), is_demo=is_demo)
    except ValueError as error:
        env.refuse("EVIDENCE_WITNESSES", str(error))
        return ()


def _shows_unscanned(env: Environment, *, is_demo: bool) -> bool:
    value = env.get("DOCUMENTS_UNSCANNED_SHOWN") or ("1" if is_demo else "0")
    if value not in ("0", "1"):
        env.refuse("DOCUMENTS_UNSCANNED_SHOWN", "must be 0 or 1")
    return value == "1"


def _oidc(env: Environment, *, own: str, is_demo: bool) -> OidcSettings | None:
    given = {
        "OIDC_ISSUER": env.get("OIDC_ISSUER"),
        "OIDC_CLIENT_ID": env.get("OIDC_CLIENT_ID"),
        "OIDC_CLIENT_SECRET": env.secret("OIDC_CLIENT_SECRET"),
    }
    redirect_url = env.get("OIDC_REDIRECT_URL") or own.rstrip("/") + OIDC_CALLBACK
    if not env.is_whole(given, what="single sign-on"):
        return None
    if not is_trustworthy(given["OIDC_ISSUER"], is_demo=is_demo):
        env.refuse("OIDC_ISSUER", "must be https://... (in the demo also http on loopback)")
    return OidcSettings(
        issuer=given["OIDC_ISSUER"],
        client_id=given["OIDC_CLIENT_ID"],
        client_secret=given["OIDC_CLIENT_SECRET"],
        redirect_url=redirect_url,
    )


def _exchange(env: Environment, *, is_demo: bool) -> ExchangeSettings | None:
    needed = ("EXCHANGE_JWKS_URL", "EXCHANGE_ISSUER", "EXCHANGE_AUDIENCE")
    given = {name: env.get(name) for name in needed}
    words = env.get("EXCHANGE_ALGORITHMS", EXCHANGE_ALGORITHMS_DEFAULT)
    if not env.is_whole(given, what="exchanging the lender's tokens"):
        return None
    if not is_trustworthy(given["EXCHANGE_JWKS_URL"], is_demo=is_demo):
        env.refuse("EXCHANGE_JWKS_URL", "must be https://... (in the demo also http on loopback)")
    algorithms = tuple(word.strip() for word in words.split(","))
    for name in algorithms:
        if name not in ASYMMETRIC:
            known = ", ".join(sorted(ASYMMETRIC))
            env.refuse("EXCHANGE_ALGORITHMS", f"takes {known}; not {name!r}")
    url, issuer, audience = given.values()
    return ExchangeSettings(url, issuer, audience, algorithms)


def _warnings(env: Environment, database_url: str, *, is_demo: bool) -> tuple[str, ...]:
    found = []
    parts = urlsplit(database_url)
    hosts = parse_qs(parts.query).get("host", []) or [parts.hostname or ""]
    is_tcp = any(host and not host.startswith("/") for host in hosts)
    gives_password = parts.password or "passfile" in parse_qs(parts.query)
    if is_tcp and not gives_password and not (env.has("PGPASSWORD") or env.has("PGPASSFILE")):
        found.append("DATABASE_URL names no password for a server reached over the network")
    if not is_demo and not env.get("CRISIS_ALERT_URL"):
        found.append("CRISIS_ALERT_URL is not set: nobody is called when somebody may be in need")
    return tuple(found)


def _networks(env: Environment, name: str, default: str = "") -> tuple[Network, ...]:
    try:
        return read_networks(env.get(name, default))
    except ValueError:
        env.refuse(name, "must be networks such as 10.0.0.0/8, commas between them")
        return ()


def _webhook_guard(env: Environment, *, is_demo: bool) -> Guard:
    """Private addresses are called where a setting names them; in the demo, this machine's."""
    allowed = _networks(env, "WEBHOOK_NETWORKS", LOOPBACK_NETWORKS if is_demo else "")
    return Guard(allowed=allowed, ports=_ports(env, is_demo=is_demo), may_use_http=is_demo)


def _ports(env: Environment, *, is_demo: bool) -> frozenset[int] | None:
    words = env.get("WEBHOOK_PORTS")
    if not words:
        return None if is_demo else PORTS
    given = [part.strip() for part in words.split(",")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= PORT_MAX for part in given):
        env.refuse("WEBHOOK_PORTS", "must be ports such as 443,8443")
        return PORTS
    return frozenset(map(int, given))


def _log_level(env: Environment) -> str:
    level = env.get("LOG_LEVEL", "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        env.refuse("LOG_LEVEL", "must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return level
