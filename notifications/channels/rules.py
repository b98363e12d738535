"""What is sent, what may become of it, and how long to wait before it is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

TTL_MAX = timedelta(days=28)  # the longest that FCM keeps a message
BACK_OFF_MIN = timedelta(seconds=30)
BACK_OFF_MAX = timedelta(minutes=30)
RETRY_AFTER_MAX = timedelta(days=1)
DOUBLINGS_MAX = 10  # far beyond BACK_OFF_MAX, and no overflow


class Fate(StrEnum):
    """What became of one try."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown"  # it was handed over, and no answer came: it may be there or not
    LATER = "later"  # not taken now, for no reason of this message's own
    GONE = "gone"  # nobody is at that address any more
    FOREIGN = "foreign"  # the address belongs to another sender: a mix-up of ours
    REFUSED = "refused"  # this message is not taken, now or later
    BROKEN = "broken"  # our access is: no message is taken until somebody sees to it


@dataclass(frozen=True)
class Outcome:
    """What became of one try, in the provider's own code (never its words, which may quote her)."""

    fate: Fate
    code: str = ""
    provider_ref: str | None = None
    wait: timedelta | None = None  # for how long the provider asks to be left alone


@dataclass(frozen=True)
class Push:
    """A doorbell: neutral words, and ids by which the app finds what it is about."""

    address: str = field(repr=False)
    address_kind: str  # token or fid
    title: str
    body: str
    data: Mapping[str, str]
    tag: str  # a second one with this tag takes the place of the first on her screen
    collapse_key: str  # of those that wait for a device that is off, the last of a key stays
    ttl: timedelta


@dataclass(frozen=True)
class Sms:
    """A text message."""

    number: str = field(repr=False)  # E.164
    text: str = field(repr=False)
    locale: str
    reference: str  # the same for each try of the same message


@dataclass(frozen=True)
class Mail:
    """A mail to one address: neutral words, as phones show the beginning of one that lies there."""

    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    locale: str
    reference: str  # the same for each try of the same message
    may_be_switched_off: bool


Message = Push | Sms | Mail


def ceiling_after(tries: int) -> timedelta:
    """The longest wait after so many tries."""
    doubled: timedelta = BACK_OFF_MIN * 2 ** min(max(tries, 1), DOUBLINGS_MAX)
    return min(doubled, BACK_OFF_MAX)


def wait_after(tries: int, *, share: float, asked: timedelta | None = None) -> timedelta:
    """How long to leave it alone: at least what was asked, at least 30 s, at most 30 min of ours.

    `share` is chance from 0 to 1, so that what failed together does not come back together.
    """
    own = max(BACK_OFF_MIN, ceiling_after(tries) * share)
    return max(own, min(asked or timedelta(0), RETRY_AFTER_MAX))


def read_retry_after(words: str | None, *, now: datetime) -> timedelta | None:
    """`Retry-After`: seconds or a date [RFC 9110, 10.2.3]; what is neither asks for nothing."""
    words = (words or "").strip()
    if words.isascii() and words.isdigit():
        return min(timedelta(seconds=int(words[:9])), RETRY_AFTER_MAX)
    try:
        at = parsedate_to_datetime(words)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(timedelta(0), min(at - now, RETRY_AFTER_MAX))
