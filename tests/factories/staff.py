"""Members of staff who have enrolled, with all that they know and hold."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

import pyotp
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.ids import new_id
from backend.staff import passwords, service
from backend.staff.models import StaffAccount
from backend.staff.rules import Role
from tests.clock import NOW

PASSWORD = "seven grey herons wait"  # noqa: S105 - guards nothing


@dataclass(frozen=True)
class Colleague:
    """Who can log in."""

    id: UUID
    email: str
    totp_secret: str
    recovery_codes: tuple[str, ...]
    password: str = PASSWORD

    def totp_code(self, *, steps: int = 0) -> str:
        """What her app shows now, or shows some steps of 30 seconds later."""
        return pyotp.TOTP(self.totp_secret).at(clock.wall() + timedelta(seconds=30 * steps))

    def log_in(self, **changes: str | None) -> dict[str, str]:
        """The body of a log-in; a change to None leaves a field out."""
        body = {"email": self.email, "password": self.password, "totp_code": self.totp_code()}
        return {name: value for name, value in (body | changes).items() if value is not None}


@cache
def _hash() -> str:
    return passwords.hash_new(PASSWORD, email="nobody@goodfaith.test")


def make_colleague(session: Session, *roles: str, email: str | None = None) -> Colleague:
    """Enrolled by the command line's code, and every time step still unused."""
    address = email or f"{new_id()}@goodfaith.test"
    now = clock.wall()
    staff_id = service.add_staff(
        session, email=address, roles=[Role(role) for role in roles], now=NOW
    )
    code = service.issue_code(session, staff_id=staff_id, issued_by=None, now=now).enrolment_code
    shown = service.start_enrolment(
        session, email=address, code=code, password_hash=_hash(), now=now
    )
    first = pyotp.TOTP(shown.totp_secret).at(now)
    service.confirm(session, email=address, code=code, totp_code=first, now=now)
    forget_last_step(session, staff_id)
    return Colleague(staff_id, address, shown.totp_secret, shown.recovery_codes)


def forget_last_step(session: Session, staff_id: UUID) -> None:
    """As if minutes had passed since her last code."""
    session.execute(
        update(StaffAccount).where(StaffAccount.id == staff_id).values(totp_last_step=None)
    )
    session.commit()
