"""Choosing another password for oneself, over the API and in the console: in steps, as log-in."""

from datetime import datetime
from uuid import UUID

from backend.kit.db import reading, transaction
from backend.staff import passwords, queries
from backend.staff.service import log_in


def change_own_password(
    *,
    staff_id: UUID,
    session_id: UUID | None,
    address: str,
    old_password: str,
    new_password: str,
    totp_code: str,
    now: datetime,
) -> None:
    """Replace it, and end her other sessions. Refuses: PasswordNotChanged, LogInLocked, Invalid.

    Opens its own transactions: a failure is counted although it is refused.
    """
    with reading() as session:
        email = queries.get_account_view(session, staff_id=staff_id).email
        log_in.require_unlocked(session, email=email, address=address, now=now)
        stored = queries.find_password_hash(session, email=email)
    # Hashing is slow, and no transaction waits for it.
    new_hash = passwords.hash_new(new_password, email=email, field="new_password")
    attempt = log_in.Attempt(
        email=email,
        address=address,
        is_password_right=passwords.matches(old_password, stored=stored),
        seen_hash=stored,
        totp_code=totp_code,
    )
    with transaction() as session:
        refusal = log_in.change_password(
            session, attempt=attempt, new_hash=new_hash, session_id=session_id, now=now
        )
    if refusal is not None:
        raise refusal
