"""Kinds of sanctions."""

from datetime import UTC, datetime
from enum import StrEnum


class Kind(StrEnum):
    """Warned: nothing but the word. Muted: she reads and reacts. Suspended: she only reads."""

    WARN = "warn"
    MUTE = "mute"
    SUSPEND = "suspend"


SILENCING = (Kind.MUTE, Kind.SUSPEND)
# The end of what has none, for readers who want an instant.
FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)
