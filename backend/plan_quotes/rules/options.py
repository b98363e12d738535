"""The eight options: what each does to a loan, and when it may be. All refuse: NotPossible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from backend.benefits.rules import WAIVER_MONTHS_MAX
from backend.kit.money import Rounding, rounded
from backend.loans.rules import InstallmentRow, waivable_penalties
from backend.loans.rules.schedules import (
    MONTHLY,
    Change,
    NewRate,
    Request,
    Rest,
    Skip,
    Terms,
    TokenPayments,
)
from backend.loans.rules.schedules.calendar import add_months, step
from backend.loans.rules.schedules.terms import Unit
from backend.plan_quotes.rules.facts import LoanFacts, NotPossible, Wishes
from backend.plan_quotes.rules.kinds import Kind
from backend.plan_quotes.rules.laying import (
    Laid,
    first_after,
    installments_max,
    lay,
    refuse_too_many,
    schedule_rows,
)
from backend.plan_quotes.rules.limits import Bounds, waived_periods_max
from backend.plan_quotes.rules.penalties import Waiver
from backend.plan_quotes.rules.remainder import Remainder, Rhythm, remainder_of

DAY_OF_MONTH_MAX = 31
MOVED_BY_DEFAULT_DAYS = 10
LONGER_BY_DEFAULT_MONTHS = 12
LOWER_RATE_MONTHS_DEFAULT = 6
LOWER_RATE_SHARE = Fraction(1, 2)
RATE_PLACES = 10_000
TOKEN_MONTHS_DEFAULT = 3
CONVERT_MONTHS_DEFAULT = 12
# Asked where even the interest is more than is left, or there is none.
TOKEN_NOMINAL_MINOR = 100


@dataclass(frozen=True)
class Asked:
    """One option of one loan: how it stands, what is chosen, and how far that may go."""

    facts: LoanFacts
    wishes: Wishes
    bounds: Bounds

    @property
    def rate(self) -> Fraction:
        """The contract's."""
        if self.facts.annual_rate is None:
            raise NotPossible("rate_unknown")
        return self.facts.annual_rate

    def months(self, default: int, most: int, least: int = 1) -> int:
        """How many months are chosen."""
        months = default if self.wishes.months is None else self.wishes.months
        if months > most:
            raise NotPossible("too_many_months", months, ways=(("at_most_months", most),))
        if months < least:
            raise NotPossible("too_few_months", months, ways=(("at_least_months", least),))
        return months

    def rest(self, *, needs_later: bool = True) -> Remainder:
        """What is left, with what is past due joining it."""
        rest = remainder_of(self.facts, cures=True)
        if needs_later and not rest.later:
            raise NotPossible("nothing_to_come", ways=(("longer_term_instead", None),))
        if not rest.principal_minor:
            raise NotPossible("no_principal_left")
        return rest


def move_due_day(asked: Asked) -> Laid:
    """Later instalments fall due on another day; the days between bear interest."""
    facts = asked.facts
    if facts.days_past_due:
        way = ("pay_first", facts.arrears_minor)
        raise NotPossible("past_due", facts.days_past_due, ways=(way,))
    rest = remainder_of(facts, cures=False, moves_today=True)
    if not rest.later:
        raise NotPossible("nothing_to_come")
    old = rest.later[0].due_on
    if rest.rhythm.every.unit is not Unit.MONTH:
        raise NotPossible("not_monthly")
    day = asked.wishes.due_day or (old + timedelta(days=MOVED_BY_DEFAULT_DAYS)).day
    if day == rest.rhythm.anchor:
        raise NotPossible("same_due_day", day, ways=(("another_due_day", None),))
    rhythm = Rhythm(rest.rhythm.every, day)
    first = _next_on(old, day)
    days = [first]
    while len(days) < len(rest.later):
        days.append(step(days[-1], rhythm.every, anchor=day))
    rows = lay(facts, rest, rate=asked.rate, due_on=tuple(days), rhythm=rhythm, keeps_level=True)
    return Laid(
        {
            "due_day": day,
            "first_due_on": first.isoformat(),
            "remaining_installments": len(rest.later),
        },
        rows,
    )


def _next_on(day: date, anchor: int) -> date:
    """The next day of that number, at most 31 days later."""
    same_month = add_months(day.replace(day=1), 0, anchor=anchor)
    return same_month if same_month > day else add_months(same_month, 1, anchor=anchor)


def longer_term(asked: Asked) -> Laid:
    """More instalments, each smaller; what is past due is spread over them too."""
    facts = asked.facts
    rest = asked.rest(needs_later=False)
    left = len(rest.later)
    default = min(LONGER_BY_DEFAULT_MONTHS, max(left // 2, 1))
    months = asked.months(default, asked.bounds.longer_months_max)
    last = rest.due_on[-1] if rest.later else first_after(rest.starts_on, rest.rhythm)
    # Of a schedule that is over, the first new row lies before those that are added.
    first = 0 if rest.later else 1
    extra = first + _periods_within(last, months, rest.rhythm)
    room = installments_max(rest.principal_minor) - left - first
    within = _months_within(last, room, rest.rhythm) if room > 0 else 0
    refuse_too_many(rest.principal_minor, left + extra, ("at_most_months", within))
    rows = lay(facts, rest, rate=asked.rate, installments=left + extra)
    terms = {
        "months": months,
        "extra_installments": extra,
        "remaining_installments": left,
    }
    return Laid(terms, rows, is_cured=True)


def _periods_within(last: date, months: int, rhythm: Rhythm) -> int:
    """How many more due days lie in that many months; one at least."""
    end, count = add_months(last, months, anchor=rhythm.anchor), 0
    day = step(last, rhythm.every, anchor=rhythm.anchor)
    while day <= end:
        count += 1
        day = step(day, rhythm.every, anchor=rhythm.anchor)
    return max(count, 1)


def _months_within(last: date, periods: int, rhythm: Rhythm) -> int:
    """For how many months at most no more due days than that are added."""
    beyond = step(last, rhythm.every, times=periods + 1, anchor=rhythm.anchor)
    months = 0
    while add_months(last, months + 1, anchor=rhythm.anchor) < beyond:
        months += 1
    return months


def _rows_within(rest: Remainder, months: int) -> int:
    """How many of the rows to come are due within that many months of the first."""
    end = add_months(rest.due_on[0], months, anchor=rest.rhythm.anchor)
    return sum(day < end for day in rest.due_on)


def lower_rate(asked: Asked) -> Laid:
    """Another rate for some months, then the contract's again."""
    facts, contract = asked.facts, asked.rate
    if not contract:
        raise NotPossible("no_interest")
    rest = asked.rest()
    months = asked.months(LOWER_RATE_MONTHS_DEFAULT, asked.bounds.lower_rate_months_max)
    rate = asked.wishes.annual_rate
    if rate is None:
        rate = Fraction(
            rounded(contract * LOWER_RATE_SHARE * RATE_PLACES, rounding=Rounding.DOWN), RATE_PLACES
        )
    if rate >= contract:
        raise NotPossible("rate_not_lower", str(rate))
    count = _rows_within(rest, months)
    back: list[Change] = []
    if count < len(rest.later):
        back.append(NewRate(rest.due_on[count - 1] + timedelta(days=1), contract))
    rows = lay(facts, rest, rate=rate, changes=back)
    return Laid({"months": months, "annual_rate": decimal_of(rate)}, rows, is_cured=True)


def decimal_of(rate: Fraction) -> str:
    """A rate as a decimal text; those that are told or halved have few places."""
    scale = 10**8
    whole, part = divmod(rounded(rate * scale, rounding=Rounding.DOWN), scale)
    return f"{whole}.{part:08d}".rstrip("0").rstrip(".")


def skip(asked: Asked) -> Laid:
    """The next instalments are left out and made up for at the end."""
    rest = asked.rest()
    count = 1 if asked.wishes.months is None else asked.wishes.months
    most = min(asked.bounds.skip_max, len(rest.later))
    if count > most:
        raise NotPossible("too_many_skipped", count, ways=(("at_most_installments", most),))
    room = installments_max(rest.principal_minor) - len(rest.later)
    way = ("at_most_installments", room)
    refuse_too_many(rest.principal_minor, len(rest.later) + count, way)
    changes = [Skip(rest.due_on[0], count)]
    keeps = not asked.facts.days_past_due
    rows = lay(asked.facts, rest, rate=asked.rate, changes=changes, keeps_level=keeps)
    return Laid({"installments": count}, rows, is_cured=True)


def re_amortize(asked: Asked) -> Laid:
    """What is past due is spread over the instalments to come; the last day stays."""
    if not asked.facts.days_past_due:
        raise NotPossible("nothing_past_due")
    rest = asked.rest()
    terms = {"arrears_minor": asked.facts.arrears_minor}
    # As the schedule engine itself re-amortises, to the unit.
    rows = lay(asked.facts, rest, rate=asked.rate, is_evened=False)
    return Laid(terms, rows, is_cured=True)


def token_payment(asked: Asked) -> Laid:
    """A small amount for some months, then what is left over the instalments after them."""
    facts = asked.facts
    rest = asked.rest()
    months = asked.months(TOKEN_MONTHS_DEFAULT, asked.bounds.token_months_max)
    count = _rows_within(rest, months)
    _refuse_long_token(rest, count)
    amount = asked.wishes.amount_minor or _token_minor(asked, rest, count)
    usual = rest.later[0].principal_minor + rest.later[0].interest_minor
    if amount >= usual > 0:
        raise NotPossible("token_not_smaller", amount, ways=(("less_than", usual),))
    changes = [TokenPayments(rest.due_on[0], count, amount)]
    rows = lay(facts, rest, rate=asked.rate, changes=changes)
    return Laid({"months": months, "amount_minor": amount}, rows, is_cured=True)


def _refuse_long_token(rest: Remainder, count: int) -> None:
    room = installments_max(rest.principal_minor) - len(rest.later)
    within = 0
    if 0 < room < len(rest.later):
        while _rows_within(rest, within + 1) <= room:
            within += 1
    refuse_too_many(rest.principal_minor, len(rest.later) + count, ("at_most_months", within))


def _token_minor(asked: Asked, rest: Remainder, count: int) -> int:
    """The interest of one period, or a nominal amount; never more than she has left."""
    left = asked.wishes.left_minor
    if left is not None and left <= 0:
        raise NotPossible("nothing_left", left, ways=(("skip_instead", None),))
    interest = max((row.interest_minor for row in rest.later[:count]), default=0)
    usual = rest.later[0].principal_minor + rest.later[0].interest_minor
    amount = max(min(interest, usual // 2), min(TOKEN_NOMINAL_MINOR, usual // 2), 1)
    return amount if left is None else min(amount, left)


def waive_penalty(asked: Asked) -> Laid:
    """Open penalty of the oldest months is taken off; the schedule stays."""
    facts = asked.facts
    if facts.past.is_negotiated:
        raise NotPossible("waived_on_first_only")
    waivable = waivable_penalties(facts.history, facts.state, today=facts.today)
    found = [Waiver(month, waivable[month]) for month in sorted(waivable)]
    if not found:
        raise NotPossible("no_open_penalty")
    by_tier = asked.bounds.waives_by_tier
    most = waived_periods_max(facts.tier) if by_tier else WAIVER_MONTHS_MAX
    periods = asked.wishes.periods
    if periods is not None and periods > most:
        raise NotPossible("too_many_periods", periods, ways=(("at_most_periods", most),))
    chosen = tuple(found[: periods or most])
    return Laid({"periods": len(chosen)}, waivers=chosen)


def convert(asked: Asked) -> Laid:
    """A card's balance becomes a loan of equal instalments at the product's plan rate."""
    facts = asked.facts
    rate = asked.wishes.annual_rate
    rate = facts.product.plan_rate if rate is None else rate
    if rate is None:
        raise NotPossible("plan_rate_unknown")
    months = asked.months(
        CONVERT_MONTHS_DEFAULT, asked.bounds.convert_months_max, asked.bounds.convert_months_min
    )
    balance = facts.state.outstanding.total_minor
    most = installments_max(balance)
    way = ("at_most_months", most if most >= asked.bounds.convert_months_min else 0)
    refuse_too_many(balance, months, way)
    due = [row.due_on for row in facts.history.statements]
    rhythm = Rhythm(MONTHLY, max(due).day if due else facts.today.day)
    terms = Terms(
        method=facts.product.method,
        principal_minor=balance,
        annual_rate=rate,
        installments=months,
        every=MONTHLY,
        disbursed_on=facts.today,
        first_due_on=first_after(facts.today, rhythm),
        day_count=facts.product.day_count,
        rounding=facts.product.rounding,
        installment_multiple_minor=facts.product.installment_multiple_minor,
        rest=Rest(anchor=rhythm.anchor),
    )
    rows = tuple(
        InstallmentRow(row.number, row.due_on, row.principal_minor, row.interest_minor)
        for row in schedule_rows(Request(terms))
    )
    return Laid(
        {"months": months, "annual_rate": decimal_of(rate), "balance_minor": balance},
        rows,
        is_new_loan=True,
        is_cured=True,
    )


OPTIONS: dict[Kind, Callable[[Asked], Laid]] = {
    Kind.MOVE_DUE_DAY: move_due_day,
    Kind.LONGER_TERM: longer_term,
    Kind.LOWER_RATE: lower_rate,
    Kind.SKIP: skip,
    Kind.RE_AMORTIZE: re_amortize,
    Kind.WAIVE_PENALTY: waive_penalty,
    Kind.TOKEN_PAYMENT: token_payment,
    Kind.CONVERT: convert,
}
