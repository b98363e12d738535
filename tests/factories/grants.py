"""What a borrower was given, for tests that are not about how she came by it."""

from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.benefits import service as benefits
from backend.benefits.rules import Kind
from backend.kit.ids import new_id
from rewards.badges.models import BadgeAward
from rewards.points import service as points
from tests.clock import NOW, TODAY


def grant_of(session: Session, borrower_id: UUID) -> str:
    """The id of a benefit that she was offered."""
    made = benefits.grant_benefit(
        session,
        borrower_id=borrower_id,
        kind=Kind.EDUCATION_PACK,
        terms={"title": "Budgets"},
        cause="test",
        now=NOW,
    )
    return str(made)


def award_of(session: Session, borrower_id: UUID) -> str:
    """The id of a badge that she holds."""
    award_id = new_id()
    session.execute(
        insert(BadgeAward).values(
            borrower_id=borrower_id,
            id=award_id,
            code="three_in_a_row",
            version=1,
            period="",
            state="standing",
            earned_at=NOW,
            earned_on=TODAY,
            event_seq=0,
            facts={},
            awarded_at=NOW,
        )
    )
    return str(award_id)


def adjustment_of(session: Session, borrower_id: UUID, *, asked_by: UUID) -> str:
    """The id of a correction of her points that waits for a second person."""
    made = points.ask_adjustment(
        session, borrower_id=borrower_id, points=5, reason="Told wrong.", asked_by=asked_by, now=NOW
    )
    return str(made)
