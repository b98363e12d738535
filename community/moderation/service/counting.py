"""What a decision brings about once its ten minutes are over, and the second person's yes."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.events.community import MemberSanctioned, ReportAnswered
from backend.kit.db import AnyRow
from backend.staff.errors import SecondPersonNeeded
from community import wall
from community.cases import service as cases
from community.cases.rules import ACTED, KEPT, Queue, Step
from community.cases.service import Moderator
from community.members import queries as members
from community.moderation import queries
from community.moderation.errors import NotWaiting
from community.moderation.models import Decision
from community.moderation.rules import (
    PENALTIES,
    PENALTY_DELAY,
    TAKES_DOWN,
    Action,
    Standing,
    confirm_until,
)
from community.reports import queries as reports
from community.sanctions import service as sanctions
from community.sanctions.rules import Kind
from community.writings import moves
from community.writings.rules import State as Shown

SANCTIONS = {Action.WARN: Kind.WARN, Action.MUTE: Kind.MUTE, Action.SUSPEND: Kind.SUSPEND}


def confirm(session: Session, *, decision_id: UUID, who: Moderator, now: datetime) -> AnyRow:
    """A second moderator agrees; ten minutes later it counts.

    Refuses: DecisionUnknown, NotWaiting, SecondPersonNeeded.
    """
    decision = queries.get_decision(session, decision_id=decision_id, for_update=True)
    is_late = now >= confirm_until(decided_at=decision.decided_at)
    if decision.standing != Standing.WAITING or is_late:
        raise NotWaiting
    if decision.staff_id == who.id:
        raise SecondPersonNeeded
    session.execute(
        update(Decision)
        .where(Decision.id == decision_id)
        .values(
            standing=Standing.PENDING,
            confirmed_by=who.id,
            confirmed_at=now,
            counts_from=now + PENALTY_DELAY,
        )
    )
    note(session, decision, what=Step.CONFIRMED, who=who, now=now)
    return queries.get_decision(session, decision_id=decision_id)


def let_count(session: Session, *, decision_id: UUID, now: datetime) -> bool:
    """A decision whose time has come; False where somebody else, or an undo, was first."""
    found = queries.get_decision(session, decision_id=decision_id)
    writing = moves.get_locked(session, target_type=found.target_type, target_id=found.target_id)
    decision = queries.get_decision(session, decision_id=decision_id, for_update=True)
    if decision.standing != Standing.PENDING or decision.counts_from > now:
        return False
    action = Action(decision.action)
    if action in TAKES_DOWN and writing.state in (Shown.HELD, Shown.PUBLISHED):
        moves.take_down(
            session, target_type=decision.target_type, target_id=decision.target_id, now=now
        )
    if action in SANCTIONS:
        until = None if decision.days is None else now + timedelta(days=decision.days)
        if action is Action.WARN:
            until = None
        sanctions.impose(
            session,
            member_id=decision.author_id,
            decision_id=decision_id,
            kind=SANCTIONS[action],
            until_at=until,
            now=now,
        )
    session.execute(
        update(Decision)
        .where(Decision.id == decision_id)
        .values(standing=Standing.COUNTS, counted_at=now)
    )
    note(session, decision, what=Step.COUNTED, who=None, now=now)
    borrower_id = members.get_borrower_id(session, member_id=decision.author_id)
    wall.announce(session, MemberSanctioned(borrower_id, now, decision_id))
    tell_reporters(session, decision=decision, now=now)
    return True


def tell_reporters(session: Session, *, decision: AnyRow, now: datetime) -> None:
    """Whoever reported it hears that somebody looked; what came of it she reads in the app."""
    is_acted = Action(decision.action) in PENALTIES | {Action.HELP_GIVEN}
    outcome = ACTED if is_acted else KEPT
    cases.set_outcome(session, case_id=decision.case_id, outcome=outcome)
    for borrower_id in reports.list_reporters(session, case_id=decision.case_id):
        wall.announce(session, ReportAnswered(borrower_id, now))


def note(
    session: Session,
    decision: AnyRow,
    *,
    what: Step,
    who: Moderator | None,
    now: datetime,
    why: str | None = None,
) -> None:
    """Into the trail of the decision's case."""
    cases.note(
        session,
        case_id=decision.case_id,
        queue=Queue(decision.queue),
        what=what,
        staff_id=who.id if who else None,
        why=why,
        before={"standing": decision.standing},
        after={"decision": str(decision.id)},
        now=now,
    )
