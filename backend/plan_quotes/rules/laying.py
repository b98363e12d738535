"""From what is left of a loan to the whole schedule that an option gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from backend.kit.money import rounded
from backend.loans.rules import InstallmentRow
from backend.loans.rules.schedules import (
    INSTALLMENTS_MAX,
    Change,
    Contradiction,
    Request,
    Rest,
    ScheduleRow,
    Terms,
    reckon,
)
from backend.loans.rules.schedules.calendar import add_months, step
from backend.loans.rules.schedules.terms import PRINCIPAL_PER_INSTALLMENT_MIN, Unit
from backend.plan_quotes.rules.facts import LoanFacts, NotPossible
from backend.plan_quotes.rules.penalties import Waiver
from backend.plan_quotes.rules.remainder import Remainder, Rhythm


@dataclass(frozen=True)
class Laid:
    """An option with its parameters. `rows` is the whole schedule, none where it stays."""

    terms: dict[str, Any]
    rows: tuple[InstallmentRow, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    # The balance leaves a revolving account for a loan of its own.
    is_new_loan: bool = False
    is_cured: bool = False


def lay(
    facts: LoanFacts,
    rest: Remainder,
    *,
    rate: Fraction,
    installments: int | None = None,
    due_on: tuple[date, ...] | None = None,
    rhythm: Rhythm | None = None,
    keeps_level: bool = False,
    is_evened: bool = True,
    changes: Sequence[Change] = (),
) -> tuple[InstallmentRow, ...]:
    """The rows that were kept, and the rest laid by the engine. `rate` counts from its start on."""
    rhythm = rhythm or rest.rhythm
    count = len(rest.later) if installments is None else installments
    refuse_too_many(rest.principal_minor, count + _added(changes))
    terms = Terms(
        method=facts.product.method,
        principal_minor=rest.principal_minor,
        annual_rate=rate,
        installments=count,
        every=rhythm.every,
        disbursed_on=rest.starts_on,
        day_count=facts.product.day_count,
        rounding=facts.product.rounding,
        installment_multiple_minor=facts.product.installment_multiple_minor,
        first_due_on=None if rest.later else first_after(rest.starts_on, rhythm),
        rest=Rest(
            anchor=rhythm.anchor,
            due_on=rest.due_on if due_on is None else due_on,
            idle=rest.idle,
            carried_interest_minor=_carried(facts, rest, rate),
            level_minor=rest.level_minor if keeps_level else None,
            flat_base_minor=rest.flat_base_minor,
            is_evened=is_evened,
        ),
    )
    laid = list(schedule_rows(Request(terms, changes)))
    # A rounded instalment may be done before its time.
    while len(laid) > 1 and not (laid[-1].principal_minor or laid[-1].interest_minor):
        laid.pop()
    return (*rest.kept, *_with_charges(rest, laid))


def schedule_rows(request: Request) -> tuple[ScheduleRow, ...]:
    """The engine's rows. What it cannot lay is for a person to look at."""
    try:
        return reckon(request).rows
    except Contradiction as fault:
        is_far = fault.code == "beyond_calendar"
        raise NotPossible("beyond_calendar" if is_far else "irregular") from fault


def installments_max(principal_minor: int) -> int:
    """How many instalments the engine takes: not too many, and none too small."""
    return min(principal_minor // PRINCIPAL_PER_INSTALLMENT_MIN, INSTALLMENTS_MAX)


def refuse_too_many(principal_minor: int, count: int, *ways: tuple[str, int]) -> None:
    """Refuse more. `ways` are what would pass, where that is at least one."""
    if count > installments_max(principal_minor):
        passing = tuple(way for way in ways if way[1] > 0)
        raise NotPossible("installments_too_small", count, ways=passing)


def first_after(day: date, rhythm: Rhythm) -> date:
    """The first due day after a day, where the schedule is over already."""
    if rhythm.every.unit is not Unit.MONTH:
        return step(day, rhythm.every)
    this_month = add_months(day.replace(day=1), 0, anchor=rhythm.anchor)
    return this_month if this_month > day else step(this_month, rhythm.every, anchor=rhythm.anchor)


def _added(changes: Sequence[Change]) -> int:
    return sum(getattr(change, "count", 0) for change in changes)


def _carried(facts: LoanFacts, rest: Remainder, rate: Fraction) -> int:
    """Interest that is known: of arrears as it is, of the running period at the new rate."""
    planned = rest.planned_interest_minor
    if facts.annual_rate and rate != facts.annual_rate:
        share = Fraction(planned) * rate / facts.annual_rate
        planned = rounded(share, rounding=facts.product.rounding)
    return rest.arrears_interest_minor + planned


def _with_charges(rest: Remainder, laid: Sequence[ScheduleRow]) -> list[InstallmentRow]:
    """Planned fees and penalties stay on their rows; those of a row without amount wait."""
    fee, penalty = rest.fee_minor, rest.penalty_minor
    rows = []
    for place, row in enumerate(laid):
        if place < len(rest.later):
            fee += rest.later[place].fee_minor
            penalty += rest.later[place].penalty_minor
        if place == len(laid) - 1:
            fee += sum(later.fee_minor for later in rest.later[len(laid) :])
            penalty += sum(later.penalty_minor for later in rest.later[len(laid) :])
        takes = bool(row.principal_minor or row.interest_minor) or place == len(laid) - 1
        rows.append(
            InstallmentRow(
                rest.first_number + place,
                row.due_on,
                row.principal_minor,
                row.interest_minor,
                fee if takes else 0,
                penalty if takes else 0,
            )
        )
        if takes:
            fee = penalty = 0
    return rows
