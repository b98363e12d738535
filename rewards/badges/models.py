"""Tables of badges. A version never changes once it is written; awards are never deleted."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from rewards.badges.rules import Cause, State

_STATES = ", ".join(f"'{state}'" for state in State)
_CAUSES = ", ".join(f"'{cause}'" for cause in Cause)


class Badge(Base):
    """One badge. Its row is the lock of its versions; `revision` is its ETag."""

    __tablename__ = "badge"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{1,39}$'", name="code_well_formed"),
        CheckConstraint("(retired_at IS NULL) = (retired_by IS NULL)", name="retired_by"),
        ForeignKeyConstraint(
            ["code", "live_version"],
            ["badge_version.code", "badge_version.version"],
            use_alter=True,
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int]
    live_version: Mapped[int | None]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[UUID | None]


class BadgeVersion(Base):
    """One version of its definition. The live one is the one published last; ours have no author.

    `document`: predicate, counters, repeats, picture, name, description, how_to_earn.
    """

    __tablename__ = "badge_version"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("author_id <> publisher_id", name="four_eyes"),
        CheckConstraint(
            "author_id IS NULL OR (published_at IS NULL) = (publisher_id IS NULL)",
            name="published_by",
        ),
        CheckConstraint("author_id IS NOT NULL OR published_at IS NOT NULL", name="ours_are_live"),
    )

    code: Mapped[str] = mapped_column(ForeignKey("badge.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[dict[str, Any]]
    note: Mapped[str]
    author_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    publisher_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]


class BadgeAward(Base):
    """A badge that a borrower earned. `period` is empty for one that is held once.

    Earned at the moment `earned_at`, a day of hers `earned_on`, when the event `event_seq` had
    been absorbed (0: by time alone, or at a month's end of imported history), by these facts. One
    that a campaign gave (`campaign_id`) was earned by its conditions, not by those of the badge.
    """

    __tablename__ = "badge_award"
    __table_args__ = (
        ForeignKeyConstraint(["code", "version"], ["badge_version.code", "badge_version.version"]),
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint(f"revoked_cause IN ({_CAUSES})", name="cause_known"),
        CheckConstraint(
            "(state = 'revoked') = (revoked_at IS NOT NULL)"
            " AND (revoked_at IS NULL) = (revoked_cause IS NULL)",
            name="revoked_when_and_why",
        ),
        CheckConstraint(
            "coalesce(revoked_cause = 'payment_reversed', false) = (revoked_seq IS NOT NULL)",
            name="revoked_by_event",
        ),
        CheckConstraint(
            "coalesce(revoked_cause <> 'payment_reversed', false) = (revoked_by IS NOT NULL)"
            " AND (revoked_by IS NULL) = (revoked_note IS NULL)",
            name="revoked_by_person",
        ),
        Index(
            "uq_badge_award_standing",
            "borrower_id",
            "code",
            "period",
            unique=True,
            postgresql_where=text("state = 'standing'"),
        ),
        Index("ix_badge_award_holders", "code", postgresql_where=text("state = 'standing'")),
        Index(
            "ix_badge_award_revoked_by",
            "borrower_id",
            postgresql_where=text("revoked_by IS NOT NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    period: Mapped[str]
    state: Mapped[str]
    earned_at: Mapped[datetime]
    earned_on: Mapped[date]
    event_seq: Mapped[int]
    facts: Mapped[dict[str, Any]]
    awarded_at: Mapped[datetime]
    campaign_id: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    revoked_cause: Mapped[str | None]
    revoked_seq: Mapped[int | None]
    revoked_by: Mapped[UUID | None]
    revoked_note: Mapped[str | None]
