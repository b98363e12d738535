"""Making the rows of a book, and giving them their instalments."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from backend.kit.money import rounded
from backend.loans.rules.schedules.book import Book, Row, Stretch
from backend.loans.rules.schedules.calendar import due_days, step
from backend.loans.rules.schedules.level import level_installment, to_multiple
from backend.loans.rules.schedules.settle import settle
from backend.loans.rules.schedules.terms import Every, Method, Rest, Terms, Unit

TRIES_MAX = 6
SCALE = 10**9  # a weight needs no more places to find the next try


def open_book(terms: Terms) -> Book:
    """The loan on its first day, with its instalments."""
    down = to_multiple(
        rounded(terms.principal_minor * terms.down_payment_rate, rounding=terms.rounding),
        terms.installment_multiple_minor,
        rounding=terms.rounding,
    )
    financed = terms.principal_minor - down
    if terms.rest is not None:
        return _open_rest(terms, terms.rest)
    regular = step(terms.disbursed_on, terms.every)
    first = terms.first_due_on or regular
    anchor = terms.disbursed_on.day if first == regular else first.day
    days = due_days(first, terms.every, terms.installments, anchor=anchor)
    rows = rows_between(terms.disbursed_on, days, terms.every)
    if first != regular:
        rows[0].months = None
    for place, row in enumerate(rows):
        row.is_principal_grace = place < terms.principal_grace
        row.is_interest_grace = place < terms.interest_grace
    book = Book(
        terms=terms,
        financed_minor=financed,
        down_payment_minor=down,
        rows=rows,
        every=terms.every,
        anchor=anchor,
        rates=[(date.min, terms.annual_rate)],
        flat_base_minor=financed,
        seen_on=terms.disbursed_on,
    )
    spread(book, 0, today=terms.disbursed_on)
    return book


def _open_rest(terms: Terms, rest: Rest) -> Book:
    """What is left of an earlier schedule, as a loan that begins on its last due day."""
    days = list(rest.due_on[: terms.installments])
    if not days:
        days.append(terms.first_due_on or step(terms.disbursed_on, terms.every, anchor=rest.anchor))
    while len(days) < terms.installments:
        days.append(step(days[-1], terms.every, anchor=rest.anchor))
    rows = rows_between(terms.disbursed_on, days, terms.every)
    for row in rows:
        if step(row.from_on, terms.every, anchor=rest.anchor) != row.due_on:
            row.months = None
    book = Book(
        terms=terms,
        financed_minor=terms.principal_minor,
        down_payment_minor=0,
        rows=rows,
        every=terms.every,
        anchor=rest.anchor,
        rates=[(date.min, terms.annual_rate)],
        flat_base_minor=rest.flat_base_minor or terms.principal_minor,
        seen_on=terms.disbursed_on,
        spread_arrears=[
            (Stretch(terms.disbursed_on, until), amount) for until, amount in rest.idle
        ],
    )
    if rest.level_minor is None or terms.method is Method.FLAT:
        spread(book, 0, today=terms.disbursed_on)
    else:
        for row in rows:
            row.level_minor = rest.level_minor
    return book


def rows_between(start: date, days: Iterable[date], every: Every) -> list[Row]:
    """Rows that follow one another on one anchor."""
    months = every.n if every.unit is Unit.MONTH else None
    rows = []
    for day in days:
        rows.append(Row(start, day, every.unit, months))
        start = day
    return rows


def append_rows(book: Book, count: int) -> None:
    """More rows at the end, on the same anchor."""
    first = step(book.last_due_on, book.every, anchor=book.anchor)
    days = due_days(first, book.every, count, anchor=book.anchor)
    book.rows.extend(rows_between(book.last_due_on, days, book.every))


def spread(book: Book, place: int, *, today: date) -> None:
    """Give the rows from `place` on their instalments, from what is then left of the principal.

    Rows that are paid, closed or free of principal keep what they have.
    """
    balance = _remaining_before(book, place, today=today)
    targets = []
    for row in book.rows[place:]:
        if row.is_closed or _is_paid_ahead(book, row):
            balance -= row.paid_principal_minor
        elif not row.is_principal_grace:
            targets.append(row)
    if not targets or balance <= 0:
        return
    if book.terms.method is Method.FLAT:
        _share_flat(book, place)
    _set_levels(book, targets, _exact_level(book, targets, balance))
    is_evened = book.terms.installment_multiple_minor <= 1
    if is_evened and book.terms.method is Method.EQUAL_INSTALLMENT:
        _even_out(book, targets, today=today)


def _exact_level(book: Book, targets: list[Row], balance: int) -> Fraction:
    match book.terms.method:
        case Method.EQUAL_PRINCIPAL:
            return Fraction(balance, len(targets))
        case Method.FLAT:
            return Fraction(balance + sum(row.flat_minor for row in targets), len(targets))
        case Method.EQUAL_INSTALLMENT:
            free = Fraction(0)
            factors = [free if row.is_interest_grace else book.rate_factor(row) for row in targets]
            return level_installment(balance, factors)


def _remaining_before(book: Book, place: int, *, today: date) -> int:
    remaining = book.start.remaining_minor
    for due in settle(book, today=today):
        if due.place >= place:
            break
        remaining = due.after.remaining_minor
    return remaining


def _is_paid_ahead(book: Book, row: Row) -> bool:
    if not row.paid_minor:
        return False
    if book.terms.method is Method.EQUAL_PRINCIPAL:
        return row.is_settled or row.paid_principal_minor >= row.level_minor
    return row.is_settled or row.paid_minor >= row.level_minor


def _set_levels(book: Book, targets: list[Row], exact: Fraction) -> None:
    terms = book.terms
    once = rounded(exact, rounding=terms.rounding)
    level = to_multiple(once, terms.installment_multiple_minor, rounding=terms.rounding)
    for row in targets:
        row.level_minor = level


def _share_flat(book: Book, place: int) -> None:
    """The interest of the term on what was lent, in equal parts, each rounded once."""
    rows = [row for row in book.rows[place:] if not row.is_closed and not _is_paid_ahead(book, row)]
    whole = sum((book.rate_factor(row) for row in rows), start=Fraction(0))
    share = rounded(book.flat_base_minor * whole / len(rows), rounding=book.terms.rounding)
    for row in rows:
        row.flat_minor = share


def _even_out(book: Book, targets: list[Row], *, today: date) -> None:
    """Where the last differs by more than floor(n / 2) units, try A + round(diff / n) once.

    Kept only if the difference shrinks. Apache Fineract smooths its schedules in the same way.
    """
    rest = book.terms.rest
    if rest is not None and rest.is_evened:
        _even_out_fully(book, targets, today=today)
        return
    count, level = len(targets), targets[0].level_minor
    off = _last_difference(book, targets, today=today)
    if count // 2 == 0 or abs(off) <= count // 2:
        return
    other = level + rounded(Fraction(off, count), rounding=book.terms.rounding)
    for row in targets:
        row.level_minor = other
    if abs(_last_difference(book, targets, today=today)) >= abs(off):
        for row in targets:
            row.level_minor = level


def _even_out_fully(book: Book, targets: list[Row], *, today: date) -> None:
    """Raise or lower all until the last differs no more, by what a unit more leaves at the end."""
    weight = _weight(book, targets)
    off = _last_difference(book, targets, today=today)
    for _ in range(TRIES_MAX):
        if abs(off) <= len(targets) // 2:
            return
        level = targets[0].level_minor
        more = rounded(off / weight, rounding=book.terms.rounding)
        for row in targets:
            row.level_minor = level + more
        before, off = off, _last_difference(book, targets, today=today)
        if abs(off) >= abs(before):
            for row in targets:
                row.level_minor = level
            return


def _weight(book: Book, targets: list[Row]) -> Fraction:
    """What one unit in every instalment amounts to at the end: the fn of the level."""
    weight = SCALE
    for row in targets[1:]:
        factor = book.rate_factor(row)
        weight = SCALE + weight + weight * factor.numerator // factor.denominator
    return Fraction(weight, SCALE)


def _last_difference(book: Book, targets: list[Row], *, today: date) -> int:
    last = next(due for due in settle(book, today=today) if due.row is targets[-1])
    return last.total_minor - targets[-1].level_minor
