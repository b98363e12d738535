"""Codes that staff type once: enrolment codes, time-based codes, recovery codes.

Of an enrolment or recovery code only a hash is stored: they are too long to be guessed from it.
A time-based code is recomputed from its secret, which is sealed.
"""

import hashlib
import secrets
from datetime import datetime

import pyotp
from pyotp.exceptions import OTPVerificationError

TOTP_CONTEXT = "staff_account.totp"
PENDING_TOTP_CONTEXT = "staff_enrolment.totp"
# One step of 30 seconds early or late: clocks differ, and people type slowly.
STEPS_TOLERATED = 1
SHOWN_AS = "Goodfaith"

# Without 0, 1, l and o, which are read for one another.
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"
ENROLMENT_GROUPS, RECOVERY_GROUPS = 6, 3
GROUP_LENGTH = 5

# Stands in for the secret of an account that is not there: both take the same time.
_NOBODYS = pyotp.random_base32()


def new_enrolment_code() -> str:
    """150 bits in groups that can be read out on the telephone."""
    return _code(ENROLMENT_GROUPS)


def new_recovery_code() -> str:
    """75 bits: guessing is hopeless, typing is not."""
    return _code(RECOVERY_GROUPS)


def _code(groups: int) -> str:
    return "-".join(
        "".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(groups)
    )


def enrolment_hash(code: str) -> bytes:
    """What is stored of an enrolment code."""
    return _hash("enrolment", code)


def recovery_hash(code: str) -> bytes:
    """What is stored of a recovery code."""
    return _hash("recovery", code)


def _hash(kind: str, code: str) -> bytes:
    typed = "".join(sign for sign in code.lower() if sign in ALPHABET)
    return hashlib.sha256(f"{kind}\x00{typed}".encode()).digest()


def new_totp_secret() -> str:
    """A fresh secret, as authenticator apps read it."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, *, email: str) -> str:
    """The secret as an `otpauth://` address, for a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=SHOWN_AS)


def step_of(code: str, *, secret: str | None, now: datetime) -> int | None:
    """The time step that a code belongs to, or None when it is wrong or old."""
    try:
        step = pyotp.TOTP(secret or _NOBODYS).verify_and_get_timecode(
            code, for_time=now, valid_window=STEPS_TOLERATED
        )
    except OTPVerificationError:
        return None
    return step if secret is not None else None
