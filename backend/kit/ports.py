"""Shapes that a low part declares and the assembly fills from above."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from backend.kit.texts import Locale, Text


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


class DocumentScanner(Protocol):
    """Looks for malware in a file."""

    def __call__(self, content: bytes) -> bool:
        """Whether it is clean. Raises whatever went wrong; it is asked again later."""


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


@dataclass(frozen=True)
class HomePanel:
    """What waits for a member of staff: how many, and where. Shown to whom the permission is given.

    `count(session, staff_id, now)` is quick, and looks no further than a person needs to know.
    """

    permission: str
    label: Text
    url: str
    count: Callable[[Session, UUID, datetime], int]


class BorrowerPanel(Protocol):
    """One package's part of the staff's view of a borrower."""

    def __call__(
        self, session: Session, *, borrower_id: UUID, locale: Locale, now: datetime
    ) -> Mapping[str, Any] | None:
        """What this part knows of her, ready for JSON, or None."""


class Urgency(StrEnum):
    """What an open case asks of the person who looks after a borrower."""

    HELP = "help"  # hardship: before all else
    ANSWER = "answer"  # she waits for an answer, until `due_on`
    FOLLOW = "follow"  # something that was agreed falls due
    OFFER = "offer"  # something is there for her, until `due_on`
    ARREARS = "arrears"  # late since `due_on`, and nothing is agreed


@dataclass(frozen=True)
class WorkKind:
    """One kind of open case: how urgent, in what words, and what can be done about it where.

    `page` is where in the console it is worked on; her own page when there is no other.
    """

    urgency: Urgency
    text: Text
    action: Text
    address: str
    page: str = "/console/borrowers/{borrower_id}"


class WorkSource(Protocol):
    """A feature's open cases, for the work list of whoever looks after the borrower."""

    @property
    def code(self) -> str:
        """The feature's name."""

    @property
    def kinds(self) -> Mapping[str, WorkKind]:
        """Every kind that `cases` may yield."""

    def cases(self) -> Select[*tuple[Any, ...]]:
        """Open cases of everybody, as borrower_id, case_id (uuid), kind, due_on, since.

        `due_on` (a date, or null) is a day in her zone. It is joined by borrower_id to a few
        hundred borrowers, so keep it to tables whose key begins with her, without grouping.
        """


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


class IssuerKeys(Protocol):
    """The keys by which credentials are signed. Filled by `rewards`.

    `now` is the machine's time. What cannot be done raises `kit.key_changes.KeyChangeError`.
    """

    def list_keys(self, session: Session) -> Sequence[Any]:
        """Name, created_at, retired_at and withdrawn_at of each, newest first."""

    def rotate(self, session: Session, *, now: datetime) -> str:
        """A new key, published at once; answers its name."""

    def retire(self, session: Session, *, name: str, now: datetime) -> None:
        """Destroy the private half; what it signed stays valid."""

    def withdraw(self, session: Session, *, name: str, now: datetime) -> int:
        """Publish it no more, and end what it signed; how many credentials."""
