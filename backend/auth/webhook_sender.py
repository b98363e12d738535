"""Codes by the lender's own gateway: one signed call for each [Standard Webhooks]."""

import orjson

from backend.auth.wording import CODE_MESSAGE
from backend.kit import clock
from backend.kit.calls_out import DEADLINE_SECONDS, TRUSTING, Caller
from backend.kit.fields import instant_text
from backend.kit.ids import new_id
from backend.kit.providers import Webhook
from backend.kit.standard_webhooks import signed_headers
from backend.kit.texts import Locale

SUCCESS = range(200, 300)


class GatewayError(RuntimeError):
    """The gateway answered, and not that it took the message."""


class WebhookSender:
    """Tells the gateway. https alone, certificate checked, no redirect followed, no retry."""

    def __init__(self, webhook: Webhook, *, timeout_seconds: float = DEADLINE_SECONDS) -> None:
        self._webhook = webhook
        # Its address stands in the settings, and may well be one of the lender's own network.
        self._calls = Caller(TRUSTING, deadline_seconds=timeout_seconds)

    def __call__(self, phone_e164: str, code: str, locale: Locale) -> None:
        """Hand the message over. Raises GatewayError, CallError."""
        now = clock.wall()
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
        headers = signed_headers(
            [self._webhook.secret], message_id=f"msg_{new_id().hex}", at=now, body=body
        )
        answer = self._calls.post(self._webhook.url, body=body, headers=headers)
        if answer.status not in SUCCESS:
            message = f"status {answer.status}"
            raise GatewayError(message)
