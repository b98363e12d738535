"""Tables of the rulebook. Changes of modes are only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from community.detectors.rules import Mode
from community.rulebook.rules import REASON_LENGTH_MAX
from community.wall import Base

MODES = ", ".join(f"'{mode}'" for mode in Mode)


class RuleChange(Base):
    """A lead put a rule into a mode. The newest of each rule counts."""

    __tablename__ = "rule_change"
    __table_args__ = (
        CheckConstraint(f"mode IN ({MODES})", name="mode_known"),
        CheckConstraint(
            f"char_length(reason) BETWEEN 1 AND {REASON_LENGTH_MAX}", name="reason_length"
        ),
        Index("ix_rule_change_rule_number", "rule", "number"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    rule: Mapped[str]
    mode: Mapped[str]
    reason: Mapped[str]
    without_proof: Mapped[bool]
    staff_id: Mapped[UUID]
    at: Mapped[datetime]


class RuleRecord(Base):
    """How often one version of a rule found something, and how often moderators agreed."""

    __tablename__ = "rule_record"
    __table_args__ = (
        # Each is taken back where a decision is: never more than was counted.
        CheckConstraint('hits >= 0 AND "right" >= 0 AND wrong >= 0', name="counts_not_negative"),
    )

    rule: Mapped[str] = mapped_column(primary_key=True)
    rules_version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hits: Mapped[int] = mapped_column(server_default=text("0"))
    right: Mapped[int] = mapped_column(server_default=text("0"))
    wrong: Mapped[int] = mapped_column(server_default=text("0"))
