"""The same words under other names are decided alike, without a person reading them again."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.cases.models import Case
from community.cases.rules import State, Target
from community.cases.service import Moderator
from community.moderation.rules import TIMED, Action, Ruling
from community.moderation.service.deciding import settle
from community.writings import moves

FOLDED_MAX = 200


def fold_same_text(
    session: Session, *, decision: AnyRow, ruling: Ruling, who: Moderator, now: datetime
) -> int:
    """Decide every open case of the very same words; answers how many.

    A sanction is nobody's by likeness: of those who wrote it too, the text alone goes.
    """
    alike = replace(ruling, action=Action.REMOVE, days=None) if ruling.action in TIMED else ruling
    found = session.execute(
        select(Case.id, Case.target_type, Case.target_id)
        .where(*_waiting_with(decision, now=now))
        .order_by(Case.target_id)
        .limit(FOLDED_MAX)
    ).all()
    folded = 0
    for row in found:
        writing = moves.get_locked(session, target_type=row.target_type, target_id=row.target_id)
        case = session.execute(
            select(Case)
            .where(Case.id == row.id, *_waiting_with(decision, now=now))
            .with_for_update(skip_locked=True)
        ).scalar_one_or_none()
        if case is None or writing.content_hash != decision.content_hash:
            continue
        settle(session, case=case, writing=writing, ruling=alike, who=who, now=now)
        folded += 1
    return folded


def _waiting_with(decision: AnyRow, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Case.content_hash == decision.content_hash,
        Case.queue == decision.queue,
        Case.state == State.OPEN,
        Case.target_type != Target.DECISION,
        or_(Case.claimed_until.is_(None), Case.claimed_until <= now),
    )
