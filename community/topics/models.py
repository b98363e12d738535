"""Who follows which topic."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from community.wall import Base


class TopicFollow(Base):
    """A member sees a topic's posts among those that she follows."""

    __tablename__ = "topic_follow"

    member_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    since_at: Mapped[datetime]
