"""Every setting that comes from the environment: its unit, its default, whether it is secret.

A production process refuses to start without what it needs and names everything that is missing
or wrong, a line each. The demo (`goodfaith run`) makes its own secrets and keeps them in DATA_DIR.
A secret may stand in a file instead: NAME_FILE holds its path.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from backend.kit.crypto import KEY_BYTES, KeyRing, is_weak
from backend.kit.key_changes import Legacy

SECRETS = (
    "MASTER_KEYS", "DATABASE_URL", "READ_DATABASE_URL", "REDIS_URL", "OTP_WEBHOOK_SECRET",
)  # fmt: skip
# Names that a key of the demo, of a test or of an example bears; none of them guards anything.
NO_KEY_OF_YOURS = frozenset({"demo", "test", "tests", "example", "changeme", "change-me"})
ROTATION_DELAY_MIN = 2
WEBHOOK_SECRET_PREFIX = "whsec_"  # noqa: S105 - says what follows, and is no secret
WEBHOOK_SECRET_BYTES_MIN = 24


class SettingsError(RuntimeError):
    """Settings are missing or wrong; the message names each on a line and quotes no secret."""


@dataclass(frozen=True)
class Webhook:
    """Where to call out, and the key that signs what we say [Standard Webhooks]."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """The environment, read and checked once."""

    # DATABASE_URL, secret: postgresql://...
    database_url: str = field(repr=False)
    # READ_DATABASE_URL, secret: a replica for GETs; none = the same
    read_database_url: str | None = field(repr=False)
    # REDIS_URL, secret: any Redis-compatible server; none = limits per process
    redis_url: str | None = field(repr=False)
    master_keys: KeyRing  # MASTER_KEYS, secret: NAME:BASE64_OF_32_BYTES[,...], newest first
    issuer: str  # ISSUER: `iss` of our tokens; the public https address of this installation
    programme_zone: str  # PROGRAMME_ZONE: IANA zone in which jobs are scheduled
    is_demo: bool  # GOODFAITH_DEMO: 1 in the demo
    demo_clock_file: Path | None  # DEMO_CLOCK_FILE: the demo's date; only with GOODFAITH_DEMO
    data_dir: Path  # DATA_DIR: where the demo and the commands find a running instance
    requests_per_minute: int  # REQUESTS_PER_MINUTE per caller
    rotation_delay: timedelta  # ROTATION_DELAY, seconds from a key's making to its use
    log_level: str  # LOG_LEVEL
    otp_webhook: Webhook | None  # OTP_WEBHOOK_URL, OTP_WEBHOOK_SECRET: who sends log-in codes
    otp_per_day: int  # OTP_PER_DAY: log-in codes sent at most in a day (UTC), by all hosts
    threads: int  # THREADS per server process, and connections in each of its two pools
    warnings: tuple[str, ...] = ()  # what works and should not stay so


class _Environment:
    """The environment, what was asked of it, and what was wrong: all of that is told at once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.asked: set[str] = set()
        self.problems: list[str] = []

    def get(self, name: str, default: str = "") -> str:
        """The value, or the default where it is not set or empty; the name is noted."""
        self.asked.add(name)
        return self._values.get(name) or default

    def has(self, name: str) -> bool:
        """Whether a variable that is none of our settings is set."""
        return bool(self._values.get(name))

    def refuse(self, name: str, why: str) -> None:
        """Note that a setting cannot be used."""
        self.problems.append(f"{name}: {why}")

    def raise_problems(self) -> None:
        """Raises SettingsError where there is anything to tell."""
        if self.problems:
            raise SettingsError("\n".join(self.problems))


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. Raises SettingsError."""
    env = _Environment(os.environ if environ is None else environ)
    settings = _read(env)
    env.raise_problems()
    return settings


def names() -> frozenset[str]:
    """The name of every setting that `load` and `load_for_migration` look at."""
    env = _Environment({})
    _read(env)
    _read_for_migration(env)
    return frozenset(env.asked)


def _read(env: _Environment) -> Settings:
    is_demo = env.get("GOODFAITH_DEMO") == "1"
    clock_file = env.get("DEMO_CLOCK_FILE")
    if clock_file and not is_demo:
        env.refuse("DEMO_CLOCK_FILE", "for the demo only (GOODFAITH_DEMO=1)")
    database_url = _secret(env, "DATABASE_URL", is_needed=True)
    return Settings(
        database_url=driver_url(database_url),
        read_database_url=driver_url(_secret(env, "READ_DATABASE_URL")) or None,
        redis_url=_secret(env, "REDIS_URL") or None,
        master_keys=_master_keys(env, is_demo=is_demo),
        issuer=_issuer(env, is_demo=is_demo),
        programme_zone=_zone(env, is_demo=is_demo),
        is_demo=is_demo,
        demo_clock_file=Path(clock_file) if clock_file else None,
        data_dir=Path(env.get("DATA_DIR", ".data")),
        requests_per_minute=_whole(env, "REQUESTS_PER_MINUTE", default=1_200),
        rotation_delay=timedelta(
            seconds=_whole(env, "ROTATION_DELAY", default=30, at_least=ROTATION_DELAY_MIN)
        ),
        log_level=_log_level(env),
        otp_webhook=_webhook(env, is_needed=not is_demo),
        otp_per_day=_whole(env, "OTP_PER_DAY", default=10_000),
        threads=_whole(env, "THREADS", default=4),
        warnings=_warnings(env, database_url),
    )


@dataclass(frozen=True)
class MigrationSettings:
    """What bringing a database up to date needs."""

    database_url: str
    master_keys: KeyRing
    legacy: Legacy


def load_for_migration(environ: Mapping[str, str] | None = None) -> MigrationSettings:
    """The few settings of `goodfaith migrate`. Raises SettingsError."""
    env = _Environment(os.environ if environ is None else environ)
    found = _read_for_migration(env)
    env.raise_problems()
    return found


def _read_for_migration(env: _Environment) -> MigrationSettings:
    return MigrationSettings(
        database_url=driver_url(_secret(env, "DATABASE_URL", is_needed=True)),
        master_keys=_master_keys(env, is_demo=env.get("GOODFAITH_DEMO") == "1"),
        legacy=Legacy(
            field=_ring(env, "FIELD_KEYS"),
            lookup=_key(env, "LOOKUP_KEY"),
            token=_ring(env, "TOKEN_KEYS"),
        ),
    )


def driver_url(url: str) -> str:
    """The address with the driver that we use; operators write plain postgresql://."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _secret(env: _Environment, name: str, *, is_needed: bool = False) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names; empty without either."""
    value, path = env.get(name), env.get(f"{name}_FILE")
    if value and path:
        env.refuse(name, f"given twice, by {name} and by {name}_FILE")
    elif path:
        try:
            value = Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError):
            env.refuse(f"{name}_FILE", "the file cannot be read")
            return ""
    if is_needed and not value:
        env.refuse(name, f"missing (or a file that holds it, in {name}_FILE)")
    return value


def _master_keys(env: _Environment, *, is_demo: bool) -> KeyRing:
    value = _secret(env, "MASTER_KEYS", is_needed=True)
    ring = _parsed(env, "MASTER_KEYS", value) if value else None
    if ring is None:
        return KeyRing({})
    if not is_demo:
        for name, key in ring.keys.items():
            if name.lower() in NO_KEY_OF_YOURS:
                env.refuse("MASTER_KEYS", f"the key {name!r} is one of a demo or an example")
            elif is_weak(key):
                env.refuse("MASTER_KEYS", f"the key {name!r} is no random key")
    return ring


def _webhook(env: _Environment, *, is_needed: bool) -> Webhook | None:
    """The gateway for codes. The demo needs none: it shows them on a page of its own."""
    url = env.get("OTP_WEBHOOK_URL")
    secret = _secret(env, "OTP_WEBHOOK_SECRET", is_needed=is_needed or bool(url))
    if not url:
        if is_needed:
            env.refuse("OTP_WEBHOOK_URL", "missing: the https address that sends log-in codes")
        return None
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        env.refuse("OTP_WEBHOOK_URL", "must be an https address")
    try:
        key = base64.b64decode(secret.removeprefix(WEBHOOK_SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    is_long = len(key) >= WEBHOOK_SECRET_BYTES_MIN
    if secret and not (secret.startswith(WEBHOOK_SECRET_PREFIX) and is_long):
        env.refuse(
            "OTP_WEBHOOK_SECRET",
            f"must be {WEBHOOK_SECRET_PREFIX} and the base64 of at least"
            f" {WEBHOOK_SECRET_BYTES_MIN} bytes",
        )
    return Webhook(url, secret)


def _issuer(env: _Environment, *, is_demo: bool) -> str:
    issuer = env.get("ISSUER")
    if is_demo:
        return issuer or "http://localhost:8000"
    if not issuer:
        env.refuse("ISSUER", "missing: the public https address of this installation")
    elif urlsplit(issuer).scheme != "https" or not urlsplit(issuer).hostname:
        env.refuse("ISSUER", "must be an https address")
    return issuer


def _zone(env: _Environment, *, is_demo: bool) -> str:
    name = env.get("PROGRAMME_ZONE")
    if not name and is_demo:
        return "Asia/Shanghai"
    if not name:
        env.refuse("PROGRAMME_ZONE", "missing: the IANA zone of your working day")
    elif name not in available_timezones():
        env.refuse("PROGRAMME_ZONE", f"must be an IANA zone, not {name!r}")
    return name


def _warnings(env: _Environment, database_url: str) -> tuple[str, ...]:
    parts = urlsplit(database_url)
    hosts = parse_qs(parts.query).get("host", []) or [parts.hostname or ""]
    is_tcp = any(host and not host.startswith("/") for host in hosts)
    gives_password = parts.password or "passfile" in parse_qs(parts.query)
    if is_tcp and not gives_password and not (env.has("PGPASSWORD") or env.has("PGPASSFILE")):
        return ("DATABASE_URL names no password for a server that is reached over the network",)
    return ()


def _ring(env: _Environment, name: str) -> KeyRing | None:
    value = env.get(name)
    return _parsed(env, name, value) if value else None


def _parsed(env: _Environment, name: str, value: str) -> KeyRing | None:
    try:
        return KeyRing.parse(value)
    except (ValueError, binascii.Error):
        env.refuse(name, "must be NAME:BASE64_OF_32_BYTES[,NAME:...], newest first")
        return None


def _key(env: _Environment, name: str) -> bytes | None:
    value = env.get(name)
    if not value:
        return None
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        env.refuse(name, "must be the base64 of 32 bytes")
    return key


def _log_level(env: _Environment) -> str:
    level = env.get("LOG_LEVEL", "INFO").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        env.refuse("LOG_LEVEL", "must be DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return level


def _whole(env: _Environment, name: str, *, default: int, at_least: int = 1) -> int:
    value = env.get(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < at_least:
        env.refuse(name, f"must be a whole number of at least {at_least}")
        return default
    return int(value)
