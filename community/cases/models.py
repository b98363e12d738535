"""Tables of cases and of what happened to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from community import wall
from community.cases.rules import Queue, State, Step, Target


def listed(names: type[Any]) -> str:
    """The words of a closed list, for a CHECK."""
    return ", ".join(f"'{name}'" for name in names)


class Case(wall.Base):
    """Something that a person should look at. `barred`: who may not take it.

    `skipped`: who left it to others; a lead gets it again where nothing else waits. `version`
    rises when what is to be decided changes: other words, another queue. `outcome` is what
    reporters hear: acted or kept, none while that is open.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        CheckConstraint(f"queue IN ({listed(Queue)})", name="queue_is_known"),
        CheckConstraint(f"target_type IN ({listed(Target)})", name="target_is_known"),
        CheckConstraint(f"state IN ({listed(State)})", name="state_is_known"),
        CheckConstraint(
            "(claimed_by IS NULL) = (claim_token IS NULL)"
            " AND (claimed_by IS NULL) = (claimed_until IS NULL)",
            name="claimed_whole",
        ),
        CheckConstraint("state = 'open' OR claimed_by IS NULL", name="claimed_is_open"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_is_over"),
        CheckConstraint("outcome IN ('acted', 'kept')", name="outcome_is_known"),
        CheckConstraint("octet_length(content_hash) = 32", name="hash_whole"),
        # Whatever is said of one text is one case.
        Index(
            "uq_moderation_case_open",
            "target_type",
            "target_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_moderation_case_waiting",
            "queue",
            text("severity DESC"),
            "opened_at",
            "id",
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_moderation_case_text",
            "content_hash",
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_moderation_case_target", "target_type", "target_id", "id"),
        Index(
            "ix_moderation_case_author",
            "author_id",
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_moderation_case_claimed_by",
            "claimed_by",
            postgresql_where=text("claimed_by IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    queue: Mapped[str]
    target_type: Mapped[str]
    target_id: Mapped[UUID]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"))
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    causes: Mapped[list[str]] = mapped_column(JSONB)
    rules: Mapped[list[str]] = mapped_column(JSONB)
    severity: Mapped[int]
    state: Mapped[str]
    version: Mapped[int]
    reports: Mapped[int]
    skips: Mapped[int]
    is_for_lead: Mapped[bool]
    barred: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    skipped: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    claimed_by: Mapped[UUID | None]
    claim_token: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]


class CaseStep(wall.Base):
    """What was done to a case, by whom and why. Added only; no staff id: the product did it."""

    __tablename__ = "moderation_step"
    __table_args__ = (
        CheckConstraint(f"what IN ({listed(Step)})", name="what_is_known"),
        Index("ix_moderation_step_case_id_number", "case_id", "number"),
        Index("ix_moderation_step_staff_id_at", "staff_id", "at"),
    )

    number: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("community.moderation_case.id"))
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None]
    what: Mapped[str]
    queue: Mapped[str]
    why: Mapped[str | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
