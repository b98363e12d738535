"""Tables of hardship. What she tells us of herself and of her money is sealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.benefits.reasons import Reason
from backend.hardship.rules import (
    OPEN,
    Account,
    FundState,
    PartnerKind,
    ReferralState,
    State,
    TopUpState,
)
from backend.kit.db import Base


def _listed(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in names)


class HardshipApplication(Base):
    """One application. `decide_by_on` is the day we promised her.

    From `relief_from_on` to `relief_until_on` she is left in peace, unless `relief_ended_at` says
    that it ended before.
    """

    __tablename__ = "hardship_application"
    __table_args__ = (
        CheckConstraint(f"reason IN ({_listed(Reason)})", name="reason_is_known"),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint(
            "(state IN ('granted', 'declined', 'ended')) = (decided_at IS NOT NULL)",
            name="decided_when",
        ),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_whom"),
        CheckConstraint(
            "(relief_from_on IS NULL) = (relief_until_on IS NULL)", name="relief_has_an_end"
        ),
        CheckConstraint("state <> 'granted' OR relief_until_on IS NOT NULL", name="grant_relieves"),
        CheckConstraint(
            "state NOT IN ('declined', 'withdrawn', 'ended') OR relief_from_on IS NULL"
            " OR relief_ended_at IS NOT NULL",
            name="relief_ends_with_it",
        ),
        Index(
            "uq_hardship_application_open",
            "borrower_id",
            unique=True,
            postgresql_where=text(f"state IN ({_listed(OPEN)})"),
        ),
        Index(
            "ix_hardship_application_queue",
            "decide_by_on",
            "id",
            postgresql_where=text(f"state IN ({_listed(OPEN)})"),
        ),
        Index(
            "ix_hardship_application_relief",
            "relief_until_on",
            postgresql_where=text("relief_ended_at IS NULL AND relief_until_on IS NOT NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    state: Mapped[str]
    statement_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    words_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    wishes: Mapped[list[Any]]
    submitted_at: Mapped[datetime]
    decide_by_on: Mapped[date]
    relief_from_on: Mapped[date | None]
    relief_until_on: Mapped[date | None]
    relief_ended_at: Mapped[datetime | None]
    question_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    asked_at: Mapped[datetime | None]
    grounds: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    answer_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]


class HardshipBudget(Base):
    """A month of the fund in one currency. The CHECKs are what no race gets past."""

    __tablename__ = "hardship_budget"
    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month_is_first_day"),
        CheckConstraint("available_minor >= 0", name="never_overdrawn"),
        CheckConstraint("reserved_minor >= 0", name="never_over_reserved"),
        CheckConstraint("paid_minor >= 0", name="paid_not_negative"),
    )

    currency: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    available_minor: Mapped[int] = mapped_column(server_default=text("0"))
    reserved_minor: Mapped[int] = mapped_column(server_default=text("0"))
    paid_minor: Mapped[int] = mapped_column(server_default=text("0"))


class HardshipFundEntry(Base):
    """Money went from one account of a month to another. Rows are only added."""

    __tablename__ = "hardship_fund_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["currency", "month"], ["hardship_budget.currency", "hardship_budget.month"]
        ),
        UniqueConstraint("cause", "to_account"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("from_account <> to_account", name="two_accounts"),
        CheckConstraint(
            f"from_account IN ({_listed(Account)}) AND to_account IN ({_listed(Account)})",
            name="accounts_are_known",
        ),
        Index("ix_hardship_fund_entry_budget", "currency", "month", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str]
    month: Mapped[date]
    from_account: Mapped[str]
    to_account: Mapped[str]
    amount_minor: Mapped[int]
    cause: Mapped[str]
    at: Mapped[datetime]


class HardshipTopUp(Base):
    """Money for a month of the fund: one person asks, another confirms."""

    __tablename__ = "hardship_top_up"
    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month_is_first_day"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(f"state IN ({_listed(TopUpState)})", name="state_is_known"),
        CheckConstraint("decided_by <> asked_by", name="four_eyes"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided_by_whom"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_when"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    currency: Mapped[str]
    month: Mapped[date]
    amount_minor: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]


class HardshipFundGrant(Base):
    """Money for one application, taken from one month's budget. Two people agree on it."""

    __tablename__ = "hardship_fund_grant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "application_id"],
            ["hardship_application.borrower_id", "hardship_application.id"],
            name="fk_hardship_fund_grant_application",
        ),
        ForeignKeyConstraint(
            ["currency", "month"], ["hardship_budget.currency", "hardship_budget.month"]
        ),
        ForeignKeyConstraint(
            ["borrower_id", "benefit_grant_id"],
            ["benefit_grant.borrower_id", "benefit_grant.id"],
            name="fk_hardship_fund_grant_benefit_grant",
        ),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(f"state IN ({_listed(FundState)})", name="state_is_known"),
        CheckConstraint("decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided_by_whom"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_when"),
        CheckConstraint(
            "(state IN ('approved', 'paid', 'released')) = (benefit_grant_id IS NOT NULL)",
            name="granted_by_a_benefit",
        ),
        Index(
            "uq_hardship_fund_grant_application",
            "borrower_id",
            "application_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'approved', 'paid')"),
        ),
        Index(
            "ix_hardship_fund_grant_to_settle",
            "borrower_id",
            "id",
            postgresql_where=text("state = 'approved'"),
        ),
        Index("ix_hardship_fund_grant_budget", "currency", "month"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    currency: Mapped[str]
    month: Mapped[date]
    amount_minor: Mapped[int]
    state: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]
    benefit_grant_id: Mapped[UUID | None]


class AidPartner(Base):
    """Somebody outside who trains or helps. Data, not code; made-up ones say so."""

    __tablename__ = "aid_partner"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_listed(PartnerKind)})", name="kind_is_known"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{1,59}$'", name="code_well_formed"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    about: Mapped[dict[str, Any]]
    regions: Mapped[list[Any]]
    is_synthetic: Mapped[bool]
    is_active: Mapped[bool]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    changed_at: Mapped[datetime]


class HardshipReferral(Base):
    """A partner that was suggested to her, what she said, and the grant that introduces her."""

    __tablename__ = "hardship_referral"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "application_id"],
            ["hardship_application.borrower_id", "hardship_application.id"],
            name="fk_hardship_referral_application",
        ),
        ForeignKeyConstraint(
            ["borrower_id", "benefit_grant_id"],
            ["benefit_grant.borrower_id", "benefit_grant.id"],
            name="fk_hardship_referral_benefit_grant",
        ),
        UniqueConstraint("borrower_id", "application_id", "partner_code"),
        CheckConstraint(f"state IN ({_listed(ReferralState)})", name="state_is_known"),
        CheckConstraint("(state = 'suggested') = (answered_at IS NULL)", name="answered_when"),
        CheckConstraint(
            "(state IN ('agreed', 'withdrawn')) = (benefit_grant_id IS NOT NULL)",
            name="introduced_by_a_benefit",
        ),
        Index(
            "ix_hardship_referral_agreed",
            "borrower_id",
            "id",
            postgresql_where=text("state = 'agreed'"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    application_id: Mapped[UUID]
    partner_code: Mapped[str] = mapped_column(ForeignKey("aid_partner.code"))
    course: Mapped[str | None]
    state: Mapped[str]
    suggested_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    suggested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    benefit_grant_id: Mapped[UUID | None]
