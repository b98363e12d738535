"""Reads of decisions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from community.cases.rules import Target
from community.moderation.errors import DecisionUnknown
from community.moderation.models import Decision
from community.moderation.rules import (
    CONFIRMED_WITHIN,
    JUDGES,
    PENALTIES,
    SIMILAR_MAX,
    Action,
    Standing,
)

STATEMENTS_MAX = 50


def get_decision(session: Session, *, decision_id: UUID, for_update: bool = False) -> AnyRow:
    """One decision. Refuses: DecisionUnknown."""
    query = select(*Decision.__table__.c).where(Decision.id == decision_id)
    row = session.execute(query.with_for_update() if for_update else query).one_or_none()
    if row is None:
        raise DecisionUnknown
    return row


def find_last_of_case(session: Session, *, case_id: UUID) -> AnyRow | None:
    """The newest decision of a case."""
    return session.execute(
        select(*Decision.__table__.c)
        .where(Decision.case_id == case_id)
        .order_by(Decision.case_version.desc())
        .limit(1)
    ).one_or_none()


def is_decided_on(writing_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether a decision about it counts, as a part of a larger statement."""
    return exists().where(
        Decision.target_type.in_([Target.POST, Target.COMMENT]),
        Decision.target_id == writing_id,
        Decision.standing == Standing.COUNTS,
    )


def is_decided_again(session: Session, *, decision: AnyRow) -> bool:
    """Whether a later decision about the same text stands."""
    later = select(Decision.id).where(
        Decision.target_type == decision.target_type,
        Decision.target_id == decision.target_id,
        Decision.standing != Standing.UNDONE,
        Decision.action.in_([str(action) for action in JUDGES]),
        tuple_(Decision.decided_at, Decision.id) > tuple_(decision.decided_at, decision.id),
    )
    return session.execute(later.limit(1)).first() is not None


def is_in_need(session: Session, *, target_id: UUID, content_hash: bytes) -> bool:
    """Whether these very words of hers were a cry for help, and answered."""
    helped = select(Decision.id).where(
        Decision.target_type.in_([Target.POST, Target.COMMENT]),
        Decision.target_id == target_id,
        Decision.content_hash == content_hash,
        Decision.action == Action.HELP_GIVEN,
    )
    return session.execute(helped.limit(1)).first() is not None


def list_due(session: Session, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Decisions whose ten minutes are over, the oldest first."""
    return (
        session.execute(
            select(Decision.id)
            .where(Decision.standing == Standing.PENDING, Decision.counts_from <= now)
            .order_by(Decision.counts_from, Decision.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def list_waiting(session: Session, *, limit: int) -> Sequence[AnyRow]:
    """Decisions that wait for a second person, the oldest first."""
    return session.execute(
        select(*Decision.__table__.c)
        .where(Decision.standing == Standing.WAITING)
        .order_by(Decision.decided_at, Decision.id)
        .limit(limit)
    ).all()


def list_unconfirmed(session: Session, *, now: datetime, limit: int) -> Sequence[UUID]:
    """Decisions that waited for a second person in vain, the oldest first."""
    return (
        session.execute(
            select(Decision.id)
            .where(
                Decision.standing == Standing.WAITING,
                Decision.decided_at <= now - CONFIRMED_WITHIN,
            )
            .order_by(Decision.decided_at, Decision.id)
            .limit(limit)
        )
        .scalars()
        .all()
    )


def page_own(session: Session, *, staff_id: UUID, args: Mapping[str, Any]) -> Page:
    """What one moderator decided, the newest first."""
    query = select(*Decision.__table__.c).where(Decision.staff_id == staff_id)
    keys = (Decision.decided_at, Decision.id)
    return page(session, query, keys=keys, descending=True, args=args)


def list_about(session: Session, *, author_id: UUID) -> Sequence[AnyRow]:
    """What counts against her or once did, newest first: the statements that she reads."""
    return session.execute(
        select(*Decision.__table__.c)
        .where(
            Decision.author_id == author_id,
            Decision.action.in_([str(action) for action in PENALTIES]),
            Decision.counted_at.is_not(None),
        )
        .order_by(Decision.decided_at.desc(), Decision.id)
        .limit(STATEMENTS_MAX)
    ).all()


def count_by_action(session: Session, *, author_id: UUID) -> dict[str, int]:
    """What was decided about her texts and stands: how often each."""
    rows = session.execute(
        select(Decision.action, func.count().label("times"))
        .where(Decision.author_id == author_id, Decision.standing != Standing.UNDONE)
        .group_by(Decision.action)
    )
    return {row.action: row.times for row in rows}


def list_similar(session: Session, *, target_ids: Sequence[UUID]) -> Sequence[AnyRow]:
    """What was decided of other texts, newest first."""
    return session.execute(
        select(
            Decision.target_id,
            Decision.action,
            Decision.clause,
            Decision.reason,
            Decision.decided_at,
        )
        .where(
            Decision.target_type.in_([Target.POST, Target.COMMENT]),
            Decision.target_id.in_(target_ids),
            Decision.standing == Standing.COUNTS,
        )
        .order_by(Decision.decided_at.desc())
        .limit(SIMILAR_MAX)
    ).all()
