"""Table of decisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from community import wall
from community.cases.models import listed
from community.cases.rules import Queue, Target
from community.moderation.rules import CONFIRMED_BEYOND_DAYS, Action, Clause, Standing


class Decision(wall.Base):
    """What was decided of one version of one text, by whom and why.

    `was`: the state of the text before, for an exact undo. `next_to`: an appeal's decision names
    the one that it is about.
    """

    __tablename__ = "moderation_decision"
    __table_args__ = (
        # One decision for each version of a case, whoever is first.
        UniqueConstraint("case_id", "case_version"),
        # What an appeal names, with those who may not decide it.
        UniqueConstraint("author_id", "id"),
        UniqueConstraint("id", "staff_id"),
        CheckConstraint(f"queue IN ({listed(Queue)})", name="queue_is_known"),
        CheckConstraint(f"target_type IN ({listed(Target)})", name="target_is_known"),
        CheckConstraint(f"action IN ({listed(Action)})", name="action_is_known"),
        CheckConstraint(f"clause IN ({listed(Clause)})", name="clause_is_known"),
        CheckConstraint(f"standing IN ({listed(Standing)})", name="standing_is_known"),
        CheckConstraint("confirmed_by <> staff_id", name="confirmed_by_another"),
        CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmation_whole"
        ),
        CheckConstraint(
            "action NOT IN ('mute', 'suspend') OR standing IN ('waiting', 'undone')"
            f" OR days <= {CONFIRMED_BEYOND_DAYS} OR confirmed_by IS NOT NULL",
            name="long_ones_confirmed",
        ),
        CheckConstraint(
            "action NOT IN ('warn', 'remove', 'mute', 'suspend')"
            " OR (clause IS NOT NULL AND reason IS NOT NULL)",
            name="penalty_says_why",
        ),
        CheckConstraint(
            f"queue <> '{Queue.LENDER}' OR action IN ('approve', 'remove')", name="lender_is_apart"
        ),
        CheckConstraint(
            f"queue <> '{Queue.CRISIS}' OR action IN ('help_given', 'no_crisis')",
            name="need_is_not_punished",
        ),
        CheckConstraint("(standing = 'undone') = (undone_at IS NOT NULL)", name="undone_says_when"),
        Index(
            "ix_moderation_decision_due",
            "counts_from",
            postgresql_where=text("standing = 'pending'"),
        ),
        Index(
            "ix_moderation_decision_waiting",
            "decided_at",
            "id",
            postgresql_where=text("standing = 'waiting'"),
        ),
        Index("ix_moderation_decision_target", "target_type", "target_id", "decided_at"),
        Index("ix_moderation_decision_author", "author_id", "decided_at"),
        Index("ix_moderation_decision_staff", "staff_id", "decided_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("community.moderation_case.id"))
    case_version: Mapped[int]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    queue: Mapped[str]
    target_type: Mapped[str]
    target_id: Mapped[UUID]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"))
    action: Mapped[str]
    clause: Mapped[str | None]
    reason: Mapped[str | None]
    days: Mapped[int | None]
    rules: Mapped[list[str]] = mapped_column(JSONB)
    was: Mapped[dict[str, Any]]
    standing: Mapped[str]
    staff_id: Mapped[UUID]
    decided_at: Mapped[datetime]
    counts_from: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_why: Mapped[str | None]
