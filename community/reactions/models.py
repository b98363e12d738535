"""Who gave what to which writing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from community.wall import Base


class Reaction(Base):
    """One reaction of one member."""

    __tablename__ = "reaction"
    __table_args__ = (
        CheckConstraint("kind IN ('helpful', 'thanks', 'hug')", name="kind_known"),
        Index("ix_reaction_member_id", "member_id"),
    )

    writing_id: Mapped[UUID] = mapped_column(ForeignKey("community.writing.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
