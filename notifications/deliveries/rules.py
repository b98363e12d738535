"""When something is sent and by which way; where a delivery stands, and why it went no further."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from backend.events.contacts import Channel, Purpose
from notifications.channels.rules import Fate, Outcome, wait_after

TEXT_LENGTH_MAX = 200  # of a subject, an occasion, a reason

# The product's own hours in her zone, [start, end). The law is asked when it is sent.
OPENS_AT, CLOSES_AT = time(9, 0), time(20, 30)
# What somebody waits for, or must know, is sent at once and by right at any hour.
AT_ANY_HOUR = frozenset({Purpose.SECURITY, Purpose.RECEIPT})
# What goes to many goes out over this long, so that answers do not come in one moment.
SPREAD = timedelta(minutes=55)
BULK = frozenset({Purpose.REMINDER, Purpose.GREETING, Purpose.MARKETING, Purpose.REWARD})

# What says the words of its template; a push says its purpose's own.
WORDED = frozenset({Channel.SMS, Channel.EMAIL})
# By text message at once; others go so only where a push is not received, and she wants it.
SMS_AT_ONCE = frozenset({Purpose.SECURITY})
RECEIPT_AWAITED = timedelta(hours=24)
# A text waits a day for the push to be received, and perhaps a night; its words are neutral.
TEXT_GRACE = timedelta(hours=48)
# Older ones are let be: what an outage left behind is no news any more.
FALL_OVER_UNTIL = timedelta(hours=72)

QUARTER_MINUTES = 15
SHARE_MASK = 0xFFF_FFFF

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
    ADDRESS_GONE = "address_gone"  # nobody takes messages there
    RECEIVED = "received"  # a push had reached her before its text message was due
    PAID = "paid"
    WITHDRAWN = "withdrawn"  # while it waited; the intent says why
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


@dataclass(frozen=True)
class Verdict:
    """Where a delivery stands after a look or a try, and when its turn comes again."""

    state: State
    why: str | None = None
    due_at: datetime | None = None  # only of what is planned again


def refuse(reason: Reason) -> Verdict:
    """It is not sent, for this reason."""
    return Verdict(State.DROPPED if reason is Reason.EXPIRED else State.PREVENTED, reason)


def after_judgement(
    rule_ids: Sequence[str],
    *,
    allowed_from: datetime | None,
    expires_at: datetime,
    share: float,
) -> Verdict:
    """She may not be reached now: held until she may, unless its time is over by then.

    `share` of the spread, from 0 to 1, is hers: what was held together is not released together.
    """
    why = ",".join((Reason.NOT_ALLOWED, *rule_ids))[:TEXT_LENGTH_MAX]
    if allowed_from is None:
        return Verdict(State.PREVENTED, why)
    due_at = off_the_quarter(allowed_from + SPREAD * share)
    if due_at >= expires_at:
        return Verdict(State.DROPPED, why)
    return Verdict(State.PLANNED, why, due_at)


def off_the_quarter(at: datetime) -> datetime:
    """The minute after a quarter of an hour instead of the quarter's own."""
    return at + timedelta(minutes=1) if at.minute % QUARTER_MINUTES == 0 else at


def share_of(borrower_id: UUID) -> float:
    """Her place in what is spread, from 0 to 1: the tail of her id, as in `due_sql`."""
    return (borrower_id.int & SHARE_MASK) / (SHARE_MASK + 1)


def after_try(
    outcome: Outcome,
    *,
    channel: Channel,
    tries: int,
    unknowns: int,
    expires_at: datetime,
    now: datetime,
    share: float,
) -> Verdict:
    """What follows from a try, the `tries`-th since it was asked for. `share` is chance, 0 to 1."""
    done = _done(outcome.fate, channel)
    if done is not None:
        return done
    if outcome.fate is Fate.UNKNOWN and (not is_collapsible(channel) or unknowns >= UNKNOWN_MAX):
        return Verdict(State.UNKNOWN)
    if tries >= TRIES_MAX:
        return Verdict(State.FAILED, Reason.TRIED_ENOUGH)
    due_at = now + wait_after(tries, share=share, asked=outcome.wait)
    if due_at >= expires_at:
        is_unknown = outcome.fate is Fate.UNKNOWN
        return Verdict(State.UNKNOWN if is_unknown else State.DROPPED, Reason.EXPIRED)
    return Verdict(State.PLANNED, outcome.code or str(outcome.fate), due_at)


def _done(fate: Fate, channel: Channel) -> Verdict | None:
    """Where it ends, whatever the number of tries; None: it may be tried again."""
    if fate in RETIRING and channel is not Channel.PUSH:
        return Verdict(State.PREVENTED, Reason.ADDRESS_GONE)
    return _DONE.get(fate)


# After these nobody is tried at that address again.
RETIRING = frozenset({Fate.GONE, Fate.FOREIGN})
_DONE = {
    Fate.ACCEPTED: Verdict(State.ACCEPTED),
    Fate.GONE: Verdict(State.PREVENTED, Reason.DEVICE_GONE),
    Fate.FOREIGN: Verdict(State.PREVENTED, Reason.DEVICE_GONE),
    Fate.REFUSED: Verdict(State.FAILED, Reason.REFUSED),
}
