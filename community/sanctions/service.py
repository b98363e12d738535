"""Sanctions imposed and lifted, and the question whether she may write now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from community.sanctions import queries
from community.sanctions.errors import MayNotReact, MayNotWrite
from community.sanctions.models import Sanction
from community.sanctions.rules import SILENCING, Kind


def impose(
    session: Session,
    *,
    borrower_id: UUID,
    decision_id: UUID,
    kind: Kind,
    until_at: datetime | None,
    now: datetime,
) -> None:
    """From now on; a decision imposes one."""
    session.execute(
        upsert(Sanction)
        .values(
            borrower_id=borrower_id,
            id=new_id(),
            decision_id=decision_id,
            kind=kind,
            from_at=now,
            until_at=until_at,
        )
        .on_conflict_do_nothing(index_elements=["borrower_id", "decision_id"])
    )


def lift(session: Session, *, borrower_id: UUID, decision_id: UUID, now: datetime) -> None:
    """The decision was undone: what is left of its sanction is over."""
    session.execute(
        update(Sanction)
        .where(
            Sanction.borrower_id == borrower_id,
            Sanction.decision_id == decision_id,
            Sanction.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def must_be_free_to_write(session: Session, *, borrower_id: UUID, now: datetime) -> None:
    """Refuses: MayNotWrite."""
    found = queries.list_in_force(session, borrower_id=borrower_id, at=now)
    silencing = [row for row in found if row.kind in SILENCING]
    if silencing:
        raise MayNotWrite(until=_last([row.until_at for row in silencing]))


def must_be_free_to_react(session: Session, *, borrower_id: UUID, now: datetime) -> None:
    """Refuses: MayNotReact."""
    found = queries.list_in_force(session, borrower_id=borrower_id, at=now)
    suspended = [row for row in found if row.kind == Kind.SUSPEND]
    if suspended:
        raise MayNotReact(until=_last([row.until_at for row in suspended]))


def _last(ends: list[datetime | None]) -> datetime | None:
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None
