"""Tables of referrals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from rewards.referrals.rules import State

_STATES = ", ".join(f"'{state}'" for state in State)


class ReferralCode(Base):
    """A member's own code, made when she first asks for it."""

    __tablename__ = "referral_code"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    code: Mapped[str]


class ReferralCodeLookup(Base):
    """Whose code it is: narrow, because a friend comes with the code alone."""

    __tablename__ = "referral_code_lookup"
    __table_args__ = (ForeignKeyConstraint(["borrower_id"], ["referral_code.borrower_id"]),)

    code: Mapped[str] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]


class Referral(Base):
    """A friend (`borrower_id`) and who brought her; she is brought once.

    `kept_*` name the instalment, or the reported month, that confirmed it.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_is_known"),
        CheckConstraint("borrower_id <> referrer_id", name="no_self_referral"),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_when"),
        CheckConstraint("state <> 'rejected' OR decided_by IS NOT NULL", name="rejected_by"),
        Index("ix_referral_referrer", "referrer_id", "id"),
        Index(
            "ix_referral_review", "accepted_at", "id", postgresql_where=text("state = 'in_review'")
        ),
        Index("ix_referral_waiting", "accepted_on", postgresql_where=text("state = 'waiting'")),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID]
    referrer_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"))
    state: Mapped[str]
    signals: Mapped[list[Any]]
    accepted_on: Mapped[date]
    accepted_at: Mapped[datetime]
    kept_loan_id: Mapped[UUID | None]
    kept_number: Mapped[int | None]
    kept_on: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
