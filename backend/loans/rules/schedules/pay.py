"""Payments: oldest row first; inside it penalty, fee, interest, principal; the rest to the next."""

from dataclasses import dataclass
from datetime import date

from backend.loans.rules.schedules.book import Book, Line
from backend.loans.rules.schedules.settle import Due, move_start, settle


@dataclass(slots=True)
class _Purse:
    left_minor: int

    def take(self, wanted_minor: int) -> int:
        taken = min(self.left_minor, max(wanted_minor, 0))
        self.left_minor -= taken
        return taken


def pay(book: Book, amount_minor: int, *, day: date) -> None:
    """Share a payment out. What nothing is open for is credit, and waits for later lines.

    With daily recalculation a row whose day is still to come asks for interest up to the day of the
    payment only, so more of it repays principal.
    """
    purse = _Purse(amount_minor)
    lines = lines_by_place(book, since=day)
    _pay_down(book, purse, lines)
    until = day if book.terms.is_daily else None
    for due in settle(book, today=day, until=until):
        _pay_lines(purse, lines.pop(due.place, []))
        _pay_row(book, due, purse, day=day)
        if not purse.left_minor:
            break
    for place in sorted(lines):
        _pay_lines(purse, lines[place])
    book.credit_minor += purse.left_minor
    move_start(book, today=day)


def pay_off(book: Book, *, day: date) -> None:
    """Pay what `pay` would find open on that day, to the last unit."""
    pay(book, owed_on(book, day), day=day)


def owed_on(book: Book, day: date) -> int:
    """What settles the loan on the day: with daily recalculation, interest up to it only."""
    until = day if book.terms.is_daily else None
    dues = sum(due.total_minor - due.row.paid_minor for due in settle(book, today=day, until=until))
    lines = sum(line.open_minor for line in book.lines if line.on <= day)
    return dues + lines + book.down_payment_minor - book.down_paid_minor


def lines_by_place(book: Book, *, since: date | None = None) -> dict[int, list[Line]]:
    """Lines of each row; those after the last row under places of their own, by day."""
    found: dict[int, list[Line]] = {}
    for line in book.lines:
        if since is not None and line.on > since:
            continue
        place = book.place_holding(line.on)
        if place is None:
            place = len(book.rows) + (line.on - book.last_due_on).days
        found.setdefault(place, []).append(line)
    return found


def _pay_down(book: Book, purse: _Purse, lines: dict[int, list[Line]]) -> None:
    book.down_paid_minor += purse.take(book.down_payment_minor - book.down_paid_minor)
    for place in sorted(place for place in lines if place < book.start.place):
        _pay_lines(purse, lines.pop(place))


def _pay_lines(purse: _Purse, lines: list[Line]) -> None:
    for line in sorted(lines, key=lambda line: not line.is_penalty):
        line.paid_minor += purse.take(line.open_minor)


def _pay_row(book: Book, due: Due, purse: _Purse, *, day: date) -> None:
    row = due.row
    open_interest = due.interest_minor - row.paid_interest_minor
    open_principal = due.principal_minor - row.paid_principal_minor
    if not open_interest and not open_principal:
        return
    row.paid_interest_minor += purse.take(open_interest)
    principal = purse.take(open_principal)
    if principal:
        row.paid_principal_minor += principal
        book.receive_principal(day, principal)
    if book.terms.is_daily and day < row.due_on and due.is_paid:
        row.is_settled = True
