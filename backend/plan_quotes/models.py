"""Quotes. Added only: one that nothing hangs on is removed some time after it ended."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from backend.plan_quotes.rules import Kind

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)


class PlanQuote(Base):
    """One option, priced. `versus_` figures are its total cost less what else would be paid.

    `rows` is the whole schedule, none where it stays as it is. `loan_external_id` stands here so
    that `rows_hash` can be reckoned from the row alone.
    """

    __tablename__ = "plan_quote"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_is_known"),
        CheckConstraint("source IN ('borrower', 'staff')", name="source_is_known"),
        CheckConstraint("rounding IN ('half_up', 'half_even')", name="rounding_known"),
        CheckConstraint("basis ~ '^[0-9a-f]{64}$'", name="basis_is_sha256"),
        CheckConstraint("rows_hash ~ '^[0-9a-f]{64}$'", name="rows_hash_is_sha256"),
        CheckConstraint(
            "jsonb_typeof(rows) = 'array' AND jsonb_typeof(waivers) = 'array'",
            name="rows_and_waivers_are_lists",
        ),
        CheckConstraint(
            "(kind = 'waive_penalty') = (rows = '[]'::jsonb)", name="schedule_unless_waiver"
        ),
        CheckConstraint(
            "(kind = 'waive_penalty') = (waivers <> '[]'::jsonb)", name="waivers_where_waived"
        ),
        CheckConstraint(
            "least(first_installment_minor, total_cost_minor) >= 0", name="amounts_not_negative"
        ),
        CheckConstraint("expires_at > quoted_at", name="ends_after_it_was_made"),
        Index("ix_plan_quote_loan", "borrower_id", "loan_id", text("quoted_at DESC")),
        Index("ix_plan_quote_expires_at", "expires_at"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    loan_external_id: Mapped[str]
    source: Mapped[str]
    kind: Mapped[str]
    terms: Mapped[dict[str, Any]]
    currency: Mapped[str]
    rows: Mapped[list[Any]]
    waivers: Mapped[list[Any]]
    basis: Mapped[str]
    rows_hash: Mapped[str]
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    first_installment_minor: Mapped[int]
    first_due_on: Mapped[date | None]
    total_cost_minor: Mapped[int]
    versus_now_minor: Mapped[int]
    versus_payoff_minor: Mapped[int]
    ends_on: Mapped[date | None]
    rounding: Mapped[str]
    effects: Mapped[dict[str, Any]]
    quoted_at: Mapped[datetime]
    expires_at: Mapped[datetime]
