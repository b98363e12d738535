"""Table of unmaskings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from community import wall


class Unmasking(wall.Base):
    """Who learned whose words they were, when and why, and who looked at that. Added only."""

    __tablename__ = "unmasking"
    __table_args__ = (
        CheckConstraint("seen_by <> staff_id", name="seen_by_another"),
        CheckConstraint("(seen_by IS NULL) = (seen_at IS NULL)", name="seen_whole"),
        CheckConstraint("seen_by IS NULL OR was_right IS NOT NULL", name="seen_says_what"),
        Index("ix_unmasking_open", "at", postgresql_where=text("seen_by IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("community.moderation_case.id"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"))
    staff_id: Mapped[UUID]
    reason: Mapped[str]
    at: Mapped[datetime]
    seen_by: Mapped[UUID | None]
    seen_at: Mapped[datetime | None]
    was_right: Mapped[bool | None]
