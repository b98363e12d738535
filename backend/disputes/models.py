"""Tables of disputes: how each stands, and every step with what was said, sealed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.disputes.rules import DECIDED, OPEN, About, State
from backend.kit.db import Base


def _listed(*names: str) -> str:
    return ", ".join(f"'{name}'" for name in names)


IS_OPEN = text(f"state IN ({_listed(*OPEN)})")


class Dispute(Base):
    """One matter of one loan. `correction_minor`: what no waiver could mend any more."""

    __tablename__ = "dispute"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        ForeignKeyConstraint(
            ["borrower_id", "adjustment_id"],
            ["adjustment.borrower_id", "adjustment.id"],
            name="fk_dispute_adjustment",
        ),
        ForeignKeyConstraint(
            ["borrower_id", "payment_id"],
            ["payment.borrower_id", "payment.id"],
            name="fk_dispute_payment",
        ),
        CheckConstraint(f"about IN ({_listed(*About)})", name="about_is_known"),
        CheckConstraint(f"state IN ({_listed(*State)})", name="state_is_known"),
        CheckConstraint(
            f"(state IN ({_listed(*sorted(DECIDED))})) = (decided_by IS NOT NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint(
            f"(state IN ({_listed(*OPEN)})) = (ended_at IS NULL)", name="ended_when"
        ),
        CheckConstraint("adjustment_id IS NULL OR payment_id IS NULL", name="names_one_thing"),
        CheckConstraint("least(waived_minor, correction_minor) >= 0", name="amounts_not_negative"),
        Index(
            "uq_dispute_open", "borrower_id", "loan_id", "matter", unique=True,
            postgresql_where=IS_OPEN,
        ),
        # A line that was mended is mended once.
        Index(
            "uq_dispute_mended", "borrower_id", "adjustment_id", unique=True,
            postgresql_where=text("adjustment_id IS NOT NULL AND state = 'upheld'"),
        ),
        Index("ix_dispute_queue", "due_on", "id", postgresql_where=IS_OPEN),
    )  # fmt: skip

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    about: Mapped[str]
    matter: Mapped[str]
    adjustment_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    state: Mapped[str]
    submitted_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    due_on: Mapped[date]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    ended_at: Mapped[datetime | None]
    grounds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    currency: Mapped[str]
    waived_minor: Mapped[int] = mapped_column(server_default=text("0"))
    correction_minor: Mapped[int] = mapped_column(server_default=text("0"))


class DisputeStep(Base):
    """One step, with what she or staff said. Added only; no `staff_id` is her own."""

    __tablename__ = "dispute_step"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "dispute_id"], ["dispute.borrower_id", "dispute.id"]),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    dispute_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    words_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime]
