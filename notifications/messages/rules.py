"""How a message stands, all its ways together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifications.deliveries.rules import State


class Standing(StrEnum):
    """What became of a message, or of one of its ways."""

    WAITING = "waiting"  # for its hour
    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    RECEIVED = "received"
    UNCERTAIN = "uncertain"  # cut off while it was sent
    IN_THE_INBOX = "in_the_inbox"  # and nowhere else
    NOT_SENT = "not_sent"


_OF_STATE = {
    State.PLANNED: Standing.WAITING,
    State.SENDING: Standing.ON_ITS_WAY,
    State.ACCEPTED: Standing.SENT,
    State.UNKNOWN: Standing.UNCERTAIN,
    State.PREVENTED: Standing.NOT_SENT,
    State.DROPPED: Standing.NOT_SENT,
    State.FAILED: Standing.NOT_SENT,
}
# Of several ways the one that came furthest tells how the message stands.
_FURTHEST = (
    Standing.RECEIVED,
    Standing.SENT,
    Standing.ON_ITS_WAY,
    Standing.UNCERTAIN,
    Standing.WAITING,
)


@dataclass(frozen=True)
class Way:
    """One way, as far as its standing goes."""

    state: str
    received_at: datetime | None


def standing_of_way(way: Way) -> Standing:
    """What became of one way."""
    return Standing.RECEIVED if way.received_at is not None else _OF_STATE[State(way.state)]


def standing_of(ways: Sequence[Way], *, is_waiting: bool, is_in_inbox: bool) -> Standing:
    """What became of a message. `is_waiting`: it is not planned yet."""
    if is_waiting:
        return Standing.WAITING
    came = {standing_of_way(way) for way in ways}
    for standing in _FURTHEST:
        if standing in came:
            return standing
    return Standing.IN_THE_INBOX if is_in_inbox else Standing.NOT_SENT


def codes_in(why: str | None) -> list[str]:
    """The reasons in what was stored: a code, or a code and the ids of contact rules."""
    return [] if why is None else list(dict.fromkeys(why.replace(",", " ").split()))
