"""Grants, and where each is found by its id alone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.benefits.rules import Kind, State
from backend.kit.db import Base

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)
_STATES = ", ".join(f"'{state}'" for state in State)


class BenefitGrant(Base):
    """One benefit granted to one borrower. `terms`: what the core system needs to carry it out."""

    __tablename__ = "benefit_grant"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_is_known"),
        CheckConstraint(f"state IN ({_STATES})", name="state_is_known"),
        Index("ix_benefit_grant_granted_at_id", "granted_at", "id"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    terms: Mapped[dict[str, Any]]
    cause: Mapped[str]
    state: Mapped[str]
    granted_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    acknowledged_at: Mapped[datetime | None]


class BenefitGrantLookup(Base):
    """Whose grant an id is: the core system acknowledges by the id alone."""

    __tablename__ = "benefit_grant_lookup"
    __table_args__ = (
        ForeignKeyConstraint(
            ["borrower_id", "grant_id"], ["benefit_grant.borrower_id", "benefit_grant.id"]
        ),
    )

    grant_id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]
