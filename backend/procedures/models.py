"""Tables of procedures. Steps and replies are added only."""

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

from backend.kit.db import Base
from backend.procedures.rules import OPEN, Ground, State


def _listed(names: Any) -> str:
    return ", ".join(f"'{name}'" for name in names)


IS_OPEN = f"state IN ({_listed(OPEN)})"


class ProcedureOccasion(Base):
    """A document was found forged: a person may open a case on it, and nobody must."""

    __tablename__ = "procedure_occasion"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]


class Procedure(Base):
    """One case. `proof`: what the ledger proved when it was opened, in numbers.

    Who decides is another than who opened, and who undoes another than who decided.
    `ended_enrolment`: the termination ended one, so that undoing it gives it back.
    """

    __tablename__ = "procedure"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "document_id"],
            ["procedure_occasion.borrower_id", "procedure_occasion.document_id"],
            name="fk_procedure_occasion",
        ),
        UniqueConstraint("borrower_id", "document_id"),
        CheckConstraint(f"ground IN ({_listed(Ground)})", name="ground_is_known"),
        CheckConstraint(f"state IN ({_listed(State)})", name="state_is_known"),
        CheckConstraint(
            "(ground = 'forged_proof') = (document_id IS NOT NULL)", name="forgery_has_document"
        ),
        CheckConstraint("decided_by <> opened_by", name="decided_by_another"),
        CheckConstraint("terminated_by <> opened_by", name="terminated_by_another"),
        CheckConstraint("lifted_by <> decided_by", name="lifted_by_another"),
        CheckConstraint(
            "state NOT IN ('upheld', 'terminated') OR decided_by IS NOT NULL",
            name="upheld_by_somebody",
        ),
        CheckConstraint(
            "(state = 'terminated') <= (terminated_at IS NOT NULL)", name="terminated_when"
        ),
        CheckConstraint("reply_until_on >= opened_on + 14", name="two_weeks_to_reply"),
        Index("uq_procedure_open", "borrower_id", unique=True, postgresql_where=text(IS_OPEN)),
        Index("ix_procedure_open", "opened_at", "id", postgresql_where=text(IS_OPEN)),
        Index("ix_procedure_state_opened_at_id", "state", "opened_at", "id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    ground: Mapped[str]
    state: Mapped[str]
    document_id: Mapped[UUID | None]
    proof: Mapped[dict[str, Any]]
    notice_channel: Mapped[str]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("staff_account.id"))
    opened_at: Mapped[datetime]
    opened_on: Mapped[date]
    reply_until_on: Mapped[date]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    decided_at: Mapped[datetime | None]
    terminated_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    terminated_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    lifted_at: Mapped[datetime | None]
    ended_enrolment: Mapped[bool] = mapped_column(server_default=text("false"))


def _of_procedure() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["borrower_id", "procedure_id"], ["procedure.borrower_id", "procedure.id"]
    )


class ProcedureStep(Base):
    """One move of a case, numbered from 1: who (nobody: she herself, or a rule), when and why.

    Why is sealed: what people write of somebody who fell silent may tell of her health.
    """

    __tablename__ = "procedure_step"
    __table_args__ = (_of_procedure(),)

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    procedure_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_account.id"))
    at: Mapped[datetime]


class ProcedureReply(Base):
    """What she answered, sealed; and the documents that she named."""

    __tablename__ = "procedure_reply"
    __table_args__ = (_of_procedure(),)

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    procedure_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    document_ids: Mapped[list[Any]]
    at: Mapped[datetime]


class ProcedureHandOver(Base):
    """The file for lawful collection as it was made, sealed, with its SHA-256."""

    __tablename__ = "procedure_hand_over"
    __table_args__ = (
        _of_procedure(),
        CheckConstraint("octet_length(sha256) = 32", name="hash_is_sha256"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    procedure_id: Mapped[UUID] = mapped_column(primary_key=True)
    file_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
