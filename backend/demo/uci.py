"""The card portfolio as the lines that a core system would send.

Source of the columns and their meaning: data/ATTRIBUTION.md and the documentation that it
names. Suffix 1 (and PAY_0) is the latest month. The days within a month are our convention:
statements close on its last day and fall due on the last day of the next, payments are booked
on the 15th. The data give whole New Taiwan dollars.
"""

import csv
import gzip
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from backend.demo.calendar import month_end, months_before

DATA = Path(__file__).parent / "data" / "uci_credit_card_default.csv.gz"
PRODUCT = "uci-card"
CURRENCY = "TWD"
MINOR_PER_DOLLAR = 100
MONTHS = range(6, 0, -1)  # suffixes, oldest first
PAYMENT_DAY = 15
DAYS_PER_CODE = 30
MINIMUM_DUE_PERCENT = 3
PLAN_RATE_ASSUMED = "0.1200"
SEX = {"1": "male", "2": "female"}
# 0, 5 and 6 occur and are not documented.
EDUCATION = {"1": "graduate_school", "2": "university", "3": "high_school"}
MARITAL_STATUS = {"1": "married", "2": "single"}
AGE_BANDS = ((30, "under_30"), (40, "30_39"), (50, "40_49"), (60, "50_59"))
OLDEST_BAND = "60_and_over"

Line = dict[str, Any]


def lines(*, last_close: date, share: int = 0, shares: int = 1) -> Iterator[Line]:
    """Every borrower's lines, or those of one of several shares; whole borrowers in turn."""
    if share == 0:
        # The data hold no rate: what a balance in instalments would bear is our assumption.
        yield {
            "kind": "product",
            "code": PRODUCT,
            "plan_rate": PLAN_RATE_ASSUMED,
            "assumed": ["plan_rate"],
        }
    with gzip.open(DATA, "rt", encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file), share, None, shares):
            yield from borrower_lines(row, last_close=last_close)


def borrower_lines(row: Mapping[str, str], *, last_close: date) -> Iterator[Line]:
    """One borrower: herself, her account, and six months in their order."""
    external_id, account = row["ID"], f"card-{row['ID']}"
    yield {
        "kind": "borrower",
        "external_id": external_id,
        "locale": "zh-CN",
        "timezone": "Asia/Taipei",
        "protected": protected_attributes(row),
    }
    yield {
        "kind": "loan",
        "loan_kind": "revolving",
        "external_id": account,
        "borrower_external_id": external_id,
        "product_code": PRODUCT,
        "currency": CURRENCY,
        "credit_limit_minor": _minor(row["LIMIT_BAL"]),
        # Not in the data: the account is at least as old as its first month here.
        "opened_on": months_before(last_close, max(MONTHS) - 1).isoformat(),
        "status": "active",
        "dpd_source": "reported",
    }
    for suffix in MONTHS:
        yield from _month_lines(row, account=account, suffix=suffix, last_close=last_close)


def _month_lines(
    row: Mapping[str, str], *, account: str, suffix: int, last_close: date
) -> Iterator[Line]:
    first = months_before(last_close, suffix - 1)
    paid_minor = _minor(row[f"PAY_AMT{suffix}"])
    if paid_minor > 0:
        yield {
            "kind": "payment",
            "external_id": f"{account}-{first:%Y-%m}",
            "loan_external_id": account,
            "amount_minor": paid_minor,
            "received_on": first.replace(day=PAYMENT_DAY).isoformat(),
            "date_precision": "month",
        }
    # A negative statement is a credit balance: nothing is due.
    balance_minor = max(_minor(row[f"BILL_AMT{suffix}"]), 0)
    yield {
        "kind": "statement",
        "loan_external_id": account,
        "month": f"{first:%Y-%m}",
        "closed_on": month_end(first).isoformat(),
        "due_on": month_end(months_before(last_close, suffix - 2)).isoformat(),
        "balance_minor": balance_minor,
        "minimum_due_minor": balance_minor * MINIMUM_DUE_PERCENT // 100,
        "date_precision": "month",
        "assumed": ["minimum_due_minor"],
    }
    code = int(row["PAY_0" if suffix == 1 else f"PAY_{suffix}"])
    yield {
        "kind": "delinquency",
        "loan_external_id": account,
        "days_past_due": max(code, 0) * DAYS_PER_CODE,
        "as_of": month_end(first).isoformat(),
        "activity": activity(code),
    }


def _minor(dollars: str) -> int:
    """Cents of a whole amount; the file writes some round ones as 5.00E+05."""
    return int(Decimal(dollars) * MINOR_PER_DOLLAR)


def activity(code: int) -> str:
    """-2: no consumption; -1: paid duly; 0: minimum paid, the rest carried; 1 and more: late."""
    return {-2: "none", -1: "paid"}.get(code, "carried")


def protected_attributes(row: Mapping[str, str]) -> dict[str, str]:
    """What no policy may read; undocumented codes are left out."""
    age = int(row["AGE"])
    band = next((name for limit, name in AGE_BANDS if age < limit), OLDEST_BAND)
    found = {
        "sex": SEX.get(row["SEX"]),
        "education": EDUCATION.get(row["EDUCATION"]),
        "marital_status": MARITAL_STATUS.get(row["MARRIAGE"]),
        "age_band": band,
    }
    return {name: value for name, value in found.items() if value is not None}
