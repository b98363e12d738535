"""What an appeal may come to."""

from enum import StrEnum

from community.moderation.rules import Action

TEXT_LENGTH_MAX = 2_000


class Outcome(StrEnum):
    """Of an appeal."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


OUTCOMES: dict[Action, Outcome] = {
    Action.UPHOLD: Outcome.UPHELD,
    Action.OVERTURN: Outcome.OVERTURNED,
}
