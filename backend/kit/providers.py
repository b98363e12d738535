"""Settings of those who carry messages: Firebase, a gateway of text messages, a mail server."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.kit.environment import Environment, is_trustworthy, split_address

FCM_URL = "https://fcm.googleapis.com"
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
NEEDED = ("project_id", "client_email", "private_key", "token_uri")
SMTP_PORT_DEFAULT = 587


@dataclass(frozen=True)
class FcmSettings:
    """Access to Firebase Cloud Messaging."""

    credentials: Mapping[str, Any] = field(repr=False)  # FCM_CREDENTIALS: of a service account
    base_url: str = FCM_URL  # FCM_BASE_URL: the vendor's, or one on this machine


@dataclass(frozen=True)
class SmtpSettings:
    """A mail server that takes what we send, by TLS."""

    host: str  # SMTP_URL: smtps://HOST[:465], or smtp://HOST[:587] with STARTTLS
    port: int
    is_implicit_tls: bool
    sender: str  # SMTP_FROM
    username: str  # SMTP_USERNAME
    password: str = field(repr=False)  # SMTP_PASSWORD, secret


def read_fcm(env: Environment) -> FcmSettings | None:
    """None without credentials: nothing is pushed."""
    words = env.secret("FCM_CREDENTIALS")
    base_url = env.get("FCM_BASE_URL", FCM_URL)
    if not words:
        return None
    if not _is_of(base_url, FCM_URL):
        env.refuse("FCM_BASE_URL", f"must be {FCM_URL}, or http on loopback")
    try:
        found = json.loads(words)
    except ValueError:
        found = None
    if not isinstance(found, dict) or any(not found.get(name) for name in NEEDED):
        env.refuse("FCM_CREDENTIALS", "must be the JSON file of a service account")
        return None
    if not _is_of(str(found["token_uri"]), GOOGLE_TOKEN_URL):
        env.refuse("FCM_CREDENTIALS", f"token_uri must be {GOOGLE_TOKEN_URL}")
    return FcmSettings(credentials=found, base_url=base_url)


def _is_of(address: str, vendor: str) -> bool:
    """Addresses of devices go to the vendor, or to a stand-in that cannot leave this machine."""
    parts = split_address(address)
    is_here = parts is not None and parts.scheme == "http" and is_trustworthy(address, is_demo=True)
    return address.rstrip("/") == vendor or is_here


def read_smtp(env: Environment) -> SmtpSettings | None:
    """None without an address: no e-mail is sent."""
    address, sender = env.get("SMTP_URL"), env.get("SMTP_FROM")
    username, password = env.get("SMTP_USERNAME"), env.secret("SMTP_PASSWORD")
    if not address:
        return None
    parts = split_address(address)
    if parts is None or parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/"):
        env.refuse("SMTP_URL", "must be smtps://HOST[:PORT], or smtp://HOST[:PORT] for STARTTLS")
        return None
    if "@" not in sender or not sender.isprintable():
        env.refuse("SMTP_FROM", "missing: the address that letters come from")
    is_implicit = parts.scheme == "smtps"
    return SmtpSettings(
        host=str(parts.hostname),
        port=parts.port or (465 if is_implicit else SMTP_PORT_DEFAULT),
        is_implicit_tls=is_implicit,
        sender=sender,
        username=username,
        password=password,
    )
