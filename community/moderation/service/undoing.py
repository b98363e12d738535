"""Everything back to where it was, exactly."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.cases import service as cases
from community.cases.rules import Cause, Step
from community.cases.service import Moderator
from community.moderation import queries
from community.moderation.errors import (
    AlreadyUndone,
    AnothersDecision,
    NotUndoable,
    UndoTooLate,
)
from community.moderation.models import Decision
from community.moderation.rules import PENALTIES, Action, Standing, may_undo
from community.moderation.service import counting
from community.moderation.service.opening import CAUSES, subject_of
from community.rulebook import service as rulebook
from community.sanctions import service as sanctions
from community.writings import moves
from community.writings.rules import State as Shown


def undo(session: Session, *, decision_id: UUID, who: Moderator, why: str, now: datetime) -> AnyRow:
    """Take a decision back; the question is open again.

    Refuses: DecisionUnknown, AlreadyUndone, NotUndoable, UndoTooLate, AnothersDecision.
    """
    decision, writing = lock_both(session, decision_id=decision_id)
    if decision.staff_id != who.id and not who.is_lead:
        raise AnothersDecision
    take_back(session, decision=decision, writing=writing, by=who.id, why=why, now=now)
    counting.note(session, decision, what=Step.UNDONE, who=who, why=why, now=now)
    causes = {CAUSES.get(reason, Cause.OTHER) for reason in decision.was["held_for"]}
    if writing.state != Shown.DELETED:
        cases.open_case(
            session,
            subject=subject_of(writing),
            causes=causes or {Cause.OTHER},
            rules=decision.rules,
            now=now,
        )
    return queries.get_decision(session, decision_id=decision_id)


def lock_both(session: Session, *, decision_id: UUID) -> tuple[AnyRow, AnyRow]:
    """A decision and what it is about, the writing locked first. Refuses: DecisionUnknown."""
    found = queries.get_decision(session, decision_id=decision_id)
    writing = moves.get_locked(session, target_type=found.target_type, target_id=found.target_id)
    return queries.get_decision(session, decision_id=decision_id, for_update=True), writing


def take_back(
    session: Session,
    *,
    decision: AnyRow,
    writing: AnyRow,
    by: UUID,
    why: str,
    now: datetime,
) -> None:
    """The text and the author as they were. Both rows are locked.

    Refuses: AlreadyUndone, NotUndoable, UndoTooLate.
    """
    action = Action(decision.action)
    if decision.standing == Standing.UNDONE:
        raise AlreadyUndone
    if action not in PENALTIES and action is not Action.APPROVE:
        raise NotUndoable
    if not may_undo(decided_at=decision.decided_at, now=now):
        raise UndoTooLate
    session.execute(
        update(Decision)
        .where(Decision.id == decision.id)
        .values(standing=Standing.UNDONE, undone_by=by, undone_at=now, undone_why=why)
    )
    cases.set_outcome(session, case_id=decision.case_id, outcome=None)
    # Judged on other words than these, its count stays.
    if bytes(writing.content_hash) == bytes(decision.content_hash):
        rulebook.note_decision(
            session,
            title=writing.title or "",
            body=writing.body,
            is_violation=action in PENALTIES,
            is_taken_back=True,
        )
    sanctions.lift(session, member_id=decision.author_id, decision_id=decision.id, now=now)
    _put_back(session, decision=decision, writing=writing, now=now)


def _put_back(session: Session, *, decision: AnyRow, writing: AnyRow, now: datetime) -> None:
    """Only a text that nobody has changed or moved since goes back to where it was."""
    was = Shown(decision.was["state"])
    target = {"target_type": decision.target_type, "target_id": decision.target_id, "now": now}
    if bytes(writing.content_hash) != bytes(decision.content_hash) or writing.state == was:
        return
    if writing.state == Shown.REMOVED:
        moves.restore(session, to=was, **target)
    elif writing.state == Shown.HELD and was is Shown.PUBLISHED:
        moves.publish(session, **target)
    elif writing.state == Shown.PUBLISHED and was is Shown.HELD:
        moves.hold(session, reasons=decision.was["held_for"], **target)
