"""Made-up borrowers for a benchmark, stored through the product's own batch."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from backend import app
from backend.ingest.batch import store_lines
from backend.kit import clock, delivery

MONTHS = 12


def lines(count: int, *, today: date, prefix: str = "b") -> Iterator[dict[str, Any]]:
    """One borrower, one loan of twelve instalments (six due and paid) each."""
    first = today - timedelta(days=30 * 6 + 10)
    for number in range(count):
        name = f"{prefix}{number}"
        yield {
            "kind": "borrower",
            "external_id": name,
            "locale": "en",
            "timezone": "Asia/Shanghai",
            "monthly_income_minor": 1_000_000 + number % 1_000,
        }
        dues = [first + timedelta(days=30 * month) for month in range(1, MONTHS + 1)]
        yield {
            "kind": "loan",
            "loan_kind": "installment",
            "external_id": f"{name}-loan",
            "borrower_external_id": name,
            "product_code": "bench",
            "currency": "CNY",
            "principal_minor": 10_000 * MONTHS,
            "annual_rate": "0.1200",
            "opened_on": first.isoformat(),
            "status": "active",
            "dpd_source": "computed",
            "installments": [
                {
                    "number": place,
                    "due_on": due.isoformat(),
                    "principal_minor": 10_000,
                    "interest_minor": 100,
                    "fee_minor": 0,
                    "penalty_minor": 0,
                }
                for place, due in enumerate(dues, start=1)
            ],
        }
        for place, due in enumerate(dues[: 6 if number % 5 else 4], start=1):
            yield {
                "kind": "payment",
                "external_id": f"{name}-paid-{place}",
                "loan_external_id": f"{name}-loan",
                "amount_minor": 10_100,
                "received_on": due.isoformat(),
            }


def store(count: int, *, now: datetime, prefix: str = "b") -> None:
    """Store and settle them to the end: state, facts, tiers."""
    today = clock.day_in_zone(now, "Asia/Shanghai")
    source = enumerate(lines(count, today=today, prefix=prefix), start=1)
    for answer in store_lines(source, now=now, backfill=True):
        if answer.outcome.problem is not None:
            raise answer.outcome.problem
    handlers = app.handlers()
    while sum(delivery.deliver_batch(each, now=now) for each in handlers):
        pass
