"""The same words under other names are decided alike, without a person reading them again.

Each in a transaction of its own: whoever holds one text never waits for another.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.cases import queries as cases
from community.cases.models import Case
from community.cases.rules import Target
from community.cases.service import Moderator
from community.moderation.rules import JUDGES, TIMED, Action, Ruling
from community.moderation.service.deciding import find_misfit, lock_writing, settle

FOLDED_MAX = 200


def list_same_text(
    session: Session, *, decision: AnyRow, who: Moderator, now: datetime
) -> Sequence[UUID]:
    """Open cases of the very same words; none where it is the person that was decided about."""
    if Action(decision.action) not in JUDGES:
        return []
    query = select(Case.id).where(*_waiting_with(decision, who=who, now=now))
    return session.execute(query.order_by(Case.id).limit(FOLDED_MAX)).scalars().all()


def fold(
    session: Session,
    *,
    case_id: UUID,
    decision: AnyRow,
    ruling: Ruling,
    who: Moderator,
    now: datetime,
) -> bool:
    """Decide one of them alike; False where it is another matter by now.

    A sanction is nobody's by likeness: of those who wrote it too, the text alone goes.
    """
    alike = replace(ruling, action=Action.REMOVE, days=None) if ruling.action in TIMED else ruling
    writing = lock_writing(session, case_id=case_id)
    case = session.execute(
        select(Case)
        .where(Case.id == case_id, *_waiting_with(decision, who=who, now=now))
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if case is None or writing.content_hash != decision.content_hash:
        return False
    if find_misfit(session, case, alike) is not None:
        return False
    settle(session, case=case, writing=writing, ruling=alike, who=who, now=now)
    return True


def _waiting_with(
    decision: AnyRow, *, who: Moderator, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    """As `next` would give them to her."""
    return (
        Case.content_hash == decision.content_hash,
        Case.queue == decision.queue,
        Case.target_type != Target.DECISION,
        *cases.free_for(staff_id=who.id, is_lead=who.is_lead, now=now),
    )
