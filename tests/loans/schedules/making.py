"""Requests for tests, as the interface takes them."""

from typing import Any

from backend.loans.rules.schedules import Schedule, reckon
from backend.loans.schedule_schemas import ScheduleInSchema

TERMS: dict[str, Any] = {
    "method": "equal_installment",
    "principal_minor": 10_000,
    "currency": "EUR",
    "annual_rate": "0.07",
    "installments": 6,
    "every": {"n": 1, "unit": "month"},
    "disbursed_on": "2024-01-01",
    "rounding": "half_even",
}


def make_request(*changes: dict[str, Any], **terms: Any) -> dict[str, Any]:
    """A body; `payments` and `as_of` may be among the terms."""
    beside = {name: terms.pop(name) for name in ("payments", "as_of") if name in terms}
    return {"terms": TERMS | terms, "changes": list(changes), **beside}


def make_schedule(*changes: dict[str, Any], **terms: Any) -> Schedule:
    return reckon(ScheduleInSchema().load(make_request(*changes, **terms))["request"])


def parts(schedule: Schedule) -> list[tuple[int, int]]:
    """(principal, interest) of each row."""
    return [(row.principal_minor, row.interest_minor) for row in schedule.rows]


def paid(*payments: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"on": on, "amount_minor": amount} for on, amount in payments]
