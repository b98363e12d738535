"""The answer: rows as the borrower and the lender read them, and their totals."""

from dataclasses import dataclass
from datetime import date

from backend.loans.rules.schedules.book import Book, Line
from backend.loans.rules.schedules.pay import lines_by_place
from backend.loans.rules.schedules.settle import settle


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One row. `balance_minor` is the principal left after it."""

    number: int
    due_on: date
    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int
    paid_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the rows. Total cost is all that is paid beside the principal [2008/48/EC art. 3]."""

    principal_minor: int
    interest_minor: int
    fee_minor: int
    penalty_minor: int
    paid_minor: int
    outstanding_minor: int
    credit_minor: int
    total_cost_minor: int
    total_payable_minor: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rows in the order of their days, as seen on `as_of`."""

    as_of: date
    rows: tuple[ScheduleRow, ...]
    totals: Totals


@dataclass(slots=True)
class _Draft:
    due_on: date
    principal_minor: int = 0
    interest_minor: int = 0
    fee_minor: int = 0
    penalty_minor: int = 0
    paid_minor: int = 0
    is_kept: bool = True

    def add(self, lines: list[Line]) -> None:
        for line in lines:
            if line.is_penalty:
                self.penalty_minor += line.amount_minor
            else:
                self.fee_minor += line.amount_minor
            self.paid_minor += line.paid_minor

    @property
    def charged_minor(self) -> int:
        return self.principal_minor + self.interest_minor + self.fee_minor + self.penalty_minor


def schedule_of(book: Book, *, today: date) -> Schedule:
    """Rows and totals as seen on the day."""
    drafts = _drafts(book, today=today)
    while drafts and not drafts[-1].is_kept and not drafts[-1].charged_minor:
        drafts.pop()
    rows = []
    balance = book.terms.principal_minor
    for number, draft in enumerate(drafts, start=1):
        balance -= draft.principal_minor
        rows.append(
            ScheduleRow(
                number,
                draft.due_on,
                draft.principal_minor,
                draft.interest_minor,
                draft.fee_minor,
                draft.penalty_minor,
                draft.paid_minor,
                balance,
            )
        )
    return Schedule(today, tuple(rows), _totals(rows, credit_minor=book.credit_minor))


def _drafts(book: Book, *, today: date) -> list[_Draft]:
    drafts = []
    if book.down_payment_minor:
        drafts.append(
            _Draft(
                book.terms.disbursed_on,
                principal_minor=book.down_payment_minor,
                paid_minor=book.down_paid_minor,
            )
        )
    lines = lines_by_place(book)
    # A rounded instalment may be done before its time: then the schedule ends earlier.
    may_end_early = book.terms.installment_multiple_minor > 1
    book.restart()
    for due in settle(book, today=today):
        draft = _Draft(
            due.row.due_on,
            due.principal_minor,
            due.interest_minor,
            paid_minor=due.row.paid_minor,
            is_kept=not may_end_early or due.row.is_closed,
        )
        draft.add(lines.pop(due.place, []))
        drafts.append(draft)
    for place in sorted(lines):
        drafts.append(_Draft(lines[place][0].on))
        drafts[-1].add(lines[place])
    return drafts


def _totals(rows: list[ScheduleRow], *, credit_minor: int) -> Totals:
    principal = sum(row.principal_minor for row in rows)
    interest = sum(row.interest_minor for row in rows)
    fee = sum(row.fee_minor for row in rows)
    penalty = sum(row.penalty_minor for row in rows)
    paid = sum(row.paid_minor for row in rows)
    cost = interest + fee + penalty
    return Totals(
        principal,
        interest,
        fee,
        penalty,
        paid,
        principal + cost - paid,
        credit_minor,
        cost,
        principal + cost,
    )
