"""The dated changes, each applied to the book as of its day. All refuse: Contradiction."""

from datetime import date
from fractions import Fraction

from backend.kit.money import rounded
from backend.loans.rules.schedules.book import ONE_DAY, Book, Line, Row, Stretch
from backend.loans.rules.schedules.calendar import due_days, step
from backend.loans.rules.schedules.settle import settle
from backend.loans.rules.schedules.spread import append_rows, rows_between, spread
from backend.loans.rules.schedules.terms import (
    INSTALLMENTS_MAX,
    Charge,
    Contradiction,
    Extend,
    MoveDueDate,
    NewRate,
    PauseInterest,
    ReAge,
    ReAmortize,
    Skip,
    TokenPayments,
    Unit,
)


def move_due_date(book: Book, change: MoveDueDate, pointer: str) -> None:
    """Keep the instalment and let the extra days bear interest; the last row absorbs them."""
    _refuse_paid_off(book, pointer)
    place = book.place_holding(change.from_on)
    if place is None or book.rows[place].due_on != change.from_on:
        raise Contradiction(
            f"{pointer}/from", "no_such_due_date", "No instalment is due on this day."
        )
    row = book.rows[place]
    if _is_paid(book, row, today=min(change.from_on, change.to_on)) or row.is_closed:
        raise Contradiction(f"{pointer}/from", "already_paid", "This instalment is paid already.")
    if change.to_on <= row.from_on:
        raise Contradiction(
            f"{pointer}/to", "before_previous", "Must lie after the instalment before it."
        )
    if change.to_on == change.from_on:
        raise Contradiction(f"{pointer}/to", "nothing_changes", "Must be another day.")
    row.due_on, row.months = change.to_on, None
    book.anchor = change.to_on.day
    later = book.rows[place + 1 :]
    months = book.every.n if book.every.unit is Unit.MONTH else None
    first = step(change.to_on, book.every, anchor=book.anchor) if later else change.to_on
    days = due_days(first, book.every, len(later), anchor=book.anchor)
    for moved, day in zip(later, days, strict=True):
        moved.from_on, moved.due_on, moved.months = row.due_on, day, months
        row = moved


def extend(book: Book, change: Extend, pointer: str) -> None:
    """Add instalments; those from the period of the day on are reckoned from what is left.

    As planned then: interest of what is overdue by the day comes later, when it is paid or viewed.
    """
    place = _place(book, change.from_on, f"{pointer}/from")
    _append(book, change.by, f"{pointer}/by")
    spread(book, place, today=book.seen_on)


def new_rate(book: Book, change: NewRate, pointer: str) -> None:
    """Interest that ends on the day or later bears the new rate; the period's instalment too."""
    place = _place(book, change.from_on, f"{pointer}/from")
    if book.rates[-1][0] == change.from_on:
        raise Contradiction(
            f"{pointer}/from", "two_on_one_day", "Another rate begins on the same day."
        )
    book.rates.append((change.from_on, change.annual_rate))
    spread(book, place, today=book.seen_on)


def pause_interest(book: Book, change: PauseInterest, pointer: str) -> None:
    """No interest on these days. Known from the start, as it needs nothing reckoned anew."""
    if change.to_on < change.from_on:
        raise Contradiction(f"{pointer}/to", "ends_before_start", "Must not lie before the start.")
    if change.from_on < book.terms.disbursed_on:
        raise Contradiction(f"{pointer}/from", "outside", "Lies before the loan was paid out.")
    pause = Stretch(change.from_on - ONE_DAY, change.to_on)
    if any(pause.from_on < other.to_on and other.from_on < pause.to_on for other in book.pauses):
        raise Contradiction(f"{pointer}/from", "overlaps", "Overlaps another pause.")
    book.pauses.append(pause)


def skip(book: Book, change: Skip, pointer: str) -> None:
    """Leave out instalments and add as many at the end; their interest is asked for in the next."""
    place = _place(book, change.from_on, f"{pointer}/from")
    chosen = book.rows[place : place + change.count]
    if len(chosen) < change.count:
        raise Contradiction(
            f"{pointer}/count", "too_many", "There are not so many instalments left."
        )
    if any(row.paid_minor or row.is_closed for row in chosen):
        raise Contradiction(
            f"{pointer}/from", "already_paid", "One of these instalments is paid or skipped."
        )
    _append(book, change.count, f"{pointer}/count")
    added = book.rows[-change.count :]
    for row, later in zip(chosen, added, strict=True):
        # What stood on the one stands on the other.
        later.level_minor, later.flat_minor = row.level_minor, row.flat_minor
        later.is_principal_grace = row.is_principal_grace
        row.is_closed = row.is_skipped = True
        row.flat_minor = 0


def token_payments(book: Book, change: TokenPayments, pointer: str) -> None:
    """Ask little for a while, add as many instalments at the end, and spread what is left."""
    place = _place(book, change.from_on, f"{pointer}/from")
    chosen = book.rows[place : place + change.count]
    if len(chosen) < change.count:
        raise Contradiction(
            f"{pointer}/count", "too_many", "There are not so many instalments left."
        )
    if any(row.paid_minor or row.is_closed for row in chosen):
        raise Contradiction(
            f"{pointer}/from", "already_paid", "One of these instalments is paid or skipped."
        )
    _append(book, change.count, f"{pointer}/count")
    for row in chosen:
        row.level_minor, row.is_token = change.amount_minor, True
    spread(book, place + change.count, today=book.seen_on)


def re_amortize(book: Book, change: ReAmortize, pointer: str) -> None:
    """Arrears become 0; their principal is spread, their interest asked for in the first row."""
    if change.on < book.terms.disbursed_on:
        raise Contradiction(f"{pointer}/on", "outside", "Lies before the loan was paid out.")
    place = _place(book, change.on + ONE_DAY, f"{pointer}/on")
    _close(book, change.on)
    _lift_grace(book.rows[place:])
    spread(book, place, today=change.on)


def re_age(book: Book, change: ReAge, pointer: str) -> None:
    """Close the schedule on the day and spread what is outstanding over new instalments.

    As in Apache Fineract the running period ends on the day, in a row of its own that holds what
    was paid ahead; interest until then is asked for in the first new instalment.
    """
    _refuse_paid_off(book, pointer)
    if change.on < book.terms.disbursed_on:
        raise Contradiction(f"{pointer}/on", "outside", "Lies before the loan was paid out.")
    if change.first_due_on < change.on:
        raise Contradiction(
            f"{pointer}/first_due_on", "before_start", "Must not lie before the re-ageing."
        )
    _refuse_too_many(len(book.rows) + change.installments, f"{pointer}/installments")
    _end_on(book, change.on)
    _close(book, change.on)
    start = book.rows[-1].due_on if book.rows else change.on
    place = len(book.rows)
    book.every, book.anchor = change.every, change.first_due_on.day
    days = due_days(change.first_due_on, change.every, change.installments, anchor=book.anchor)
    added = rows_between(start, days, change.every)
    if step(change.first_due_on, change.every, times=-1, anchor=book.anchor) != start:
        added[0].months = None
    book.rows.extend(added)
    book.flat_base_minor = book.outstanding_principal_minor
    spread(book, place, today=change.on)


def charge(book: Book, change: Charge, pointer: str) -> None:
    """A line of its own, on the row of its day; after the last instalment, in a row of its own."""
    if change.on < book.terms.disbursed_on:
        raise Contradiction(f"{pointer}/on", "outside", "Lies before the loan was paid out.")
    book.lines.append(Line(change.on, change.amount_minor, is_penalty=change.is_penalty))


def _place(book: Book, day: date, pointer: str) -> int:
    _refuse_paid_off(book, pointer.rpartition("/")[0])
    place = book.place_holding(day)
    if day < book.terms.disbursed_on or place is None:
        raise Contradiction(pointer, "outside", "Lies outside the term of the loan.")
    return place


def _append(book: Book, count: int, pointer: str) -> None:
    _refuse_too_many(len(book.rows) + count, pointer)
    append_rows(book, count)


def _refuse_too_many(count: int, pointer: str) -> None:
    if count > INSTALLMENTS_MAX:
        raise Contradiction(
            pointer, "too_many", f"A schedule may have at most {INSTALLMENTS_MAX} instalments."
        )


def _refuse_paid_off(book: Book, pointer: str) -> None:
    if not book.outstanding_principal_minor:
        raise Contradiction(pointer, "paid_off", "The loan is paid off by then.")


def _is_paid(book: Book, row: Row, *, today: date) -> bool:
    due = next((due for due in settle(book, today=today) if due.row is row), None)
    return due is None or (due.is_paid and row.paid_minor > 0)


def _lift_grace(rows: list[Row]) -> None:
    for row in rows:
        row.is_principal_grace = False


def _close(book: Book, day: date) -> None:
    """Ask for nothing more on the rows that are due by the day."""
    for due in list(settle(book, today=day)):
        row = due.row
        if row.due_on > day or row.is_closed or due.is_paid:
            continue
        if not book.terms.is_daily and row.due_on < day:
            unpaid = due.principal_minor - row.paid_principal_minor
            book.spread_arrears.append((Stretch(row.due_on, day), unpaid))
        row.is_closed = True


def _end_on(book: Book, day: date) -> None:
    """End the running period on the day; what was paid on the rows behind it moves there."""
    kept = [row for row in book.rows if row.from_on < day or row.due_on <= day]
    dropped = book.rows[len(kept) :]
    book.rows = kept
    if not kept:
        return
    last = kept[-1]
    if last.due_on > day:
        part = Fraction((day - last.from_on).days, last.days)
        last.flat_minor = rounded(last.flat_minor * part, rounding=book.terms.rounding)
        last.due_on, last.months = day, None
        last.is_closed = True
    last.paid_principal_minor += sum(row.paid_principal_minor for row in dropped)
    last.paid_interest_minor += sum(row.paid_interest_minor for row in dropped)
