"""How what we send is signed [Standard Webhooks 1.0]: https://www.standardwebhooks.com."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook as Signer

SECRET_PREFIX = "whsec_"  # noqa: S105 - says what follows, and is no secret
SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh key for one receiver."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    keys: Sequence[str], *, message_id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The headers of one call; a signature by each key, so that a receiver may change its own."""
    text = body.decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "goodfaith-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Signer(key).sign(message_id, at, text) for key in keys),
    }
