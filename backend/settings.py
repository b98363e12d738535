"""Every setting that comes from the environment: its unit, its default, whether it is secret.

A production process refuses to start without its secrets and says which are missing. The demo
(`goodfaith run`) makes its own and keeps them in DATA_DIR.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from backend.kit.crypto import KEY_BYTES, KeyRing

ISSUER_DEFAULT = "http://localhost:8000"
OIDC_CALLBACK = "/v1/auth/staff/oidc/callback"
LOOPBACK = ("localhost", "127.0.0.1", "::1")

SECRETS = ("FIELD_KEYS", "LOOKUP_KEY", "TOKEN_KEYS", "DATABASE_URL")
# Beyond the demo, which shows its messages on a page of its own.
PRODUCTION = ("OTP_WEBHOOK_URL", "OTP_WEBHOOK_SECRET")
WEBHOOK_SECRET_PREFIX = "whsec_"  # noqa: S105 - says what follows, and is no secret
WEBHOOK_SECRET_BYTES_MIN = 24


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message names it and never quotes a secret."""


@dataclass(frozen=True)
class OidcSettings:
    """The sign-on provider of the lender's staff."""

    issuer: str  # OIDC_ISSUER: its address, as in its tokens; https (the demo: http on loopback)
    client_id: str  # OIDC_CLIENT_ID
    redirect_url: str  # OIDC_REDIRECT_URL: where it sends the browser back to
    client_secret: str = field(repr=False)  # OIDC_CLIENT_SECRET, secret


@dataclass(frozen=True)
class Webhook:
    """Where to call out, and the key that signs what we say [Standard Webhooks]."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """The environment, read and checked once."""

    database_url: str  # DATABASE_URL, secret: postgresql://...
    redis_url: str | None  # REDIS_URL: any Redis-compatible server; none = limits per process
    field_keys: KeyRing  # FIELD_KEYS, secret: NAME:BASE64_OF_32_BYTES[,...], newest first
    lookup_key: bytes  # LOOKUP_KEY, secret: BASE64_OF_32_BYTES, for keyed hashes
    token_keys: KeyRing  # TOKEN_KEYS, secret: Ed25519 seeds, as FIELD_KEYS
    issuer: str  # ISSUER: `iss` of our tokens; the public address of this installation
    programme_zone: str  # PROGRAMME_ZONE: IANA zone in which jobs are scheduled
    is_demo: bool  # GOODFAITH_DEMO: 1 in the demo
    demo_clock_file: Path | None  # DEMO_CLOCK_FILE: the demo's date; only with GOODFAITH_DEMO
    data_dir: Path  # DATA_DIR: where the demo and the commands find a running instance
    requests_per_minute: int  # REQUESTS_PER_MINUTE per caller
    log_level: str  # LOG_LEVEL
    oidc: OidcSettings | None  # OIDC_*: single sign-on of staff; none = by password alone
    otp_webhook: Webhook | None  # OTP_WEBHOOK_URL, OTP_WEBHOOK_SECRET: who sends log-in codes
    otp_per_day: int  # OTP_PER_DAY: log-in codes sent at most in a day (UTC), by all hosts
    threads: int  # THREADS per server process, and connections in each of its two pools


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. Raises SettingsError."""
    env = os.environ if environ is None else environ
    is_demo = env.get("GOODFAITH_DEMO") == "1"
    needed = SECRETS if is_demo else (*SECRETS, *PRODUCTION)
    missing = [name for name in needed if not env.get(name)]
    if missing:
        message = f"these settings are missing: {', '.join(missing)}"
        raise SettingsError(message)
    clock_file = env.get("DEMO_CLOCK_FILE")
    if clock_file and not is_demo:
        message = "DEMO_CLOCK_FILE is for the demo only (GOODFAITH_DEMO=1)"
        raise SettingsError(message)
    return Settings(
        database_url=driver_url(env["DATABASE_URL"]),
        redis_url=env.get("REDIS_URL") or None,
        field_keys=_ring(env, "FIELD_KEYS"),
        lookup_key=_key(env, "LOOKUP_KEY"),
        token_keys=_ring(env, "TOKEN_KEYS"),
        issuer=env.get("ISSUER", ISSUER_DEFAULT),
        programme_zone=_zone(env.get("PROGRAMME_ZONE", "Asia/Shanghai")),
        is_demo=is_demo,
        demo_clock_file=Path(clock_file) if clock_file else None,
        data_dir=Path(env.get("DATA_DIR", ".data")),
        requests_per_minute=_whole(env, "REQUESTS_PER_MINUTE", default=1_200),
        log_level=env.get("LOG_LEVEL", "INFO").upper(),
        oidc=_oidc(env, is_demo=is_demo),
        otp_webhook=_webhook(env) if env.get("OTP_WEBHOOK_URL") else None,
        otp_per_day=_whole(env, "OTP_PER_DAY", default=10_000),
        threads=_whole(env, "THREADS", default=4),
    )


def _oidc(env: Mapping[str, str], *, is_demo: bool) -> OidcSettings | None:
    needed = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    missing = [name for name in needed if not env.get(name)]
    if len(missing) == len(needed):
        return None
    if missing:
        message = f"single sign-on also needs {', '.join(missing)}"
        raise SettingsError(message)
    issuer = env["OIDC_ISSUER"]
    if not _is_safe(issuer, is_demo=is_demo):
        message = "OIDC_ISSUER must be https://... (in the demo also http on loopback)"
        raise SettingsError(message)
    own = env.get("ISSUER", ISSUER_DEFAULT).rstrip("/")
    return OidcSettings(
        issuer=issuer,
        client_id=env["OIDC_CLIENT_ID"],
        client_secret=env["OIDC_CLIENT_SECRET"],
        redirect_url=env.get("OIDC_REDIRECT_URL") or own + OIDC_CALLBACK,
    )


def _is_safe(address: str, *, is_demo: bool) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or (is_demo and is_loopback))


def driver_url(url: str) -> str:
    """The address with the driver that we use; operators write plain postgresql://."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _ring(env: Mapping[str, str], name: str) -> KeyRing:
    try:
        return KeyRing.parse(env[name])
    except (ValueError, binascii.Error):
        message = f"{name} must be NAME:BASE64_OF_32_BYTES[,NAME:...], newest first"
        raise SettingsError(message) from None


def _key(env: Mapping[str, str], name: str) -> bytes:
    try:
        key = base64.b64decode(env[name], validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        message = f"{name} must be the base64 of 32 bytes"
        raise SettingsError(message)
    return key


def _webhook(env: Mapping[str, str]) -> Webhook:
    url, secret = env["OTP_WEBHOOK_URL"], env.get("OTP_WEBHOOK_SECRET", "")
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        message = "OTP_WEBHOOK_URL must be an https:// address"
        raise SettingsError(message)
    try:
        key = base64.b64decode(secret.removeprefix(WEBHOOK_SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(WEBHOOK_SECRET_PREFIX) or len(key) < WEBHOOK_SECRET_BYTES_MIN:
        message = (
            f"OTP_WEBHOOK_SECRET must be {WEBHOOK_SECRET_PREFIX} and the base64 of at least"
            f" {WEBHOOK_SECRET_BYTES_MIN} bytes"
        )
        raise SettingsError(message)
    return Webhook(url, secret)


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = f"PROGRAMME_ZONE must be an IANA zone, not {name!r}"
        raise SettingsError(message)
    return name


def _whole(env: Mapping[str, str], name: str, *, default: int) -> int:
    value = env.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        message = f"{name} must be a whole number of at least 1"
        raise SettingsError(message)
    return int(value)
