"""Table of appeals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from community import wall
from community.appeals.rules import TEXT_LENGTH_MAX, Outcome
from community.cases.models import listed


class Appeal(wall.Base):
    """One for each decision. Who decided and who confirmed are kept beside it, for the CHECK."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("decision_id"),
        ForeignKeyConstraint(
            ["member_id", "decision_id"],
            ["community.moderation_decision.author_id", "community.moderation_decision.id"],
        ),
        ForeignKeyConstraint(
            ["decision_id", "decider_id"],
            ["community.moderation_decision.id", "community.moderation_decision.staff_id"],
            name="fk_appeal_decider",
        ),
        CheckConstraint(
            "reviewer_id NOT IN (decider_id, coalesce(confirmer_id, decider_id))",
            name="reviewed_by_another",
        ),
        CheckConstraint(
            "(outcome IS NULL) = (reviewer_id IS NULL)"
            " AND (outcome IS NULL) = (decided_at IS NULL)"
            " AND (outcome IS NULL) = (reason IS NULL)",
            name="answered_whole",
        ),
        CheckConstraint(f"outcome IN ({listed(Outcome)})", name="outcome_is_known"),
        CheckConstraint(f"char_length(text) BETWEEN 1 AND {TEXT_LENGTH_MAX}", name="text_length"),
    )

    member_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    decision_id: Mapped[UUID]
    decider_id: Mapped[UUID]
    confirmer_id: Mapped[UUID | None]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("community.moderation_case.id"))
    text: Mapped[str]
    created_at: Mapped[datetime]
    outcome: Mapped[str | None]
    reviewer_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
