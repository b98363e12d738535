"""What is left of a month, and whether that carries what falls due to us. Pure.

Disposable income is income less fixed costs, flexible costs and other debts. Five in a hundred of
the income stay with her for what nobody foresaw; what is left beyond that may be asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

RESERVE_PARTS = 20  # one of so many parts of the income is kept back, rounded up

INCOME_KINDS = ("wages", "self_employment", "state_support", "pension", "family", "other")
FIXED_KINDS = ("housing", "utilities", "insurance", "childcare", "transport", "medical", "other")
FLEXIBLE_KINDS = ("food", "household", "personal", "other")


@dataclass(frozen=True)
class Statement:
    """One month in minor units of `currency`. `own_due_minor`: what falls due to us in 30 days."""

    currency: str
    income: Mapping[str, int]
    fixed_costs: Mapping[str, int]
    flexible_costs: Mapping[str, int]
    other_debts_minor: int
    own_due_minor: int = 0

    @property
    def income_minor(self) -> int:
        """All income."""
        return sum(self.income.values())

    @property
    def spent_minor(self) -> int:
        """All costs, and what other lenders get."""
        costs = sum(self.fixed_costs.values()) + sum(self.flexible_costs.values())
        return costs + self.other_debts_minor


class Finding(StrEnum):
    """What the statement says."""

    SUSTAINABLE = "sustainable"
    TIGHT = "tight"  # something is left, and not enough
    NOTHING_LEFT = "nothing_left"


class Way(StrEnum):
    """What would make it sustainable, each by itself."""

    INCOME_UP = "income_up"
    FLEXIBLE_DOWN = "flexible_down"
    DUE_DOWN = "due_down"


@dataclass(frozen=True)
class Verdict:
    """The figures behind a finding, and the least changes that would turn it."""

    finding: Finding
    disposable_minor: int
    reserve_minor: int
    room_minor: int  # what may be asked for; below zero, nothing
    own_due_minor: int
    would_change: tuple[tuple[Way, int], ...] = ()

    @property
    def is_sustainable(self) -> bool:
        """Whether what falls due to us is carried."""
        return self.finding is Finding.SUSTAINABLE


def judge(statement: Statement) -> Verdict:
    """Whether what falls due to us can be carried, and the least that would change the answer."""
    income = statement.income_minor
    reserve = -(-income // RESERVE_PARTS)
    disposable = income - statement.spent_minor
    room = disposable - reserve
    due = statement.own_due_minor
    if room >= due:
        finding = Finding.SUSTAINABLE
    elif disposable > 0:
        finding = Finding.TIGHT
    else:
        finding = Finding.NOTHING_LEFT
    return Verdict(
        finding=finding,
        disposable_minor=disposable,
        reserve_minor=reserve,
        room_minor=room,
        own_due_minor=due,
        would_change=() if room >= due else _ways(statement, lacking=due - room, room=room),
    )


def _ways(statement: Statement, *, lacking: int, room: int) -> tuple[tuple[Way, int], ...]:
    ways = []
    if room > 0:
        ways.append((Way.DUE_DOWN, room))
    # Of what she earns more, the reserve takes its part: 19 of 20 must cover all that goes out.
    needed = statement.spent_minor + statement.own_due_minor
    income = -(-needed * RESERVE_PARTS // (RESERVE_PARTS - 1))
    ways.append((Way.INCOME_UP, income - statement.income_minor))
    if lacking <= sum(statement.flexible_costs.values()):
        ways.append((Way.FLEXIBLE_DOWN, lacking))
    return tuple(ways)
