"""What low features of the community ask of higher ones; `wiring.py` says who answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session


class OpenCase(Protocol):
    """Something waits for a moderator, or a person in crisis for a human."""

    def __call__(
        self,
        session: Session,
        *,
        target_type: str,
        target_id: UUID,
        reasons: Sequence[str],
        rules: Sequence[str] = (),
        now: datetime,
    ) -> None:
        """Open its case, or add to the one that is open; where it waits, the reasons tell."""
        ...


class CloseCase(Protocol):
    """Its author took away what waited for a moderator."""

    def __call__(
        self, session: Session, *, target_type: str, target_id: UUID, now: datetime
    ) -> None:
        """Close its case where nobody needs to look any more."""
        ...


class BarredUntil(Protocol):
    """Until when a member may not write; None where she may."""

    def __call__(self, session: Session, *, member_id: UUID, now: datetime) -> datetime | None:
        """The end of the longest sanction that lasts."""
        ...


@dataclass(frozen=True)
class _Ports:
    open_case: OpenCase | None = None
    close_case: CloseCase | None = None
    barred_until: BarredUntil | None = None
    suspended_until: BarredUntil | None = None


_ports = _Ports()


def configure(
    *,
    open_case: OpenCase | None = None,
    close_case: CloseCase | None = None,
    barred_until: BarredUntil | None = None,
    suspended_until: BarredUntil | None = None,
) -> None:
    """Say who opens cases and who knows of sanctions."""
    global _ports  # noqa: PLW0603 - set once by the wiring
    _ports = _Ports(open_case, close_case, barred_until, suspended_until)


def open_case(
    session: Session,
    *,
    target_type: str,
    target_id: UUID,
    reasons: Sequence[str],
    rules: Sequence[str] = (),
    now: datetime,
) -> None:
    """Ask for a moderator. Without moderation, what is held waits."""
    if _ports.open_case is not None:
        _ports.open_case(
            session,
            target_type=target_type,
            target_id=target_id,
            reasons=reasons,
            rules=rules,
            now=now,
        )


def close_case(session: Session, *, target_type: str, target_id: UUID, now: datetime) -> None:
    """Say that its author took it away."""
    if _ports.close_case is not None:
        _ports.close_case(session, target_type=target_type, target_id=target_id, now=now)


def barred_until(session: Session, *, member_id: UUID, now: datetime) -> datetime | None:
    """Until when a member may not write; nobody is barred where nobody sanctions."""
    if _ports.barred_until is None:
        return None
    return _ports.barred_until(session, member_id=member_id, now=now)


def suspended_until(session: Session, *, member_id: UUID, now: datetime) -> datetime | None:
    """Until when a member may do nothing but read."""
    if _ports.suspended_until is None:
        return None
    return _ports.suspended_until(session, member_id=member_id, now=now)
