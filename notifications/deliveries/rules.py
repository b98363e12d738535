"""When something is sent and by which way; where a delivery stands, and why it went no further."""

from datetime import time, timedelta
from enum import StrEnum

from backend.events.contacts import Channel, Purpose

TEXT_LENGTH_MAX = 200  # of a subject, an occasion, a reason

# The product's own hours in her zone, [start, end). The law is asked when it is sent.
OPENS_AT, CLOSES_AT = time(9, 0), time(20, 30)
# What somebody waits for, or must know, is sent at once and by right at any hour.
AT_ANY_HOUR = frozenset({Purpose.SECURITY, Purpose.RECEIPT})
# What goes to many goes out over this long, so that answers do not come in one moment.
SPREAD = timedelta(minutes=55)
BULK = frozenset({Purpose.REMINDER, Purpose.GREETING, Purpose.MARKETING, Purpose.REWARD})

# By text message at once; others go so only where a push is not received, and she wants it.
SMS_AT_ONCE = frozenset({Purpose.SECURITY})
RECEIPT_AWAITED = timedelta(hours=24)
# Older ones are let be: what an outage left behind is no news any more.
FALL_OVER_UNTIL = timedelta(hours=72)

TRIES_MAX = 12
UNKNOWN_MAX = 3  # a push that may be there is repeated so often at most, under its tag
LEASE = timedelta(minutes=5)
# What is left of a lease must hold the longest call, else it is not begun.
LEASE_LEFT_MIN = timedelta(seconds=90)


class State(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"  # waits for its time, or for its next try
    SENDING = "sending"  # leased: somebody sends it now
    ACCEPTED = "accepted"  # the provider has it
    UNKNOWN = "unknown"  # cut off between the call and its answer
    PREVENTED = "prevented"  # no longer right: paid, agreed, held, withdrawn, or she said no
    DROPPED = "dropped"  # its time was over
    FAILED = "failed"  # the provider will not have it; staff see it


class Reason(StrEnum):
    """Why something was not sent, beside the ids of contact rules. Closed."""

    EXPIRED = "expired"  # its time was over before it could be sent
    NO_TEMPLATE = "no_template"  # its words were taken out of use
    NO_DEVICE = "no_device"  # in her inbox alone: no device, and no other way that she wants
    SWITCHED_OFF = "switched_off"  # in her inbox alone: she wants it on no channel
    NO_CONSENT = "no_consent"
    DEVICE_GONE = "device_gone"
    NO_ADDRESS = "no_address"
    RECEIVED = "received"  # a push had reached her before its text message was due
    PAID = "paid"
    NOT_ALLOWED = "not_allowed"  # the rules of contact, whose ids stand beside it
    REFUSED = "refused"  # the provider does not take this message
    TRIED_ENOUGH = "tried_enough"
    NO_CHANNEL = "no_channel"  # nobody carries messages of that kind here


class Event(StrEnum):
    """What the app says of a message that reached a device."""

    DELIVERED = "delivered"
    OPENED = "opened"
    DISMISSED = "dismissed"


# FCM keeps four collapse keys for a device that is off: of each, the last message.
_COLLAPSE_KEYS = {
    Purpose.SECURITY: "security",
    Purpose.RECEIPT: "account",
    Purpose.PLAN: "account",
    Purpose.REMINDER: "account",
}
COLLAPSE_KEY_OF_OTHERS = "news"


def collapse_key(purpose: Purpose) -> str:
    """Of several that wait for a device that is off, one of a key rings; the inbox has them all."""
    return _COLLAPSE_KEYS.get(purpose, COLLAPSE_KEY_OF_OTHERS)


def is_collapsible(channel: Channel) -> bool:
    """Whether a second one takes the place of the first on her screen."""
    return channel is Channel.PUSH
