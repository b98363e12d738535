"""Who may refer whom, what looks odd, and the states of a referral."""

from datetime import date, timedelta
from enum import StrEnum

# Without the letters and digits that are taken for one another.
CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
LAPSES_AFTER = timedelta(days=365)


class State(StrEnum):
    """Where a referral stands."""

    WAITING = "waiting"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    LAPSED = "lapsed"


MOVES: dict[State, frozenset[State]] = {
    State.IN_REVIEW: frozenset({State.WAITING, State.CONFIRMED, State.REJECTED}),
    State.WAITING: frozenset({State.CONFIRMED, State.LAPSED}),
    # A returned payment takes the confirmation back.
    State.CONFIRMED: frozenset({State.WAITING}),
    State.REJECTED: frozenset(),
    State.LAPSED: frozenset(),
}


class Signal(StrEnum):
    """What makes a person look first."""

    SAME_PHONE = "same_phone"
    SAME_NAME = "same_name"


def may_move(before: State, after: State) -> bool:
    """Whether a referral may go from one state to the other."""
    return after in MOVES[before]


def is_kept(*, due_on: date, paid_on: date, accepted_on: date) -> bool:
    """Whether an instalment confirms: due after she joined, and paid by its day."""
    return paid_on <= due_on and due_on >= accepted_on
