"""Tables of what staff wrote. A version never changes once it is written."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class MessageTemplate(Base):
    """A template that staff touched: one of ours, or their own that is `like_code` one of ours.

    Its row is the lock of its versions; `revision` is its ETag.
    """

    __tablename__ = "message_template"
    __table_args__ = (
        CheckConstraint(
            "code ~ '^[a-z][a-z0-9_]{0,29}[.][a-z][a-z0-9_]{0,39}$'", name="code_well_formed"
        ),
        ForeignKeyConstraint(
            ["code", "live_version"],
            ["message_template_version.code", "message_template_version.version"],
            use_alter=True,
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    like_code: Mapped[str]
    revision: Mapped[int]
    live_version: Mapped[int | None]
    created_at: Mapped[datetime]


class MessageTemplateVersion(Base):
    """Words that one person wrote and another published. Version 1 of ours is code, no row."""

    __tablename__ = "message_template_version"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("author_id <> publisher_id", name="four_eyes"),
        CheckConstraint("(published_at IS NULL) = (publisher_id IS NULL)", name="published_by"),
    )

    code: Mapped[str] = mapped_column(ForeignKey("message_template.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[dict[str, Any]]
    note: Mapped[str]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    created_at: Mapped[datetime]
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    published_at: Mapped[datetime | None]
