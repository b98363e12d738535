"""Reads of topics."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.texts import Locale
from community.members import queries as members
from community.topics.models import TopicFollow
from community.topics.rules import TOPICS


def list_topics(session: Session, *, borrower_id: UUID, locale: Locale) -> list[dict[str, object]]:
    """Every topic, and whether she follows it."""
    query = select(TopicFollow.topic).where(TopicFollow.member_id == members.id_of(borrower_id))
    followed = set(session.execute(query).scalars())
    return [
        {
            "code": str(code),
            "name": topic.name.in_(locale),
            "about": topic.about.in_(locale),
            "is_followed": code in followed,
        }
        for code, topic in TOPICS.items()
    ]
