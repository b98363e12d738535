"""What each row asks for: the rows are walked in order, and the last one absorbs the residual.

Apache Fineract's progressive loans do the same, and these of its choices are kept: interest that
finds no room in an instalment is asked for in the next; a row that was paid before its day leaves
the interest of its later days to the next; what is overdue counts as paid on the viewing day, so
that it bears interest up to then and no further plan is built on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from backend.kit.money import rounded
from backend.loans.rules.schedules.book import Book, Row, Start
from backend.loans.rules.schedules.terms import Method


@dataclass(slots=True)
class Due:
    """What one row asks for, paid or not."""

    row: Row
    place: int
    principal_minor: int
    interest_minor: int
    # Where settling would go on behind it.
    after: Start

    @property
    def total_minor(self) -> int:
        """Principal and interest."""
        return self.principal_minor + self.interest_minor

    @property
    def is_paid(self) -> bool:
        """Whether nothing of it is open."""
        return self.total_minor == self.row.paid_minor


@dataclass(slots=True)
class _Walk:
    """What has been found on the rows before."""

    remaining_minor: int
    carried_minor: int
    paid_later_minor: int
    unpaid_minor: int = 0


def settle(book: Book, *, today: date, until: date | None = None) -> Iterator[Due]:
    """Each row from the first that may still change. `until` leaves out the interest of later days.

    Lazy, so that a payment walks no further than its money reaches.
    """
    start = book.start
    walk = _Walk(start.remaining_minor, start.carried_minor, start.paid_later_minor)
    last = len(book.rows) - 1
    for place in range(start.place, len(book.rows)):
        row = book.rows[place]
        accrued = _accrued(book, row, walk, today=today, until=until)
        if place == last:
            accrued += _accrued_after(book, row, today=today, until=until)
        interest = rounded(accrued, rounding=book.terms.rounding) + walk.carried_minor
        walk.paid_later_minor -= row.paid_principal_minor
        principal, asked = _share(book, row, walk, interest, is_last=place == last)
        walk.carried_minor = max(interest - asked, 0)
        walk.remaining_minor -= principal
        walk.unpaid_minor += principal - row.paid_principal_minor
        after = Start(place + 1, walk.remaining_minor, walk.carried_minor, walk.paid_later_minor)
        yield Due(row, place, principal, asked, after)


def move_start(book: Book, *, today: date) -> None:
    """Remember how far nothing can change any more: rows that are due and paid in full."""
    last = len(book.rows) - 1
    for due in settle(book, today=today):
        if due.row.due_on > today or not due.is_paid or due.place == last:
            return
        book.start = due.after


def _share(book: Book, row: Row, walk: _Walk, interest: int, *, is_last: bool) -> tuple[int, int]:
    """Principal and interest of a row."""
    if row.is_closed:
        return row.paid_principal_minor, row.paid_interest_minor
    principal, asked = _planned(book, row, interest)
    # The principal that no other row holds. Where it ends, all interest that is left is asked for,
    # unless later rows were paid before and take it up.
    room = max(walk.remaining_minor - walk.paid_later_minor, row.paid_principal_minor)
    if is_last or (principal >= room and not walk.paid_later_minor):
        return room, max(interest, row.paid_interest_minor)
    return min(principal, room), asked


def _planned(book: Book, row: Row, interest: int) -> tuple[int, int]:
    paid = row.paid_interest_minor
    if row.is_settled:
        return row.paid_principal_minor, paid
    if row.is_principal_grace:
        return row.paid_principal_minor, paid if row.is_interest_grace else max(interest, paid)
    if book.terms.method is Method.EQUAL_PRINCIPAL and not row.is_token:
        asked = paid if row.is_interest_grace else max(interest, paid)
        return max(row.level_minor, row.paid_principal_minor), asked
    if row.is_interest_grace or row.paid_principal_minor > max(row.level_minor - interest, 0):
        asked = paid
    else:
        asked = max(min(interest, row.level_minor), paid)
    return max(row.level_minor - asked, row.paid_principal_minor), asked


def _accrued(book: Book, row: Row, walk: _Walk, *, today: date, until: date | None) -> Fraction:
    """Exact interest of the row's days."""
    if book.terms.method is Method.FLAT:
        return _flat(book, row)
    end = row.due_on if until is None else min(row.due_on, until)
    if end <= row.from_on:
        return Fraction(0)
    days = book.cuts(row.from_on, end)
    if row.from_on < today < end:
        days.add(today)
    if not days:
        return _bears(book, row, walk, row.from_on, end, today=today)
    total = Fraction(0)
    for begin, day in pairwise((row.from_on, *sorted(days), end)):
        total += _bears(book, row, walk, begin, day, today=today)
    return total


def _bears(book: Book, row: Row, walk: _Walk, begin: date, end: date, *, today: date) -> Fraction:
    """Interest of days that share rate and balance."""
    if book.is_paused(begin, end):
        return Fraction(0)
    factor = book.factor(row, begin, end)
    balance = _balance(book, walk, begin, today=today)
    return Fraction(balance * factor.numerator, factor.denominator)


def _balance(book: Book, walk: _Walk, day: date, *, today: date) -> int:
    """The principal that bears interest after the day."""
    if book.terms.is_daily:
        if day < today:
            return book.balance_on(day)
        # What is overdue counts as paid on the viewing day.
        return book.outstanding_principal_minor - walk.unpaid_minor
    waiting = sum(
        amount for arrears, amount in book.spread_arrears if arrears.from_on <= day < arrears.to_on
    )
    return walk.remaining_minor - waiting


def _accrued_after(book: Book, row: Row, *, today: date, until: date | None) -> Fraction:
    """Overdue principal bears interest after the last due day too, until paid or viewed."""
    end = today if until is None else min(today, until)
    if not book.terms.is_daily or end <= row.due_on:
        return Fraction(0)
    total = Fraction(0)
    for begin, day in pairwise((row.due_on, *sorted(book.cuts(row.due_on, end)), end)):
        if not book.is_paused(begin, day):
            part = book.part_after(row, begin, day)
            total += book.balance_on(begin) * book.rate_on(day) * part
    return total


def _flat(book: Book, row: Row) -> Fraction:
    """The row's share of a flat interest, less that of its paused days."""
    paused = sum(
        max((min(pause.to_on, row.due_on) - max(pause.from_on, row.from_on)).days, 0)
        for pause in book.pauses
    )
    if not paused:
        return Fraction(row.flat_minor)
    return row.flat_minor * (1 - Fraction(min(paused, row.days), row.days))
