"""The rows of a loan while its events are replayed over them, and the balance that bears interest.

The down payment is never lent out: it stands first, due on the day of disbursement, and no interest
is reckoned on it.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from backend.loans.rules.schedules.calendar import (
    actual_fraction,
    months_between,
    period_fraction_30_360,
)
from backend.loans.rules.schedules.terms import DayCount, Every, Terms, Unit

ONE_DAY = timedelta(days=1)


@dataclass(slots=True)
class Row:
    """One instalment. `months` is known where both its days follow one anchor."""

    from_on: date
    due_on: date
    unit: Unit
    months: int | None
    # The level instalment; for equal principal, the principal alone.
    level_minor: int = 0
    # The share of a flat interest, reckoned when the instalments are.
    flat_minor: int = 0
    paid_principal_minor: int = 0
    paid_interest_minor: int = 0
    is_interest_grace: bool = False
    is_principal_grace: bool = False
    # Nothing more is asked on it: skipped, or moved to later rows.
    is_closed: bool = False
    is_skipped: bool = False
    # Its level is all that is asked, interest included, whatever the method.
    is_token: bool = False
    # Paid in full before its day: interest of its later days goes to the next row.
    is_settled: bool = False

    @property
    def days(self) -> int:
        """Its length."""
        return (self.due_on - self.from_on).days

    @property
    def paid_minor(self) -> int:
        """Principal and interest received on it."""
        return self.paid_principal_minor + self.paid_interest_minor


@dataclass(slots=True)
class Line:
    """A fee or penalty. It stands on the row whose period holds its day."""

    on: date
    amount_minor: int
    is_penalty: bool
    paid_minor: int = 0

    @property
    def open_minor(self) -> int:
        """What of it is unpaid."""
        return self.amount_minor - self.paid_minor


@dataclass(slots=True)
class Stretch:
    """Days of one rate, or of a pause: those after `from_on` up to and including `to_on`."""

    from_on: date
    to_on: date


@dataclass(slots=True)
class Start:
    """Where settling begins: the rows before `place` are paid, due and will not change."""

    place: int = 0
    remaining_minor: int = 0
    carried_minor: int = 0
    paid_later_minor: int = 0


@dataclass(slots=True)
class Book:
    """Everything that the replay changes."""

    terms: Terms
    financed_minor: int
    down_payment_minor: int
    rows: list[Row]
    every: Every
    anchor: int
    rates: list[tuple[date, Fraction]]
    pauses: list[Stretch] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    # The day of the last payment or act: what is overdue has been reckoned up to it.
    seen_on: date = date.min
    down_paid_minor: int = 0
    credit_minor: int = 0
    # What a flat interest is reckoned on.
    flat_base_minor: int = 0
    # Principal received: days in order, and what was received up to and including each.
    paid_days: list[date] = field(default_factory=list)
    paid_until_minor: list[int] = field(default_factory=list)
    # Without recalculation, arrears count as paid on their day until they are spread anew.
    spread_arrears: list[tuple[Stretch, int]] = field(default_factory=list)
    start: Start = field(init=False)
    _factors: dict[Any, Fraction] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Let settling begin with the first row."""
        rest = self.terms.rest
        self.start = Start(
            remaining_minor=self.financed_minor,
            carried_minor=rest.carried_interest_minor if rest else 0,
            paid_later_minor=self.paid_principal_minor,
        )

    @property
    def last_due_on(self) -> date:
        """The day of the last instalment."""
        return self.rows[-1].due_on

    @property
    def paid_principal_minor(self) -> int:
        """All principal received, without the down payment."""
        return self.paid_until_minor[-1] if self.paid_until_minor else 0

    @property
    def outstanding_principal_minor(self) -> int:
        """The principal that is still owed, without the down payment."""
        return self.financed_minor - self.paid_principal_minor

    def place_holding(self, day: date) -> int | None:
        """The row whose period holds the day; the first for the day of disbursement."""
        place = bisect_left(self.rows, day, key=lambda row: row.due_on)
        return place if place < len(self.rows) else None

    def receive_principal(self, day: date, amount_minor: int) -> None:
        """Note that the balance fell on that day."""
        self.start.paid_later_minor += amount_minor
        if self.paid_days and self.paid_days[-1] == day:
            self.paid_until_minor[-1] += amount_minor
        else:
            self.paid_days.append(day)
            self.paid_until_minor.append(self.paid_principal_minor + amount_minor)

    def balance_on(self, day: date) -> int:
        """The principal that is owed at the end of the day, as it was really paid."""
        place = bisect_right(self.paid_days, day)
        return self.financed_minor - (self.paid_until_minor[place - 1] if place else 0)

    def rate_on(self, day: date) -> Fraction:
        """The rate of the interest that ends on the day."""
        return next(rate for since, rate in reversed(self.rates) if since <= day)

    def is_paused(self, start: date, end: date) -> bool:
        """Whether the days after `start` up to `end`, alike in this, bear no interest."""
        return any(pause.from_on <= start and end <= pause.to_on for pause in self.pauses)

    def year_fraction(self, row: Row) -> Fraction:
        """The row's whole period as part of a year."""
        if self.terms.day_count is DayCount.THIRTY_360:
            return period_fraction_30_360(row.from_on, row.due_on, unit=row.unit, months=row.months)
        return actual_fraction(row.from_on, row.due_on, day_count=self.terms.day_count)

    def factor(self, row: Row, start: date, end: date) -> Fraction:
        """Rate x part of a year of days of one rate inside a row. Found once, as walks repeat."""
        key = row.from_on, row.due_on, row.unit, row.months, start, end, len(self.rates)
        found = self._factors.get(key)
        if found is None:
            found = self._factors[key] = self.rate_on(end) * self._part_of(row, start, end)
        return found

    def _part_of(self, row: Row, start: date, end: date) -> Fraction:
        """Under 30/360 the days of a row share its months equally."""
        if start == row.from_on and end == row.due_on:
            return self.year_fraction(row)
        if self.terms.day_count is DayCount.THIRTY_360:
            return self.year_fraction(row) * Fraction((end - start).days, row.days)
        return actual_fraction(start, end, day_count=self.terms.day_count)

    def part_after(self, row: Row, start: date, end: date) -> Fraction:
        """Part of a year of days after the last row was due."""
        if self.terms.day_count is not DayCount.THIRTY_360:
            return actual_fraction(start, end, day_count=self.terms.day_count)
        if row.unit is not Unit.MONTH:
            return period_fraction_30_360(start, end, unit=row.unit, months=None)
        return (months_between(row.due_on, end) - months_between(row.due_on, start)) / 12

    def rate_factor(self, row: Row) -> Fraction:
        """The row's f: rate x year fraction, in parts where the rate changes. Pauses keep it."""
        days = [row.from_on, *self._rate_cuts(row.from_on, row.due_on), row.due_on]
        return sum(
            (self.factor(row, start, end) for start, end in pairwise(days)), start=Fraction(0)
        )

    def cuts(self, start: date, end: date) -> set[date]:
        """Days inside a stretch on which its rate, balance or pause may change."""
        found = set(self._rate_cuts(start, end))
        for pause in self.pauses:
            found.update(day for day in (pause.from_on, pause.to_on) if start < day < end)
        if self.terms.is_daily:
            first = bisect_right(self.paid_days, start)
            found.update(self.paid_days[first : bisect_left(self.paid_days, end)])
        for arrears, _ in self.spread_arrears:
            if start < arrears.to_on < end:
                found.add(arrears.to_on)
        return found

    def _rate_cuts(self, start: date, end: date) -> list[date]:
        return [since - ONE_DAY for since, _ in self.rates[1:] if start < since - ONE_DAY < end]
