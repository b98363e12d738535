"""Tables of loans. All are keyed by the borrower first; amounts are minor units."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base

PRECISIONS = "('day', 'month')"
ZERO = text("0")


def _of_loan() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"])


class LoanProduct(Base):
    """What all loans of one product share; by what its schedules are reckoned anew.

    `plan_rate` is that of a revolving balance turned into instalments. `assumed` names the fields
    that the lender did not tell and somebody assumed.
    """

    __tablename__ = "loan_product"
    __table_args__ = (
        CheckConstraint("grace_days BETWEEN 0 AND 3", name="grace_within_bounds"),
        CheckConstraint("rounding IN ('half_up', 'half_even')", name="rounding_known"),
        CheckConstraint("regime IN ('CN', 'US')", name="regime_known"),
        CheckConstraint(
            "method IN ('equal_installment', 'equal_principal', 'flat')", name="method_known"
        ),
        CheckConstraint("day_count IN ('30/360', 'act/365', 'act/act')", name="day_count_known"),
        CheckConstraint("installment_multiple_minor > 0", name="multiple_positive"),
        CheckConstraint("recalculate_interest IN ('none', 'daily')", name="recalculation_known"),
        CheckConstraint("plan_rate BETWEEN 0 AND 10", name="plan_rate_within_bounds"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    allocation_order: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{penalty,fee,interest,principal}'")
    )
    rounding: Mapped[str] = mapped_column(server_default=text("'half_up'"))
    grace_days: Mapped[int] = mapped_column(SmallInteger, server_default=ZERO)
    regime: Mapped[str | None]
    method: Mapped[str] = mapped_column(server_default=text("'equal_installment'"))
    day_count: Mapped[str] = mapped_column(server_default=text("'30/360'"))
    installment_multiple_minor: Mapped[int] = mapped_column(server_default=text("1"))
    recalculate_interest: Mapped[str] = mapped_column(server_default=text("'none'"))
    plan_rate: Mapped[Decimal | None]
    assumed: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))


class Loan(Base):
    """One loan or revolving account, with its state as the replay of its rows gives it.

    `oldest_unpaid_due_on` is the due day of the oldest instalment whose principal, interest or
    fee is unpaid; days past due are counted from it on reading. The `reported_` columns repeat
    the newest delinquency row. `ratio_basis_minor` is what the paid share is a share of: the
    principal, or the last statement's balance.
    """

    __tablename__ = "loan"
    __table_args__ = (
        CheckConstraint("kind IN ('installment', 'revolving')", name="kind_known"),
        CheckConstraint("status IN ('active', 'closed', 'written_off')", name="status_known"),
        CheckConstraint("dpd_source IN ('computed', 'reported')", name="dpd_source_known"),
        CheckConstraint(
            "kind = 'installment' OR dpd_source = 'reported'", name="revolving_is_reported"
        ),
        CheckConstraint("principal_minor >= 0", name="principal_not_negative"),
        CheckConstraint("credit_limit_minor >= 0", name="limit_not_negative"),
        CheckConstraint("annual_rate >= 0", name="rate_not_negative"),
        CheckConstraint(
            "outstanding_minor = outstanding_principal_minor + outstanding_interest_minor"
            " + outstanding_fee_minor + outstanding_penalty_minor",
            name="outstanding_is_its_parts",
        ),
        CheckConstraint(
            "least(outstanding_principal_minor, outstanding_interest_minor, outstanding_fee_minor,"
            " outstanding_penalty_minor, paid_minor, credit_minor) >= 0",
            name="amounts_not_negative",
        ),
        Index("ix_loan_stale", "borrower_id", postgresql_where=text("stale")),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    external_id: Mapped[str]
    kind: Mapped[str]
    product_code: Mapped[str] = mapped_column(ForeignKey("loan_product.code"))
    currency: Mapped[str]
    principal_minor: Mapped[int | None]
    credit_limit_minor: Mapped[int | None]
    annual_rate: Mapped[Decimal | None]
    opened_on: Mapped[date]
    status: Mapped[str]
    dpd_source: Mapped[str]
    plan_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    stale: Mapped[bool] = mapped_column(server_default=text("true"))
    outstanding_principal_minor: Mapped[int] = mapped_column(server_default=ZERO)
    outstanding_interest_minor: Mapped[int] = mapped_column(server_default=ZERO)
    outstanding_fee_minor: Mapped[int] = mapped_column(server_default=ZERO)
    outstanding_penalty_minor: Mapped[int] = mapped_column(server_default=ZERO)
    outstanding_minor: Mapped[int] = mapped_column(server_default=ZERO)
    paid_minor: Mapped[int] = mapped_column(server_default=ZERO)
    credit_minor: Mapped[int] = mapped_column(server_default=ZERO)
    ratio_basis_minor: Mapped[int] = mapped_column(server_default=ZERO)
    next_number: Mapped[int | None]
    next_due_on: Mapped[date | None]
    next_amount_minor: Mapped[int | None]
    next_minimum_minor: Mapped[int | None]
    next_assumed: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    oldest_unpaid_due_on: Mapped[date | None]
    last_payment_on: Mapped[date | None]
    reported_dpd: Mapped[int | None]
    reported_as_of: Mapped[date | None]
    reported_activity: Mapped[str | None]


class Installment(Base):
    """One row of an installment loan's schedule, as the core system planned it.

    `paid_minor` counts everything allocated to it, penalties and fees of later adjustments
    included. `open_minor` is what is open on it after the replay, all parts, later adjustments and
    waivers included. `paid_on` is the day on which principal, interest and fee were first all
    covered; a row without any amount (a skipped period) is never paid and never missed.
    """

    __tablename__ = "installment"
    __table_args__ = (
        _of_loan(),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(
            "least(principal_minor, interest_minor, fee_minor, penalty_minor, paid_minor,"
            " open_minor) >= 0",
            name="amounts_not_negative",
        ),
        # What the nightly job looks for: due, not paid by then, not yet announced.
        Index(
            "ix_installment_unannounced",
            "due_on",
            postgresql_where=text(
                "missed_at IS NULL AND (paid_on IS NULL OR paid_on > due_on)"
                " AND principal_minor + interest_minor + fee_minor > 0"
            ),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date]
    principal_minor: Mapped[int]
    interest_minor: Mapped[int]
    fee_minor: Mapped[int]
    penalty_minor: Mapped[int]
    paid_minor: Mapped[int] = mapped_column(server_default=ZERO)
    open_minor: Mapped[int]
    paid_on: Mapped[date | None]
    missed_at: Mapped[datetime | None]


class Statement(Base):
    """A revolving account's statement of one month; a negative balance is a credit.

    `assumed` names the fields that the lender's data does not hold and somebody assumed.
    """

    __tablename__ = "statement"
    __table_args__ = (
        _of_loan(),
        CheckConstraint("extract(day FROM month) = 1", name="month_is_first_day"),
        CheckConstraint("due_on >= closed_on", name="due_after_close"),
        CheckConstraint("minimum_due_minor >= 0", name="minimum_not_negative"),
        CheckConstraint(f"date_precision IN {PRECISIONS}", name="precision_known"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    closed_on: Mapped[date]
    due_on: Mapped[date]
    balance_minor: Mapped[int]
    minimum_due_minor: Mapped[int | None]
    date_precision: Mapped[str]
    assumed: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Payment(Base):
    """Money that came in. Added only; a reversal is marked and the payment then never was."""

    __tablename__ = "payment"
    __table_args__ = (
        _of_loan(),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(f"date_precision IN {PRECISIONS}", name="precision_known"),
        CheckConstraint(
            "(reversed_on IS NULL) = (reversal_reason IS NULL)", name="reversal_has_reason"
        ),
        Index("ix_payment_loan", "borrower_id", "loan_id", "received_on", "id"),
        Index(
            "ix_payment_reversed", "borrower_id", postgresql_where=text("reversed_on IS NOT NULL")
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    external_id: Mapped[str]
    amount_minor: Mapped[int]
    received_on: Mapped[date]
    date_precision: Mapped[str]
    reversed_on: Mapped[date | None]
    reversal_reason: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Adjustment(Base):
    """A fee, a penalty or a waiver after opening. Added only.

    `period` is the month that a waiver is for: a loan has at most one waiver for each. Or it
    offsets one penalty, `offsets_id`, and that penalty once.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        _of_loan(),
        CheckConstraint("kind IN ('fee', 'penalty', 'waiver')", name="kind_known"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        ForeignKeyConstraint(
            ["borrower_id", "offsets_id"],
            ["adjustment.borrower_id", "adjustment.id"],
            name="fk_adjustment_offsets",
        ),
        CheckConstraint(
            "num_nonnulls(period, offsets_id) = CASE kind WHEN 'waiver' THEN 1 ELSE 0 END",
            name="waiver_has_period_or_penalty",
        ),
        Index("ix_adjustment_loan", "borrower_id", "loan_id", "on_date", "id"),
        Index(
            "uq_adjustment_waiver_period",
            "borrower_id",
            "loan_id",
            "period",
            unique=True,
            postgresql_where=text("kind = 'waiver'"),
        ),
        Index(
            "uq_adjustment_offsets",
            "borrower_id",
            "offsets_id",
            unique=True,
            postgresql_where=text("offsets_id IS NOT NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    external_id: Mapped[str]
    kind: Mapped[str]
    amount_minor: Mapped[int]
    on_date: Mapped[date]
    period: Mapped[date | None]
    offsets_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DisputedAdjustment(Base):
    """A fee or penalty that is in question, for one cause; it counts in the books as before."""

    __tablename__ = "disputed_adjustment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "adjustment_id"], ["adjustment.borrower_id", "adjustment.id"]
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    adjustment_id: Mapped[UUID] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)


class Delinquency(Base):
    """Days past due as the core system reports them; never aged by us."""

    __tablename__ = "delinquency"
    __table_args__ = (
        _of_loan(),
        CheckConstraint("days_past_due >= 0", name="days_not_negative"),
        CheckConstraint("activity IN ('paid', 'carried', 'none')", name="activity_known"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(primary_key=True)
    as_of: Mapped[date] = mapped_column(primary_key=True)
    days_past_due: Mapped[int]
    activity: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
