"""Shapes that a low part declares and the assembly fills from above."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.texts import Locale


class CallerPort(Protocol):
    """Reads an access token: who calls, with what power. Filled by `auth`."""

    def __call__(self, token: str) -> "CallerClaims":
        """The claims of a valid token. Refuses: Unauthorized."""


class CallerClaims(Protocol):
    """What a verified token says."""

    audience: str
    subject_id: UUID
    roles: frozenset[str]
    permissions: frozenset[str]


class BorrowerPanel(Protocol):
    """One package's part of the staff's view of a borrower."""

    def __call__(
        self, session: Session, *, borrower_id: UUID, locale: Locale
    ) -> Mapping[str, Any] | None:
        """What this part knows of her, ready for JSON, or None."""
