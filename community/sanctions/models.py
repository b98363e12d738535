"""Table of sanctions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from community import wall
from community.sanctions.rules import Kind


class Sanction(wall.Base):
    """Of one decision. `until_at` None: for good; `ended_at`: it was lifted before."""

    __tablename__ = "sanction"
    __table_args__ = (
        CheckConstraint(
            "kind IN ({})".format(", ".join(f"'{kind}'" for kind in Kind)), name="kind_is_known"
        ),
        CheckConstraint("until_at > from_at", name="ends_after_it_begins"),
        UniqueConstraint("member_id", "decision_id"),
        Index("ix_sanction_member_id_from_at", "member_id", "from_at"),
    )

    member_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    decision_id: Mapped[UUID]
    kind: Mapped[str]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
