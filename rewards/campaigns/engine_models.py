"""Tables of what campaigns see and do. Occasions and decisions are kept for good."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from rewards.campaigns.outcomes import Arm, Bucket, Outcome, ReplayState
from rewards.campaigns.rules import OFFERED_TRIGGERS

_TRIGGERS = ", ".join(f"'{each}'" for each in OFFERED_TRIGGERS)
_ARMS = ", ".join(f"'{each}'" for each in Arm)
_OUTCOMES = ", ".join(f"'{each}'" for each in Outcome)
_BUCKETS = ", ".join(f"'{each}'" for each in Bucket)
_REPLAY_STATES = ", ".join(f"'{each}'" for each in ReplayState)
ZERO = text("0")


class CampaignOccasion(Base):
    """Something that campaigns may answer, in the order in which it was recorded: by `seq`.

    What was imported as history has a negative `seq` that follows its time, so it comes before
    all news. `known_seq` and `known_at` say as of what her facts are read: the event that was
    absorbed, or for history the time. `source_part` says which part of the source: an instalment's
    number, a month. `undone_seq`: the news that it never was, for its payment was taken back. No
    foreign key: each follows from a row that has one, and an import writes very many.
    """

    __tablename__ = "campaign_occasion"
    __table_args__ = (
        CheckConstraint(f"trigger IN ({_TRIGGERS})", name="trigger_known"),
        CheckConstraint("is_history = (seq < 0)", name="history_comes_first"),
        CheckConstraint("undone_seq > seq", name="undone_later"),
        Index("ix_campaign_occasion_source", "borrower_id", "trigger", "source_id", "source_part"),
        Index("ix_campaign_occasion_occurred_at", "trigger", "occurred_at"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    trigger: Mapped[str]
    occurred_at: Mapped[datetime]
    on_day: Mapped[date]
    source_id: Mapped[UUID]
    source_part: Mapped[str]
    known_at: Mapped[datetime]
    known_seq: Mapped[int]
    details: Mapped[dict[str, Any]]
    is_history: Mapped[bool]
    undone_seq: Mapped[int | None]


class CampaignParticipant(Base):
    """Who takes part in a campaign, from when on, and whether by lot she is held out.

    `awards` and `points` are what she was given and still has; the limits are those of the version
    that gave her something last. `tier`: where she stood when she joined.
    """

    __tablename__ = "campaign_participant"
    __table_args__ = (
        CheckConstraint(f"arm IN ({_ARMS})", name="arm_known"),
        CheckConstraint("least(awards, points) >= 0", name="never_negative"),
        CheckConstraint("awards <= awards_limit", name="awards_within_limit"),
        CheckConstraint("points <= points_limit", name="points_within_limit"),
        CheckConstraint("arm = 'treated' OR awards = 0", name="held_out_has_nothing"),
        Index("ix_campaign_participant_campaign", "campaign_id", "borrower_id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    arm: Mapped[str]
    joined_at: Mapped[datetime]
    joined_seq: Mapped[int]
    joined_on: Mapped[date]
    version: Mapped[int]
    tier: Mapped[str | None]
    awards: Mapped[int] = mapped_column(server_default=ZERO)
    points: Mapped[int] = mapped_column(server_default=ZERO)
    awards_limit: Mapped[int | None]
    points_limit: Mapped[int | None]


class CampaignDecision(Base):
    """What one version decided of one occasion of one participant, and by which facts.

    `effects` holds each effect with its own outcome. `period_start` names the budget's period that
    it was taken from. A reversed one was an award: what it gave was taken back, and its budget
    stays spent.
    """

    __tablename__ = "campaign_decision"
    __table_args__ = (
        CheckConstraint(f"outcome IN ({_OUTCOMES})", name="outcome_known"),
        CheckConstraint("(outcome = 'refused') = (jsonb_array_length(reasons) > 0)", name="why"),
        CheckConstraint("points >= 0 AND (outcome <> 'refused' OR points = 0)", name="points_of"),
        CheckConstraint(
            "(outcome = 'reversed') = (reversed_at IS NOT NULL)"
            " AND (reversed_at IS NULL) = (reversed_seq IS NULL)",
            name="reversed_whole",
        ),
        ForeignKeyConstraint(
            ["borrower_id", "campaign_id"],
            ["campaign_participant.borrower_id", "campaign_participant.campaign_id"],
            # The usual name has more than the 63 characters that PostgreSQL keeps.
            name="fk_campaign_decision_participant",
        ),
        Index("ix_campaign_decision_given", "campaign_id", "outcome", "occurred_at"),
        Index("ix_campaign_decision_newest", "borrower_id", "seq"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    trigger: Mapped[str]
    outcome: Mapped[str]
    reasons: Mapped[list[Any]]
    effects: Mapped[list[Any]]
    snapshot: Mapped[dict[str, Any]]
    points: Mapped[int] = mapped_column(server_default=ZERO)
    period_start: Mapped[date | None]
    occurred_at: Mapped[datetime]
    on_day: Mapped[date]
    decided_at: Mapped[datetime]
    reversed_at: Mapped[datetime | None]
    reversed_seq: Mapped[int | None]


class CampaignBucket(Base):
    """One budget: of the whole campaign, or of one of its periods. Never more than its limits."""

    __tablename__ = "campaign_bucket"
    __table_args__ = (
        CheckConstraint(f"bucket IN ({_BUCKETS})", name="bucket_known"),
        CheckConstraint("least(points_spent, awards_spent) >= 0", name="never_negative"),
        CheckConstraint("points_spent <= points_limit", name="points_within_limit"),
        CheckConstraint("awards_spent <= awards_limit", name="awards_within_limit"),
    )

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    bucket: Mapped[str] = mapped_column(primary_key=True)
    period_start: Mapped[date] = mapped_column(primary_key=True)
    points_limit: Mapped[int | None]
    points_spent: Mapped[int] = mapped_column(server_default=ZERO)
    awards_limit: Mapped[int | None]
    awards_spent: Mapped[int] = mapped_column(server_default=ZERO)


class CampaignJoining(Base):
    """How far everybody was looked at for one launched version; `after` is the last id."""

    __tablename__ = "campaign_joining"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    after: Mapped[UUID | None]
    joined: Mapped[int] = mapped_column(server_default=ZERO)
    started_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class CampaignReplay(Base):
    """A document run over the past. `progress` is in percent; `report_hash` is the report's.

    The document is kept as it was run. A worker that does not renew `lease_until` is taken for
    dead, and another begins again.
    """

    __tablename__ = "campaign_replay"
    __table_args__ = (
        CheckConstraint(f"state IN ({_REPLAY_STATES})", name="state_known"),
        CheckConstraint("to_day >= from_day", name="days_in_order"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress_in_percent"),
        CheckConstraint(
            "(state = 'done') = (report IS NOT NULL) AND (report IS NULL) = (report_hash IS NULL)",
            name="done_with_report",
        ),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_with_reason"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_leased"),
        Index("ix_campaign_replay_campaign", "campaign_id", "requested_at"),
        Index(
            "ix_campaign_replay_open",
            "requested_at",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaign.id"))
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    document_hash: Mapped[str]
    from_day: Mapped[date]
    to_day: Mapped[date]
    state: Mapped[str]
    progress: Mapped[int] = mapped_column(server_default=ZERO)
    attempts: Mapped[int] = mapped_column(server_default=ZERO)
    lease_until: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None]
    report_hash: Mapped[str | None]
    failure: Mapped[str | None]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
