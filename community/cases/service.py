"""Opening a case and gathering into it, and its way from one pair of hands to the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.events.community import CrisisRaised
from backend.kit.ids import new_id
from community import wall
from community.cases import queries
from community.cases.errors import CaseMoved, CaseUnknown, CrisisLoadReached
from community.cases.models import Case, CaseStep
from community.cases.rules import (
    ANSWERED_IN,
    CRISIS_CASES_MAX,
    LEASE,
    SHIFT,
    Cause,
    Queue,
    State,
    Step,
    Target,
    is_for_lead,
    queue_of,
    sent,
    severity_of,
)


@dataclass(frozen=True)
class Subject:
    """What a case is about, as it stands now."""

    target: Target
    target_id: UUID
    author_id: UUID
    content_hash: bytes


@dataclass(frozen=True)
class Moderator:
    """Who works on cases."""

    id: UUID
    is_lead: bool = False


def open_case(
    session: Session,
    *,
    subject: Subject,
    causes: Iterable[Cause],
    rules: Iterable[str] = (),
    is_report: bool = False,
    barred: Iterable[UUID] = (),
    now: datetime,
) -> UUID:
    """Say that somebody should look at this; what is open already gathers it. Answers the case."""
    asked, named = set(causes), sorted(set(rules))
    # Judged once as a word about the lender, it is no matter of the general queue any more.
    last = queries.find_last_causes(session, target=subject.target, target_id=subject.target_id)
    wanted = sorted(asked | ({Cause.LENDER} & {Cause(each) for each in last}))
    queue = Queue.APPEALS if subject.target is Target.DECISION else _queue(wanted)
    made = session.execute(
        upsert(Case)
        .values(
            id=new_id(),
            queue=queue,
            target_type=subject.target,
            target_id=subject.target_id,
            author_id=subject.author_id,
            content_hash=subject.content_hash,
            causes=wanted,
            rules=named,
            severity=severity_of(wanted),
            state=State.OPEN,
            version=1,
            reports=int(is_report),
            skips=0,
            is_for_lead=False,
            barred=sorted(set(barred)),
            opened_at=now,
            due_at=now + ANSWERED_IN[queue],
        )
        .on_conflict_do_nothing(
            index_elements=["target_type", "target_id"],
            # Written out: a plan that is kept for any state would not know the index.
            index_where=text(f"state = '{State.OPEN}'"),
        )
        .returning(Case.id)
    ).scalar_one_or_none()
    if made is None:
        return _gather(
            session, subject=subject, causes=wanted, rules=named, is_report=is_report, now=now
        )
    note(session, case_id=made, queue=queue, what=Step.OPENED, after={"causes": wanted}, now=now)
    _alert(session, queue=queue, now=now)
    return made


def _alert(session: Session, *, queue: str, was: str | None = None, now: datetime) -> None:
    """A human is told at once that somebody may be in need; who, stays behind the wall."""
    if queue == Queue.CRISIS and was != queue:
        wall.announce(session, CrisisRaised(None, now))


def _queue(causes: Iterable[Cause]) -> Queue:
    known = set(causes)
    return queue_of(known, is_about_lender=Cause.LENDER in known)


def _gather(
    session: Session,
    *,
    subject: Subject,
    causes: list[Cause],
    rules: list[str],
    is_report: bool,
    now: datetime,
) -> UUID:
    case = session.execute(
        select(Case)
        .where(
            Case.target_type == subject.target,
            Case.target_id == subject.target_id,
            Case.state == State.OPEN,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if case is None:
        # Decided between our two statements: what we bring is news, and a case of its own.
        return open_case(
            session, subject=subject, causes=causes, rules=rules, is_report=is_report, now=now
        )
    before = {"queue": case.queue, "causes": case.causes, "version": case.version}
    if Queue(case.queue) is Queue.GENERAL and case.content_hash == subject.content_hash:
        # Somebody has read these words already, and found them no word about the lender.
        causes = [each for each in causes if each is not Cause.LENDER or each in case.causes]
    case.causes = sorted({*case.causes, *causes})
    case.rules = sorted({*case.rules, *rules})
    case.reports += int(is_report)
    _take_over(case, content_hash=subject.content_hash, now=now)
    after = {"queue": case.queue, "causes": case.causes, "version": case.version}
    note(
        session,
        case_id=case.id,
        queue=Queue(case.queue),
        what=Step.GATHERED,
        before=before,
        after=after,
        now=now,
    )
    session.flush()
    _alert(session, queue=case.queue, was=str(before["queue"]), now=now)
    return case.id


def _take_over(case: Case, *, content_hash: bytes, now: datetime) -> None:
    """Bring a case in line with its causes and its text; what is another matter now is let go."""
    known = {Cause(cause) for cause in case.causes}
    queue = Queue(case.queue)
    # A case that somebody sent elsewhere stays there, unless somebody is in need.
    if queue is Queue.GENERAL or Cause.CRISIS in known:
        queue = _queue(known)
    is_other = queue != case.queue or content_hash != case.content_hash
    case.severity = max(case.severity, severity_of(known))
    if not is_other:
        return
    if queue != case.queue:
        case.due_at = min(case.due_at, now + ANSWERED_IN[queue])
    case.queue = queue
    case.content_hash = content_hash
    case.version += 1
    _let_go(case)


def find_settled(
    session: Session, *, target: Target, target_id: UUID, content_hash: bytes
) -> Case | None:
    """The newest case in which these very words were decided on."""
    return session.execute(
        select(Case)
        .where(
            Case.target_type == target,
            Case.target_id == target_id,
            Case.content_hash == content_hash,
            Case.state == State.DECIDED,
            # That nobody was in need says nothing of the words.
            Case.queue != Queue.CRISIS,
        )
        .order_by(Case.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def read_anew(session: Session, *, case: Case, content_hash: bytes, now: datetime) -> None:
    """Its holder reads it; where its author wrote it anew meanwhile, the version rises."""
    if bytes(case.content_hash) == content_hash:
        return
    before = {"version": case.version}
    case.content_hash = content_hash
    case.version += 1
    after = {"version": case.version}
    note(session, case=case, what=Step.CHANGED, before=before, after=after, now=now)
    session.flush()


def close(session: Session, *, target: Target, target_id: UUID, why: str, now: datetime) -> None:
    """Nothing is left to decide about it, if a case of it is open."""
    case = queries.find_open(session, target=target, target_id=target_id)
    if case is None:
        return
    end(case, state=State.CLOSED, now=now)
    note(session, case_id=case.id, queue=Queue(case.queue), what=Step.CLOSED, why=why, now=now)
    session.flush()


def get(session: Session, *, case_id: UUID) -> Case:
    """A case that is known to be there."""
    return session.execute(select(Case).where(Case.id == case_id)).scalar_one()


def set_outcome(session: Session, *, case_id: UUID, outcome: str | None) -> None:
    """What those who reported it hear; None: it is open again."""
    session.execute(update(Case).where(Case.id == case_id).values(outcome=outcome))


def end(case: Case, *, state: State, now: datetime) -> None:
    """A locked case is over."""
    case.state = state
    case.ended_at = now
    _let_go(case)


def _let_go(case: Case) -> None:
    case.claimed_by = case.claim_token = case.claimed_until = None


def claim_next(
    session: Session,
    *,
    queue: Queue,
    who: Moderator,
    now: datetime,
    lease: timedelta = LEASE,
) -> Case | None:
    """The gravest case that nobody holds, and of those the oldest, is now `who`'s.

    Refuses: CrisisLoadReached.
    """
    if queue is Queue.CRISIS:
        _spare(session, who=who, now=now)
    waiting = Case.queue == queue
    case = _find_free(session, waiting, who=who, now=now)
    if case is None and who.is_lead:
        # What every lead left to another comes round: behind a lead there is nobody.
        case = _find_free(session, waiting, who=who, now=now, again=True)
    return None if case is None else _lease(session, case, who=who, now=now, lease=lease)


def claim_about(
    session: Session, *, target: Target, target_id: UUID, who: Moderator, now: datetime
) -> Case | None:
    """The open case about something is now `who`'s, where `claim_next` might give it to her."""
    about = (Case.target_type == target) & (Case.target_id == target_id)
    case = _find_free(session, about & (Case.queue != Queue.CRISIS), who=who, now=now)
    return None if case is None else _lease(session, case, who=who, now=now, lease=LEASE)


def _find_free(
    session: Session, which: ColumnElement[bool], *, who: Moderator, now: datetime, **given: bool
) -> Case | None:
    free = queries.free_for(staff_id=who.id, is_lead=who.is_lead, now=now, **given)
    return session.execute(
        select(Case)
        .where(which, *free)
        .order_by(Case.severity.desc(), Case.opened_at, Case.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()


def _lease(
    session: Session, case: Case, *, who: Moderator, now: datetime, lease: timedelta
) -> Case:
    case.claimed_by, case.claim_token, case.claimed_until = who.id, uuid4(), now + lease
    note(session, case=case, what=Step.CLAIMED, staff_id=who.id, now=now)
    session.flush()
    return case


def _spare(session: Session, *, who: Moderator, now: datetime) -> None:
    # Two taps of one person wait for each other here, so that both count.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(who.id), 0))))
    taken = queries.count_taken(session, staff_id=who.id, queue=Queue.CRISIS, since=now - SHIFT)
    if taken >= CRISIS_CASES_MAX:
        raise CrisisLoadReached


def get_held(session: Session, *, case_id: UUID, token: UUID, who: UUID) -> Case:
    """A case that this token of this moderator's holds, locked. Refuses: CaseUnknown, CaseMoved.

    A lease that ran out still holds while nobody else has taken the case.
    """
    case = session.execute(
        select(Case).where(Case.id == case_id).with_for_update()
    ).scalar_one_or_none()
    if case is None:
        raise CaseUnknown
    if case.state != State.OPEN or (case.claim_token, case.claimed_by) != (token, who):
        raise CaseMoved
    return case


def prolong(case: Case, *, now: datetime, lease: timedelta = LEASE) -> None:
    """Its holder is still reading."""
    case.claimed_until = now + lease


def give_back(session: Session, *, case: Case, who: Moderator, now: datetime) -> None:
    """It is anybody's again."""
    _let_go(case)
    note(session, case=case, what=Step.RELEASED, staff_id=who.id, now=now)


def skip(session: Session, *, case: Case, who: Moderator, why: str, now: datetime) -> None:
    """Somebody else should; thrice, and it is a lead's, however often leads skip it."""
    case.skips += 1
    case.skipped = sorted({*case.skipped, who.id})
    case.is_for_lead = case.is_for_lead or is_for_lead(skips=case.skips)
    _let_go(case)
    note(session, case=case, what=Step.SKIPPED, staff_id=who.id, why=why, now=now)


def escalate(
    session: Session, *, case: Case, who: Moderator, to: Queue | None, why: str, now: datetime
) -> None:
    """To a lead, or to the queue where it belongs."""
    before = {"queue": case.queue, "is_for_lead": case.is_for_lead}
    if to is None:
        case.is_for_lead = True
    else:
        case.causes = sorted(sent(map(Cause, case.causes), to=to))
        case.severity = severity_of(map(Cause, case.causes))
        if case.queue == Queue.LENDER:
            # Nobody sends a word about the lender where it may go, and lets it go there.
            case.barred = [*case.barred, who.id]
        case.queue = to
        case.due_at = min(case.due_at, now + ANSWERED_IN[to])
    case.version += 1
    _let_go(case)
    after = {"queue": case.queue, "is_for_lead": case.is_for_lead}
    note(
        session,
        case=case,
        what=Step.ESCALATED,
        staff_id=who.id,
        why=why,
        before=before,
        after=after,
        now=now,
    )
    _alert(session, queue=case.queue, was=str(before["queue"]), now=now)


def note(
    session: Session,
    *,
    what: Step,
    now: datetime,
    case: Case | None = None,
    case_id: UUID | None = None,
    queue: Queue | None = None,
    staff_id: UUID | None = None,
    why: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write a step into the trail of a case."""
    session.execute(
        insert(CaseStep).values(
            case_id=case.id if case else case_id,
            queue=case.queue if case else queue,
            at=now,
            staff_id=staff_id,
            what=what,
            why=why,
            before=dict(before or {}),
            after=dict(after or {}),
        )
    )
