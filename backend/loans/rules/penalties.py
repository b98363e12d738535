"""Of which month the penalty interest is that is open, for waivers that name a month."""

from datetime import date

from backend.loans.rules.checks import waiver_period
from backend.loans.rules.history import History
from backend.loans.rules.state import LoanState


def open_penalties(history: History, state: LoanState, *, today: date) -> dict[date, int]:
    """What is open of the penalty interest of each month up to today, by the month's first day.

    A waiver lowers its own month, then the oldest; what payments covered is the oldest. A penalty
    planned for a later day is none yet. Of a card: what was charged since its last statement.
    """
    months = _charged(history, today=today)
    for row in history.adjustments:
        if row.kind == "waiver":
            month = row.period or waiver_period(row.on_date)
            months[month] = max(months.get(month, 0) - row.amount_minor, 0)
    covered = sum(months.values()) - _open_today(history, state, today=today)
    still_open = {}
    for month in sorted(months):
        taken = min(max(covered, 0), months[month])
        covered -= taken
        if months[month] > taken:
            still_open[month] = months[month] - taken
    return still_open


def waivable_penalties(history: History, state: LoanState, *, today: date) -> dict[date, int]:
    """The same of the months that had no waiver yet: a month has one, whatever it was for."""
    had_one = {row.period for row in history.adjustments if row.kind == "waiver"}
    still_open = open_penalties(history, state, today=today)
    return {month: amount for month, amount in still_open.items() if month not in had_one}


def _charged(history: History, *, today: date) -> dict[date, int]:
    charged: dict[date, int] = {}
    for installment in history.installments:
        if installment.penalty_minor and installment.due_on <= today:
            month = installment.due_on.replace(day=1)
            charged[month] = charged.get(month, 0) + installment.penalty_minor
    for row in history.adjustments:
        if row.kind == "penalty":
            month = row.on_date.replace(day=1)
            charged[month] = charged.get(month, 0) + row.amount_minor
    return charged


def _open_today(history: History, state: LoanState, *, today: date) -> int:
    planned = {row.number: row.penalty_minor for row in history.installments if row.due_on > today}
    later = 0
    for line in state.lines:
        penalty = line.charged.penalty_minor - line.paid.penalty_minor - line.waived.penalty_minor
        later += min(planned.get(line.number or 0, 0), penalty)
    return state.outstanding.penalty_minor - later
