"""Sessions of the staff console: begun at log-in, looked up at each page, ended with their log-in.

The browser holds an opaque secret, the database its hash alone. Whatever ends a log-in's session
(an account that is disabled, a password or a role that changes, a log-out everywhere) ends this
one with it, at the next page.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.auth.models import ConsoleSession, LoginSession
from backend.auth.rules import CONSOLE_TOUCHED_EVERY, ends_at, to_milliseconds
from backend.auth.service.sessions import add_row
from backend.staff import queries as staff
from backend.staff.rules import OWN_ACCOUNT, permissions_of
from backend.staff.service.log_in import LoggedIn

SECRET_BYTES = 32
AUDIENCE, LIFE = "staff", "console"


@dataclass(frozen=True)
class AtDesk:
    """Whose session it is, with the roles that she has now."""

    staff_id: UUID
    session_id: UUID
    email: str
    roles: frozenset[str]
    permissions: frozenset[str]


def open_console_session(
    session: Session, who: LoggedIn, *, label: str | None, now: datetime
) -> str:
    """Begin a session of somebody who has just proved who she is; answers the cookie's secret.

    Always another secret than any before: what a browser brought to the log-in opens nothing.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = add_row(
        session,
        audience=AUDIENCE,
        life=LIFE,
        subject_id=who.staff_id,
        amr=who.amr,
        label=label,
        # No refresh token is ever given out for it.
        token_hash=secrets.token_bytes(SECRET_BYTES),
        at=to_milliseconds(now),
    )
    session.add(
        ConsoleSession(secret_hash=_hash(secret), subject_id=row.subject_id, session_id=row.id)
    )
    session.flush()
    return secret


def find_at_desk(session: Session, *, secret: str, now: datetime) -> AtDesk | None:
    """Whoever this secret stands for, if her session goes on and her account is active."""
    row = session.execute(
        select(*LoginSession.__table__.columns)
        .join(
            ConsoleSession,
            (ConsoleSession.subject_id == LoginSession.subject_id)
            & (ConsoleSession.session_id == LoginSession.id),
        )
        .where(
            ConsoleSession.secret_hash == _hash(secret),
            LoginSession.revoked_at.is_(None),
            LoginSession.ends_at > now,
        )
    ).one_or_none()
    account = None if row is None else staff.find_active(session, staff_id=row.subject_id)
    if row is None or account is None:
        return None
    _touch(session, row, now=now)
    roles = frozenset(account.roles)
    # Her own account is open to her whatever her roles, so that she can log out.
    permissions = OWN_ACCOUNT | permissions_of(roles)
    return AtDesk(row.subject_id, row.id, account.email, roles, permissions)


def _touch(session: Session, row: Any, *, now: datetime) -> None:
    if now - row.last_used_at < CONSOLE_TOUCHED_EVERY:
        return
    at = to_milliseconds(now)
    session.execute(
        update(LoginSession)
        .where(
            LoginSession.subject_id == row.subject_id,
            LoginSession.id == row.id,
            LoginSession.last_used_at < at,
        )
        .values(last_used_at=at, ends_at=ends_at(LIFE, created_at=row.created_at, used_at=at))
        .execution_options(synchronize_session=False)
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
