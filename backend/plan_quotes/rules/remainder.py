"""What of a schedule is still to be laid anew: later rows, and arrears that join them.

Rows that are due stay as the core system planned them. Where an option cures arrears, they are
closed at what was paid on them: their unpaid principal joins the rest and bears interest from the
day of the quote, their unpaid interest is asked for in the first new row and bears none.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from backend.loans.rules import InstallmentRow, LineState
from backend.loans.rules.schedules import MONTHLY, Every, Method, Unit
from backend.loans.rules.schedules.calendar import MONTHS_A_YEAR, add_months
from backend.plan_quotes.rules.facts import LoanFacts, NotPossible, late_minor

_HEAD = 2  # days from which a frequency can be told


@dataclass(frozen=True)
class Rhythm:
    """How often, and on which day of the month."""

    every: Every
    anchor: int


@dataclass(frozen=True)
class Remainder:
    """What is left. `kept` are the rows before it, as they would be booked.

    Interest that is known is carried: what arrears owe, and what the core system planned for the
    first of the rows to come.
    """

    kept: tuple[InstallmentRow, ...]
    later: tuple[InstallmentRow, ...]
    starts_on: date
    rhythm: Rhythm
    principal_minor: int
    idle: tuple[tuple[date, int], ...]
    arrears_interest_minor: int
    planned_interest_minor: int
    fee_minor: int
    penalty_minor: int
    level_minor: int | None
    flat_base_minor: int

    @property
    def due_on(self) -> tuple[date, ...]:
        """The due days to come."""
        return tuple(row.due_on for row in self.later)

    @property
    def first_number(self) -> int:
        """The number of its first row."""
        return self.kept[-1].number + 1 if self.kept else 1


def remainder_of(facts: LoanFacts, *, cures: bool, moves_today: bool = False) -> Remainder:
    """What is left of a loan. `moves_today`: a row that is due today is still to come."""
    if not facts.rows:
        raise NotPossible("no_schedule")
    count = _kept_count(facts, moves_today=moves_today)
    kept, later = facts.rows[:count], tuple(row for row, _ in facts.rows[count:])
    closes = cures and facts.days_past_due > 0
    closed = tuple(_close(row, line) if closes else row for row, line in kept)
    joined = sum(row.principal_minor for row, _ in kept) - sum(r.principal_minor for r in closed)
    planned = sum(row.principal_minor for row in later)
    idle, planned_interest = _known(facts, later, joined)
    return Remainder(
        kept=closed,
        later=later,
        starts_on=_start(facts, kept) if later else _over_on(facts),
        rhythm=rhythm_of([row.due_on for row in later], [row.due_on for row, _ in facts.rows]),
        principal_minor=planned + joined,
        idle=idle,
        arrears_interest_minor=_less(kept, closed, "interest_minor"),
        planned_interest_minor=planned_interest,
        fee_minor=_less(kept, closed, "fee_minor"),
        penalty_minor=_less(kept, closed, "penalty_minor"),
        level_minor=_level(facts, later),
        flat_base_minor=sum(row.principal_minor for row, _ in facts.rows),
    )


def _kept_count(facts: LoanFacts, *, moves_today: bool) -> int:
    """Rows that are due, and those after them on which nothing is open: paid ahead, or skipped."""
    for place, (row, line) in enumerate(facts.rows):
        is_due = row.due_on < facts.today or (row.due_on == facts.today and not moves_today)
        if not is_due and line.open_minor:
            return place
    return len(facts.rows)


def _close(row: InstallmentRow, line: LineState) -> InstallmentRow:
    if not late_minor(line):
        return row
    fee_added = line.charged.fee_minor - row.fee_minor
    penalty_added = line.charged.penalty_minor - row.penalty_minor
    fee_met = line.paid.fee_minor + line.waived.fee_minor - fee_added
    penalty_met = line.paid.penalty_minor + line.waived.penalty_minor - penalty_added
    return replace(
        row,
        principal_minor=line.paid.principal_minor,
        interest_minor=line.paid.interest_minor + line.waived.interest_minor,
        fee_minor=min(row.fee_minor, max(fee_met, 0)),
        penalty_minor=min(row.penalty_minor, max(penalty_met, 0)),
    )


def _less(
    kept: Sequence[tuple[InstallmentRow, LineState]], closed: Sequence[InstallmentRow], part: str
) -> int:
    before: int = sum(getattr(row, part) for row, _ in kept)
    after: int = sum(getattr(row, part) for row in closed)
    return before - after


def _known(
    facts: LoanFacts, later: Sequence[InstallmentRow], joined: int
) -> tuple[tuple[tuple[date, int], ...], int]:
    """Principal that bears nothing for a while, and the interest that was planned for it.

    A flat interest is shared out anew as a whole.
    """
    if not later or facts.product.method is Method.FLAT:
        return (), 0
    planned = sum(row.principal_minor for row in later)
    first = later[0]
    idle = [(first.due_on, planned), (facts.today, joined)]
    return tuple(each for each in idle if each[1]), first.interest_minor


def _start(facts: LoanFacts, kept: Sequence[tuple[InstallmentRow, LineState]]) -> date:
    """The last due day before what is left; a skipped one's interest is part of the next row's."""
    asked = [row.due_on for row, line in kept if line.charged.total_minor]
    return max([facts.opened_on, *asked[-1:]])


def _over_on(facts: LoanFacts) -> date:
    """From when a schedule goes on of which nothing is to come, but rows that are settled."""
    return max(facts.today, facts.rows[-1][0].due_on)


def _level(facts: LoanFacts, later: Sequence[InstallmentRow]) -> int | None:
    """The instalment that the rows to come share, but for the last."""
    is_principal = facts.product.method is Method.EQUAL_PRINCIPAL
    amounts = {
        row.principal_minor + (0 if is_principal else row.interest_minor)
        for row in (later[:-1] or later)
    }
    return amounts.pop() if len(amounts) == 1 else None


def rhythm_of(later: Sequence[date], every_day: Sequence[date]) -> Rhythm:
    """How due days go on: by months on one day, clipped or shifted here and there, or by days."""
    days = later if len(later) >= _HEAD else every_day
    anchor, score = _anchor(days)
    if len(days) < _HEAD:
        return Rhythm(MONTHLY, anchor)
    months = _commonest([_months(early, late) for early, late in pairwise(days)])
    gaps = [(late - early).days for early, late in pairwise(days)]
    is_exact = score == len(days) and len(set(_month_steps(days))) == 1
    if not is_exact and len(gaps) >= _HEAD and len(set(gaps)) == 1:
        return Rhythm(Every(gaps[0], Unit.DAY), anchor)
    if months >= 1 and 2 * score >= len(days):
        return Rhythm(Every(months, Unit.MONTH), anchor)
    return Rhythm(Every(max(_commonest(gaps), 1), Unit.DAY), anchor)


def _month_steps(days: Sequence[date]) -> list[int]:
    return [_months(early, late) for early, late in pairwise(days)]


def _months(early: date, late: date) -> int:
    return (late.year - early.year) * MONTHS_A_YEAR + late.month - early.month


def _anchor(days: Sequence[date]) -> tuple[int, int]:
    """The day of the month that most of them follow, the later one of two."""
    scores = {
        anchor: sum(day == add_months(day.replace(day=1), 0, anchor=anchor) for day in days)
        for anchor in {day.day for day in days}
    }
    best = max(scores, key=lambda anchor: (scores[anchor], anchor))
    return best, scores[best]


def _commonest(values: Sequence[int]) -> int:
    return Counter(values).most_common(1)[0][0]
