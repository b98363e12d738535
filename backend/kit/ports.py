"""Shapes that a low part declares and the assembly fills from above."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
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

    @property
    def audience(self) -> str:
        """borrower, staff or client."""

    @property
    def subject_id(self) -> UUID:
        """The borrower's, the staff account's or the client's id."""

    @property
    def roles(self) -> frozenset[str]:
        """Staff roles; none for others."""

    @property
    def permissions(self) -> frozenset[str]:
        """What it opens."""

    @property
    def is_from_command_line(self) -> bool:
        """Made by an operator's command, not by a log-in."""


class LoanTraits(Protocol):
    """What of a loan an earn rule may ask: nothing that changes from day to day."""

    @property
    def kind(self) -> str:
        """Installment or revolving."""

    @property
    def product_code(self) -> str:
        """The lender's product."""

    @property
    def currency(self) -> str:
        """ISO 4217."""


class PointsForecast(Protocol):
    """What keeping instalments would earn, for plan quotes. Filled by `rewards`."""

    def __call__(self, session: Session, *, traits: LoanTraits, due_on: Iterable[date]) -> int:
        """Points for paying on each of these days; a calendar month of a loan earns once."""


class BorrowerPanel(Protocol):
    """One package's part of the staff's view of a borrower."""

    def __call__(
        self, session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
    ) -> Mapping[str, Any] | None:
        """What this part knows of her, ready for JSON, or None."""
