"""Tables of reminders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class ReminderPlan(Base):
    """One version of the plan. The live one is the one published last; version 1 is ours."""

    __tablename__ = "reminder_plan"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("author_id <> publisher_id", name="four_eyes"),
        CheckConstraint(
            "version = 1 OR (published_at IS NULL) = (publisher_id IS NULL)", name="published_by"
        ),
        CheckConstraint("(version = 1) = (author_id IS NULL)", name="ours_is_the_first"),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]]
    note: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    created_at: Mapped[datetime]
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    published_at: Mapped[datetime | None]
