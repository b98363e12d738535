"""Settings of those who carry messages: Firebase, and a gateway of text messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.kit.environment import Environment, is_trustworthy, split_address

FCM_URL = "https://fcm.googleapis.com"
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
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
