"""Tables of tiers. Evaluations are added only; a policy version never changes once published."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class TierPolicy(Base):
    """One version of the policy. The live one is the published last; version 1 is ours."""

    __tablename__ = "tier_policy"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state_known"),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_when"
        ),
        CheckConstraint("author_id <> publisher_id", name="four_eyes"),
        CheckConstraint(
            "state = 'draft' OR version = 1 OR publisher_id IS NOT NULL", name="published_by"
        ),
        Index("ix_tier_policy_published_at", "published_at"),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    document: Mapped[dict[str, Any]]
    note: Mapped[str]
    author_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    publisher_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]


class TierState(Base):
    """Where a borrower stands now. Its row is the lock of everything about her tier."""

    __tablename__ = "tier_state"
    __table_args__ = (
        CheckConstraint(
            "(pending_tier IS NULL) = (pending_since_on IS NULL)", name="pending_is_whole"
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    tier: Mapped[str]
    rank: Mapped[int]
    since_on: Mapped[date]
    placed_on: Mapped[date]  # for the first time
    raw_tier: Mapped[str]
    bands: Mapped[str]
    policy_version: Mapped[int]
    pending_tier: Mapped[str | None]
    pending_since_on: Mapped[date | None]
    evaluation_number: Mapped[int]


class TierEvaluation(Base):
    """What was decided, on what facts, by which rule. Numbered from 1 for each borrower.

    `place` is the position in the policy of the tier whose condition held. The number makes a
    second record of the same step impossible, however many workers there are.
    """

    __tablename__ = "tier_evaluation"
    __table_args__ = (
        # Rows come in the order of days: what happened on one is found at the end.
        Index("ix_tier_evaluation_evaluated_on", "evaluated_on", postgresql_using="brin"),
    )

    borrower_id: Mapped[UUID] = mapped_column(
        ForeignKey("tier_state.borrower_id"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    policy_version: Mapped[int]
    place: Mapped[int]
    raw_tier: Mapped[str]
    from_tier: Mapped[str | None]
    from_rank: Mapped[int | None]
    tier: Mapped[str]
    rank: Mapped[int]
    facts: Mapped[dict[str, Any]]
    cause: Mapped[str]
    run_id: Mapped[UUID | None]
    evaluated_on: Mapped[date]
    evaluated_at: Mapped[datetime]


class TierFreeze(Base):
    """No worse tier up to and including `until_on`, for a cause of hers, unless lifted before."""

    __tablename__ = "tier_freeze"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    until_on: Mapped[date]
    created_at: Mapped[datetime]


class TierOverride(Base):
    """A tier set by hand: asked for by one person, confirmed by another, for 90 days at most."""

    __tablename__ = "tier_override"
    __table_args__ = (
        CheckConstraint("asked_by <> confirmed_by", name="four_eyes"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_when"),
        CheckConstraint("expires_on <= asked_on + 90", name="ninety_days_at_most"),
        Index(
            "uq_tier_override_active",
            "borrower_id",
            unique=True,
            postgresql_where=sql("confirmed_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    tier: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[UUID]
    asked_on: Mapped[date]
    asked_at: Mapped[datetime]
    expires_on: Mapped[date]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class TierRun(Base):
    """One re-tier of everybody: one for each policy version and day, however many workers.

    `superseded_by`: another version was published meanwhile, and the rest was not looked at.
    """

    __tablename__ = "tier_run"
    __table_args__ = (
        UniqueConstraint("policy_version", "run_on"),
        Index("ix_tier_run_started_at", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    policy_version: Mapped[int]
    run_on: Mapped[date]
    business_at: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    evaluated: Mapped[int | None]
    moved: Mapped[int | None]
    counts: Mapped[dict[str, Any] | None]
    matrix: Mapped[list[Any] | None]
    superseded_by: Mapped[int | None]


class TierRunChunk(Base):
    """A share of a run: the ids from `from_id` to before `to_id`, to the end if that is null."""

    __tablename__ = "tier_run_chunk"
    __table_args__ = (
        ForeignKeyConstraint(["run_id"], ["tier_run.id"]),
        Index(
            "ix_tier_run_chunk_open", "run_id", "number", postgresql_where=sql("done_at IS NULL")
        ),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[UUID]
    to_id: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    evaluated: Mapped[int | None]
    moves: Mapped[list[Any] | None]


class TierReview(Base):
    """A borrower asks that a person looks at her tier, and may refuse automation alone."""

    __tablename__ = "tier_review"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'changed')", name="state_known"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_when"),
        Index(
            "uq_tier_review_open",
            "borrower_id",
            unique=True,
            postgresql_where=sql("state = 'open'"),
        ),
        Index("ix_tier_review_queue", "asked_at", "id", postgresql_where=sql("state = 'open'")),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    refuses_automation: Mapped[bool]
    evaluation_number: Mapped[int]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str | None]
