"""Which feeds there are."""

from enum import StrEnum


class Feed(StrEnum):
    """Which posts, in which order."""

    NEW = "new"
    HELPFUL = "helpful"
    FOLLOWED = "followed"
    OWN = "own"
