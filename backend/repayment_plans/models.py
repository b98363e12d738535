"""Tables of requests and plans. Moves, decisions and freezes are added, never rewritten."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from backend.repayment_plans.rules import FINAL, Actor, Reason, State


def _listed(values: Any) -> str:
    return ", ".join(f"'{value}'" for value in values)


_FINAL = _listed(state for state in State if state in FINAL)


def _of_request() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["borrower_id", "request_id"], ["plan_request.borrower_id", "plan_request.id"]
    )


class PlanRequest(Base):
    """One request, and the plan that it becomes.

    `due_on` is the day by which what the state waits for is due; of a final state, the day on
    which it came. `old_rows` is the schedule as it was at acceptance, to be restored exactly.
    `booked_loan_id`: the loan under which the core system has booked it.
    """

    __tablename__ = "plan_request"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        ForeignKeyConstraint(
            ["borrower_id", "booked_loan_id"],
            ["loan.borrower_id", "loan.id"],
            name="fk_plan_request_booked_loan",
        ),
        ForeignKeyConstraint(
            ["borrower_id", "quote_id"], ["plan_quote.borrower_id", "plan_quote.id"]
        ),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint(f"reason IN ({_listed(Reason)})", name="reason_is_known"),
        CheckConstraint(
            "(accepted_at IS NULL) = (agreed_on IS NULL)"
            " AND (accepted_at IS NULL) = (old_rows IS NULL)",
            name="accepted_whole",
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'cooling_off', 'awaiting_core', 'core_differs', 'active',"
            " 'breached', 'cured', 'completed') OR accepted_at IS NOT NULL",
            name="agreed_before_booked",
        ),
        Index(
            "uq_plan_request_open_loan",
            "borrower_id",
            "loan_id",
            unique=True,
            postgresql_where=text(f"state NOT IN ({_FINAL})"),
        ),
        Index("ix_plan_request_queue", "state", "due_on", "tier_rank", "requested_at", "id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    quote_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    message_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    document_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    asked_before_miss: Mapped[bool]
    review_reasons: Mapped[list[Any]]
    policy_version: Mapped[int]
    tier_rank: Mapped[int]
    version: Mapped[int]
    requested_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_on: Mapped[date]
    relief_since_on: Mapped[date | None]
    accepted_at: Mapped[datetime | None]
    agreed_on: Mapped[date | None]
    cooling_off_until_on: Mapped[date | None]
    old_rows: Mapped[list[Any] | None]
    booked_loan_id: Mapped[UUID | None]
    reoffered_on: Mapped[date | None]


class PlanRequestLookup(Base):
    """Whose request an id is: staff and the core system name it by the id alone."""

    __tablename__ = "plan_request_lookup"
    __table_args__ = (_of_request(),)

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]


class PlanStateChange(Base):
    """One move: from where to where, made by whom and why. Numbered from 1 for each request."""

    __tablename__ = "plan_state_change"
    __table_args__ = (
        _of_request(),
        ForeignKeyConstraint(
            ["borrower_id", "quote_id"],
            ["plan_quote.borrower_id", "plan_quote.id"],
            name="fk_plan_state_change_quote",
        ),
        CheckConstraint(f"actor IN ({_listed(Actor)})", name="actor_is_known"),
        CheckConstraint("(actor = 'staff') = (staff_id IS NOT NULL)", name="staff_are_named"),
        CheckConstraint(
            "to_state NOT IN ('accepted', 'withdrawn') OR actor = 'borrower'",
            name="only_she_accepts_or_withdraws",
        ),
        Index("ix_plan_state_change_changed_at", "changed_at", postgresql_using="brin"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str]
    staff_id: Mapped[UUID | None]
    cause: Mapped[str]
    quote_id: Mapped[UUID]
    changed_at: Mapped[datetime]


class PlanDecision(Base):
    """What a member of staff decided; each reason, and what would change it, in both languages.

    `rejected_by`: of the decision on an appeal, who made the one appealed against.
    """

    __tablename__ = "plan_decision"
    __table_args__ = (
        _of_request(),
        CheckConstraint(
            "outcome IN ('approve', 'reject', 'request_info', 'counter_offer')",
            name="outcome_is_known",
        ),
        CheckConstraint("decided_by <> rejected_by", name="appeal_by_another"),
        CheckConstraint("is_appeal = (rejected_by IS NOT NULL)", name="appeal_is_whole"),
        CheckConstraint(
            "jsonb_typeof(reasons) = 'array' AND jsonb_array_length(reasons) > 0",
            name="reasons_given",
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    reasons: Mapped[list[Any]]
    is_appeal: Mapped[bool]
    rejected_by: Mapped[UUID | None]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime]


class PlanFreeze(Base):
    """Days, both included, whose penalties on a loan are disputed; without an end it lasts."""

    __tablename__ = "plan_freeze"
    __table_args__ = (
        _of_request(),
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        CheckConstraint("until_on >= from_on", name="ends_after_it_began"),
        Index(
            "uq_plan_freeze_open",
            "borrower_id",
            "request_id",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
        Index("ix_plan_freeze_loan", "borrower_id", "loan_id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class PlanKept(Base):
    """An instalment of a plan that stands as paid by its day. Gone again if its payment is."""

    __tablename__ = "plan_kept"
    __table_args__ = (_of_request(),)

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    paid_on: Mapped[date]


class PlanPolicy(Base):
    """One version of the limits of automatic approval. The live one is the published last."""

    __tablename__ = "plan_policy"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state_known"),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_when"
        ),
        CheckConstraint("author_id <> publisher_id", name="four_eyes"),
        CheckConstraint(
            "state = 'draft' OR version = 1 OR publisher_id IS NOT NULL", name="published_by"
        ),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    document: Mapped[dict[str, Any]]
    note: Mapped[str]
    author_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    publisher_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
