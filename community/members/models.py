"""Tables of members. `borrower_id` leads nowhere from here: no foreign key crosses the wall."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from community.wall import Base


class Member(Base):
    """One borrower among her peers. Her id here is not her id there."""

    __tablename__ = "member"
    __table_args__ = (
        Index("uq_member_borrower_id", "borrower_id", unique=True),
        Index("uq_member_handle", "handle", unique=True),
        CheckConstraint(r"handle ~ '^[a-z]+-[a-z]+-[0-9]{4,6}$'", name="handle_is_drawn"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    borrower_id: Mapped[UUID]
    handle: Mapped[str]
    handle_since_at: Mapped[datetime]
    handles_drawn: Mapped[int] = mapped_column(server_default=text("1"))
    joined_at: Mapped[datetime]


class Block(Base):
    """One member wants to see nothing more of another."""

    __tablename__ = "block"
    __table_args__ = (
        CheckConstraint("member_id <> blocked_id", name="not_herself"),
        Index("ix_block_blocked_id", "blocked_id"),
    )

    member_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    blocked_id: Mapped[UUID] = mapped_column(ForeignKey("community.member.id"), primary_key=True)
    at: Mapped[datetime]
