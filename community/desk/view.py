"""One case as its moderator sees it, and a decision as its author and its colleagues do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.texts import Locale
from community.appeals import queries as appeals
from community.cases import service as cases
from community.cases.models import Case
from community.cases.rules import Cause, Queue, Target
from community.desk import context
from community.members.models import Member
from community.moderation import queries as decisions
from community.moderation.rules import (
    ALLOWED,
    CLAUSES,
    KEYS,
    MOVING_KEYS,
    PENALTIES,
    TIMED,
    Action,
    Clause,
    Standing,
    confirm_until,
)
from community.reports import queries as reports
from community.rulebook import service as rulebook
from community.sanctions import queries as sanctions
from community.writings import queries as writings
from community.writings.models import Writing

ALIKE_READ_MAX = 20
EXCERPT_LENGTH = 200


def refresh(session: Session, *, case: Case, now: datetime) -> AnyRow:
    """What a case is about as it stands now; its version rises where the words have changed."""
    row = get_writing(session, case=case)
    if case.target_type != Target.DECISION:
        cases.read_anew(session, case=case, content_hash=bytes(row.content_hash), now=now)
    return row


def get_writing(session: Session, *, case: Case) -> AnyRow:
    """What a case, or the decision that is appealed, is about."""
    about: Any = case
    if case.target_type == Target.DECISION:
        about = decisions.get_decision(session, decision_id=case.target_id)
    return writings.get_for_case(session, target_type=about.target_type, target_id=about.target_id)


def of_case(session: Session, *, case: Case, locale: Locale, now: datetime) -> dict[str, Any]:
    """A case that was just taken or read again."""
    writing = refresh(session, case=case, now=now)
    return of_reading(session, case=case, writing=writing, locale=locale, now=now)


def of_reading(
    session: Session, *, case: Case, writing: AnyRow, locale: Locale, now: datetime
) -> dict[str, Any]:
    """A case in somebody's hands, with what it is about. Changes nothing."""
    is_appeal = case.target_type == Target.DECISION
    return {
        "id": case.id,
        "queue": case.queue,
        "version": case.version,
        "content_hash": bytes(case.content_hash).hex(),
        "claim_token": case.claim_token,
        "claimed_until": case.claimed_until,
        "opened_at": case.opened_at,
        "due_at": case.due_at,
        "is_overdue": case.due_at < now,
        "is_for_lead": case.is_for_lead,
        "severity": case.severity,
        "causes": case.causes,
        "target_type": case.target_type,
        "target_id": case.target_id,
        "content": _content(writing),
        "context": context.around(session, writing=writing),
        "findings": _findings(session, writing),
        "reports": [row._asdict() for row in reports.count_reasons(session, case_id=case.id)],
        "notes": reports.list_notes(session, case_id=case.id),
        "author": _author(session, author_id=case.author_id, now=now),
        "similar": _similar(session, writing=writing),
        "appeal": _appeal(session, decision_id=case.target_id, locale=locale)
        if is_appeal
        else None,
        "actions": actions_of(case),
        "moves": [{"move": move, "key": key} for move, key in MOVING_KEYS.items()],
        "clauses": [{"code": clause, "text": CLAUSES[clause].in_(locale)} for clause in Clause],
    }


def _content(row: AnyRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "topic": row.topic,
        "title": row.title,
        "body": row.body,
        "state": row.state,
        "held_for": list(row.held_for),
        "version": row.version,
        "created_at": row.created_at,
        "edited_at": row.edited_at,
    }


def _findings(session: Session, row: AnyRow) -> list[dict[str, Any]]:
    """Where to look. Offsets are code points of title, line end and body."""
    found = rulebook.examine(session, title=row.title or "", body=row.body).findings
    return [
        {
            "kind": each.kind,
            "rule": each.rule,
            "certainty": each.certainty,
            "start": each.start,
            "end": each.end,
        }
        for each in found
    ]


def _author(session: Session, *, author_id: UUID, now: datetime) -> dict[str, Any]:
    """Her history in the community, and nothing of anything else."""
    member = session.execute(
        select(Member.handle, Member.joined_at).where(Member.id == author_id)
    ).one()
    in_force = sanctions.list_in_force(session, member_id=author_id, at=now)
    return {
        "handle": member.handle,
        "joined_at": member.joined_at,
        "clean": writings.count_clean(session, author_id=author_id),
        "decisions": decisions.count_by_action(session, author_id=author_id),
        "sanctions": [row._asdict() for row in in_force],
    }


def _similar(session: Session, *, writing: AnyRow) -> list[dict[str, Any]]:
    """What was decided of texts that read alike."""
    if not writing.bands:
        return []
    alike = (
        session.execute(
            select(Writing.id)
            .where(
                Writing.bands.overlap(writing.bands),
                Writing.id != writing.id,
                decisions.is_decided_on(Writing.id),
            )
            .limit(ALIKE_READ_MAX)
        )
        .scalars()
        .all()
    )
    rows = decisions.list_similar(session, target_ids=alike) if alike else []
    texts = {
        row.id: row.body[:EXCERPT_LENGTH]
        for row in session.execute(
            select(Writing.id, Writing.body).where(
                Writing.id.in_([each.target_id for each in rows])
            )
        )
    }
    return [
        {
            "action": row.action,
            "clause": row.clause,
            "reason": row.reason,
            "decided_at": row.decided_at,
            "excerpt": texts.get(row.target_id, ""),
        }
        for row in rows
    ]


def _appeal(session: Session, *, decision_id: UUID, locale: Locale) -> dict[str, Any]:
    made = appeals.get_of_decision(session, decision_id=decision_id)
    decision = decisions.get_decision(session, decision_id=decision_id)
    return {
        "text": made.text,
        "created_at": made.created_at,
        "decision": of_decision(decision, locale=locale),
    }


def actions_of(case: Case) -> Sequence[Mapping[str, Any]]:
    """What may be done, each with its one key and what it needs beside."""
    is_asked = Cause.HELPFUL in case.causes
    return [
        {"action": action, "key": KEYS[action], "needs": _needs(action)}
        for action in ALLOWED[Queue(case.queue)]
        if is_asked or action is not Action.CONFIRM_HELPFUL
    ]


def _needs(action: Action) -> list[str]:
    needed = ["clause", "reason"] if action in PENALTIES else []
    if action in (Action.UPHOLD, Action.OVERTURN):
        needed = ["reason"]
    return [*needed, "days"] if action in TIMED else needed


def of_decision(row: AnyRow, *, locale: Locale) -> dict[str, Any]:
    """A decision for those who work with it."""
    return {
        "id": row.id,
        "case_id": row.case_id,
        "queue": row.queue,
        "target_type": row.target_type,
        "target_id": row.target_id,
        "action": row.action,
        "clause": row.clause,
        "clause_text": CLAUSES[Clause(row.clause)].in_(locale) if row.clause else None,
        "reason": row.reason,
        "days": row.days,
        "standing": row.standing,
        "decided_by": row.staff_id,
        "decided_at": row.decided_at,
        "counts_from": row.counts_from,
        "confirm_until": confirm_until(decided_at=row.decided_at)
        if row.standing == Standing.WAITING
        else None,
        "confirmed_by": row.confirmed_by,
        "undone_at": row.undone_at,
    }
