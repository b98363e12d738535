"""Text messages by a gateway over HTTP: one signed call for each [Standard Webhooks]."""

import orjson

from backend.kit import clock
from backend.kit.calls_out import DEADLINE_SECONDS, TRUSTING, Caller, CallError, Failure
from backend.kit.fields import instant_text
from backend.kit.providers import GatewaySettings
from backend.kit.standard_webhooks import signed_headers
from notifications.channels.rules import Fate, Outcome, Sms, read_retry_after

SUCCESS = range(200, 300)
# Never handed over: the call ended before the message was written to anybody.
NOT_BEGUN = frozenset(
    {
        Failure.URL_REFUSED,
        Failure.NOT_BEGUN,
        Failure.NAME_UNKNOWN,
        Failure.ADDRESS_REFUSED,
        Failure.NOT_CONNECTED,
        Failure.NOT_TRUSTED,
    }
)
FATES = {
    400: Fate.REFUSED,
    401: Fate.BROKEN,
    403: Fate.BROKEN,
    404: Fate.BROKEN,
    410: Fate.GONE,
    422: Fate.REFUSED,
    429: Fate.LATER,
    503: Fate.LATER,
}


class SmsGateway:
    """Hands messages to the gateway; the same message has the same id at every try."""

    name = "sms_gateway"
    threads = 4

    def __init__(
        self, settings: GatewaySettings, *, timeout_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._settings = settings
        # Its address stands in the settings, and may well be one of the lender's own network.
        self._calls = Caller(TRUSTING, deadline_seconds=timeout_seconds)

    def prepare(self) -> Outcome | None:
        """It is found out by sending."""
        return None

    def send(self, message: Sms) -> Outcome:
        """Hand it over; what it answers to is its status alone."""
        now = clock.wall()
        body = orjson.dumps(
            {
                "type": "sms",
                "timestamp": instant_text(now),
                "data": {"to": message.number, "locale": message.locale, "text": message.text},
            }
        )
        headers = signed_headers(
            [self._settings.secret], message_id=message.reference, at=now, body=body
        )
        try:
            answer = self._calls.post(self._settings.url, body=body, headers=headers)
        except CallError as error:
            fate = Fate.LATER if error.failure in NOT_BEGUN else Fate.UNKNOWN
            return Outcome(fate, code=str(error.failure))
        if answer.status in SUCCESS:
            return Outcome(Fate.ACCEPTED, provider_ref=message.reference)
        wait = read_retry_after(answer.retry_after, now=now)
        # Of other statuses nobody knows what they did before: a 500 may have sent it.
        return Outcome(FATES.get(answer.status, Fate.UNKNOWN), code=str(answer.status), wait=wait)
