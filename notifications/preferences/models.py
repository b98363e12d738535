"""Tables of preferences."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from notifications.preferences.rules import CHANNELS, HERS


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class NotificationPreference(Base):
    """Her last word on one cell. Without a row the default counts."""

    __tablename__ = "notification_preference"
    __table_args__ = (
        CheckConstraint(f"purpose IN ({_listed(HERS)})", name="purpose_is_hers"),
        CheckConstraint(f"channel IN ({_listed(CHANNELS)})", name="channel_is_known"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    allowed: Mapped[bool]
    changed_at: Mapped[datetime]


class NotificationChoice(Base):
    """Whether words and hours may be chosen by what is known of her. Without a row: yes."""

    __tablename__ = "notification_choice"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    personalised: Mapped[bool]
    changed_at: Mapped[datetime]
