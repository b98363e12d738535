"""The one interface of all channels."""

from typing import Protocol, TypeVar

from notifications.channels.rules import Message, Outcome

Sent = TypeVar("Sent", bound=Message, contravariant=True)


class Channel(Protocol[Sent]):
    """Takes one message at a time, from any number of threads."""

    @property
    def name(self) -> str:
        """Who carries it, for figures and logs: fcm, console."""

    @property
    def threads(self) -> int:
        """How many messages it takes at once."""

    def prepare(self) -> Outcome | None:
        """What stands in the way of every message, or None. May call out, for seconds."""

    def send(self, message: Sent) -> Outcome:
        """What became of it. Never raises for what the other side did."""
