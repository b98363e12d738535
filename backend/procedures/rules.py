"""When a case may be opened, how it moves, and what ends silence."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from backend.contacts.rules import ATTEMPTS_MIN, CHANNELS_MIN, DAYS_MIN, Silence


class Ground(StrEnum):
    """Why a case is opened (rules R10). Closed."""

    SILENCE = "silence"
    FORGED_PROOF = "forged_proof"


class State(StrEnum):
    """Where a case stands."""

    NOTICE_SENT = "notice_sent"
    REPLIED = "replied"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    TERMINATED = "terminated"
    WITHDRAWN = "withdrawn"


MOVES: dict[State, frozenset[State]] = {
    State.NOTICE_SENT: frozenset({State.REPLIED, State.UPHELD, State.DISMISSED, State.WITHDRAWN}),
    State.REPLIED: frozenset({State.UPHELD, State.DISMISSED, State.WITHDRAWN}),
    # What was decided is not carried out yet: a sign of life still comes in time.
    State.UPHELD: frozenset({State.TERMINATED, State.DISMISSED, State.WITHDRAWN}),
    # Undone on appeal.
    State.TERMINATED: frozenset({State.DISMISSED}),
    State.DISMISSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
OPEN = (State.NOTICE_SENT, State.REPLIED, State.UPHELD)
UNDECIDED = (State.NOTICE_SENT, State.REPLIED)
REPLY_DAYS = 14
REPLIES_MAX = 10
DAYS_LATE_MIN = 1


class Bar(StrEnum):
    """Why silence is not proven."""

    TOO_FEW_ATTEMPTS = "too_few_attempts"
    TOO_FEW_CHANNELS = "too_few_channels"
    TOO_SHORT = "too_short"
    LEFT_IN_PEACE = "left_in_peace"
    NOT_LATE = "not_late"


class Sign(StrEnum):
    """What ends silence. The word also stands as the reason of the case's last step."""

    ANSWER = "she_was_in_touch"
    PAYMENT = "she_paid"
    REQUEST = "she_asked_for_something"
    REPLY = "she_replied"


@dataclass(frozen=True)
class Failed:
    """A rule that does not hold: its value, and what it would have to be."""

    bar: Bar
    value: int
    needed: int


def may_move(before: State, after: State) -> bool:
    """Whether a case may go from one state to the other."""
    return after in MOVES[before]


def bars_of(silence: Silence, *, days_late: int, holds: int) -> list[Failed]:
    """Every rule that keeps a case of silence from being opened; none means that it may be.

    `holds` counts what she asked for since the first attempt, also when it is over (a plan, a
    promise, a dispute, a waiver, help, a document sent), and what leaves her in peace.
    """
    rules = [
        (silence.attempts >= ATTEMPTS_MIN, Bar.TOO_FEW_ATTEMPTS, silence.attempts, ATTEMPTS_MIN),
        (silence.channels >= CHANNELS_MIN, Bar.TOO_FEW_CHANNELS, silence.channels, CHANNELS_MIN),
        (silence.days >= DAYS_MIN, Bar.TOO_SHORT, silence.days, DAYS_MIN),
        (holds == 0, Bar.LEFT_IN_PEACE, holds, 0),
        (days_late >= DAYS_LATE_MIN, Bar.NOT_LATE, days_late, DAYS_LATE_MIN),
    ]
    return [Failed(bar, value, needed) for is_met, bar, value, needed in rules if not is_met]


def reply_until(opened_on: date) -> date:
    """The last day, in her zone, that is hers to reply before anybody may uphold."""
    return opened_on + timedelta(days=REPLY_DAYS)


def may_uphold(*, reply_until_on: date, today: date) -> bool:
    """Whether her days have passed, in her zone."""
    return today > reply_until_on


def may_reply(state: State, ground: Ground) -> bool:
    """Until it is decided; and where she was silent, until it is carried out: a word ends it."""
    return state in UNDECIDED or (state is State.UPHELD and ground is Ground.SILENCE)
