"""What is decided about points: how long they last, which are taken first, what may be undone."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

LIFE_MONTHS = 12
MONTHS_IN_YEAR = 12
EXPIRY_NOTICE_DAYS = 30
HOLD_DAYS_MAX = 90
POINTS_MAX = 1_000_000_000  # of one movement: beyond any programme, and far within a bigint
ADJUSTMENT_POINTS_MAX = 100_000
BREAKAGE_WINDOW_MONTHS = 12
RULES_AHEAD_MONTHS_MAX = 12


class Kind(StrEnum):
    """What an entry is."""

    EARNED = "earned"
    PENDING = "pending"
    MADE_AVAILABLE = "made_available"
    SPENT = "spent"
    HELD = "held"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"
    RESTORED = "restored"
    FORFEITED = "forfeited"
    ADJUSTED = "adjusted"


class Account(StrEnum):
    """Where points are: with her, or with the system."""

    AVAILABLE = "available"
    PENDING = "pending"
    HELD = "held"
    ISSUED = "issued"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    FORFEITED = "forfeited"
    ADJUSTED = "adjusted"


# What gives points, so that undoing it takes them, and what took them, so that undoing it gives.
OPENING = frozenset({Kind.EARNED, Kind.PENDING, Kind.ADJUSTED})
SPENDING = frozenset({Kind.SPENT, Kind.CAPTURED, Kind.ADJUSTED})


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one earning; `number` is that of the entry that opened it."""

    number: int
    available: int
    expires_on: date


@dataclass(frozen=True, slots=True)
class Move:
    """Points of one lot from one account to another."""

    lot: int
    from_account: Account
    to_account: Account
    points: int


def expiry_of(day: date) -> date:
    """The last day on which points earned on a day can be spent: 12 months on, end of month."""
    return month_end(add_months(day, LIFE_MONTHS))


def add_months(day: date, months: int) -> date:
    """The same day of another month, or that month's last where it has no such day."""
    count = day.year * MONTHS_IN_YEAR + day.month - 1 + months
    year, month = divmod(count, MONTHS_IN_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def month_end(day: date) -> date:
    """The last day of the month that a day is in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_of(day: date) -> str:
    """A calendar month by its name: 2026-11."""
    return f"{day:%Y-%m}"


def week_of(day: date) -> str:
    """A week by the name that ISO 8601 gives it: 2026-W48."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def live(lots: Iterable[Lot], *, today: date) -> list[Lot]:
    """What can be spent on a day, oldest expiry first: this is the order of spending."""
    spendable = [lot for lot in lots if lot.available > 0 and lot.expires_on >= today]
    return sorted(spendable, key=lambda lot: (lot.expires_on, lot.number))


def balance_of(lots: Iterable[Lot], *, today: date) -> int:
    """What can be spent on a day."""
    return sum(lot.available for lot in live(lots, today=today))


def take(lots: Sequence[Lot], *, points: int, to_account: Account, today: date) -> list[Move]:
    """Up to that many points from the lots that can be spent, oldest expiry first."""
    moves = []
    left = points
    for lot in live(lots, today=today):
        part = min(left, lot.available)
        if part:
            moves.append(Move(lot.number, Account.AVAILABLE, to_account, part))
            left -= part
    return moves


def opposite(moves: Iterable[Move], *, to_account: Account = Account.AVAILABLE) -> list[Move]:
    """The way back: each lot gets what was taken from it."""
    return [Move(move.lot, move.to_account, to_account, move.points) for move in moves]


def change_of(moves: Iterable[Move], account: Account) -> int:
    """What moves add to an account, or take from it."""
    return sum(
        move.points * ((move.to_account is account) - (move.from_account is account))
        for move in moves
    )


def is_deadline_possible(deadline_at: datetime, *, now: datetime) -> bool:
    """Whether a hold may last until then: it is to come, and not farther than 90 days."""
    return now < deadline_at <= now + timedelta(days=HOLD_DAYS_MAX)
