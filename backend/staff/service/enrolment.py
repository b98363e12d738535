"""Enrolment: a code that is used once becomes a password and a second factor."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.kit import crypto
from backend.kit.db import AnyRow
from backend.kit.problems import NotFound
from backend.staff import one_time, sessions
from backend.staff.errors import (
    AccountDisabled,
    EnrolmentNotStarted,
    EnrolmentRefused,
    OwnAccount,
    TotpCodeRefused,
)
from backend.staff.log_in_rules import ENROLMENT_CODE_LIFE, RECOVERY_CODES
from backend.staff.models import StaffAccount, StaffEnrolment, StaffRecoveryCode
from backend.staff.service.failures import forget_failures
from backend.staff.service.locks import hold
from backend.staff.service.trail import record_action

RESET = "account-reset"
# Compared where there is no enrolment, so that the comparison is made in any case.
_NO_HASH = bytes(32)


@dataclass(frozen=True)
class IssuedCode:
    """An enrolment code, seen once by who hands it on."""

    enrolment_code: str
    expires_at: datetime


@dataclass(frozen=True)
class Enrolment:
    """What an enrolment shows once: it can be read again by nobody."""

    totp_secret: str
    otpauth_uri: str
    recovery_codes: tuple[str, ...]


def issue_code(
    session: Session,
    *,
    staff_id: UUID,
    issued_by: UUID | None,
    now: datetime,
    reason: str | None = None,
) -> IssuedCode:
    """A new code in place of any older one. `issued_by` is None for the command line.

    An account that was enrolled is reset: neither password nor second factor counts any more, and
    its sessions end. Refuses: NotFound, Forbidden, OwnAccount, AccountDisabled.
    """
    if issued_by == staff_id:
        raise OwnAccount
    held = hold(session, [staff_id] if issued_by is None else [staff_id, issued_by])
    if issued_by is not None:
        held.require_writer(issued_by)
    account = held.accounts.get(staff_id)
    if account is None:
        raise NotFound
    if account.disabled_at is not None:
        raise AccountDisabled
    is_reset = account.enrolled_at is not None
    if is_reset:
        _reset(session, account)
    issued = IssuedCode(one_time.new_enrolment_code(), now + ENROLMENT_CODE_LIFE)
    row = {
        "code_hash": one_time.enrolment_hash(issued.enrolment_code),
        "issued_by": issued_by,
        "issued_at": now,
        "expires_at": issued.expires_at,
    } | _not_started()
    session.execute(
        upsert(StaffEnrolment)
        .values(staff_id=staff_id, **row)
        .on_conflict_do_update(index_elements=["staff_id"], set_=row)
    )
    record_action(
        session,
        staff_id=issued_by,
        action="staff.enrolment_code",
        subject=f"staff:{staff_id}",
        reason=reason,
        details={"is_reset": is_reset},
    )
    return issued


def _not_started() -> dict[str, None]:
    return dict.fromkeys(("started_at", "password_hash", "totp", "recovery_hashes"))


def _reset(session: Session, account: StaffAccount) -> None:
    account.enrolled_at = account.password_hash = account.totp = account.totp_last_step = None
    session.flush()
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.staff_id == account.id))
    sessions.end_all(session, staff_id=account.id, cause=RESET)


def check_code(session: Session, *, email: str, code: str, now: datetime) -> None:
    """Whether it is worth hashing a password for this code. Refuses: EnrolmentRefused."""
    _require(_find(session, email=email), code=code, now=now)


def start(
    session: Session, *, email: str, code: str, password_hash: str, now: datetime
) -> Enrolment:
    """Keep a password and a fresh second factor until a first code confirms them.

    Whoever starts again gets another secret, and the one before is forgotten.
    Refuses: EnrolmentRefused.
    """
    found = _require(_find_for_update(session, email=email), code=code, now=now)
    secret = one_time.new_totp_secret()
    recovery_codes = tuple(one_time.new_recovery_code() for _ in range(RECOVERY_CODES))
    session.execute(
        update(StaffEnrolment)
        .where(StaffEnrolment.staff_id == found.staff_id)
        .values(
            started_at=now,
            password_hash=password_hash,
            totp=crypto.encrypt(secret, context=one_time.PENDING_TOTP_CONTEXT),
            recovery_hashes=[one_time.recovery_hash(each).hex() for each in recovery_codes],
        )
    )
    return Enrolment(
        totp_secret=secret,
        otpauth_uri=one_time.provisioning_uri(secret, email=found.email),
        recovery_codes=recovery_codes,
    )


def confirm(session: Session, *, email: str, code: str, totp_code: str, now: datetime) -> UUID:
    """Activate the account with a first code of its second factor; returns the account's id.

    Refuses: EnrolmentRefused, EnrolmentNotStarted, TotpCodeRefused.
    """
    found = _require(_find_for_update(session, email=email), code=code, now=now)
    if found.started_at is None:
        raise EnrolmentNotStarted
    secret = crypto.decrypt(found.totp, context=one_time.PENDING_TOTP_CONTEXT)
    step = one_time.step_of(totp_code, secret=secret, now=now)
    if step is None:
        raise TotpCodeRefused
    session.execute(
        update(StaffAccount)
        .where(StaffAccount.id == found.staff_id)
        .values(
            enrolled_at=now,
            password_hash=found.password_hash,
            totp=crypto.encrypt(secret, context=one_time.TOTP_CONTEXT),
            totp_last_step=step,
            let_in_by=found.issued_by,
        )
    )
    session.execute(
        insert(StaffRecoveryCode),
        [
            {"staff_id": found.staff_id, "code_hash": bytes.fromhex(each)}
            for each in found.recovery_hashes
        ],
    )
    session.execute(delete(StaffEnrolment).where(StaffEnrolment.staff_id == found.staff_id))
    forget_failures(session, email=email)
    record_action(
        session,
        staff_id=found.staff_id,
        action="staff.enrol",
        subject=f"staff:{found.staff_id}",
    )
    return UUID(str(found.staff_id))


def _find(session: Session, *, email: str) -> AnyRow | None:
    return session.execute(
        select(*StaffEnrolment.__table__.columns, StaffAccount.email)
        .join(StaffAccount, StaffAccount.id == StaffEnrolment.staff_id)
        .where(StaffAccount.email == email, StaffAccount.disabled_at.is_(None))
    ).one_or_none()


def _find_for_update(session: Session, *, email: str) -> AnyRow | None:
    # Whoever disables the account or issues another code locks it as well; an enrolment is changed
    # under its account's lock alone.
    session.execute(
        select(StaffAccount.id).where(StaffAccount.email == email).with_for_update(key_share=True)
    )
    return _find(session, email=email)


def _require(found: AnyRow | None, *, code: str, now: datetime) -> AnyRow:
    shown = one_time.enrolment_hash(code)
    is_right = compare_digest(shown, _NO_HASH if found is None else found.code_hash)
    if found is None or not is_right or now >= found.expires_at:
        raise EnrolmentRefused
    return found
