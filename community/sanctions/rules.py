"""Kinds of sanctions."""

from enum import StrEnum


class Kind(StrEnum):
    """Warned: nothing but the word. Muted: she reads and reacts. Suspended: she only reads."""

    WARN = "warn"
    MUTE = "mute"
    SUSPEND = "suspend"


SILENCING = (Kind.MUTE, Kind.SUSPEND)
