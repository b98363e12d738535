"""The replay: all rows of a loan up to a day, in the order of their days, give its state.

Within one day charges come first, then waivers, then payments; ties are broken by the lender's
ids. A payment never moves to an obligation that did not exist on its day; only what was left of
it as credit meets a later charge.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from backend.loans.rules.book import FEE, INTEREST, PENALTY, PRINCIPAL, Book, Line
from backend.loans.rules.history import (
    AdjustmentRow,
    DelinquencyRow,
    History,
    InstallmentRow,
    PaymentRow,
    StatementRow,
)
from backend.loans.rules.state import Allocation, LineState, LoanState, NextDue

FOREVER = date.max
WAIVABLE_OF_SCHEDULE = (PENALTY, FEE, INTEREST)
# A statement does not say what its balance is made of, so a waiver reduces it as a whole.
WAIVABLE_OF_STATEMENT = (PENALTY, FEE, INTEREST, PRINCIPAL)
_CHARGE, _WAIVER, _PAYMENT = range(3)

_Dated = tuple[date, int, str, AdjustmentRow | PaymentRow]


def replay(history: History, *, as_of: date = FOREVER) -> LoanState:
    """State at the end of `as_of`; without a day, of all rows."""
    if history.terms.kind == "revolving":
        return _replay_statements(history, as_of=as_of)
    return _replay_schedule(history, as_of=as_of)


def _events(history: History, *, as_of: date) -> list[_Dated]:
    events: list[_Dated] = [
        (row.on_date, _WAIVER if row.kind == "waiver" else _CHARGE, row.external_id, row)
        for row in history.adjustments
        if row.on_date <= as_of
    ]
    events += [
        (row.received_on, _PAYMENT, row.external_id, row)
        for row in history.payments
        if row.received_on <= as_of and row.reversed_on is None
    ]
    events.sort(key=lambda event: event[:3])
    return events


def _apply(book: Book, events: Iterable[_Dated]) -> None:
    for _, rank, _, row in events:
        if isinstance(row, PaymentRow):
            book.pay(row)
        elif rank == _WAIVER:
            book.waive(row)
        else:
            book.charge(row)


def _replay_schedule(history: History, *, as_of: date) -> LoanState:
    principal_minor = history.terms.principal_minor
    book = Book(
        # A loan whose schedule was never sent: the principal is owed, on no known day.
        schedule_lines(history.installments)
        or [_line_of(None, None, 0, 0, 0, principal_minor or 0)],
        order=history.terms.allocation_order,
        waivable=WAIVABLE_OF_SCHEDULE,
    )
    _apply(book, _events(history, as_of=as_of))
    scheduled = sum(line.charged[PRINCIPAL] for line in book.lines)
    return _state(
        [book],
        lines=tuple(line.state() for line in book.lines if line.number is not None),
        ratio_basis_minor=scheduled if principal_minor is None else principal_minor,
        next_due=next_of_schedule(book),
        reported=_reported(history.delinquencies, as_of=as_of),
    )


def schedule_lines(installments: Iterable[InstallmentRow]) -> list[Line]:
    """The rows of a schedule as lines of which nothing is paid, oldest first."""
    return [
        _line_of(
            row.number,
            row.due_on,
            row.penalty_minor,
            row.fee_minor,
            row.interest_minor,
            row.principal_minor,
        )
        for row in sorted(installments, key=lambda row: (row.due_on, row.number))
    ]


def _line_of(number: int | None, due_on: date | None, *amounts: int) -> Line:
    """`amounts` in the order of the parts: penalty, fee, interest, principal."""
    return Line(number, None, due_on, list(amounts), list(amounts))


def next_of_schedule(book: Book) -> NextDue | None:
    """What to pay next; None when nothing is open, or on no known day."""
    first = book.find_first_open()
    if first is None or first.number is None:
        return None
    return NextDue(first.number, first.due_on, sum(first.open))


def _replay_statements(history: History, *, as_of: date) -> LoanState:
    statements = sorted(
        (row for row in history.statements if row.closed_on <= as_of),
        key=lambda row: (row.closed_on, row.month),
    )
    events = iter(_events(history, as_of=as_of))
    spans: list[StatementRow | None] = [None, *statements]
    ends = [row.closed_on for row in statements] + [FOREVER]
    books = []
    pending = next(events, None)
    for statement, end in zip(spans, ends, strict=True):
        book = _statement_book(history, statement)
        span, pending = _take_until(events, pending, end=end)
        _apply(book, span)
        books.append(book)
    last = statements[-1] if statements else None
    return _state(
        books,
        lines=tuple(line.state() for book in books for line in book.lines if line.month),
        ratio_basis_minor=max(last.balance_minor, 0) if last else 0,
        next_due=_statement_due(books[-1], last),
        reported=_reported(history.delinquencies, as_of=as_of),
    )


def _take_until(
    events: Iterator[_Dated], pending: _Dated | None, *, end: date
) -> tuple[list[_Dated], _Dated | None]:
    """The events up to and including `end`: the statement that closes that day holds them."""
    span = []
    while pending is not None and (pending[0] <= end):
        span.append(pending)
        pending = next(events, None)
    return span, pending


def _statement_book(history: History, statement: StatementRow | None) -> Book:
    balance = statement.balance_minor if statement else 0
    amounts = [0, 0, 0, max(balance, 0)]
    line = Line(
        None,
        statement.month if statement else None,
        statement.due_on if statement else None,
        amounts,
        amounts.copy(),
    )
    return Book(
        [line],
        order=history.terms.allocation_order,
        waivable=WAIVABLE_OF_STATEMENT,
        credit_minor=max(-balance, 0),
    )


def _statement_due(book: Book, statement: StatementRow | None) -> NextDue | None:
    line = book.find_first_open()
    if line is None or statement is None:
        return None
    amount = sum(line.open)
    minimum = statement.minimum_due_minor
    if minimum is not None:
        minimum = min(max(minimum - sum(line.paid), 0), amount)
    return NextDue(None, statement.due_on, amount, minimum, statement.assumed)


def _reported(rows: tuple[DelinquencyRow, ...], *, as_of: date) -> DelinquencyRow | None:
    return max((row for row in rows if row.as_of <= as_of), key=lambda row: row.as_of, default=None)


def _state(
    books: list[Book],
    *,
    lines: tuple[LineState, ...],
    ratio_basis_minor: int,
    next_due: NextDue | None,
    reported: DelinquencyRow | None,
) -> LoanState:
    last = books[-1]
    allocations: list[Allocation] = []
    for book in books:
        allocations += book.allocations
    paid_days = [book.last_payment_on for book in books if book.last_payment_on is not None]
    outstanding = last.outstanding()
    return LoanState(
        outstanding=outstanding,
        charged_minor=last.charged_minor,
        paid_minor=sum(book.paid_minor for book in books),
        paid_since_minor=last.paid_minor,
        waived_minor=last.waived_minor,
        credit_minor=last.credit_minor,
        ratio_basis_minor=ratio_basis_minor,
        next_due=next_due,
        oldest_unpaid_due_on=last.find_late_from(),
        last_payment_on=max(paid_days, default=None),
        reported=reported,
        lines=lines,
        allocations=tuple(allocations),
        credits=tuple((c.payment_id, c.amount_minor) for book in books for c in book.credits),
    )
