"""One decision of one version of one text.

The writing is locked before its case, here and everywhere, so that an edit and a decision wait for
each other instead of crossing. Whatever hurts hides the text at once and counts ten minutes later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.events.community import HelpfulAnswerConfirmed, ProtectiveHold
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from backend.kit.problems import FieldError
from community import wall
from community.cases import service as cases
from community.cases.errors import CaseChanged, CaseMoved, CaseUnknown
from community.cases.models import Case
from community.cases.rules import Cause, Queue, State, Step, Target
from community.cases.service import Moderator
from community.members import queries as members
from community.moderation import queries
from community.moderation.errors import RulingUnfit
from community.moderation.models import Decision
from community.moderation.rules import (
    FAULTS,
    JUDGES,
    PENALTIES,
    SANCTIONS,
    TAKES_DOWN,
    Action,
    Fault,
    Ruling,
    Standing,
    counts_from,
    find_fault,
    needs_confirmation,
)
from community.moderation.service import counting
from community.moderation.service.opening import CAUSES, subject_of
from community.reports import service as reports
from community.reports.rules import Reason as Worry
from community.rulebook import service as rulebook
from community.writings import moves
from community.writings import queries as writings
from community.writings.rules import Reason
from community.writings.rules import State as Shown

SHOWABLE = (Shown.HELD, Shown.PUBLISHED)


@dataclass(frozen=True)
class Claim:
    """What a moderator holds and has read."""

    case_id: UUID
    token: UUID
    version: int
    content_hash: bytes


def decide(
    session: Session, *, claim: Claim, ruling: Ruling, who: Moderator, now: datetime
) -> AnyRow:
    """Decide what one has read. Answers the decision.

    Refuses: CaseUnknown, CaseMoved (with the decision that won), CaseChanged, RulingUnfit.
    """
    writing = lock_writing(session, case_id=claim.case_id)
    case = get_claimed(session, claim=claim, who=who)
    if bytes(writing.content_hash) != claim.content_hash:
        raise CaseChanged(version=case.version, content_hash=bytes(writing.content_hash).hex())
    refuse_unfit(find_fault(ruling, queue=Queue(case.queue)) or find_misfit(session, case, ruling))
    return settle(session, case=case, writing=writing, ruling=ruling, who=who, now=now)


def find_misfit(session: Session, case: Case, ruling: Ruling) -> Fault | None:
    """What the queue allows, and this case does not."""
    is_asked = Cause.HELPFUL in case.causes
    if ruling.action is Action.CONFIRM_HELPFUL and not is_asked:
        return Fault.NOT_HERE
    if ruling.action in SANCTIONS and queries.is_in_need(
        session, target_id=case.target_id, content_hash=bytes(case.content_hash)
    ):
        return Fault.IN_NEED
    return None


def refuse_unfit(fault: Fault | None) -> None:
    """Refuses: RulingUnfit, with what is wrong and where."""
    if fault is not None:
        raise RulingUnfit(errors=[FieldError(FAULTS[fault].pointer, FAULTS[fault].text)])


def lock_writing(session: Session, *, case_id: UUID) -> AnyRow:
    """What a case is about, locked, its thread first. Refuses: CaseUnknown."""
    found = session.execute(
        select(Case.target_type, Case.target_id).where(Case.id == case_id)
    ).one_or_none()
    if found is None or found.target_type == Target.DECISION:
        raise CaseUnknown
    return moves.get_locked(session, target_type=found.target_type, target_id=found.target_id)


def get_claimed(session: Session, *, claim: Claim, who: Moderator) -> Case:
    """The case, locked, that this claim still holds. Refuses as `decide`."""
    try:
        case = cases.get_held(session, case_id=claim.case_id, token=claim.token, who=who.id)
    except CaseMoved as moved:
        won = queries.find_last_of_case(session, case_id=claim.case_id)
        raise CaseMoved(decision=None if won is None else in_short(won)) from moved
    if case.version != claim.version:
        raise CaseChanged(version=case.version, content_hash=bytes(case.content_hash).hex())
    return case


def settle(
    session: Session,
    *,
    case: Case,
    writing: AnyRow,
    ruling: Ruling,
    who: Moderator,
    now: datetime,
) -> AnyRow:
    """Write the decision of a case that is locked with its writing, and do what it says."""
    decision_id = new_id()
    was = {"state": writing.state, "held_for": list(writing.held_for)}
    session.execute(
        insert(Decision).values(
            id=decision_id,
            case_id=case.id,
            case_version=case.version,
            content_hash=writing.content_hash,
            queue=case.queue,
            target_type=case.target_type,
            target_id=case.target_id,
            author_id=case.author_id,
            action=ruling.action,
            clause=ruling.clause,
            reason=ruling.reason,
            days=ruling.days,
            rules=case.rules,
            was=was,
            standing=_standing(ruling, now=now),
            staff_id=who.id,
            decided_at=now,
            counts_from=counts_from(ruling, now=now),
        )
    )
    cases.end(case, state=State.DECIDED, now=now)
    cases.note(
        session,
        case=case,
        what=Step.DECIDED,
        staff_id=who.id,
        why=ruling.reason,
        before=was,
        after={"decision": str(decision_id), "action": ruling.action},
        now=now,
    )
    session.flush()
    _show_or_hide(session, writing=writing, ruling=ruling, now=now)
    if ruling.action in JUDGES:
        rulebook.note_decision(
            session,
            title=writing.title or "",
            body=writing.body,
            is_violation=ruling.action in PENALTIES,
        )
    if ruling.action is Action.CONFIRM_HELPFUL:
        _confirm_helpful(session, author_id=case.author_id, now=now)
    if ruling.action is Action.HELP_GIVEN and ruling.days is not None:
        _protect(session, author_id=case.author_id, days=ruling.days, now=now)
    if case.queue == Queue.CRISIS:
        _leave_to_others(session, case=case, writing=writing, now=now)
    decision = queries.get_decision(session, decision_id=decision_id)
    if decision.standing == Standing.COUNTS:
        counting.tell_reporters(session, decision=decision, now=now)
    return decision


def _standing(ruling: Ruling, *, now: datetime) -> Standing:
    if needs_confirmation(ruling):
        return Standing.WAITING
    return Standing.PENDING if counts_from(ruling, now=now) > now else Standing.COUNTS


def _show_or_hide(session: Session, *, writing: AnyRow, ruling: Ruling, now: datetime) -> None:
    if writing.state not in SHOWABLE:
        return
    target = {"target_type": writings.target_of(writing), "target_id": writing.id, "now": now}
    if ruling.action in TAKES_DOWN:
        moves.hold(session, reasons=[Reason.UNDER_REVIEW], **target)
    elif ruling.action in (Action.APPROVE, Action.WARN) and writing.state == Shown.HELD:
        moves.publish(session, **target)


def _confirm_helpful(session: Session, *, author_id: UUID, now: datetime) -> None:
    """Once a week at most it counts for a badge: the week is all that is told."""
    today = now.date()
    borrower_id = members.get_borrower_id(session, member_id=author_id)
    monday = today - timedelta(days=today.weekday())
    wall.announce(session, HelpfulAnswerConfirmed(borrower_id, now, monday))


def _protect(session: Session, *, author_id: UUID, days: int, now: datetime) -> None:
    """The lender is asked to leave her in peace, and not told why."""
    borrower_id = members.get_borrower_id(session, member_id=author_id)
    wall.announce(session, ProtectiveHold(borrower_id, now, now + timedelta(days=days)))


def _leave_to_others(session: Session, *, case: Case, writing: AnyRow, now: datetime) -> None:
    """The person was seen to; what else speaks for a look goes to those who look at texts."""
    causes = {Cause(cause) for cause in case.causes} - {Cause.CRISIS}
    if writing.state == Shown.HELD:
        causes |= {CAUSES.get(reason, Cause.OTHER) for reason in writing.held_for}
    if causes:
        other = cases.open_case(
            session, subject=subject_of(writing), causes=causes, rules=case.rules, now=now
        )
        reports.pass_on(session, from_case=case.id, to_case=other, but=Worry.IN_DANGER)


def in_short(decision: AnyRow) -> Mapping[str, Any]:
    """A decision for a moderator who came too late."""
    return {
        "id": str(decision.id),
        "action": decision.action,
        "clause": decision.clause,
        "standing": decision.standing,
    }
