"""Passwords of staff, hashed with Argon2id. Slow on purpose: never called inside a transaction."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from backend.kit.problems import FieldError, Invalid
from backend.staff.log_in_rules import normal_password, password_fault

# OWASP, Password Storage Cheat Sheet: 19 MiB, two passes, one lane. Not more: anybody may ask for
# it, a second factor stands behind it, and it must not become a lever against the server. A change
# here rehashes each password at its owner's next log-in.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# Verified where there is no account, so that both answers take the same time. It is nobody's: no
# password was ever hashed to make it.
_NOBODYS = (
    f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)


def check_new(password: str, *, email: str, field: str = "password") -> None:
    """Whether it can be somebody's password. Refuses: Invalid."""
    fault = password_fault(normal_password(password), email=email)
    if fault is not None:
        raise Invalid(errors=[FieldError(f"#/{field}", fault)])


def hash_new(password: str, *, email: str, field: str = "password") -> str:
    """The hash of a new password. Refuses: Invalid."""
    check_new(password, email=email, field=field)
    return HASHER.hash(normal_password(password))


def matches(password: str, *, stored: str | None) -> bool:
    """Whether it is the password; without a stored hash it takes as long to say no."""
    try:
        HASHER.verify(stored or _NOBODYS, normal_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def renewed(password: str, *, stored: str) -> str | None:
    """The hash under today's parameters, where the stored one has others."""
    if not HASHER.check_needs_rehash(stored):
        return None
    return HASHER.hash(normal_password(password))
