"""Taking an award back: because the payment it rested on was, or by a person with a reason."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, update
from sqlalchemy.orm import Session

from backend.events.badges import BadgeRevoked
from backend.kit.outbox import announce
from backend.kit.problems import NotFound
from backend.profile import queries as profile
from backend.programme import service as programme
from backend.staff import service as staff
from rewards.badges import queries
from rewards.badges.definition import Definition
from rewards.badges.definitions import get_versions
from rewards.badges.earned import EVERYBODY, Step, list_steps, restated_facts
from rewards.badges.errors import AwardRevoked
from rewards.badges.models import BadgeAward
from rewards.badges.rules import Cause, State, period_of


def revoke_undone(session: Session, *, causes: Mapping[UUID, int], now: datetime) -> int:
    """Take back what was earned only by payments that never were; returns how many awards.

    `causes`: whose payment was taken back, and the event that told it. An award stands if there
    was any moment in its period at which its badge was earned without them: what she did since
    takes nothing away.
    """
    programme.lock_enrolled(session, borrower_ids=sorted(causes))
    standing = [
        row
        for row in queries.list_standing(session, borrower_ids=sorted(causes))
        if row.campaign_id is None  # a campaign takes back what it gave
    ]
    if not standing:
        return 0
    versions = get_versions(session, keys={(row.code, row.version) for row in standing})
    owners = sorted({row.borrower_id for row in standing})
    steps = list_steps(
        session,
        borrower_ids=owners,
        names=frozenset().union(*(each.facts for each in versions.values())),
        among=EVERYBODY,
        restated=owners,
        now=now,
    )
    at_award = profile.list_facts_restated(
        session, moments=[(row.borrower_id, row.earned_on) for row in standing], now=now
    )
    undone = [
        row
        for row in standing
        if not _is_earned(
            row,
            versions[row.code, row.version],
            steps=steps.get(row.borrower_id, []),
            anew=at_award.get((row.borrower_id, row.earned_on), {}),
        )
    ]
    for row in undone:
        _take_back(session, row, now=now, cause=Cause.PAYMENT_REVERSED, seq=causes[row.borrower_id])
    return len(undone)


def _is_earned(
    award: Row[Any], definition: Definition, *, steps: list[Step], anew: Mapping[str, Any]
) -> bool:
    known = definition.facts_from_json(award.facts)
    if definition.is_earned(restated_facts(known, anew)):
        return True
    return any(
        period_of(definition.repeats, on=step.on) == award.period
        and definition.is_earned(step.facts)
        for step in steps
    )


def take_gift_back(
    session: Session, *, borrower_id: UUID, award_id: UUID, seq: int, now: datetime
) -> bool:
    """Take back what a campaign gave for a payment that never was; False where it stands no more.

    Her enrolment is held.
    """
    row = queries.find_award_for_update(session, borrower_id=borrower_id, award_id=award_id)
    if row is None or row.state != State.STANDING:
        return False
    _take_back(session, row, now=now, cause=Cause.PAYMENT_REVERSED, seq=seq)
    return True


def revoke(
    session: Session,
    *,
    borrower_id: UUID,
    award_id: UUID,
    cause: Cause,
    note: str,
    staff_id: UUID,
    now: datetime,
) -> None:
    """Take one award back. It may be earned anew, not by what it was given for.

    Refuses: NotFound, AwardRevoked.
    """
    # The lock under which badges are given, so that none is given back in between.
    programme.lock_enrolled(session, borrower_ids=[borrower_id])
    row = queries.find_award_for_update(session, borrower_id=borrower_id, award_id=award_id)
    if row is None:
        raise NotFound
    if row.state != State.STANDING:
        raise AwardRevoked
    _take_back(session, row, now=now, cause=cause, staff_id=staff_id, note=note)
    staff.record_action(
        session,
        staff_id=staff_id,
        action="badges.revoke",
        subject=f"borrower:{borrower_id}",
        reason=note,
        details={"award_id": str(award_id), "code": row.code, "cause": str(cause)},
    )


def _take_back(
    session: Session,
    award: Row[Any],
    *,
    now: datetime,
    cause: Cause,
    seq: int | None = None,
    staff_id: UUID | None = None,
    note: str | None = None,
) -> None:
    session.execute(
        update(BadgeAward)
        .where(BadgeAward.borrower_id == award.borrower_id, BadgeAward.id == award.id)
        .values(
            state=State.REVOKED,
            revoked_at=now,
            revoked_cause=cause,
            revoked_seq=seq,
            revoked_by=staff_id,
            revoked_note=note,
        )
    )
    announce(
        session,
        BadgeRevoked(
            borrower_id=award.borrower_id, occurred_at=now, award_id=award.id, code=award.code
        ),
    )
