"""The kinds of reactions."""

from enum import StrEnum


class ReactionKind(StrEnum):
    """What one gives to another's words. None of them is a verdict against anybody."""

    HELPFUL = "helpful"
    THANKS = "thanks"
    HUG = "hug"
