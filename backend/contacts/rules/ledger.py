"""What a ledger entry may say, what counts as an answer, and what silence is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from backend.events.contacts import Channel


class EntryKind(StrEnum):
    """Attempt, connection and conversation are distinct facts: one entry says how far a try came.

    `opt_out` switches off its channel, `cease` all of them, `opt_in` its channel on again;
    `notice` is one that the law or the programme asks for.
    """

    ATTEMPT = "attempt"
    CONNECTED = "connected"
    CONVERSATION = "conversation"
    INBOUND = "inbound_conversation"
    OPT_OUT = "opt_out"
    CEASE = "cease"
    OPT_IN = "opt_in"
    NOTICE = "notice"


class Maker(StrEnum):
    """Who made an entry: a person of ours, a machine of ours, or she herself."""

    STAFF = "staff"
    MACHINE = "machine"
    BORROWER = "borrower"


class Actor(StrEnum):
    """On whose side the contact was made; both count together."""

    LENDER = "lender"
    AGENCY = "agency"


class Outcome(StrEnum):
    """The closed list of what came of it."""

    SENT = "sent"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    MESSAGE_LEFT = "message_left"
    NOT_DELIVERED = "not_delivered"
    HUNG_UP = "hung_up"
    CALL_LATER = "call_later"
    OTHER_PERSON = "other_person"
    INFORMED = "informed"
    PROMISED = "promised"
    ASKED_FOR_TIME = "asked_for_time"
    ASKED_FOR_HELP = "asked_for_help"
    DISAGREES = "disagrees"


_SPOKEN = frozenset(
    {
        Outcome.INFORMED,
        Outcome.PROMISED,
        Outcome.ASKED_FOR_TIME,
        Outcome.ASKED_FOR_HELP,
        Outcome.DISAGREES,
    }
)
OUTCOMES: dict[EntryKind, frozenset[Outcome]] = {
    EntryKind.ATTEMPT: frozenset(
        {
            Outcome.SENT,
            Outcome.NO_ANSWER,
            Outcome.BUSY,
            Outcome.MESSAGE_LEFT,
            Outcome.NOT_DELIVERED,
        }
    ),
    EntryKind.CONNECTED: frozenset({Outcome.HUNG_UP, Outcome.CALL_LATER, Outcome.OTHER_PERSON}),
    EntryKind.CONVERSATION: _SPOKEN,
    EntryKind.INBOUND: _SPOKEN,
    EntryKind.OPT_OUT: frozenset(),
    EntryKind.CEASE: frozenset(),
    EntryKind.OPT_IN: frozenset(),
    EntryKind.NOTICE: frozenset({Outcome.SENT, Outcome.NOT_DELIVERED}),
}
OUTBOUND = frozenset({EntryKind.ATTEMPT, EntryKind.CONNECTED, EntryKind.CONVERSATION})
# What she says about contact itself.
WORDS = (EntryKind.OPT_OUT, EntryKind.CEASE, EntryKind.OPT_IN)
# What never reached her is no attempt that she could have answered.
REACHED_NOBODY = Outcome.NOT_DELIVERED
REACHED_ANOTHER = Outcome.OTHER_PERSON

WINDOW_DAYS = 90
RATIO_PLACES = Decimal("0.0001")
# Silence (rules R10): five attempts on two channels over thirty days.
ATTEMPTS_MIN = 5
CHANNELS_MIN = 2
DAYS_MIN = 30
LOGGED_LATE_MAX = timedelta(days=365)
# A label such as "m1" is no number, and one line.
_OTHER = r"[^\d\x00-\x1f\x7f]*"
LABEL_PATTERN = rf"^{_OTHER}(\d{_OTHER}){{0,3}}$"


@dataclass(frozen=True)
class Line:
    """One entry as rules read it. `on` is its day in her zone."""

    at: datetime
    on: date
    channel: Channel
    kind: EntryKind
    outcome: Outcome | None = None

    @property
    def is_answer(self) -> bool:
        """She herself was reached, or came by herself."""
        if self.kind is EntryKind.CONNECTED:
            return self.outcome is not REACHED_ANOTHER
        return self.kind in (EntryKind.CONVERSATION, EntryKind.INBOUND)


@dataclass(frozen=True)
class ContactFacts:
    """What policies may know of contact; None is unknown."""

    answered_ratio: Decimal | None
    is_lost: bool | None


@dataclass(frozen=True)
class Silence:
    """Attempts since the last sign of life: how many, on how many channels, over how many days."""

    attempts: int
    channels: int
    days: int
    first_at: datetime | None = None

    @property
    def is_proven(self) -> bool:
        """Whether that is silence, by rules R10."""
        return (
            self.attempts >= ATTEMPTS_MIN
            and self.channels >= CHANNELS_MIN
            and self.days >= DAYS_MIN
        )


def switched_off(lines: Sequence[Line], channel: Channel) -> datetime | None:
    """Since when she first did not want to be reached on a channel."""
    times = [
        line.at
        for line in lines
        if line.kind is EntryKind.CEASE
        or (line.kind is EntryKind.OPT_OUT and line.channel is channel)
    ]
    return min(times, default=None)


def is_off(lines: Sequence[Line], channel: Channel) -> bool:
    """Whether her last word about a channel is that she is not to be reached by it."""
    words = [
        line
        for line in lines
        if line.kind is EntryKind.CEASE
        or (line.channel is channel and line.kind in (EntryKind.OPT_OUT, EntryKind.OPT_IN))
    ]
    last = max(words, key=lambda line: line.at, default=None)
    return last is not None and last.kind is not EntryKind.OPT_IN


def has_none_left(lines: Sequence[Line]) -> bool:
    """Whether she has switched off every channel."""
    return all(switched_off(lines, channel) is not None for channel in Channel)


def contact_facts(lines: Sequence[Line], *, last_paid_on: date | None, today: date) -> ContactFacts:
    """Facts of a day, in her zone; `kept_sql` says the same in SQL.

    A contact counts when its channel was open to it: what she switches off later changes nothing
    of the past, so no opt-out is held against her. With no channel left both are unknown.
    """
    known = [line for line in lines if line.on <= today]
    counted = [
        line
        for line in known
        if line.on > today - timedelta(days=WINDOW_DAYS) and _is_counted(line, known)
    ]
    if not counted or has_none_left(known):
        return ContactFacts(None, None)
    answered = sum(1 for line in counted if line.is_answer)
    ratio = (Decimal(answered) / len(counted)).quantize(RATIO_PLACES, rounding=ROUND_HALF_UP)
    found = _silence_in(counted, among=known, last_paid_on=last_paid_on)
    return ContactFacts(ratio, found.is_proven)


def _is_counted(line: Line, lines: Sequence[Line]) -> bool:
    if line.kind not in OUTBOUND or line.outcome is REACHED_NOBODY:
        return False
    off_at = switched_off(lines, line.channel)
    return off_at is None or off_at >= line.at


def find_silence(lines: Sequence[Line], *, last_paid_on: date | None, today: date) -> Silence:
    """What the ledger proves on a day.

    Attempts on a channel that is switched off by now are no proof, whenever they were made.
    """
    counted = [
        line
        for line in lines
        if line.on > today - timedelta(days=WINDOW_DAYS)
        and _is_counted(line, lines)
        and switched_off(lines, line.channel) is None
    ]
    return _silence_in(counted, among=lines, last_paid_on=last_paid_on)


def _silence_in(
    counted: Sequence[Line], *, among: Sequence[Line], last_paid_on: date | None
) -> Silence:
    answered_at = max((line.at for line in among if line.is_answer), default=None)
    attempts = [
        line
        for line in counted
        if line.kind is EntryKind.ATTEMPT
        and (answered_at is None or line.at > answered_at)
        and (last_paid_on is None or line.on > last_paid_on)
    ]
    days = [line.on for line in attempts]
    span = (max(days) - min(days)).days if days else 0
    first_at = min((line.at for line in attempts), default=None)
    return Silence(len(attempts), len({line.channel for line in attempts}), span, first_at)
