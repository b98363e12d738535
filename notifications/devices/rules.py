"""What a device may be, and why one is not used any more."""

from enum import StrEnum


class Platform(StrEnum):
    """What the app runs on."""

    ANDROID = "android"
    IOS = "ios"
    HARMONYOS = "harmonyos"
    WEB = "web"


class AddressKind(StrEnum):
    """What the push service calls it: a registration token, or a Firebase installation id."""

    TOKEN = "token"  # noqa: S105 - the name of a kind
    FID = "fid"


class Retired(StrEnum):
    """Why nothing is sent there any more."""

    REMOVED = "removed"  # she said so, or logged out
    CHANGED_HANDS = "changed_hands"  # somebody else registered it
    REPLACED = "replaced"  # another installation of hers has its address now
    TOO_MANY = "too_many"  # she has so many newer ones
    UNREGISTERED = "unregistered"  # the push service does not know it any more
    SENDER_MISMATCH = "sender_mismatch"  # it was registered with another sender


# An installation that was not heard of for longer makes room, so a list of devices has an end.
LIVE_MAX = 20
INSTALLATION_PATTERN = r"^[A-Za-z0-9._:-]{1,128}$"
# Tokens are opaque; today's have about 160 characters. No blank, no control character.
ADDRESS_PATTERN = r"^[!-~]{1,2048}$"
APP_VERSION_LENGTH_MAX = 40
