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
from community.moderation.rules import (
    JUDGES,
    PENALTIES,
    UNDOABLE,
    Action,
    Standing,
    confirm_until,
    may_undo,
)
from community.moderation.service import counting
from community.moderation.service.opening import subject_of
from community.reports import service as reports
from community.rulebook import service as rulebook
from community.sanctions import service as sanctions
from community.writings import moves
from community.writings.rules import State as Shown

UNCONFIRMED = "No second person confirmed it in time."


def undo(session: Session, *, decision_id: UUID, who: Moderator, why: str, now: datetime) -> AnyRow:
    """Take a decision back; the question is open again.

    Refuses: DecisionUnknown, AlreadyUndone, NotUndoable, UndoTooLate, AnothersDecision.
    """
    decision, writing = lock_both(session, decision_id=decision_id)
    if decision.staff_id != who.id and not who.is_lead:
        raise AnothersDecision
    is_known = decision.standing in (Standing.PENDING, Standing.COUNTS)
    if is_known and not may_undo(counts_from=decision.counts_from, now=now):
        raise UndoTooLate
    take_back(session, decision=decision, writing=writing, by=who.id, why=why, now=now)
    counting.note(session, decision, what=Step.UNDONE, who=who, why=why, now=now)
    if not queries.is_decided_again(session, decision=decision):
        _ask_again(session, decision=decision, writing=writing, now=now)
    return queries.get_decision(session, decision_id=decision_id)


def lapse(session: Session, *, decision_id: UUID, now: datetime) -> bool:
    """No second person came in time: nothing is held against her, and the question is open again.

    False where somebody confirmed or undid it meanwhile.
    """
    decision, writing = lock_both(session, decision_id=decision_id)
    is_due = now >= confirm_until(decided_at=decision.decided_at)
    if decision.standing != Standing.WAITING or not is_due:
        return False
    take_back(session, decision=decision, writing=writing, by=None, why=UNCONFIRMED, now=now)
    counting.note(session, decision, what=Step.UNDONE, who=None, why=UNCONFIRMED, now=now)
    if not queries.is_decided_again(session, decision=decision):
        _ask_again(session, decision=decision, writing=writing, now=now)
    return True


def _ask_again(session: Session, *, decision: AnyRow, writing: AnyRow, now: datetime) -> None:
    """For the same reasons, so in the same queue; whoever reported it hears what comes of it."""
    before = cases.get(session, case_id=decision.case_id)
    case_id = cases.open_case(
        session,
        subject=subject_of(writing),
        causes=map(Cause, before.causes),
        rules=before.rules,
        now=now,
    )
    reports.pass_on(session, from_case=before.id, to_case=case_id)


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
    by: UUID | None,
    why: str,
    now: datetime,
) -> None:
    """The text and the author as they were. Both rows are locked. `by` None: nobody's act.

    Refuses: AlreadyUndone, NotUndoable.
    """
    action = Action(decision.action)
    if decision.standing == Standing.UNDONE:
        raise AlreadyUndone
    if action not in UNDOABLE:
        raise NotUndoable
    session.execute(
        update(Decision)
        .where(Decision.id == decision.id)
        .values(standing=Standing.UNDONE, undone_by=by, undone_at=now, undone_why=why)
    )
    cases.set_outcome(session, case_id=decision.case_id, outcome=None)
    # Judged on other words than these, its count stays.
    is_judged = action in JUDGES
    if is_judged and bytes(writing.content_hash) == bytes(decision.content_hash):
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
    if bytes(writing.content_hash) != bytes(decision.content_hash):
        return
    if queries.is_decided_again(session, decision=decision):
        return
    reasons = decision.was["held_for"]
    if writing.state == Shown.REMOVED:
        moves.restore(session, to=was, reasons=reasons, **target)
    elif writing.state == Shown.HELD and was is Shown.PUBLISHED:
        moves.publish(session, **target)
    elif writing.state in (Shown.HELD, Shown.PUBLISHED) and was is Shown.HELD:
        moves.hold(session, reasons=reasons, **target)
