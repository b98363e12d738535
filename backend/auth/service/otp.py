"""Log-in by a code that is sent to the telephone.

A number that is nobody's is treated as any other: the same statements in the same order, the same
rows, the same work. Only whether something is sent differs, and that happens elsewhere.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.auth.errors import CodeNotAccepted, TooManyCodes, WhichBorrower
from backend.auth.models import OtpChallenge, OtpDay
from backend.auth.rules import (
    CHALLENGE_WINDOW,
    CHALLENGES_PER_ADDRESS,
    CHALLENGES_PER_PHONE,
    CODE_AMR,
    CODE_DIGITS,
    CODE_LIFE,
    may_try,
    network_of,
    seconds_until,
)
from backend.auth.service.sessions import TokenAnswer, open_session
from backend.auth.service.tokens import TokenKeys
from backend.borrowers import queries as borrowers
from backend.kit import crypto
from backend.kit.ids import new_id
from backend.kit.problems import Problem
from backend.kit.wiring import SealedColumn

# Namespaces of advisory locks, ours alone. Numbers are locked before addresses, by everybody.
PHONE_LOCK, ADDRESS_LOCK = 7_236_011, 7_236_012
# Sealed, since its hash may be of a key that no borrower is found by any more at the second step.
PHONE_CONTEXT = "otp_challenge.phone"
SEALED = (SealedColumn("otp_challenge", "phone_cipher", context=PHONE_CONTEXT),)


@dataclass(frozen=True)
class Challenge:
    """A code that waits to be shown. It lives here and in the message, nowhere else."""

    challenge_id: UUID
    expires_at: datetime
    code: str = field(repr=False)
    is_known: bool = field(repr=False)


def request_code(
    session: Session, *, phone: str, address: str, per_day: int, now: datetime
) -> Challenge:
    """Make a code for a number in E.164. Refuses: TooManyCodes.

    Limits are counted under locks of the number and the address: however many processes there
    are, none lets one more through.
    """
    # Under each live key, the current one first: what was counted before a rotation counts on.
    phones = crypto.keyed_hashes(phone, kind="phone")
    addresses = crypto.keyed_hashes(network_of(address), kind="address")
    # By the hash that processes agree on while a new key takes effect.
    locks = (
        (PHONE_LOCK, crypto.lasting_hash(phone, kind="phone")),
        (ADDRESS_LOCK, crypto.lasting_hash(network_of(address), kind="address")),
    )
    for namespace, digest in locks:
        number = int.from_bytes(digest[:4], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(namespace, number)))
    for column, digests, limit in (
        (OtpChallenge.phone_hash, phones, CHALLENGES_PER_PHONE),
        (OtpChallenge.address_hash, addresses, CHALLENGES_PER_ADDRESS),
    ):
        _refuse_too_many(session, column, digests, limit=limit, now=now)
    is_known = len(borrowers.list_by_phone(session, phone=phone)) > 0
    challenge = Challenge(
        challenge_id=new_id(),
        expires_at=now + CODE_LIFE,
        code=f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}",
        is_known=is_known,
    )
    session.execute(
        insert(OtpChallenge).values(
            id=challenge.challenge_id,
            phone_cipher=crypto.encrypt(phone, context=PHONE_CONTEXT),
            phone_hash=phones[0],
            address_hash=addresses[0],
            code_hash=_code_hashes(challenge.challenge_id, challenge.code)[0],
            created_at=now,
            expires_at=challenge.expires_at,
        )
    )
    # Last, because everybody's row of the day is held from here to the commit.
    _count_for_today(session, sent=int(is_known), per_day=per_day, now=now)
    return challenge


def verify_code(
    session: Session,
    keys: TokenKeys,
    *,
    challenge_id: UUID,
    code: str,
    born_on: date | None,
    label: str | None,
    now: datetime,
) -> TokenAnswer | Problem:
    """Open a session for whoever shows the code. A refusal is returned: the try must be stored.

    Refuses: CodeNotAccepted, whatever is wrong; WhichBorrower, which leaves the code good.
    """
    row = session.execute(
        select(*OtpChallenge.__table__.columns)
        .where(OtpChallenge.id == challenge_id)
        .with_for_update()
    ).one_or_none()
    if row is None or not may_try(
        expires_at=row.expires_at, used_at=row.used_at, tries=row.tries, now=now
    ):
        return CodeNotAccepted()
    _note(session, challenge_id, tries=row.tries + 1)
    if not any(compare_digest(row.code_hash, each) for each in _code_hashes(challenge_id, code)):
        return CodeNotAccepted()
    phone = crypto.decrypt(row.phone_cipher, context=PHONE_CONTEXT)
    owners = borrowers.list_by_phone(session, phone=phone)
    if not owners:
        return CodeNotAccepted()
    borrower_id = owners[0] if len(owners) == 1 else _born_on(session, owners, born_on)
    if borrower_id is None:
        return WhichBorrower()
    _note(session, challenge_id, used_at=now)
    return open_session(
        session,
        keys,
        audience="borrower",
        subject_id=borrower_id,
        amr=CODE_AMR,
        label=label,
        now=now,
    )


def _refuse_too_many(
    session: Session,
    column: InstrumentedAttribute[bytes],
    digests: Sequence[bytes],
    *,
    limit: int,
    now: datetime,
) -> None:
    """The oldest of the last `limit` says whether there is room, and if not, when there will be."""
    oldest = session.execute(
        select(OtpChallenge.created_at)
        .where(column.in_(digests), OtpChallenge.created_at > now - CHALLENGE_WINDOW)
        .order_by(OtpChallenge.created_at.desc())
        .offset(limit - 1)
        .limit(1)
    ).scalar_one_or_none()
    if oldest is not None:
        raise TooManyCodes(retry_after_seconds=seconds_until(oldest + CHALLENGE_WINDOW, now=now))


def _count_for_today(session: Session, *, sent: int, per_day: int, now: datetime) -> None:
    """Add to the day's count. At the ceiling everybody is refused, known or not."""
    today = now.astimezone(UTC).date()
    row = postgresql.insert(OtpDay).values(day=today, sent=sent)
    counted = session.execute(
        row.on_conflict_do_update(
            index_elements=["day"],
            set_={"sent": OtpDay.sent + row.excluded.sent},
            where=OtpDay.sent < per_day,
        ).returning(OtpDay.sent)
    ).scalar_one_or_none()
    if counted is None:
        tomorrow = datetime.combine(today + timedelta(days=1), time.min, tzinfo=UTC)
        raise TooManyCodes(retry_after_seconds=seconds_until(tomorrow, now=now))


def _born_on(session: Session, owners: Sequence[UUID], day: date | None) -> UUID | None:
    """The one of them who was born that day; None when it is nobody, or cannot be told."""
    if day is None:
        return None
    known = borrowers.list_born_on(session, borrower_ids=owners)
    found = [borrower_id for borrower_id, born_on in known.items() if born_on == day]
    return found[0] if len(found) == 1 else None


def _code_hashes(challenge_id: UUID, code: str) -> list[bytes]:
    """Bound to its challenge: another's code is simply wrong. Under each live key."""
    return crypto.keyed_hashes(f"{challenge_id}:{code}", kind="otp")


def _note(session: Session, challenge_id: UUID, **values: Any) -> None:
    session.execute(update(OtpChallenge).where(OtpChallenge.id == challenge_id).values(**values))
