"""How staff prove who they are: what a password must be, how long a code lives, who must wait.

Pure: the counts come in, and what they become goes out.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

ENROLMENT_CODE_LIFE = timedelta(hours=72)
RECOVERY_CODES = 10

PASSWORD_LENGTH_MIN = 12
PASSWORD_LENGTH_MAX = 128
PASSWORD_LETTERS_MIN = 5  # different ones
LOCAL_PART_LENGTH_MIN = 4  # a shorter one occurs in honest passwords by chance

FAILURES_FREE = 5
LOCK_FIRST = timedelta(minutes=1)
LOCK_LONGEST = timedelta(hours=1)
LOCK_DOUBLINGS_MAX = 10  # far past the longest; keeps the arithmetic small

ADDRESS_FAILURES_MAX = 50
ADDRESS_WINDOW = timedelta(hours=1)

# Failures are forgotten a day after the last one.
COUNTS_KEPT = timedelta(hours=24)

SSO_STATE_LIFE = timedelta(minutes=10)

EMAIL = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{1,190}")


def normal_email(value: str) -> str | None:
    """An address as accounts are kept under it, or None.

    ASCII only: letters of other alphabets become ASCII ones in lower case, and an address must
    never turn into another person's.
    """
    return value.lower() if EMAIL.fullmatch(value) else None


def normal_password(value: str) -> str:
    """One password, however a keyboard composes its letters [NIST SP 800-63B-4: NFKC]."""
    return unicodedata.normalize("NFKC", value)


def password_fault(password: str, *, email: str) -> str | None:
    """Why a password, normalised, cannot be used; None when it can."""
    if not PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX:
        return f"Length must be between {PASSWORD_LENGTH_MIN} and {PASSWORD_LENGTH_MAX}."
    folded = password.casefold()
    local_part = email.partition("@")[0]
    if email in folded or (len(local_part) >= LOCAL_PART_LENGTH_MIN and local_part in folded):
        return "Must not contain the e-mail address."
    if len(set(folded)) < PASSWORD_LETTERS_MIN or _is_repeated(folded):
        return "Must not repeat the same few characters."
    return None


def _is_repeated(text: str) -> bool:
    """Whether it is one shorter piece over and over, the last time perhaps cut short."""
    return any(text[size:] == text[:-size] for size in range(1, len(text) // 2 + 1))


@dataclass(frozen=True)
class Failures:
    """How often it went wrong, since when, and until when nobody is heard."""

    count: int
    since_at: datetime
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        """Whether the next attempt has to wait."""
        return self.locked_until is not None and now < self.locked_until

    def is_forgotten(self, now: datetime, *, last_at: datetime) -> bool:
        """Whether the last failure is so long ago that it counts no more."""
        return now - last_at >= COUNTS_KEPT and not self.is_locked(now)


def after_account_failure(before: Failures | None, *, now: datetime) -> Failures:
    """After five in a row a minute's rest, then two, four, up to an hour."""
    count = 1 + (before.count if before else 0)
    since_at = before.since_at if before else now
    if count < FAILURES_FREE:
        return Failures(count, since_at)
    doublings = min(count - FAILURES_FREE, LOCK_DOUBLINGS_MAX)
    return Failures(count, since_at, now + min(LOCK_FIRST * 2**doublings, LOCK_LONGEST))


def after_address_failure(before: Failures | None, *, now: datetime) -> Failures:
    """Fifty within an hour, and the address waits until that hour is over."""
    if before is None or now - before.since_at >= ADDRESS_WINDOW:
        return Failures(1, now)
    count = before.count + 1
    ends_at = before.since_at + ADDRESS_WINDOW
    return Failures(count, before.since_at, ends_at if count >= ADDRESS_FAILURES_MAX else None)
