"""What changes referrals."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, literal, null, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.borrowers import queries as borrowers
from backend.events.referrals import ReferralConfirmed, ReferralPromised, ReferralUndone
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.loans import queries as loans
from backend.profile import queries as profile
from backend.programme import queries as programme
from rewards.referrals import queries
from rewards.referrals.errors import (
    AlreadyReferred,
    CircularReferral,
    CodeUnknown,
    NotEnrolled,
    NotNewHere,
    OwnCode,
    ReferralMoveRefused,
    ReferralUnknown,
)
from rewards.referrals.models import Referral, ReferralCode, ReferralCodeLookup
from rewards.referrals.rules import (
    CODE_LENGTH,
    CODE_LETTERS,
    LAPSES_AFTER,
    Signal,
    State,
    is_kept,
    may_move,
)

ACCEPT_LOCK = 7_236_021  # an advisory lock, ours alone
_BROUGHT_BY = text(
    """
    WITH RECURSIVE chain(id) AS (
        SELECT referrer_id FROM referral WHERE borrower_id = :borrower_id
        UNION SELECT r.referrer_id FROM chain JOIN referral AS r ON r.borrower_id = chain.id
    )
    SELECT EXISTS (SELECT FROM chain WHERE id = :ancestor_id)
    """
)


def ensure_code(session: Session, *, borrower_id: UUID) -> str | None:
    """Her code, made now if she has none; None outside the programme."""
    if not programme.is_enrolled(session, borrower_id=borrower_id):
        return None
    known = queries.find_code(session, borrower_id=borrower_id)
    while known is None:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if queries.find_owner(session, code=code) is not None:
            continue
        session.execute(
            insert(ReferralCode)
            .values(borrower_id=borrower_id, code=code)
            .on_conflict_do_nothing(index_elements=["borrower_id"])
        )
        known = queries.find_code(session, borrower_id=borrower_id)
        session.execute(
            insert(ReferralCodeLookup)
            .values(code=known, borrower_id=borrower_id)
            .on_conflict_do_nothing(index_elements=["code"])
        )
    return known


def accept(session: Session, *, borrower_id: UUID, code: str, today: date, now: datetime) -> UUID:
    """A friend gives the code, which is her consent. What looks odd waits for a person.

    Refuses: NotEnrolled, CodeUnknown, OwnCode, AlreadyReferred, CircularReferral, NotNewHere.
    """
    if not programme.is_enrolled(session, borrower_id=borrower_id):
        raise NotEnrolled
    referrer_id = queries.find_owner(session, code=code.strip().upper())
    if referrer_id is None:
        raise CodeUnknown
    if referrer_id == borrower_id:
        raise OwnCode
    # One at a time: of four who accept each other's codes at once, two and two know nothing of
    # the others, and only together are they a circle.
    session.execute(select(func.pg_advisory_xact_lock(ACCEPT_LOCK)))
    if queries.find_own(session, borrower_id=borrower_id) is not None:
        raise AlreadyReferred
    if _is_brought_by(session, borrower_id=referrer_id, ancestor_id=borrower_id):
        raise CircularReferral
    _refuse_known(session, borrower_id=borrower_id, now=now)
    signals = _find_signals(session, borrower_id=borrower_id, referrer_id=referrer_id)
    referral_id = new_id()
    session.execute(
        insert(Referral).values(
            borrower_id=borrower_id,
            id=referral_id,
            referrer_id=referrer_id,
            state=State.IN_REVIEW if signals else State.WAITING,
            signals=[str(signal) for signal in signals],
            accepted_on=today,
            accepted_at=now,
        )
    )
    announce(
        session,
        ReferralPromised(borrower_id=referrer_id, occurred_at=now, referral_id=referral_id),
    )
    return referral_id


def _is_brought_by(session: Session, *, borrower_id: UUID, ancestor_id: UUID) -> bool:
    """Whether somebody was brought by another, or by whom the other brought, and so on."""
    found = session.execute(_BROUGHT_BY, {"borrower_id": borrower_id, "ancestor_id": ancestor_id})
    return bool(found.scalar_one())


def _refuse_known(session: Session, *, borrower_id: UUID, now: datetime) -> None:
    facts = profile.get_facts(session, borrower_id=borrower_id, now=now)
    if facts.get("repaid_total"):
        raise NotNewHere


def _find_signals(session: Session, *, borrower_id: UUID, referrer_id: UUID) -> list[Signal]:
    shared = borrowers.list_in_common(session, one=borrower_id, other=referrer_id)
    return [Signal(f"same_{each}") for each in shared]


def confirm_kept(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    number: int | None,
    due_on: date,
    paid_on: date,
    now: datetime,
) -> bool:
    """A friend kept a due date: her referral is confirmed, once. False: it confirms nothing.

    While a person still looks at it, that she kept it is noted.
    """
    row = _lock_referral(session, borrower_id=borrower_id)
    if row is None or not is_kept(due_on=due_on, paid_on=paid_on, accepted_on=row.accepted_on):
        return False
    # The event may be older than what undid it: what counts is how the instalment stands now.
    if number is not None and not _is_paid(
        session, borrower_id=borrower_id, loan_id=loan_id, number=number, by=due_on
    ):
        return False
    kept = {"kept_loan_id": loan_id, "kept_number": number, "kept_on": paid_on}
    if row.state == State.IN_REVIEW and row.kept_on is None:
        _write(session, row, **kept)
        return False
    if row.state != State.WAITING:
        return False
    _confirm(session, row, now=now, **kept)
    return True


def _is_paid(session: Session, *, borrower_id: UUID, loan_id: UUID, number: int, by: date) -> bool:
    """Whether an instalment was paid in full by a day, as the rows stand."""
    paid_on = loans.find_paid_on(session, borrower_id=borrower_id, loan_id=loan_id, number=number)
    return paid_on is not None and paid_on <= by


def undo_kept(session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime) -> bool:
    """A payment of hers was taken back: what was kept by it alone is kept no longer, and waits.

    A reported month stands until the core system reports it otherwise.
    """
    row = _lock_referral(session, borrower_id=borrower_id)
    if row is None or row.kept_loan_id != loan_id or row.kept_number is None:
        return False
    if _is_paid(
        session, borrower_id=borrower_id, loan_id=loan_id, number=row.kept_number, by=row.kept_on
    ):
        return False
    forgotten = {"kept_loan_id": null(), "kept_number": null(), "kept_on": null()}
    if row.state == State.IN_REVIEW:
        _write(session, row, **forgotten)
        return False
    if row.state != State.CONFIRMED:
        return False
    _write(session, row, state=State.WAITING, confirmed_at=null(), **forgotten)
    # What was earned goes back, and is on its way again.
    for kind in (ReferralUndone, ReferralPromised):
        announce(session, kind(borrower_id=row.referrer_id, occurred_at=now, referral_id=row.id))
    return True


def decide(
    session: Session,
    *,
    borrower_id: UUID,
    is_fine: bool,
    reason: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """A person has looked. Refuses: ReferralUnknown, ReferralMoveRefused."""
    row = _lock_referral(session, borrower_id=borrower_id)
    if row is None:
        raise ReferralUnknown
    after = State.WAITING if is_fine else State.REJECTED
    if row.state != State.IN_REVIEW or not may_move(State(row.state), after):
        raise ReferralMoveRefused
    decided = {"decided_by": staff_id, "decided_at": now, "reason": reason}
    if is_fine and row.kept_on is not None:
        _confirm(session, row, now=now, **decided)
    else:
        _write(session, row, state=after, **decided)
        if not is_fine:
            _announce_end(session, row, now=now)


def _announce_end(session: Session, row: AnyRow, *, now: datetime) -> None:
    announce(
        session,
        ReferralUndone(borrower_id=row.referrer_id, occurred_at=now, referral_id=row.id),
    )


def lapse(session: Session, *, today: date, now: datetime, limit: int) -> int:
    """End what waited for a year, at most `limit`; how many there were."""
    due = (
        select(Referral.__table__)
        .where(Referral.state == State.WAITING, Referral.accepted_on <= today - LAPSES_AFTER)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(due).all()
    for row in rows:
        _announce_end(session, row, now=now)
    ids = [row.borrower_id for row in rows]
    session.execute(
        update(Referral)
        .where(Referral.borrower_id == any_(literal(ids, ARRAY(Uuid))))
        .values(state=State.LAPSED)
    )
    return len(ids)


def list_brought(session: Session, *, borrower_ids: Sequence[UUID]) -> set[UUID]:
    """Who of these was brought by somebody, their referrals locked in one order."""
    rows = session.execute(
        select(Referral.borrower_id)
        .where(Referral.borrower_id == any_(literal(list(borrower_ids), ARRAY(Uuid))))
        .order_by(Referral.borrower_id)
        .with_for_update()
    )
    return set(rows.scalars())


def _lock_referral(session: Session, *, borrower_id: UUID) -> AnyRow | None:
    return session.execute(
        select(Referral.__table__).where(Referral.borrower_id == borrower_id).with_for_update()
    ).first()


def _confirm(session: Session, row: AnyRow, *, now: datetime, **values: Any) -> None:
    _write(session, row, state=State.CONFIRMED, confirmed_at=now, **values)
    announce(
        session,
        ReferralConfirmed(borrower_id=row.referrer_id, occurred_at=now, referral_id=row.id),
    )


def _write(session: Session, row: AnyRow, **values: Any) -> None:
    written: Mapping[str, Any] = values
    session.execute(
        update(Referral).where(Referral.borrower_id == row.borrower_id).values(**written)
    )
