"""Which channels this process has: what the settings name, and in the demo a console for the rest.

Modules that only a worker needs are loaded when it begins to send. An API server, which knows the
names in this file, never does.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from backend.events.contacts import Channel as Way
from backend.kit.providers import FcmSettings, GatewaySettings, MailSettings
from notifications.channels.console import Console
from notifications.channels.ports import Channel
from notifications.channels.sms import SmsGateway

FCM = "notifications.channels.fcm"
MAIL = "notifications.channels.mail"
ON_THE_CONSOLE = frozenset({Way.SMS, Way.EMAIL})


@dataclass(frozen=True)
class Providers:
    """Who carries what; None: nobody."""

    fcm: FcmSettings | None = None
    sms: GatewaySettings | None = None
    mail: MailSettings | None = None
    is_demo: bool = False


_providers = Providers()


def configure(providers: Providers) -> None:
    """Say who carries messages, in this process. Calls nobody, and loads nothing."""
    global _providers  # noqa: PLW0603 - set once by the assembly
    _providers = providers


def open_channel(way: Way) -> Channel[Any] | None:
    """Whoever carries messages of that kind, ready for use; None: nobody does."""
    if way is Way.PUSH and _providers.fcm is not None:
        found: Channel[Any] = import_module(FCM).open_channel(_providers.fcm)
        return found
    if way is Way.SMS and _providers.sms is not None:
        return SmsGateway(_providers.sms)
    if way is Way.EMAIL and _providers.mail is not None:
        mail: Channel[Any] = import_module(MAIL).open_channel(_providers.mail)
        return mail
    return Console() if _providers.is_demo and way in ON_THE_CONSOLE else None
