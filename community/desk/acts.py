"""What a moderator does at the desk, for those who call by JSON and those who press a key alike.

Entry points of their own: each act opens its transactions, so that what was decided stands,
whatever becomes of the next case.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.texts import Locale
from community import wall
from community.appeals import service as appeals
from community.cases import queries as case_queries
from community.cases import service as cases
from community.cases.errors import CaseUnknown, CrisisLoadReached
from community.cases.models import Case
from community.cases.rules import Queue, Target
from community.cases.service import Moderator
from community.desk import view
from community.moderation import queries, service
from community.moderation.rules import Ruling
from community.moderation.service import Claim


@dataclass(frozen=True)
class Hand:
    """Who does it, in which language she reads, and when."""

    who: Moderator
    locale: Locale
    now: datetime


@dataclass
class Done:
    """What a decision came to: of the case, or of an appeal; how many others were alike."""

    queue: Queue
    decision: dict[str, Any] | None = None
    appeal: dict[str, Any] | None = None
    folded: int = 0
    next: dict[str, Any] | None = field(default=None)


def take(session: Session, *, queue: Queue, hand: Hand) -> dict[str, Any] | None:
    """The queue's next case as she sees it. Refuses: CrisisLoadReached."""
    case = cases.claim_next(session, queue=queue, who=hand.who, now=hand.now)
    if case is None:
        return None
    return view.of_case(session, case=case, locale=hand.locale, now=hand.now)


def hold_next(*, queue: Queue, hand: Hand) -> UUID | None:
    """The case of a queue that is in her hands already, else its next. Refuses: CrisisLoadReached.

    One at a time: a page that is opened twice does not take two.
    """
    with wall.transaction() as session:
        for case in case_queries.list_held(session, staff_id=hand.who.id):
            if case.queue == queue:
                return case.id
        taken = cases.claim_next(session, queue=queue, who=hand.who, now=hand.now)
        if taken is None:
            return None
        view.refresh(session, case=taken, now=hand.now)
        return taken.id


def undo(decision_id: UUID, *, why: str, hand: Hand) -> UUID | None:
    """Take a decision back; the case that this opens is hers, unless it is not for her.

    Refuses: DecisionUnknown, AlreadyUndone, NotUndoable, UndoTooLate, AnothersDecision.
    """
    with wall.transaction() as session:
        given: dict[str, Any] = {"who": hand.who, "now": hand.now}
        row = service.undo(session, decision_id=decision_id, why=why, **given)
        case = cases.claim_about(
            session, target=Target(row.target_type), target_id=row.target_id, **given
        )
        return None if case is None else case.id


def decide(
    claim: Claim, ruling: Ruling, *, hand: Hand, is_folding: bool = False, is_taking: bool = False
) -> Done:
    """Decide what was read; `is_folding` the same words too, `is_taking` the next case at once.

    Refuses: CaseUnknown, CaseMoved, CaseChanged, RulingUnfit, OwnDecision.
    """
    with wall.transaction() as session:
        case = session.get(Case, claim.case_id)
        if case is None:
            raise CaseUnknown
        queue, is_appeal = Queue(case.queue), case.target_type == Target.DECISION
        session.expunge(case)
        done = Done(queue)
        given: dict[str, Any] = {"claim": claim, "ruling": ruling, "who": hand.who, "now": hand.now}
        if is_appeal:
            done.appeal = appeals.answer(session, **given)._asdict()
        else:
            row = service.decide(session, **given)
            done.decision = view.of_decision(row, locale=hand.locale)
    if is_folding and done.decision is not None:
        done.folded = _fold(done.decision["id"], ruling, hand=hand)
    if is_taking:
        done.next = _take_on(queue, hand=hand)
    return done


def _take_on(queue: Queue, *, hand: Hand) -> dict[str, Any] | None:
    try:
        with wall.transaction() as session:
            return take(session, queue=queue, hand=hand)
    except CrisisLoadReached:
        return None


def _fold(decision_id: UUID, ruling: Ruling, *, hand: Hand) -> int:
    given: dict[str, Any] = {"who": hand.who, "now": hand.now}
    with wall.transaction() as session:
        given["decision"] = queries.get_decision(session, decision_id=decision_id)
        alike = service.list_same_text(session, **given)
    folded = 0
    for case_id in alike:
        with wall.transaction() as session:
            folded += service.fold(session, case_id=case_id, ruling=ruling, **given)
    return folded
