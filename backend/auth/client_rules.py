"""What a machine client may ask for, and how long its secrets and the lender's tokens live."""

from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from backend.auth.rules import ACCESS_LIFE, CLIENT_SCOPES

# The lender's own token, exchanged for one of ours, is made for that moment.
ASSERTION_LIFE_MAX = timedelta(minutes=5)

CLIENT_TOKEN_LIFE = ACCESS_LIFE
CLIENT_NAME_LENGTH_MAX = 100
CLIENT_NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
SECRET_PREFIX = "goodfaith_cs_"  # noqa: S105 - so that scanners of code and logs know one
SECRET_BYTES = 32
ROTATION_OVERLAP = timedelta(hours=24)
ROTATION_OVERLAP_HOURS_MAX = 168
SECRET_USE_NOTED_EVERY = timedelta(hours=1)
SHA256_BYTES = 32


class SecretPlace(StrEnum):
    """A client has at most these two secrets: during a rotation the one before still opens."""

    CURRENT = "current"
    PREVIOUS = "previous"


def granted_scopes(held: Collection[str], asked: str | None) -> frozenset[str]:
    """All that a client holds, or the part that it asks for; nothing where it asks for more."""
    wanted = frozenset((asked or "").split(" ")) - {""}
    known = frozenset(held) & CLIENT_SCOPES
    if not wanted:
        return known
    return wanted if wanted <= known else frozenset()
