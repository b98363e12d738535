"""Table of promises."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base
from backend.promises.rules import DAYS_MAX, Given, State


def _listed(names: type[Given] | type[State]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class Promise(Base):
    """Her word to pay an amount by a day. `paid_minor`: what counted when it was judged last.

    `not_counted` holds the payments that were there when she gave it: they keep no promise.
    """

    __tablename__ = "promise"
    __table_args__ = (
        ForeignKeyConstraint(["borrower_id", "loan_id"], ["loan.borrower_id", "loan.id"]),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("paid_minor >= 0", name="paid_not_negative"),
        CheckConstraint(
            f"on_date BETWEEN made_on + 1 AND made_on + {DAYS_MAX}", name="day_within_limit"
        ),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint(f"given_by IN ({_listed(Given)})", name="given_by_is_known"),
        CheckConstraint("(given_by = 'phone') = (recorded_by IS NOT NULL)", name="phone_has_staff"),
        CheckConstraint("state <> 'kept' OR paid_minor >= amount_minor", name="kept_is_paid"),
        Index(
            "uq_promise_open",
            "borrower_id",
            "loan_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_promise_loan", "borrower_id", "loan_id", "on_date"),
        Index(
            "ix_promise_judged",
            "borrower_id",
            "id",
            postgresql_where=text("state NOT IN ('withdrawn', 'lapsed')"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    on_date: Mapped[date]
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    given_by: Mapped[str]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    not_counted: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str]
    paid_minor: Mapped[int] = mapped_column(server_default=text("0"))
    changed_at: Mapped[datetime]
