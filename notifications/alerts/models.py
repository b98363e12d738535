"""Alerts of staff. No borrower, no case: nothing here leads through the wall."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from notifications.alerts.rules import Kind, Outcome


def _listed(names: type[Kind | Outcome]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class StaffAlert(Base):
    """`version` rises with each cause that it stands for, so that none comes in unseen at its end.

    `due_at`: of its next try; whoever tries has moved it on first, and may die.
    """

    __tablename__ = "staff_alert"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_listed(Kind)})", name="kind_is_known"),
        CheckConstraint(f"outcome IN ({_listed(Outcome)})", name="outcome_is_known"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended_whole"),
        CheckConstraint("tries >= 0 AND version > 0", name="counted"),
        Index(
            "uq_staff_alert_open",
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_staff_alert_ended", "kind", "outcome", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int]
    last_failure: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
