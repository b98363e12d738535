"""Appealing, and the second look."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from backend.events.community import AppealAnswered
from backend.kit.db import AnyRow
from backend.kit.ids import new_id
from community import wall
from community.appeals import queries
from community.appeals.errors import AppealMade, AppealTooLate, NothingToAppeal, OwnDecision
from community.appeals.models import Appeal
from community.appeals.rules import OUTCOMES, Outcome
from community.cases import service as cases
from community.cases.errors import CaseUnknown
from community.cases.models import Case
from community.cases.rules import KEPT, Cause, Queue, State, Step, Target
from community.cases.service import Moderator, Subject
from community.members import queries as members
from community.moderation import queries as decisions
from community.moderation import service as moderation
from community.moderation.errors import DecisionUnknown
from community.moderation.rules import (
    PENALTIES,
    Action,
    Fault,
    Ruling,
    Standing,
    find_fault,
    may_undo,
)
from community.moderation.service import Claim


def appeal(
    session: Session, *, member_id: UUID | None, decision_id: UUID, words: str, now: datetime
) -> AnyRow:
    """Ask for a second look at a decision about something of hers.

    Refuses: DecisionUnknown, NothingToAppeal, AppealTooLate, AppealMade.
    """
    decision = decisions.get_decision(session, decision_id=decision_id, for_update=True)
    if decision.author_id != member_id or Action(decision.action) not in PENALTIES:
        raise DecisionUnknown
    made = queries.find_of_decision(session, decision_id=decision_id)
    if made is not None:
        raise AppealMade(appeal_id=str(made.id))
    if decision.standing != Standing.COUNTS:
        raise NothingToAppeal
    if not may_undo(counts_from=decision.counts_from, now=now):
        raise AppealTooLate
    case_id = cases.open_case(
        session,
        subject=Subject(
            Target.DECISION, decision_id, decision.author_id, bytes(decision.content_hash)
        ),
        causes=[Cause.APPEAL],
        barred=[each for each in (decision.staff_id, decision.confirmed_by) if each],
        now=now,
    )
    session.execute(
        insert(Appeal).values(
            member_id=member_id,
            id=new_id(),
            decision_id=decision_id,
            decider_id=decision.staff_id,
            confirmer_id=decision.confirmed_by,
            case_id=case_id,
            text=words,
            created_at=now,
        )
    )
    return queries.get_of_decision(session, decision_id=decision_id)


def answer(
    session: Session, *, claim: Claim, ruling: Ruling, who: Moderator, now: datetime
) -> AnyRow:
    """Look again. Overturned, everything is as it was before the decision.

    Refuses: CaseUnknown, CaseMoved, CaseChanged, RulingUnfit, OwnDecision.
    """
    decision_id = _decision_of(session, case_id=claim.case_id)
    decision, writing = moderation.lock_both(session, decision_id=decision_id)
    case = moderation.get_claimed(session, claim=claim, who=who)
    fault = find_fault(ruling, queue=Queue(case.queue))
    # A lead undid it meanwhile: nobody may tell her that it stands.
    if decision.standing == Standing.UNDONE and ruling.action is Action.UPHOLD:
        fault = Fault.NOT_HERE
    moderation.refuse_unfit(fault)
    if who.id in (decision.staff_id, decision.confirmed_by):
        raise OwnDecision
    outcome, reason = OUTCOMES[ruling.action], str(ruling.reason)
    session.execute(
        update(Appeal)
        .where(Appeal.decision_id == decision_id)
        .values(outcome=outcome, reviewer_id=who.id, reason=reason, decided_at=now)
    )
    # However long the second look took: she asked for it in time.
    if outcome is Outcome.OVERTURNED and decision.standing != Standing.UNDONE:
        moderation.take_back(
            session, decision=decision, writing=writing, by=who.id, why=reason, now=now
        )
        cases.set_outcome(session, case_id=decision.case_id, outcome=KEPT)
    cases.end(case, state=State.DECIDED, now=now)
    cases.note(
        session,
        case=case,
        what=Step.DECIDED,
        staff_id=who.id,
        why=reason,
        before={"standing": decision.standing},
        after={"appeal": outcome, "decision": str(decision_id)},
        now=now,
    )
    borrower_id = members.get_borrower_id(session, member_id=decision.author_id)
    wall.announce(session, AppealAnswered(borrower_id, now, decision_id))
    session.flush()
    return queries.get_of_decision(session, decision_id=decision_id)


def _decision_of(session: Session, *, case_id: UUID) -> UUID:
    case = session.get(Case, case_id)
    if case is None or case.target_type != Target.DECISION:
        raise CaseUnknown
    return case.target_id
