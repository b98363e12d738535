"""Tables of contact."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class ContactHold(Base):
    """She is left in peace up to and including a day, for one cause."""

    __tablename__ = "contact_hold"

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    until_on: Mapped[date]
    created_at: Mapped[datetime]
