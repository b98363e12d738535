"""Settings of those who work for us: Firebase, gateways of text messages, mail, a scanner."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from backend.kit.environment import LOOPBACK, Environment, is_trustworthy, split_address
from backend.kit.standard_webhooks import SECRET_PREFIX

FCM_URL = "https://fcm.googleapis.com"
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
WEBHOOK_SECRET_BYTES_MIN = 24
WEBHOOK_SECRET_SHAPE = (
    f"must be {SECRET_PREFIX} and the base64 of at least {WEBHOOK_SECRET_BYTES_MIN} bytes"
)
SMTPS, STARTTLS, PLAIN = "smtps", "smtp+starttls", "smtp"
MAIL_SCHEMES = {SMTPS: 465, STARTTLS: 587, PLAIN: 25}  # and their ports
# An address, or a name without signs that mean something in a header, and an address.
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
SENDER = re.compile(
    rf"(?P<name>[^<>@\"\\,;:()\[\]]+ <)?{_ATOMS}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?(name)>)"
)
NEEDED = ("project_id", "client_email", "private_key", "token_uri")


@dataclass(frozen=True)
class FcmSettings:
    """Access to Firebase Cloud Messaging."""

    credentials: Mapping[str, Any] = field(repr=False)  # FCM_CREDENTIALS: of a service account
    base_url: str = FCM_URL  # FCM_BASE_URL: the vendor's, or one on this machine


@dataclass(frozen=True)
class GatewaySettings:
    """Who sends text messages for us, and the key that signs what we say [Standard Webhooks]."""

    url: str  # SMS_WEBHOOK_URL
    secret: str = field(repr=False)  # SMS_WEBHOOK_SECRET, secret


@dataclass(frozen=True)
class MailSettings:
    """Who takes mail from us, in whose name, and where no more of it is asked for."""

    host: str  # SMTP_URL, secret: of this and the next four
    port: int
    scheme: str  # of MAIL_SCHEMES
    user: str
    password: str = field(repr=False)
    sender: str  # MAIL_FROM: an address, or `Name <address>`
    unsubscribe: str  # MAIL_UNSUBSCRIBE: mailto:... or https://...


@dataclass(frozen=True)
class Webhook:
    """Where to call out, and the key that signs what we say [Standard Webhooks]."""

    url: str
    secret: str = field(repr=False)


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


def read_otp_gateway(env: Environment, *, is_demo: bool) -> Webhook | None:
    """The demo shows its messages on a page of its own; beyond it somebody must send them."""
    url, secret = env.get("OTP_WEBHOOK_URL"), env.secret("OTP_WEBHOOK_SECRET")
    if is_demo and not url:
        return None
    if not url:
        env.refuse("OTP_WEBHOOK_URL", "missing: who sends log-in codes by text message")
    elif not is_trustworthy(url, is_demo=False):
        env.refuse("OTP_WEBHOOK_URL", "must be an https:// address")
    if not secret:
        env.refuse("OTP_WEBHOOK_SECRET", "missing: signs what is sent there")
    elif not _is_webhook_secret(secret):
        env.refuse("OTP_WEBHOOK_SECRET", WEBHOOK_SECRET_SHAPE)
    return Webhook(url, secret)


def read_sms_gateway(env: Environment, *, is_demo: bool) -> GatewaySettings | None:
    """None where nobody is named: no text message is sent."""
    found = _read_gateway(env, "SMS_WEBHOOK", what="sending text messages", is_demo=is_demo)
    return None if found is None else GatewaySettings(*found)


def read_crisis_alert(env: Environment, *, is_demo: bool) -> Webhook | None:
    """None where nobody is named: the log alone says that somebody in need waits."""
    found = _read_gateway(env, "CRISIS_ALERT", what="calling staff on duty", is_demo=is_demo)
    return None if found is None else Webhook(*found)


def _read_gateway(
    env: Environment, name: str, *, what: str, is_demo: bool
) -> tuple[str, str] | None:
    given = {f"{name}_URL": env.get(f"{name}_URL"), f"{name}_SECRET": env.secret(f"{name}_SECRET")}
    if not env.is_whole(given, what=what):
        return None
    url, secret = given.values()
    if not is_trustworthy(url, is_demo=is_demo):
        env.refuse(f"{name}_URL", "must be https://... (in the demo also http on loopback)")
    if not _is_webhook_secret(secret):
        env.refuse(f"{name}_SECRET", WEBHOOK_SECRET_SHAPE)
    return url, secret


def read_mail(env: Environment, *, is_demo: bool) -> MailSettings | None:
    """None where nobody is named: no mail is sent."""
    given = {
        "SMTP_URL": env.secret("SMTP_URL"),
        "MAIL_FROM": env.get("MAIL_FROM"),
        "MAIL_UNSUBSCRIBE": env.get("MAIL_UNSUBSCRIBE"),
    }
    if not env.is_whole(given, what="sending mail"):
        return None
    address, sender, unsubscribe = given.values()
    parts = _split_smtp(address)
    if parts is None or not _is_private(parts, is_demo=is_demo):
        allowed = f"must be {SMTPS}://USER:PASSWORD@HOST:465 or {STARTTLS}://...:587"
        env.refuse("SMTP_URL", f"{allowed} (in the demo also smtp:// on loopback)")
        return None
    if not _is_sender(sender):
        env.refuse("MAIL_FROM", "must be an address, or NAME <ADDRESS>")
    if not _is_way_out(unsubscribe):
        env.refuse("MAIL_UNSUBSCRIBE", "must be mailto:ADDRESS or an https:// address")
    return MailSettings(
        host=str(parts.hostname),
        port=parts.port or MAIL_SCHEMES[parts.scheme],
        scheme=parts.scheme,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
        unsubscribe=unsubscribe,
    )


def _split_smtp(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    # Both or none; what a server would read otherwise than it was meant is refused here.
    is_one_login = bool(parts.username) is bool(parts.password)
    is_plain = (unquote(parts.username or "") + unquote(parts.password or "")).isascii()
    return parts if host and is_bare and is_one_login and is_plain else None


def _is_private(parts: SplitResult, *, is_demo: bool) -> bool:
    """Nobody on the way reads it; without TLS it must not leave this machine."""
    if parts.scheme == PLAIN:
        return is_demo and parts.hostname in LOOPBACK
    return parts.scheme in MAIL_SCHEMES


def _is_line(words: str) -> bool:
    return words.isprintable() and " " not in words and words.isascii()


def _is_sender(words: str) -> bool:
    return words.isprintable() and SENDER.fullmatch(words) is not None


def _is_way_out(words: str) -> bool:
    if words.startswith("mailto:"):
        return _is_line(words) and "@" in words and ">" not in words
    return is_trustworthy(words, is_demo=False) and _is_line(words) and ">" not in words


def read_scanner(env: Environment) -> tuple[str, int] | None:
    """Host and port of the daemon; None where nothing is scanned."""
    address = env.get("DOCUMENT_SCANNER_URL")
    if not address:
        return None
    parts = split_address(address)
    if (
        parts is None
        or parts.scheme != "clamd"
        or parts.port is None
        or parts.path not in ("", "/")
    ):
        env.refuse("DOCUMENT_SCANNER_URL", "must be clamd://HOST:PORT")
        return None
    return str(parts.hostname), parts.port


def _is_webhook_secret(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:
        return False
    return secret.startswith(SECRET_PREFIX) and len(key) >= WEBHOOK_SECRET_BYTES_MIN
