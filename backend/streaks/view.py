"""Streaks as their borrower reads them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from backend.kit.texts import Locale
from backend.streaks.queries import LoanUnits, ShownUnit
from backend.streaks.rules import (
    REPAIR_MONTHS,
    Outcome,
    Reason,
    add_months,
    goal_of,
    repaired_of,
    streak_of,
)
from backend.streaks.wording import explain, why

UNITS_SHOWN_MAX = 24


def show(loan: LoanUnits, *, locale: Locale) -> dict[str, Any]:
    """One loan's streak: how long, how far to the next goal, and what became of each unit."""
    units = [each.unit for each in loan.units]
    streak = streak_of(units)
    goal = goal_of(streak.current)
    marks = repaired_of(units)
    next_on = None if loan.loan.status == "closed" else loan.next_on
    shown = list(zip(loan.units, marks, strict=True))[-UNITS_SHOWN_MAX:]
    return {
        "loan_id": loan.loan.id,
        "kind": loan.loan.kind,
        "product_code": loan.loan.product_code,
        "status": loan.loan.status,
        "unit": "month" if loan.is_reported else "installment",
        "current": streak.current,
        "longest": streak.longest,
        "goal": goal,
        "next_counts_on": next_on,
        "explanation": explain(
            current=streak.current,
            goal=goal,
            next_on=next_on,
            is_reported=loan.is_reported,
            locale=locale,
        ),
        "repair": None if loan.is_reported else _repair(loan, marks),
        "units": [
            _unit(each, is_repaired=is_repaired, locale=locale)
            for each, is_repaired in reversed(shown)
        ],
        "units_total": len(units),
        "as_of": loan.as_of,
    }


def _repair(loan: LoanUnits, marks: Sequence[bool]) -> dict[str, date | bool | None]:
    used = [each.unit.on for each, is_used in zip(loan.units, marks, strict=True) if is_used]
    used_for = max(used, default=None)
    again_on = None if used_for is None else add_months(used_for, REPAIR_MONTHS)
    is_available = again_on is None or again_on <= loan.as_of
    return {
        "is_available": is_available,
        "available_again_on": None if is_available else again_on,
        "last_used_for": used_for,
    }


def _unit(shown: ShownUnit, *, is_repaired: bool, locale: Locale) -> dict[str, Any]:
    told = _judged(shown, is_repaired=is_repaired)
    outcome = "repaired" if is_repaired else told.unit.outcome.name.lower()
    return {
        "on": told.unit.on,
        "number": told.number,
        "outcome": outcome,
        "reason": str(told.reason),
        "text": why(told.reason, days_late=told.days_late, locale=locale),
    }


def _judged(shown: ShownUnit, *, is_repaired: bool) -> ShownUnit:
    if is_repaired:
        return replace(shown, reason=Reason.REPAIRED)
    if shown.unit.outcome is Outcome.BROKEN and shown.unit.is_repairable:
        return replace(shown, reason=Reason.REPAIR_USED)
    return shown
