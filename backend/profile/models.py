"""Tables of the profile. `profile` holds kept values; `queries.Catalogue` makes facts of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class Profile(Base):
    """Kept values of one borrower. Amounts are minor units of `currency`.

    `dpd_base` is the highest reported days past due of her open loans, 0 where we compute them;
    null while nothing is known. `oldest_unpaid_due_on` and the other days are what ages are
    counted from, in her contract's `timezone`. `arrears_minor` is what she would pay to be up to
    date. `tier_seq` is the event that told the tier: one that comes late, being older, does not
    undo it. `awaited` are events that came while her loans were still to be settled; they are
    absorbed when that is done.
    """

    __tablename__ = "profile"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    timezone: Mapped[str]
    currency: Mapped[str | None]
    product: Mapped[str | None]
    dpd_base: Mapped[int | None]
    oldest_unpaid_due_on: Mapped[date | None]
    dpd_past_max_12m: Mapped[int | None]
    on_time_streak: Mapped[int | None]
    installments_missed_12m: Mapped[int | None]
    overdue_count_12m: Mapped[int | None]
    cured_count_12m: Mapped[int | None]
    paid_ratio_6m: Mapped[Decimal | None]
    last_payment_on: Mapped[date | None]
    last_activity_on: Mapped[date | None]
    open_loans: Mapped[int | None]
    open_balance: Mapped[int | None]
    arrears_minor: Mapped[int | None]
    first_loan_amount: Mapped[int | None]
    repaid_total: Mapped[int | None]
    relationship_since_on: Mapped[date | None]
    plan_active: Mapped[bool | None]
    income_monthly: Mapped[int | None]
    income_verified: Mapped[bool | None]
    income_stability: Mapped[Decimal | None]
    debt_to_income: Mapped[Decimal | None]
    employment: Mapped[str | None]
    programme_status: Mapped[str | None]
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    # Each of these is written by the feature that knows it, through an event of its own.
    tier: Mapped[str | None]
    tier_seq: Mapped[int] = mapped_column(server_default=text("0"))
    contact_answered_ratio_90d: Mapped[Decimal | None]
    lost_contact: Mapped[bool | None]
    plans_kept_ratio: Mapped[Decimal | None]
    plan_installments_kept: Mapped[int | None]
    hardship_active: Mapped[bool | None]
    referrals_confirmed: Mapped[int | None]
    refreshed_at: Mapped[datetime | None]
    awaited: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))


class FactChange(Base):
    """A kept value became another. Added only, but for history that is computed anew.

    `fact` is the name of a kept value, or of a fact that the lender declared. Of events about her
    that were absorbed together, `event_seq` is the first: all of them were known from then on.
    `event_seq` 0 has no event: a window's edge passed, or (`is_rebuilt`) the value at a month's
    end was computed from imported history. No foreign key: rows are written beside the locked
    profile row, which has one, and checking it again took a third of an import's time.
    """

    __tablename__ = "fact_change"

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(primary_key=True)
    event_seq: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    is_rebuilt: Mapped[bool] = mapped_column(server_default=text("false"))


class ExtraFact(Base):
    """A fact that the lender declared as data. Its type never changes, its words may."""

    __tablename__ = "extra_fact"
    __table_args__ = (
        CheckConstraint(
            "type IN ('integer', 'decimal', 'text', 'boolean', 'date')", name="type_known"
        ),
        CheckConstraint("actionable IN ('up', 'down', 'no')", name="actionable_known"),
        CheckConstraint("name ~ '^[a-z][a-z0-9_]{1,59}$'", name="name_well_formed"),
        CheckConstraint(
            "actionable = 'no' OR action_texts IS NOT NULL", name="actionable_says_how"
        ),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    unit: Mapped[str]
    labels: Mapped[dict[str, Any]]
    actionable: Mapped[str]
    action_texts: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class ProtectedAttributes(Base):
    """What no rule may read. Only the fairness report counts these, in cells of 30 or more."""

    __tablename__ = "protected_attributes"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    sex: Mapped[str | None]
    age_band: Mapped[str | None]
    education: Mapped[str | None]
    marital_status: Mapped[str | None]
    updated_at: Mapped[datetime]
