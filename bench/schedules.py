"""All plan options of a loan: sixty instalments, eight schedules, in process."""

import time
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from backend.kit.money import Rounding
from backend.loans.rules.schedules import (
    MONTHLY,
    Change,
    DayCount,
    Extend,
    Method,
    MoveDueDate,
    NewRate,
    PauseInterest,
    Payment,
    Payoff,
    ReAge,
    ReAmortize,
    Recalculation,
    Request,
    Skip,
    Terms,
    reckon,
)
from bench.common import SCALE, Figure

GOAL_MS = 50
TERMS = Terms(
    method=Method.EQUAL_INSTALLMENT,
    principal_minor=10_000_000,
    annual_rate=Fraction("0.1575"),
    installments=60,
    every=MONTHLY,
    disbursed_on=date(2024, 1, 31),
    day_count=DayCount.ACT_ACT,
    rounding=Rounding.HALF_EVEN,
    recalculate_interest=Recalculation.DAILY,
)
TODAY = date(2025, 1, 10)
# Eight instalments on time, two late by ten days, then nothing.
PAYMENTS = [
    Payment(row.due_on + timedelta(days=10 if place > 7 else 0), 241_870)
    for place, row in enumerate(reckon(Request(TERMS)).rows[:10])
]
OPTIONS: tuple[tuple[Change, ...], ...] = (
    (),
    (MoveDueDate(date(2025, 1, 31), date(2025, 2, 15)),),
    (Extend(TODAY, 24),),
    (NewRate(TODAY, Fraction("0.08")),),
    (Skip(TODAY, 3), PauseInterest(TODAY, date(2025, 4, 10))),
    (ReAmortize(TODAY),),
    (ReAge(TODAY, date(2025, 2, 1), MONTHLY, 60),),
    (Payoff(TODAY),),
)


def figures() -> Iterator[Figure]:
    """Every option priced, as a quote does it."""
    times = sorted(_price_all() for _ in range(int(1_000 * SCALE)))
    p95 = times[int(len(times) * 0.95)]
    yield Figure(
        "60 instalments x 8 options, 10 payments made: p95", p95, "ms", GOAL_MS, at_least=False
    )
    yield Figure("the same, half of them within", times[len(times) // 2], "ms")


def _price_all() -> float:
    begun = time.perf_counter()
    for changes in OPTIONS:
        reckon(Request(TERMS, changes, PAYMENTS, TODAY))
    return (time.perf_counter() - begun) * 1_000
