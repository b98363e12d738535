"""Ending the sessions of an account. How is `auth`'s to know; the assembly says so."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.db import NotConfiguredError
from backend.kit.ports import SessionEnder

_end: SessionEnder | None = None


def configure(*, end: SessionEnder) -> None:
    """Say who ends sessions."""
    global _end  # noqa: PLW0603 - set once by the assembly
    _end = end


def end_all(session: Session, *, staff_id: UUID, cause: str, but: UUID | None = None) -> None:
    """End all sessions of the account, or all `but` one, with the caller's transaction.

    Always at technical time: what ends are tokens, which age by it even where business time rests.
    """
    if _end is None:
        raise NotConfiguredError
    _end(session, subject_id=staff_id, cause=cause, now=clock.wall(), but=but)
