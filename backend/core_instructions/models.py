"""Tables of instructions to the core system."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core_instructions.rules import Kind
from backend.kit.db import Base


class CoreInstruction(Base):
    """One thing that the core system is asked to do. `occasion`: what it is asked for, once."""

    __tablename__ = "core_instruction"
    __table_args__ = (
        UniqueConstraint("borrower_id", "occasion"),
        CheckConstraint(
            "kind IN ({})".format(", ".join(f"'{kind}'" for kind in Kind)), name="kind_is_known"
        ),
        Index("ix_core_instruction_created_at_id", "created_at", "id"),
        Index(
            "ix_core_instruction_open",
            "created_at",
            "id",
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    occasion: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]


class CoreInstructionLookup(Base):
    """Whose instruction an id is: the core system acknowledges by the id alone."""

    __tablename__ = "core_instruction_lookup"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "instruction_id"],
            ["core_instruction.borrower_id", "core_instruction.id"],
            name="fk_core_instruction_lookup_instruction",
        ),
    )

    instruction_id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]
