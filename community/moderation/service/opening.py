"""What was held, reported or reads like a cry for help becomes a case."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from community.cases import queries as case_queries
from community.cases import service as cases
from community.cases.rules import Cause, Target
from community.cases.service import Subject
from community.detectors import lender
from community.writings import queries as writings
from community.writings.rules import Reason

CRISIS = "crisis"
HELPFUL = "helpful"
CAUSES: dict[str, Cause] = {
    CRISIS: Cause.CRISIS,
    HELPFUL: Cause.HELPFUL,
    Reason.NEW_MEMBER: Cause.FIRST_POSTS,
    Reason.CONTACT: Cause.PERSONAL_DATA,
    Reason.BANNED: Cause.BANNED,
    Reason.SPAM: Cause.SPAM,
    Reason.OFFENSIVE: Cause.ABUSE,
    Reason.LOOK_ALIKE: Cause.SPAM,
}

HARMLESS = {Cause.FIRST_POSTS, Cause.HELPFUL, Cause.LENDER, Cause.OTHER}
# Whoever advertises speaks of lenders, too.
SELLING = {str(Reason.BANNED), str(Reason.SPAM), str(Reason.LOOK_ALIKE)}


def open_case(
    session: Session,
    *,
    target_type: str,
    target_id: UUID,
    reasons: Sequence[str],
    rules: Sequence[str] = (),
    now: datetime,
) -> None:
    """A writing waits for a person, or its author needs one. Fills `ports.OpenCase`."""
    row = writings.get_for_case(session, target_type=target_type, target_id=target_id)
    causes = [CAUSES.get(reason, Cause.OTHER) for reason in reasons]
    if not SELLING & set(reasons) and lender.is_complaint(row.title or "", row.body):
        causes.append(Cause.LENDER)
    cases.open_case(session, subject=subject_of(row), causes=causes, rules=rules, now=now)


def withdraw(session: Session, *, target_type: str, target_id: UUID, now: datetime) -> None:
    """Its author took it away: nobody reads it without need. Fills `ports.CloseCase`.

    What was reported, or speaks against its author or of her need, is looked at all the same.
    """
    target = Target(target_type)
    case = case_queries.find_open(session, target=target, target_id=target_id)
    if case is not None and case.reports == 0 and HARMLESS.issuperset(case.causes):
        cases.close(session, target=target, target_id=target_id, why="deleted", now=now)


def subject_of(row: AnyRow) -> Subject:
    """A writing as a case names it."""
    return Subject(
        target=Target(writings.target_of(row)),
        target_id=row.id,
        author_id=row.author_id,
        content_hash=bytes(row.content_hash),
    )
