"""A member follows a topic, and stops."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from community.members import queries as members
from community.members import service as members_service
from community.topics.models import TopicFollow
from community.topics.rules import Topic


def follow(session: Session, *, borrower_id: UUID, topic: Topic, now: datetime) -> None:
    """Have its posts among those that she follows. Refuses: NotFound (no such borrower)."""
    member_id = members_service.join(session, borrower_id=borrower_id, now=now)
    session.execute(
        insert(TopicFollow)
        .values(member_id=member_id, topic=topic, since_at=now)
        .on_conflict_do_nothing()
    )


def unfollow(session: Session, *, borrower_id: UUID, topic: Topic) -> None:
    """Follow it no more."""
    session.execute(
        delete(TopicFollow).where(
            TopicFollow.member_id == members.id_of(borrower_id), TopicFollow.topic == topic
        )
    )
