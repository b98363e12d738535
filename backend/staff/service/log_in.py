"""Log-in by password and second factor, and by single sign-on: who it is, and what it costs.

In three steps, because hashing is slow: read the account, compare the password outside any
transaction, then lock and decide. A failure is counted with the decision, so a refusal is
returned and not raised: what raises is rolled back.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.staff import one_time, queries, sessions
from backend.staff.errors import LogInLocked, LogInRefused, PasswordNotChanged
from backend.staff.models import StaffAccount, StaffRecoveryCode
from backend.staff.service.failures import Guard, find_locked_until
from backend.staff.service.trail import record_action

PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a cause, not a password


@dataclass(frozen=True)
class Attempt:
    """What somebody says to prove who she is, the password compared already.

    `seen_hash` is the hash that it was compared with; `renewed_hash` is to replace it.
    """

    email: str
    address: str
    is_password_right: bool
    seen_hash: str | None
    renewed_hash: str | None = None
    totp_code: str | None = None
    recovery_code: str | None = None


@dataclass(frozen=True)
class LoggedIn:
    """Who came in, with what power, and by which factors [RFC 8176]."""

    staff_id: UUID
    roles: tuple[str, ...]
    amr: tuple[str, ...]


def require_unlocked(session: Session, *, email: str, address: str, now: datetime) -> None:
    """Refuses: LogInLocked."""
    until = find_locked_until(session, email=email, address=address, now=now)
    if until is not None:
        raise _locked(until, now=now)


def log_in(
    session: Session, *, attempt: Attempt, now: datetime
) -> LoggedIn | LogInRefused | LogInLocked:
    """Decide about an attempt and count it."""
    account = _prove(session, attempt, now=now)
    if not isinstance(account, StaffAccount):
        return account
    factor = "otp" if attempt.recovery_code is None else "recovery"
    return _let_in(session, account, amr=("pwd", factor), now=now)


def log_in_by_sso(session: Session, *, email: str, now: datetime) -> LoggedIn | None:
    """The account of an address that the provider has verified; None when none is active.

    Never opens an account.
    """
    account = _lock_active(session, email=email)
    return None if account is None else _let_in(session, account, amr=("oidc",), now=now)


def change_password(
    session: Session,
    *,
    attempt: Attempt,
    new_hash: str,
    session_id: UUID | None,
    now: datetime,
) -> PasswordNotChanged | LogInLocked | None:
    """Replace the password and end the other sessions; None when it is done.

    The old password is guarded as at log-in: a token that was stolen does not guess it.
    """
    account = _prove(session, attempt, now=now)
    if isinstance(account, LogInRefused):
        return PasswordNotChanged()
    if isinstance(account, LogInLocked):
        return account
    account.password_hash = new_hash
    session.flush()
    sessions.end_all(session, staff_id=account.id, cause=PASSWORD_CHANGED, but=session_id)
    _record(session, account, "staff.password_change")
    return None


def _prove(
    session: Session, attempt: Attempt, *, now: datetime
) -> StaffAccount | LogInRefused | LogInLocked:
    """The account, locked, when everything is right."""
    guard = Guard(session, email=attempt.email, address=attempt.address, now=now)
    until = guard.locked_until()
    if until is not None:
        # Others failed while this password was being compared; it may be right and counts not.
        return _locked(until, now=now)
    account = _lock_active(session, email=attempt.email)
    # Compared with a hash that is no longer hers, it proves nothing.
    is_known = account is not None and account.password_hash == attempt.seen_hash
    is_second_right = _use_second_factor(
        session, account, attempt, is_first_right=is_known and attempt.is_password_right, now=now
    )
    if account is None or not is_second_right:
        if guard.fail() and account is not None:
            _record(session, account, "staff.log_in.lock", is_own=False)
        return LogInRefused()
    guard.succeed()
    if attempt.renewed_hash is not None:
        account.password_hash = attempt.renewed_hash
    session.flush()
    return account


def _use_second_factor(
    session: Session,
    account: StaffAccount | None,
    attempt: Attempt,
    *,
    is_first_right: bool,
    now: datetime,
) -> bool:
    """Whether both factors are right; only then is the second one used up."""
    if attempt.recovery_code is not None:
        code_hash = one_time.recovery_hash(attempt.recovery_code)
        return (
            is_first_right
            and account is not None
            and _use_recovery_code(session, account, code_hash, now=now)
        )
    sealed = None if account is None else account.totp
    secret = None if sealed is None else crypto.decrypt(sealed, context=one_time.TOTP_CONTEXT)
    step = one_time.step_of(attempt.totp_code or "", secret=secret, now=now)
    if step is None or account is None or not is_first_right:
        return False
    if account.totp_last_step is not None and step <= account.totp_last_step:
        return False
    account.totp_last_step = step
    return True


def _use_recovery_code(
    session: Session, account: StaffAccount, code_hash: bytes, *, now: datetime
) -> bool:
    used = session.execute(
        update(StaffRecoveryCode)
        .where(
            StaffRecoveryCode.staff_id == account.id,
            StaffRecoveryCode.code_hash == code_hash,
            StaffRecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(StaffRecoveryCode.staff_id)
        .execution_options(synchronize_session=False)
    )
    return used.first() is not None


def _lock_active(session: Session, *, email: str) -> StaffAccount | None:
    return session.execute(
        select(StaffAccount)
        .where(
            StaffAccount.email == email,
            StaffAccount.enrolled_at.is_not(None),
            StaffAccount.disabled_at.is_(None),
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def _let_in(
    session: Session, account: StaffAccount, *, amr: tuple[str, ...], now: datetime
) -> LoggedIn:
    account.last_log_in_at = now
    session.flush()
    roles = queries.find_roles(session, staff_id=account.id) or []
    _record(session, account, "staff.log_in", amr=list(amr))
    return LoggedIn(account.id, tuple(sorted(roles)), amr)


def _record(
    session: Session, account: StaffAccount, action: str, *, is_own: bool = True, **details: object
) -> None:
    record_action(
        session,
        staff_id=account.id if is_own else None,
        action=action,
        subject=f"staff:{account.id}",
        details=details,
    )


def _locked(until: datetime, *, now: datetime) -> LogInLocked:
    seconds = int((until - now).total_seconds())
    return LogInLocked(retry_after_seconds=max(1, seconds + 1))
