"""Tables of the programme."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class Enrolment(Base):
    """Where one borrower stands. `assignment` is drawn or given once and then stays.

    No status: drawn for the control group, and not enrolled by a later phase either.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        CheckConstraint("status IN ('enrolled', 'paused', 'terminated')", name="status_known"),
        CheckConstraint(
            "assignment IN ('treated', 'control', 'roll_out')", name="assignment_known"
        ),
        CheckConstraint("status IS NOT NULL OR assignment = 'control'", name="only_control_waits"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    status: Mapped[str | None]
    assignment: Mapped[str]
    assigned_at: Mapped[datetime]
    since_at: Mapped[datetime]
    number: Mapped[int]


class EnrolmentChange(Base):
    """One step of an enrolment, numbered from 1. Added only."""

    __tablename__ = "enrolment_change"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.borrower_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    reason: Mapped[str]
    staff_id: Mapped[UUID | None]
    at: Mapped[datetime]
