"""A single sign-on that is under way: one `state`, for one browser, for ten minutes, once."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, literal_column, select
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.staff.log_in_rules import SSO_STATE_LIFE
from backend.staff.models import StaffSsoState

SECRET_BYTES = 32
PURGE_BATCH = 10_000


@dataclass(frozen=True)
class SignOn:
    """What a sign-on is recognised by when it comes back.

    `browser` is the cookie's value. The nonce and the PKCE verifier are made from it under our own
    key: the table keeps nothing that could be stolen, and the browser cannot make them itself.
    """

    state: str
    browser: str

    @property
    def nonce(self) -> str:
        """Comes back inside the ID token."""
        return _derived(self.browser, kind="staff.sso.nonce")

    @property
    def code_verifier(self) -> str:
        """Proves to the provider that whoever brings the code began the sign-on [RFC 7636]."""
        return _derived(self.browser, kind="staff.sso.verifier")


def begin(session: Session, *, now: datetime) -> SignOn:
    """A fresh sign-on."""
    begun = SignOn(
        state=secrets.token_urlsafe(SECRET_BYTES), browser=secrets.token_urlsafe(SECRET_BYTES)
    )
    session.execute(
        insert(StaffSsoState).values(
            state_hash=_state_hash(begun.state),
            browser_hash=_browser_hash(begun.browser),
            expires_at=now + SSO_STATE_LIFE,
        )
    )
    return begun


def take(session: Session, *, state: str, browser: str, now: datetime) -> SignOn | None:
    """The sign-on of this state and browser, which is used up by it; None when there is none."""
    found = session.execute(
        delete(StaffSsoState)
        .where(
            StaffSsoState.state_hash == _state_hash(state),
            StaffSsoState.browser_hash == _browser_hash(browser),
            StaffSsoState.expires_at > now,
        )
        .returning(StaffSsoState.state_hash)
    )
    return None if found.first() is None else SignOn(state=state, browser=browser)


def purge(session: Session, *, now: datetime, limit: int = PURGE_BATCH) -> int:
    """Forget sign-ons that never came back, one batch."""
    old: Select[Any] = (
        select(literal_column("ctid"))
        .select_from(StaffSsoState)
        .where(StaffSsoState.expires_at <= now)
        .limit(limit)
    )
    gone = session.execute(
        delete(StaffSsoState)
        .where(literal_column("ctid").in_(old))
        .returning(StaffSsoState.state_hash)
    )
    return len(gone.all())


def _state_hash(state: str) -> bytes:
    return crypto.lasting_hash(state, kind="staff.sso.state")


def _browser_hash(browser: str) -> bytes:
    return crypto.lasting_hash(browser, kind="staff.sso.browser")


def _derived(browser: str, *, kind: str) -> str:
    return base64.urlsafe_b64encode(crypto.lasting_hash(browser, kind=kind)).decode().rstrip("=")
