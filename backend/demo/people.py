"""Twenty made-up borrowers with instalment loans, one for each situation worth looking at.

A story is told by how each instalment that has fallen due was met, oldest first:
`O` on its due day, `E` five days early, `L` ten days late, `P` half of it on its due day,
`-` not at all. Everything is relative to the demo's first day.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from backend.demo.calendar import months_before

EARLY_DAYS = 5
LATE_DAYS = 10
MONTHS_A_YEAR = 12
SYNTHETIC = "(demo)"

Line = dict[str, Any]


@dataclass(frozen=True)
class LoanStory:
    """One loan. Amounts in minor units; `last_due_days_ago` may be negative: nothing due yet."""

    met: str
    last_due_days_ago: int
    installments: int = 12
    principal_minor: int = 1_200_000
    annual_rate: str = "0.1200"
    status: str = "active"
    extra_minor: int = 0  # paid on top of the last instalment that was met
    penalty_minor: int = 0
    waiver_minor: int = 0
    reported_days_past_due: int | None = None
    reverses_last_payment: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody made up. Phones: +1 202 555 01xx and +44 7700 900xxx are kept for fiction.

    So are addresses under .example.
    """

    code: str
    name: str
    phone: str
    locale: str
    timezone: str
    currency: str
    situation: str
    loans: tuple[LoanStory, ...]
    monthly_income_minor: int = 1_000_000
    employment: str = "employed"


def _cn(code: str, name: str, situation: str, *loans: LoanStory) -> Person:
    phone = f"+447700900{code}"
    return Person(code, name, phone, "zh-CN", "Asia/Shanghai", "CNY", situation, loans)


def _us(code: str, name: str, situation: str, *loans: LoanStory) -> Person:
    phone = f"+12025550{code}"
    return Person(code, name, phone, "en", "America/New_York", "USD", situation, loans, 450_000)


PEOPLE: tuple[Person, ...] = (
    _us("101", "Ana Lopez", "twelve in a row on time", LoanStory("OOOOOOOOOOOO", 9, 24)),
    _cn("102", "王丽", "six in a row on time", LoanStory("OOOOOO", 12)),
    _us("103", "Ben Carter", "next instalment in three days", LoanStory("OO", 27)),
    _cn("104", "李强", "due yesterday", LoanStory("OOO-", 1)),
    _us("105", "Chloe Martin", "half of the last one paid, 12 days late", LoanStory("OOP", 12)),
    _cn("106", "陈静", "about 40 days late", LoanStory("OO--", 10)),
    _us("107", "David Okafor", "about 75 days late", LoanStory("OOO---", 14)),
    _cn("108", "刘洋", "more than 120 days late", LoanStory("OO-----", 8)),
    _us("109", "Elena Rossi", "never paid, 35 days late", LoanStory("--", 5)),
    _cn("110", "赵敏", "was late and caught up", LoanStory("OOLLOO", 15)),
    _us("111", "Farid Khan", "paid ahead", LoanStory("OOO", 11, extra_minor=150_000)),
    _cn("112", "孙浩", "the last payment bounced", LoanStory("OOO", 6, reverses_last_payment=True)),
    _us(
        "113",
        "Grace Lee",
        "a penalty, half of it waived",
        LoanStory("OOL", 25, penalty_minor=4_000, waiver_minor=2_000),
    ),
    _cn("114", "周婷", "always five days early", LoanStory("EEEEEEE", 18)),
    _us("115", "Henry Adams", "paid off long ago", LoanStory("O" * 12, 240, status="closed")),
    _cn("116", "吴磊", "one loan late, one fine", LoanStory("OO-", 20), LoanStory("OOOO", 13)),
    _us("117", "Isla Murphy", "first instalment not due yet", LoanStory("", -20)),
    _cn("118", "郑爽", "no interest at all", LoanStory("OOOO", 3, annual_rate="0")),
    _us(
        "119",
        "Jack Wilson",
        "the core system counts the days",
        LoanStory("OO--", 10, reported_days_past_due=38),
    ),
    _cn("120", "何芳", "late once, then the last one half", LoanStory("OOLOP", 22)),
)


def external_id(person: Person) -> str:
    """The lender's id, which says that the person is made up."""
    return f"demo-{person.code}"


def lines(*, today: date) -> Iterator[Line]:
    """Their products, then every person's lines, in the order of her life."""
    for currency in sorted({person.currency for person in PEOPLE}):
        # As `schedule` reckons, so that a plan goes on as the loan began.
        yield {
            "kind": "product",
            "code": f"demo-{currency.lower()}",
            "method": "equal_principal",
        }
    for person in PEOPLE:
        yield {
            "kind": "borrower",
            "external_id": external_id(person),
            "name": f"{person.name} {SYNTHETIC}",
            "phone": person.phone,
            "email": f"{external_id(person)}@people.example",
            "locale": person.locale,
            "timezone": person.timezone,
            "monthly_income_minor": person.monthly_income_minor,
            "income_verified": True,
            "monthly_debt_minor": person.monthly_income_minor // 5,
            "employment": person.employment,
        }
        for place, story in enumerate(person.loans, start=1):
            yield from _loan_lines(person, story, place=place, today=today)


def reversals(*, today: date) -> Iterator[str]:
    """External ids of the payments that bounced."""
    for person in PEOPLE:
        for place, story in enumerate(person.loans, start=1):
            if story.reverses_last_payment:
                paid = list(_payments(person, story, place=place, today=today))
                yield paid[-1]["external_id"]


def _loan_id(person: Person, place: int) -> str:
    return f"{external_id(person)}-loan-{place}"


def _loan_lines(person: Person, story: LoanStory, *, place: int, today: date) -> Iterator[Line]:
    rows = schedule(story, today=today)
    loan = _loan_id(person, place)
    yield {
        "kind": "loan",
        "loan_kind": "installment",
        "external_id": loan,
        "borrower_external_id": external_id(person),
        "product_code": f"demo-{person.currency.lower()}",
        "currency": person.currency,
        "principal_minor": story.principal_minor,
        "annual_rate": story.annual_rate,
        "opened_on": add_months(rows[0]["due_on"], -1).isoformat(),
        "status": story.status,
        "dpd_source": "computed" if story.reported_days_past_due is None else "reported",
        "installments": [row | {"due_on": row["due_on"].isoformat()} for row in rows],
    }
    yield from _adjustments(story, loan=loan, rows=rows)
    yield from _payments(person, story, place=place, today=today)
    if story.reported_days_past_due is not None:
        yield {
            "kind": "delinquency",
            "loan_external_id": loan,
            "days_past_due": story.reported_days_past_due,
            "as_of": (today - timedelta(days=2)).isoformat(),
            "activity": "none",
        }


def _adjustments(story: LoanStory, *, loan: str, rows: list[dict[str, Any]]) -> Iterator[Line]:
    on = rows[max(len(story.met) - 1, 0)]["due_on"] + timedelta(days=EARLY_DAYS)
    for kind, amount in (("penalty", story.penalty_minor), ("waiver", story.waiver_minor)):
        if amount:
            yield {
                "kind": "adjustment",
                "adjustment_kind": kind,
                "external_id": f"{loan}-{kind}",
                "loan_external_id": loan,
                "amount_minor": amount,
                "on": on.isoformat(),
            }


def _payments(person: Person, story: LoanStory, *, place: int, today: date) -> Iterator[Line]:
    loan = _loan_id(person, place)
    rows = schedule(story, today=today)
    shift = {"O": 0, "E": -EARLY_DAYS, "L": LATE_DAYS, "P": 0}
    for index, (how, row) in enumerate(zip(story.met, rows, strict=False)):
        if how == "-":
            continue
        amount = row["principal_minor"] + row["interest_minor"]
        if how == "P":
            amount //= 2
        if index == len(story.met) - 1:
            amount += story.extra_minor
        yield {
            "kind": "payment",
            "external_id": f"{loan}-payment-{row['number']}",
            "loan_external_id": loan,
            "amount_minor": amount,
            "received_on": (row["due_on"] + timedelta(days=shift[how])).isoformat(),
            "date_precision": "day",
        }


def schedule(story: LoanStory, *, today: date) -> list[dict[str, Any]]:
    """Equal principal, interest on what is left, monthly; the last row takes the remainder."""
    anchor = today - timedelta(days=story.last_due_days_ago)
    share = story.principal_minor // story.installments
    numerator = int(story.annual_rate.replace(".", "").ljust(5, "0"))
    left = story.principal_minor
    rows = []
    for number in range(1, story.installments + 1):
        is_last = number == story.installments
        rows.append(
            {
                "number": number,
                "due_on": add_months(anchor, number - max(len(story.met), 1)),
                "principal_minor": left if is_last else share,
                "interest_minor": left * numerator // (10_000 * MONTHS_A_YEAR),
                "fee_minor": 0,
                "penalty_minor": 0,
            }
        )
        left -= share
    return rows


def add_months(anchor: date, months: int) -> date:
    """The anchor's day in another month, clipped to its length."""
    first = months_before(anchor, -months)
    return first.replace(day=min(anchor.day, monthrange(first.year, first.month)[1]))
