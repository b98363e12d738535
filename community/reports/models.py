"""Table of reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from community import wall
from community.cases.models import listed
from community.cases.rules import Target
from community.reports.rules import NOTE_LENGTH_MAX, Reason


class Report(wall.Base):
    """What one member said of one text. Added only."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("reporter_id", "target_type", "target_id", "reason"),
        CheckConstraint(f"reason IN ({listed(Reason)})", name="reason_is_known"),
        CheckConstraint(f"target_type IN ({listed(Target)})", name="target_is_known"),
        CheckConstraint(f"char_length(note) <= {NOTE_LENGTH_MAX}", name="note_length"),
        Index("ix_report_reporter_id_created_at", "reporter_id", "created_at"),
        Index("ix_report_case_id", "case_id"),
    )

    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    target_type: Mapped[str]
    target_id: Mapped[UUID]
    reason: Mapped[str]
    note: Mapped[str | None]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("community.moderation_case.id"))
    created_at: Mapped[datetime]
