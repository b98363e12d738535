"""What an option costs: its rows, with everything that was paid replayed over them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from backend.kit.money import rounded
from backend.loans.rules import (
    AdjustmentRow,
    History,
    InstallmentRow,
    LineState,
    LoanState,
    Terms,
    replay,
)
from backend.loans.rules.schedules import Method, Recalculation
from backend.loans.rules.schedules.calendar import BeyondCalendarError
from backend.plan_quotes.rules.facts import LoanFacts, NotPossible, Wishes, late_minor
from backend.plan_quotes.rules.kinds import Kind
from backend.plan_quotes.rules.laying import Laid
from backend.plan_quotes.rules.limits import Bounds
from backend.plan_quotes.rules.options import OPTIONS, Asked

NO_ID = UUID(int=0)


@dataclass(frozen=True)
class Priced:
    """An option to the cent. `total_cost_minor` is all that is still to be paid."""

    laid: Laid
    state: LoanState
    total_cost_minor: int
    first_installment_minor: int
    first_due_on: date | None
    versus_now_minor: int
    versus_payoff_minor: int
    ends_on: date | None
    days_past_due: int

    @property
    def due_on(self) -> list[date]:
        """Days on which something is to be paid."""
        return [line.due_on for line in self.state.lines if line.open_minor and line.due_on]


def price(kind: Kind, facts: LoanFacts, wishes: Wishes, bounds: Bounds) -> Priced:
    """One option. Refuses: NotPossible."""
    check_loan(kind, facts)
    try:
        laid = OPTIONS[kind](Asked(facts, wishes, bounds))
    except BeyondCalendarError as fault:
        raise NotPossible("beyond_calendar") from fault
    state = replay(history_with(facts, laid), as_of=facts.today)
    _check(facts, laid, state)
    total = state.outstanding.total_minor
    first = state.next_due
    last = [line.due_on for line in state.lines if line.open_minor and line.due_on]
    return Priced(
        laid=laid,
        state=state,
        total_cost_minor=total,
        first_installment_minor=first.amount_minor if first else 0,
        first_due_on=first.due_on if first else None,
        versus_now_minor=total - facts.state.outstanding.total_minor,
        versus_payoff_minor=total - payoff_minor(facts),
        ends_on=max(last, default=None),
        days_past_due=state.days_past_due(dpd_source="computed", today=facts.today) or 0,
    )


def check_loan(kind: Kind, facts: LoanFacts) -> None:
    """What any option asks of a loan. Refuses: NotPossible."""
    if facts.past.has_open:
        raise NotPossible("plan_open")
    if facts.status != "active":
        raise NotPossible("not_active", facts.status)
    if not facts.state.outstanding.total_minor:
        raise NotPossible("nothing_open")
    if (kind is Kind.CONVERT) != facts.is_revolving:
        raise NotPossible("only_for_cards" if kind is Kind.CONVERT else "not_for_cards")


def history_with(facts: LoanFacts, laid: Laid) -> History:
    """The loan's rows as they would be, were the option booked on the day."""
    if laid.is_new_loan:
        order = facts.history.terms.allocation_order
        return History(Terms("installment", order), installments=laid.rows)
    if laid.rows:
        return replace(facts.history, installments=laid.rows)
    waivers = tuple(
        AdjustmentRow(NO_ID, f"{each.month}", "waiver", each.amount_minor, facts.today)
        for each in laid.waivers
    )
    return replace(facts.history, adjustments=(*facts.history.adjustments, *waivers))


def _check(facts: LoanFacts, laid: Laid, state: LoanState) -> None:
    """An option that does not come out to the cent is not offered; a person looks at it."""
    if laid.rows:
        owed = sum(row.principal_minor for row in laid.rows)
        before = (
            facts.state.outstanding.total_minor
            if laid.is_new_loan
            else sum(row.principal_minor for row, _ in facts.rows)
        )
        if owed != before or not _is_in_order(laid.rows):
            raise NotPossible("needs_a_person")
    if laid.is_cured and state.oldest_unpaid_due_on is not None:
        late = sum(
            late_minor(line)
            for line in state.lines
            if line.due_on is not None and line.due_on < facts.today
        )
        if late:
            raise NotPossible("fees_past_due", late, ways=(("pay_first", late),))


def _is_in_order(rows: Sequence[InstallmentRow]) -> bool:
    ordered = sorted(rows, key=lambda row: row.number)
    least = min(
        min(row.principal_minor, row.interest_minor, row.fee_minor, row.penalty_minor)
        for row in rows
    )
    follows = all(
        earlier.number < later.number and earlier.due_on <= later.due_on
        for earlier, later in pairwise(ordered)
    )
    return least >= 0 and follows


def payoff_minor(facts: LoanFacts) -> int:
    """What would settle the loan today: planned interest, unless the product follows the days."""
    whole = facts.state.outstanding.total_minor
    is_daily = facts.product.recalculation is Recalculation.DAILY
    later = [(row, line) for row, line in facts.rows if row.due_on > facts.today]
    if not is_daily or facts.product.method is Method.FLAT or not later:
        return whole
    unborn = sum(_open_interest(line) for _, line in later)
    first, _ = later[0]
    start = max([facts.opened_on, *(r.due_on for r, _ in facts.rows if r.due_on <= facts.today)])
    part = Fraction((facts.today - start).days, max((first.due_on - start).days, 1))
    accrued = rounded(first.interest_minor * part, rounding=facts.product.rounding)
    paid = sum(line.paid.interest_minor + line.waived.interest_minor for _, line in later)
    return whole - unborn + min(max(accrued - paid, 0), unborn)


def _open_interest(line: LineState) -> int:
    return line.charged.interest_minor - line.paid.interest_minor - line.waived.interest_minor
