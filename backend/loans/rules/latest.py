"""The replay's ordinary case: one payment more, none from a later day, and no adjustments.

Nothing that came before it moves, so what is open is all it takes, however long the history is.
A property test holds it equal to the replay of everything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.loans.rules.book import Book
from backend.loans.rules.history import InstallmentRow, PaymentRow
from backend.loans.rules.replay import WAIVABLE_OF_SCHEDULE, next_of_schedule, schedule_lines
from backend.loans.rules.state import LineState, NextDue, Parts


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row of the schedule with something open, and how far it is paid."""

    row: InstallmentRow
    paid_minor: int
    paid_on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """Where one payment takes the loan. `credit_minor` is what nothing was open for.

    `newly_paid` are those of the `changed` lines that it paid in full.
    """

    outstanding: Parts
    credit_minor: int
    next_due: NextDue | None
    oldest_unpaid_due_on: date | None
    changed: tuple[LineState, ...]
    newly_paid: tuple[LineState, ...]


def take_latest(
    open_rows: Sequence[OpenRow], payment: PaymentRow, *, order: tuple[str, ...]
) -> Step:
    """What the payment does to these rows, all that are open, in the order of the schedule."""
    book = Book(
        schedule_lines([item.row for item in open_rows]), order=order, waivable=WAIVABLE_OF_SCHEDULE
    )
    for line, item in zip(book.lines, open_rows, strict=True):
        # Earlier payments filled its parts in this order too, so their sum tells what is paid.
        book.take(line, item.paid_minor)
        line.paid_on = item.paid_on
    book.pay(payment)
    reached = {allocation.line for allocation in book.allocations}
    changed = tuple(line.state() for line in book.lines if line.number in reached)
    paid_before = {item.row.number for item in open_rows if item.paid_on is not None}
    return Step(
        outstanding=book.outstanding(),
        credit_minor=book.credit_minor,
        next_due=next_of_schedule(book),
        oldest_unpaid_due_on=book.find_late_from(),
        changed=changed,
        newly_paid=tuple(
            line for line in changed if line.paid_on is not None and line.number not in paid_before
        ),
    )
