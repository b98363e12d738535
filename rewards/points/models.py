"""Tables of points. Entries and postings are added only: triggers refuse anything else."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base

ZERO = text("0")
ENTRY_KINDS = (
    "('earned', 'pending', 'made_available', 'spent', 'held', 'captured', 'released', 'expired',"
    " 'taken_back', 'restored', 'forfeited', 'adjusted')"
)
HERS = "('available', 'pending', 'held')"
ACCOUNTS = (
    "('available', 'pending', 'held', 'issued', 'redeemed', 'expired', 'forfeited', 'adjusted')"
)
MOVES_HERS = f"from_account <> to_account AND (from_account IN {HERS} OR to_account IN {HERS})"


class PointsAccount(Base):
    """A borrower's three balances. Its row is the lock of everything about her points.

    `available` counts what has not been posted as expired; whoever shows or spends it looks at
    the lots' days. `last_number` is that of her newest entry.
    """

    __tablename__ = "points_account"
    __table_args__ = (
        CheckConstraint("least(available, pending, held) >= 0", name="never_overdrawn"),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    available: Mapped[int] = mapped_column(server_default=ZERO)
    pending: Mapped[int] = mapped_column(server_default=ZERO)
    held: Mapped[int] = mapped_column(server_default=ZERO)
    last_number: Mapped[int] = mapped_column(server_default=ZERO)


class PointsEntry(Base):
    """One thing that happened to her points. Added only; numbers are the order of effect.

    `points` is what it added to her available points, or took from them. An entry that moves points
    of a single lot, as nearly all do, is its own posting (`lot`, `from_account`, `to_account`,
    `moved`); the others have theirs in `points_posting`. The view `points_movement` shows both
    alike. An award names its rule
    and its source; after it was taken back the same source may earn again, in the next `round`.
    `unrecovered` could not be taken, because it was spent before. No foreign key to the account:
    whoever writes an entry changes that very row in the same statement.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        CheckConstraint(f"kind IN {ENTRY_KINDS}", name="kind_known"),
        CheckConstraint("unrecovered >= 0", name="unrecovered_not_negative"),
        CheckConstraint("(kind IN ('earned', 'pending')) = (rule IS NOT NULL)", name="award_rule"),
        CheckConstraint(
            "num_nonnulls(rule, source_id, source_part, round) IN (0, 4)", name="award_whole"
        ),
        CheckConstraint(
            "(kind IN ('taken_back', 'restored')) = (reverses IS NOT NULL)",
            name="reversal_names_original",
        ),
        CheckConstraint("reverses < number", name="reversal_after_original"),
        CheckConstraint(
            "num_nonnulls(lot, from_account, to_account, moved) IN (0, 4)", name="posting_whole"
        ),
        CheckConstraint("moved > 0", name="moved_positive"),
        CheckConstraint(
            "lot IS NULL OR points = CASE 'available'"
            " WHEN to_account THEN moved WHEN from_account THEN -moved ELSE 0 END",
            name="points_as_moved",
        ),
        CheckConstraint(f"from_account IN {ACCOUNTS}", name="from_account_known"),
        CheckConstraint(f"to_account IN {ACCOUNTS}", name="to_account_known"),
        CheckConstraint(MOVES_HERS, name="moves_hers"),
        ForeignKeyConstraint(
            ["borrower_id", "reverses"], ["points_entry.borrower_id", "points_entry.number"]
        ),
        Index(
            "uq_points_entry_award",
            "borrower_id",
            "rule",
            "source_id",
            "source_part",
            "round",
            unique=True,
            postgresql_where=text("rule IS NOT NULL"),
        ),
        Index(
            "uq_points_entry_reversal",
            "borrower_id",
            "reverses",
            unique=True,
            postgresql_where=text("reverses IS NOT NULL"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    points: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    cause_type: Mapped[str]
    cause_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    rule: Mapped[str | None]
    rule_version: Mapped[int | None]
    source_id: Mapped[UUID | None]
    source_part: Mapped[str | None]
    round: Mapped[int | None]
    lot: Mapped[int | None]
    from_account: Mapped[str | None]
    to_account: Mapped[str | None]
    moved: Mapped[int | None]
    reverses: Mapped[int | None]
    unrecovered: Mapped[int] = mapped_column(server_default=ZERO)


class PointsLot(Base):
    """What one earning opened, and where it is now. Spendable up to and including `expires_on`.

    It bears the number of the entry that opened it. `spent` went for good; what is in none of the
    four has expired or was taken.
    """

    __tablename__ = "points_lot"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("least(available, pending, held, spent) >= 0", name="never_overdrawn"),
        CheckConstraint(
            "available + pending + held + spent <= points", name="never_more_than_opened"
        ),
        ForeignKeyConstraint(
            ["borrower_id", "number"], ["points_entry.borrower_id", "points_entry.number"]
        ),
        Index(
            "ix_points_lot_spendable",
            "borrower_id",
            "expires_on",
            "number",
            postgresql_where=text("available > 0"),
        ),
        Index(
            "ix_points_lot_expiring",
            "expires_on",
            "borrower_id",
            postgresql_where=text("available > 0"),
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    points: Mapped[int]
    available: Mapped[int]
    pending: Mapped[int] = mapped_column(server_default=ZERO)
    held: Mapped[int] = mapped_column(server_default=ZERO)
    spent: Mapped[int] = mapped_column(server_default=ZERO)
    opened_at: Mapped[datetime]
    expires_on: Mapped[date]


class PointsPosting(Base):
    """Of an entry over several lots, what it moved of one of them. Added only.

    One row takes and gives the same points, so no posting can fail to sum to zero. Its entry is
    `number`, its lot that of the entry which opened it: hers by their very numbers. No foreign
    key asks again, which would take a quarter of the expiry's time; the audit does.
    """

    __tablename__ = "points_posting"
    __table_args__ = (
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint(f"from_account IN {ACCOUNTS}", name="from_account_known"),
        CheckConstraint(f"to_account IN {ACCOUNTS}", name="to_account_known"),
        CheckConstraint(MOVES_HERS, name="moves_hers"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    lot: Mapped[int] = mapped_column(primary_key=True)
    from_account: Mapped[str]
    to_account: Mapped[str]
    points: Mapped[int]


class PointsHold(Base):
    """Points set aside by the entry of this number, until captured, released or overdue."""

    __tablename__ = "points_hold"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'captured', 'released')", name="state_known"),
        CheckConstraint("points > 0", name="points_positive"),
        CheckConstraint("(state = 'open') = (ended_by IS NULL)", name="ended_by_entry"),
        ForeignKeyConstraint(
            ["borrower_id", "number"], ["points_entry.borrower_id", "points_entry.number"]
        ),
        ForeignKeyConstraint(
            ["borrower_id", "ended_by"],
            ["points_entry.borrower_id", "points_entry.number"],
            name="fk_points_hold_ended_by_points_entry",
        ),
        Index("ix_points_hold_open", "deadline_at", postgresql_where=text("state = 'open'")),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    points: Mapped[int]
    state: Mapped[str]
    deadline_at: Mapped[datetime]
    ended_by: Mapped[int | None]


class PointsAdjustment(Base):
    """Points given or taken by hand: asked for by one person, decided by another."""

    __tablename__ = "points_adjustment"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points_not_zero"),
        CheckConstraint("state IN ('open', 'confirmed', 'rejected')", name="state_known"),
        CheckConstraint("asked_by <> decided_by", name="four_eyes"),
        CheckConstraint(
            "(state = 'open') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided_when",
        ),
        CheckConstraint("(state = 'confirmed') = (entry IS NOT NULL)", name="confirmed_entry"),
        ForeignKeyConstraint(
            ["borrower_id", "entry"], ["points_entry.borrower_id", "points_entry.number"]
        ),
        Index(
            "ix_points_adjustment_open", "asked_at", "id", postgresql_where=text("state = 'open'")
        ),
    )

    borrower_id: Mapped[UUID] = mapped_column(ForeignKey("borrower.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    points: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    entry: Mapped[int | None]


class PointsExpiryNotice(Base):
    """That she was told, once, of points that expire on a day."""

    __tablename__ = "points_expiry_notice"

    borrower_id: Mapped[UUID] = mapped_column(
        ForeignKey("points_account.borrower_id"), primary_key=True
    )
    expires_on: Mapped[date] = mapped_column(primary_key=True)
    points: Mapped[int]
    announced_at: Mapped[datetime]


class EarnRuleVersion(Base):
    """One version of the earn rules, in force from `effective_from` until the next begins."""

    __tablename__ = "earn_rule_version"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state_known"),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL)", name="published_when"
        ),
        CheckConstraint("author_id <> publisher_id", name="four_eyes"),
        CheckConstraint(
            "state = 'draft' OR version = 1 OR publisher_id IS NOT NULL", name="published_by"
        ),
        Index(
            "uq_earn_rule_version_effective_from",
            "effective_from",
            unique=True,
            postgresql_where=text("state = 'published'"),
        ),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    document: Mapped[dict[str, Any]]
    effective_from: Mapped[date]
    note: Mapped[str]
    author_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    publisher_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
