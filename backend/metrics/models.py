"""The table of daily figures."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class DailyFigureRow(Base):
    """A number of one day. Part "" is all of the day, and says that the day was counted."""

    __tablename__ = "daily_figure"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z][a-z0-9_.]{1,59}$'", name="name_is_a_code"),
        CheckConstraint("length(part) <= 120", name="part_short"),
        CheckConstraint("number >= 0", name="never_negative"),
        Index("ix_daily_figure_day", "day"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    counted_at: Mapped[datetime]
