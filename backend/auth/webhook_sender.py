"""Codes by the lender's own gateway: one signed call for each [Standard Webhooks]."""

import orjson
import urllib3
from standardwebhooks import Webhook as Signer

from backend.auth.wording import CODE_MESSAGE
from backend.kit import clock
from backend.kit.fields import instant_text
from backend.kit.ids import new_id
from backend.kit.texts import Locale
from backend.settings import Webhook

TIMEOUT_SECONDS = 5.0
SUCCESS = range(200, 300)


class GatewayError(RuntimeError):
    """The gateway answered, and not that it took the message."""


class WebhookSender:
    """Tells the gateway. https alone, certificate checked, no redirect followed, no retry."""

    def __init__(self, webhook: Webhook, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = webhook.url
        self._signer = Signer(webhook.secret)
        self._calls = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=timeout_seconds), retries=False
        )

    def __call__(self, phone_e164: str, code: str, locale: Locale) -> None:
        """Hand the message over. Raises GatewayError, urllib3's HTTPError."""
        now = clock.wall()
        message_id = f"msg_{new_id().hex}"
        body = orjson.dumps(
            {
                "type": "login.code",
                "timestamp": instant_text(now),
                "data": {
                    "phone": phone_e164,
                    "locale": locale,
                    "text": CODE_MESSAGE.format(code=code).in_(locale),
                },
            }
        )
        answer = self._calls.request(
            "POST",
            self._url,
            body=body,
            headers={
                "Content-Type": "application/json",
                "webhook-id": message_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": self._signer.sign(message_id, now, body.decode()),
            },
            redirect=False,
            preload_content=False,
        )
        # What it says beyond the status is not read, however long it is.
        answer.close()
        if answer.status not in SUCCESS:
            message = f"status {answer.status}"
            raise GatewayError(message)
