"""Tables of campaigns. What was submitted never changes again: a trigger says so as well."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from rewards.campaigns.rules import State, VersionState

_STATES = ", ".join(f"'{state}'" for state in State)
_VERSION_STATES = ", ".join(f"'{state}'" for state in VersionState)


class Campaign(Base):
    """One campaign. Its row is the lock of its versions; `revision` is its ETag."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("state NOT IN ('live', 'paused') OR live_version IS NOT NULL", name="runs"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when"),
        ForeignKeyConstraint(
            ["id", "live_version"],
            ["campaign_version.campaign_id", "campaign_version.number"],
            use_alter=True,
        ),
        ForeignKeyConstraint(
            ["id", "newest_version"],
            ["campaign_version.campaign_id", "campaign_version.number"],
            use_alter=True,
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_campaign_state", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    state: Mapped[str]
    live_version: Mapped[int | None]
    newest_version: Mapped[int]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    first_live_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class CampaignVersion(Base):
    """One version. `editors` are all who had a hand in it, and none of them may approve it.

    `waivers`: a list of `{"check", "reason", "by"}`. `replay_hash` is of the report that the
    approver saw.
    """

    __tablename__ = "campaign_version"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(f"state IN ({_VERSION_STATES})", name="state_known"),
        CheckConstraint("document_hash ~ '^[0-9a-f]{64}$'", name="hash_well_formed"),
        CheckConstraint("editors @> to_jsonb(author_id::text)", name="author_is_editor"),
        CheckConstraint("NOT editors @> to_jsonb(approver_id::text)", name="four_eyes"),
        CheckConstraint("(submitted_at IS NULL) = (submitter_id IS NULL)", name="submitted_by"),
        CheckConstraint(
            "state IN ('draft', 'superseded') OR submitted_at IS NOT NULL", name="submitted_first"
        ),
        CheckConstraint(
            "(approved_at IS NULL) = (approver_id IS NULL)"
            " AND (approved_at IS NULL) = (replay_id IS NULL)"
            " AND (approved_at IS NULL) = (replay_hash IS NULL)",
            name="approved_whole",
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'live') OR approved_at IS NOT NULL", name="approved_first"
        ),
        CheckConstraint(
            "(state = 'rejected') = (rejected_at IS NOT NULL)"
            " AND (rejected_at IS NULL) = (rejected_by IS NULL)"
            " AND (rejected_at IS NULL) = (rejection_note IS NULL)",
            name="rejected_whole",
        ),
        CheckConstraint(
            "(launched_at IS NULL) = (launched_by IS NULL)"
            " AND (launched_at IS NULL OR approved_at IS NOT NULL)"
            " AND (state <> 'live' OR launched_at IS NOT NULL)",
            name="launched_whole",
        ),
        Index("ix_campaign_version_state", "state", "submitted_at"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    document: Mapped[dict[str, Any]]
    document_hash: Mapped[str]
    author_id: Mapped[UUID]
    editors: Mapped[list[Any]]
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime]
    submitter_id: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    waivers: Mapped[list[Any]]
    approver_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    replay_id: Mapped[UUID | None]
    replay_hash: Mapped[str | None]
    rejected_by: Mapped[UUID | None]
    rejected_at: Mapped[datetime | None]
    rejection_note: Mapped[str | None]
    launched_by: Mapped[UUID | None]
    launched_at: Mapped[datetime | None]
