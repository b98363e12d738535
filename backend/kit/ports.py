"""Shapes that a low part declares and the assembly fills from above."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    def token_id(self) -> UUID:
        """The token's own id."""

    @property
    def session_id(self) -> UUID | None:
        """The log-in that the token belongs to, if any."""

    @property
    def roles(self) -> frozenset[str]:
        """Staff roles; none for others."""

    @property
    def permissions(self) -> frozenset[str]:
        """What it opens."""

    @property
    def is_from_command_line(self) -> bool:
        """Made by an operator's command, not by a log-in."""


class OtpSender(Protocol):
    """Brings a log-in code to its owner: the demo's page, or the lender's gateway."""

    def __call__(self, phone_e164: str, code: str, locale: Locale) -> None:
        """Send it now. Raises whatever went wrong; nobody waits for the answer."""


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

    def __call__(
        self, session: Session, *, traits: LoanTraits, schedules: Sequence[Iterable[date]]
    ) -> list[int]:
        """Points for paying on each day of each schedule; a calendar month earns once in it."""


@dataclass(frozen=True)
class PastPlans:
    """What was agreed on a loan before: the facts that limits of new plans read."""

    has_open: bool = False  # a request or plan that is not over
    is_negotiated: bool = False  # any plan was ever accepted: penalty is waived on the first only
    due_day_moves_12m: int = 0


class PlansSoFar(Protocol):
    """Asked by plan quotes, answered by whoever keeps requests and plans."""

    def __call__(
        self, session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime
    ) -> PastPlans:
        """What was agreed on this loan."""


class BorrowerPanel(Protocol):
    """One package's part of the staff's view of a borrower."""

    def __call__(
        self, session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
    ) -> Mapping[str, Any] | None:
        """What this part knows of her, ready for JSON, or None."""


class SessionEnder(Protocol):
    """Ends log-in sessions and refuses their access tokens. Filled by `auth`."""

    def __call__(
        self,
        session: Session,
        *,
        subject_id: UUID,
        cause: str,
        now: datetime,
        but: UUID | None = None,
    ) -> int:
        """End all sessions of a subject, or all `but` one; answers how many."""
