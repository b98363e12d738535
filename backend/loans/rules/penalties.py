"""Of which month the penalty interest is that is open, for waivers that name a month."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.loans.rules.checks import waiver_period
from backend.loans.rules.history import AdjustmentRow, History
from backend.loans.rules.state import LoanState


@dataclass(slots=True)
class _Penalty:
    """A penalty and what is left of it. `id` is the line's; a planned one has none."""

    on: date
    left_minor: int
    id: UUID | None = None

    def take(self, amount_minor: int) -> int:
        """Take up to an amount off; answers what of the amount is left."""
        taken = min(self.left_minor, amount_minor)
        self.left_minor -= taken
        return amount_minor - taken


def open_penalties(history: History, state: LoanState, *, today: date) -> dict[date, int]:
    """What is open of the penalty interest of each month up to today, by the month's first day.

    A waiver lowers its own month, then the oldest; what payments covered is the oldest. A penalty
    planned for a later day is none yet. Of a card: what was charged since its last statement.
    """
    still_open: dict[date, int] = {}
    for each in _open(history, state, today=today):
        if each.left_minor:
            month = each.on.replace(day=1)
            still_open[month] = still_open.get(month, 0) + each.left_minor
    return still_open


def waivable_penalties(history: History, state: LoanState, *, today: date) -> dict[date, int]:
    """The same of the months that had no waiver yet: a month has one, whatever it was for."""
    had_one = {row.period for row in history.adjustments if row.kind == "waiver"}
    still_open = open_penalties(history, state, today=today)
    return {month: amount for month, amount in still_open.items() if month not in had_one}


def open_of_penalty(history: History, state: LoanState, *, penalty_id: UUID, today: date) -> int:
    """What is open of one penalty; nothing where a waiver was set against it."""
    found = _open(history, state, today=today)
    return next((each.left_minor for each in found if each.id == penalty_id), 0)


def unwaived_penalties(history: History, *, today: date) -> dict[UUID, int]:
    """What waivers have left of each penalty line, paid or not."""
    found = _unwaived(history, today=today)
    return {each.id: each.left_minor for each in found if each.id is not None}


def unwaived_months(history: History, *, today: date) -> dict[date, int]:
    """What waivers have left of each month's penalties, paid or not; nothing of one that had one.

    What was agreed stays agreed when she pays meanwhile; what another waiver took is not taken
    again.
    """
    had_one = {row.period for row in history.adjustments if row.kind == "waiver"}
    left: dict[date, int] = {}
    for each in _unwaived(history, today=today):
        month = each.on.replace(day=1)
        if month not in had_one:
            left[month] = left.get(month, 0) + each.left_minor
    return left


def _open(history: History, state: LoanState, *, today: date) -> list[_Penalty]:
    found = _unwaived(history, today=today)
    charged = sum(each.left_minor for each in found)
    covered = max(charged - _open_today(history, state, today=today), 0)
    for each in found:
        covered = each.take(covered)
    return found


def _unwaived(history: History, *, today: date) -> list[_Penalty]:
    found = sorted(_charged(history, today=today), key=lambda each: (each.on, str(each.id)))
    waivers = sorted(
        (row for row in history.adjustments if row.kind == "waiver"),
        key=lambda row: (row.offsets_id is None, row.on_date, row.external_id),
    )
    for row in waivers:
        if row.offsets_id is not None:
            for each in found:
                if each.id == row.offsets_id:
                    each.take(row.amount_minor)
        else:
            _waive(history, found, row)
    return found


def _waive(history: History, found: list[_Penalty], row: AdjustmentRow) -> None:
    """Its own month, the oldest first; then that month's fees; then the oldest of all."""
    month = row.period or waiver_period(row.on_date)
    amount = row.amount_minor
    before = [each for each in found if each.on <= row.on_date]
    for each in before:
        if each.on.replace(day=1) == month:
            amount = each.take(amount)
    fees = sum(
        fee.amount_minor
        for fee in history.adjustments
        if fee.kind == "fee" and fee.on_date.replace(day=1) == month
    )
    amount = max(amount - fees, 0)
    for each in before:
        amount = each.take(amount)


def _charged(history: History, *, today: date) -> list[_Penalty]:
    planned = [
        _Penalty(row.due_on, row.penalty_minor)
        for row in history.installments
        if row.penalty_minor and row.due_on <= today
    ]
    return planned + [
        _Penalty(row.on_date, row.amount_minor, row.id)
        for row in history.adjustments
        if row.kind == "penalty" and row.on_date <= today
    ]


def _open_today(history: History, state: LoanState, *, today: date) -> int:
    planned = {row.number: row.penalty_minor for row in history.installments if row.due_on > today}
    later = 0
    for line in state.lines:
        penalty = line.charged.penalty_minor - line.paid.penalty_minor - line.waived.penalty_minor
        later += min(planned.get(line.number or 0, 0), penalty)
    return state.outstanding.penalty_minor - later
