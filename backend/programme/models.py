"""Tables of the programme."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
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
    draw_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme_draw.id"))
    at: Mapped[datetime]


class ProgrammeDraw(Base):
    """One draw or roll-out: who asked for it, among whom, and what came of it."""

    __tablename__ = "programme_draw"
    __table_args__ = (
        CheckConstraint("kind IN ('pilot', 'roll_out')", name="kind_known"),
        CheckConstraint("considered = enrolled + control", name="considered_is_its_parts"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    among: Mapped[dict[str, Any] | None]
    include_control: Mapped[bool]
    reason: Mapped[str]
    staff_id: Mapped[UUID]
    drawn_at: Mapped[datetime]
    considered: Mapped[int] = mapped_column(server_default=text("0"))
    enrolled: Mapped[int] = mapped_column(server_default=text("0"))
    control: Mapped[int] = mapped_column(server_default=text("0"))
