"""Sessions of staff who have proved who they are."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.auth.service.console import open_console_session
from backend.auth.service.sessions import TokenAnswer, open_session
from backend.auth.service.tokens import TokenKeys
from backend.staff import passwords
from backend.staff.errors import LogInLocked, LogInRefused
from backend.staff.service import log_in
from backend.staff.service.log_in import Attempt, LoggedIn


def compare(
    *,
    email: str,
    address: str,
    password: str,
    stored: str | None,
    totp_code: str | None,
    recovery_code: str | None,
) -> Attempt:
    """An attempt with its password compared, which takes as long where there is no account.

    Slow: never inside a transaction.
    """
    is_right = passwords.matches(password, stored=stored)
    return Attempt(
        email=email,
        address=address,
        is_password_right=is_right,
        seen_hash=stored,
        renewed_hash=passwords.renewed(password, stored=stored) if is_right and stored else None,
        totp_code=totp_code,
        recovery_code=recovery_code,
    )


def log_in_staff(
    session: Session, keys: TokenKeys, *, attempt: Attempt, label: str | None, now: datetime
) -> TokenAnswer | LogInRefused | LogInLocked:
    """Decide about the attempt; a session when both factors are right.

    A refusal is returned, since the failure that it counts must be stored.
    """
    decided = log_in.log_in(session, attempt=attempt, now=now)
    if not isinstance(decided, LoggedIn):
        return decided
    return _open(session, keys, decided, label=label, now=now)


def log_in_at_desk(
    session: Session, *, attempt: Attempt, label: str | None, now: datetime
) -> str | LogInRefused | LogInLocked:
    """The same for the console: the secret of its session when both factors are right."""
    decided = log_in.log_in(session, attempt=attempt, now=now)
    if not isinstance(decided, LoggedIn):
        return decided
    return open_console_session(session, decided, label=label, now=now)


def log_in_at_desk_by_sso(
    session: Session, *, email: str, label: str | None, now: datetime
) -> str | None:
    """The secret of a console session of a verified address; None when no account is active."""
    found = log_in.log_in_by_sso(session, email=email, now=now)
    return None if found is None else open_console_session(session, found, label=label, now=now)


def log_in_staff_by_sso(
    session: Session, keys: TokenKeys, *, email: str, label: str | None, now: datetime
) -> TokenAnswer | None:
    """A session of the active account of a verified address; None when there is none."""
    found = log_in.log_in_by_sso(session, email=email, now=now)
    return None if found is None else _open(session, keys, found, label=label, now=now)


def _open(
    session: Session, keys: TokenKeys, who: LoggedIn, *, label: str | None, now: datetime
) -> TokenAnswer:
    return open_session(
        session,
        keys,
        audience="staff",
        subject_id=who.staff_id,
        roles=who.roles,
        amr=who.amr,
        label=label,
        now=now,
    )
