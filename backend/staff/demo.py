"""The demo's members of staff: enrolled at once, and what lets a newcomer come in as one of them.

The password is no secret; the second factor is made anew for each installation, and shown to
nobody but whoever sits at its machine.
"""

from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.staff import one_time, passwords, service
from backend.staff.models import StaffAccount, StaffRole

DEMO_DOMAIN = "demo.goodfaith.example"
DEMO_PASSWORD = "four quiet lanterns glow"  # noqa: S105 - told to everybody; it opens nothing alone


def hash_demo_password() -> str:
    """For every account of the demo. Slow: before the transaction."""
    return passwords.hash_new(DEMO_PASSWORD, email=f"nobody@{DEMO_DOMAIN}")


def enrol_all(session: Session, *, password_hash: str, now: datetime) -> None:
    """Give those who have not enrolled both factors. `now` is technical time."""
    for row in session.execute(_accounts().where(StaffAccount.enrolled_at.is_(None))).all():
        issued = service.issue_code(session, staff_id=row.id, issued_by=None, now=now)
        code = issued.enrolment_code
        begun = service.start_enrolment(
            session, email=row.email, code=code, password_hash=password_hash, now=now
        )
        first = pyotp.TOTP(begun.totp_secret).at(now)
        service.confirm(session, email=row.email, code=code, totp_code=first, now=now)


def list_demo_staff(session: Session, *, now: datetime) -> list[tuple[AnyRow, str]]:
    """Accounts that have enrolled, each with the code that its app would show now."""
    rows = session.execute(
        _accounts().where(StaffAccount.totp.is_not(None), StaffAccount.disabled_at.is_(None))
    ).all()
    return [
        (row, pyotp.TOTP(crypto.decrypt(row.totp, context=one_time.TOTP_CONTEXT)).at(now))
        for row in rows
    ]


def list_roles(session: Session) -> dict[object, list[str]]:
    """The roles of each account of the demo."""
    found: dict[object, list[str]] = {}
    for row in session.execute(select(StaffRole.staff_id, StaffRole.role)).all():
        found.setdefault(row.staff_id, []).append(row.role)
    return found


def _accounts() -> Select[Any]:
    return (
        select(StaffAccount.id, StaffAccount.email, StaffAccount.totp)
        .where(StaffAccount.email.endswith(f"@{DEMO_DOMAIN}"))
        .order_by(StaffAccount.email)
    )
