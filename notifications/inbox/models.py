"""Table of inbox items."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.events.contacts import Purpose
from backend.kit.db import Base


class InboxItem(Base):
    """One message to her. `id` is that of the intent which it carries out."""

    __tablename__ = "inbox_item"
    __table_args__ = (
        CheckConstraint(
            f"purpose IN ({', '.join(repr(str(purpose)) for purpose in Purpose)})",
            name="purpose_is_known",
        ),
        CheckConstraint("template_version >= 1", name="version_from_one"),
        CheckConstraint("jsonb_typeof(variables) = 'object'", name="variables_named"),
        Index("ix_inbox_item_borrower_id_created_at_id", "borrower_id", "created_at", "id"),
        Index(
            "ix_inbox_item_unread",
            "borrower_id",
            "created_at",
            "id",
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    template: Mapped[str]
    template_version: Mapped[int]
    variables: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
