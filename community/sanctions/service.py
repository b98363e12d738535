"""Sanctions imposed and lifted, and the question whether she may write now."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from community.sanctions import queries
from community.sanctions.models import Sanction
from community.sanctions.rules import FOR_GOOD, SILENCING, Kind


def impose(
    session: Session,
    *,
    member_id: UUID,
    decision_id: UUID,
    kind: Kind,
    until_at: datetime | None,
    now: datetime,
) -> None:
    """From now on; a decision imposes one."""
    session.execute(
        upsert(Sanction)
        .values(
            member_id=member_id,
            id=new_id(),
            decision_id=decision_id,
            kind=kind,
            from_at=now,
            until_at=until_at,
        )
        .on_conflict_do_nothing(index_elements=["member_id", "decision_id"])
    )


def lift(session: Session, *, member_id: UUID, decision_id: UUID, now: datetime) -> None:
    """The decision was undone: what is left of its sanction is over."""
    session.execute(
        update(Sanction)
        .where(
            Sanction.member_id == member_id,
            Sanction.decision_id == decision_id,
            Sanction.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def barred_until(session: Session, *, member_id: UUID, now: datetime) -> datetime | None:
    """Until when she may not write; None where she may. What has no end ends in a far year."""
    return _last_end(session, member_id=member_id, kinds=SILENCING, now=now)


def suspended_until(session: Session, *, member_id: UUID, now: datetime) -> datetime | None:
    """The same for all but reading."""
    return _last_end(session, member_id=member_id, kinds=(Kind.SUSPEND,), now=now)


def _last_end(
    session: Session, *, member_id: UUID, kinds: Collection[Kind], now: datetime
) -> datetime | None:
    found = queries.list_in_force(session, member_id=member_id, at=now)
    return max((row.until_at or FOR_GOOD for row in found if row.kind in kinds), default=None)
