"""What borrowers consented to. Rows are only added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.consents.rules import Purpose, Source
from backend.kit.db import Base


def _listed(kinds: type[Purpose] | type[Source]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


class Consent(Base):
    """One thing she said. `number` counts her rows in the order in which they were written.

    Instants come from the clocks of many machines; the number alone says which act was the last.
    """

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint("borrower_id", "number"),
        CheckConstraint(f"purpose IN ({_listed(Purpose)})", name="purpose_is_known"),
        CheckConstraint(f"source IN ({_listed(Source)})", name="source_is_known"),
        CheckConstraint("version >= 1", name="version_counts_from_one"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        Index("ix_consent_purpose_borrower_id_number", "purpose", "borrower_id", "number"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int]
    purpose: Mapped[str]
    version: Mapped[int]
    granted: Mapped[bool]
    source: Mapped[str]
    at: Mapped[datetime]
