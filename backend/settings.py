"""Every setting that comes from the environment: its unit, its default, whether it is secret.

A production process refuses to start without its secrets and says which are missing. The demo
(`goodfaith run`) makes its own and keeps them in DATA_DIR.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from backend.kit.addresses import Network, read_networks
from backend.kit.crypto import KEY_BYTES, KeyRing
from backend.kit.rate_limit import CLASSES

SECRETS = ("FIELD_KEYS", "LOOKUP_KEY", "TOKEN_KEYS", "DATABASE_URL")


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message names it and never quotes a secret."""


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
    requests_per_minute: Mapping[str, int]  # REQUESTS_PER_MINUTE[_CLASS] by class of routes
    trusted_proxies: tuple[Network, ...]  # TRUSTED_PROXIES: CIDR[,...]; none = none is believed
    log_level: str  # LOG_LEVEL
    threads: int  # THREADS per server process, and connections in each of its two pools


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment. Raises SettingsError."""
    env = os.environ if environ is None else environ
    missing = [name for name in SECRETS if not env.get(name)]
    if missing:
        message = f"these settings are missing: {', '.join(missing)}"
        raise SettingsError(message)
    is_demo = env.get("GOODFAITH_DEMO") == "1"
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
        issuer=env.get("ISSUER", "http://localhost:8000"),
        programme_zone=_zone(env.get("PROGRAMME_ZONE", "Asia/Shanghai")),
        is_demo=is_demo,
        demo_clock_file=Path(clock_file) if clock_file else None,
        data_dir=Path(env.get("DATA_DIR", ".data")),
        requests_per_minute={
            each.name: _whole(env, each.setting, default=each.per_minute) for each in CLASSES
        },
        trusted_proxies=_networks(env),
        log_level=env.get("LOG_LEVEL", "INFO").upper(),
        threads=_whole(env, "THREADS", default=4),
    )


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


def _zone(name: str) -> str:
    if name not in available_timezones():
        message = f"PROGRAMME_ZONE must be an IANA zone, not {name!r}"
        raise SettingsError(message)
    return name


def _networks(env: Mapping[str, str]) -> tuple[Network, ...]:
    try:
        return read_networks(env.get("TRUSTED_PROXIES", ""))
    except ValueError:
        message = "TRUSTED_PROXIES must be networks such as 10.0.0.0/8, with commas between them"
        raise SettingsError(message) from None


def _whole(env: Mapping[str, str], name: str, *, default: int) -> int:
    value = env.get(name, "")
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        message = f"{name} must be a whole number of at least 1"
        raise SettingsError(message)
    return int(value)
