"""Identifiers: UUID version 7, so that new rows land at the right end of every index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7 [RFC 9562 section 5.7]."""
    return uuid7()
