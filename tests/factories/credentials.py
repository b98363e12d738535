"""Awards to make credentials of, and what is made of them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.kit.ids import new_id
from rewards.badges.models import BadgeAward
from rewards.credentials import service
from rewards.credentials.models import Credential
from tests.clock import NOW, TODAY


def make_award(session: Session, borrower_id: UUID, *, code: str = "six_in_a_row") -> UUID:
    """An award of a badge that ships with the product, earned by the facts that it asks for."""
    award_id = new_id()
    session.execute(
        insert(BadgeAward).values(
            borrower_id=borrower_id,
            id=award_id,
            code=code,
            version=1,
            period="",
            state="standing",
            earned_at=NOW - timedelta(days=9),
            earned_on=TODAY - timedelta(days=9),
            event_seq=0,
            facts={"on_time_streak": 6},
            awarded_at=NOW,
        )
    )
    session.commit()
    return award_id


def make_credential(session: Session, borrower_id: UUID, *, is_shared: bool = False) -> UUID:
    """A credential of a new award of hers; answers the award's id."""
    # A badge is held once; of what went before, nothing stands.
    session.execute(
        update(BadgeAward)
        .where(BadgeAward.borrower_id == borrower_id, BadgeAward.state == "standing")
        .values(state="revoked", revoked_at=NOW, revoked_cause="payment_reversed", revoked_seq=1)
    )
    award_id = make_award(session, borrower_id)
    service.issue(session, borrower_id=borrower_id, award_id=award_id, now=NOW, at=clock.wall())
    if is_shared:
        service.open_share(session, borrower_id=borrower_id, award_id=award_id, now=NOW)
    session.commit()
    return award_id


def credential_id_of(session: Session, borrower_id: UUID) -> str:
    """The id of the one that is valid."""
    mine = select(Credential.id).where(
        Credential.borrower_id == borrower_id, Credential.revoked_at.is_(None)
    )
    return str(session.execute(mine).scalar_one())
