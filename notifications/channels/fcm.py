"""Push by Firebase Cloud Messaging, through the vendor's own client.

The client retries by itself, up to a minute a message, and follows no other address: one adapter on
its session takes both away. Where it is mounted are private names of the client; a test of the
contract (tests/channels/test_fcm_contract.py) fails when a new version moves them.

Importing the client costs memory that only a worker needs: nothing imports this module by name but
`opening`, when a worker begins to send.
"""

import warnings
from datetime import timedelta
from typing import Any

import firebase_admin
import requests
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
from google.auth.transport.requests import Request
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.logs import get_logger
from backend.kit.providers import FCM_URL, FcmSettings
from notifications.channels.rules import TTL_MAX, Fate, Outcome, Push, read_retry_after

TIMEOUT_SECONDS = 10
THREADS = 16
APNS_PRIORITY = "10"  # at once, as what is shown must be

log = get_logger(__name__)

# Addresses of the older kind are sent as what they are for as long as there are any.
warnings.filterwarnings(
    "ignore", message=r"Message\.token is deprecated", category=DeprecationWarning
)


class _Adapter(HTTPAdapter):
    """One try a call, and to the address that the settings name instead of the vendor's."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        super().__init__(pool_connections=1, pool_maxsize=THREADS, max_retries=0)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        request.url = self._base_url + str(request.url).removeprefix(FCM_URL)
        return super().send(request, *args, **kwargs)


class Fcm:
    """Sends one message a call, so that nothing that befalls one befalls others."""

    name = "fcm"
    threads = THREADS

    def __init__(self, settings: FcmSettings, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout_seconds = timeout_seconds
        self._app = firebase_admin.initialize_app(
            credentials.Certificate(dict(settings.credentials)),
            {"httpTimeout": timeout_seconds},
            name=f"goodfaith-{new_id()}",
        )
        base_url = settings.base_url.rstrip("/")
        session = session_of(self._app)
        session.mount(FCM_URL, _Adapter(base_url))
        # Found once: the library would look through the environment for every message.
        session.trust_env = False
        session.proxies = get_environ_proxies(base_url)
        self._credential = self._app.credential.get_credential()
        self._token_calls = requests.Session()

    def close(self) -> None:
        """Let go of connections."""
        self._token_calls.close()
        firebase_admin.delete_app(self._app)

    def prepare(self) -> Outcome | None:
        """Fetch an access token before it is needed: a message is not begun without one."""
        if self._credential.token_state.name == "FRESH":
            return None
        try:
            self._credential.refresh(_bounded(Request(self._token_calls), self._timeout_seconds))
        except GoogleAuthError as error:
            return _of_access(error)
        return None

    def send(self, message: Push) -> Outcome:
        """Send it; what is refused as invalid is looked at once more without being sent."""
        outcome = self._send(message)
        if outcome.fate is not Fate.REFUSED:
            return outcome
        # A message that passes alone was refused for something of the moment.
        return self._doubting(message, outcome)

    def _doubting(self, message: Push, refused: Outcome) -> Outcome:
        probed = self._send(message, only_look=True)
        if probed.fate is Fate.ACCEPTED:
            return Outcome(Fate.LATER, code=refused.code)
        return refused if probed.fate is not Fate.GONE else probed

    def _send(self, message: Push, *, only_look: bool = False) -> Outcome:
        try:
            name = messaging.send(_as_fcm(message), dry_run=only_look, app=self._app)
        except exceptions.FirebaseError as error:
            return _of_error(error)
        except GoogleAuthError as error:
            return _of_access(error)
        except (KeyError, TypeError, ValueError):
            # It said yes, in words that cannot be read.
            return Outcome(Fate.UNKNOWN, code="ANSWER_UNREADABLE")
        return Outcome(Fate.ACCEPTED, provider_ref=name)


def session_of(app: firebase_admin.App) -> requests.Session:
    """The session that the client sends with: private names of the library, in one place."""
    found: requests.Session = messaging._get_messaging_service(app)._client.session
    return found


def _bounded(request: Request, seconds: float) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        return request(*args, **{**kwargs, "timeout": seconds})

    return call


def _as_fcm(message: Push) -> messaging.Message:
    ttl = max(timedelta(seconds=1), min(message.ttl, TTL_MAX))
    ends_at = str(int((clock.wall() + ttl).timestamp()))
    ttl_seconds = int(ttl.total_seconds())
    return messaging.Message(
        **{message.address_kind: message.address},
        notification=messaging.Notification(title=message.title, body=message.body),
        data=dict(message.data),
        android=messaging.AndroidConfig(
            priority="high",
            ttl=ttl_seconds,
            collapse_key=message.collapse_key,
            notification=messaging.AndroidNotification(tag=message.tag, visibility="private"),
        ),
        apns=messaging.APNSConfig(
            headers={
                "apns-expiration": ends_at,
                "apns-collapse-id": message.tag,
                "apns-priority": APNS_PRIORITY,
            }
        ),
        webpush=messaging.WebpushConfig(headers={"TTL": str(ttl_seconds), "Topic": message.tag}),
    )


# What the client says, and what that means; the first that fits.
_FATES: tuple[tuple[type[Exception], Fate], ...] = (
    (messaging.UnregisteredError, Fate.GONE),
    (messaging.SenderIdMismatchError, Fate.FOREIGN),
    (messaging.QuotaExceededError, Fate.LATER),
    (messaging.ThirdPartyAuthError, Fate.BROKEN),
    (exceptions.UnauthenticatedError, Fate.BROKEN),
    (exceptions.PermissionDeniedError, Fate.BROKEN),
    (exceptions.NotFoundError, Fate.BROKEN),  # no such project: an address is "unregistered"
    (exceptions.InvalidArgumentError, Fate.REFUSED),
    (exceptions.ResourceExhaustedError, Fate.LATER),
    (exceptions.UnavailableError, Fate.LATER),
    (exceptions.InternalError, Fate.LATER),
)


def _of_error(error: exceptions.FirebaseError) -> Outcome:
    answer = error.http_response
    if answer is None:
        return _unanswered(error)
    fate = next((fate for kind, fate in _FATES if isinstance(error, kind)), Fate.LATER)
    wait = read_retry_after(answer.headers.get("Retry-After"), now=clock.wall())
    code = type(error).__name__.removesuffix("Error")
    return Outcome(fate, code=f"{answer.status_code} {code}", wait=wait)


def _unanswered(error: exceptions.FirebaseError) -> Outcome:
    """Nobody answered: whether it was handed over depends on how far the call came."""
    cause = error.cause
    if isinstance(cause, requests.exceptions.ConnectTimeout) or _was_never_connected(cause):
        return Outcome(Fate.LATER, code="NOT_CONNECTED")
    is_late = isinstance(cause, requests.exceptions.Timeout)
    return Outcome(Fate.UNKNOWN, code="TIMED_OUT" if is_late else "CUT_OFF")


def _was_never_connected(cause: BaseException | None) -> bool:
    reason = getattr(cause.args[0], "reason", None) if cause is not None and cause.args else None
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")


def _of_access(error: GoogleAuthError) -> Outcome:
    if isinstance(error, TransportError) or (isinstance(error, RefreshError) and error.retryable):
        return Outcome(Fate.LATER, code="TOKEN_UNAVAILABLE")
    return Outcome(Fate.BROKEN, code="TOKEN_REFUSED")


def open_channel(settings: FcmSettings) -> Fcm:
    """What `opening` asks this module for."""
    return Fcm(settings)
