"""The compiled happy path says exactly what the schema says."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from backend.ingest.lines import _SCHEMAS, QUICK

DAYS = st.sampled_from(
    [
        "2026-11-01",
        "2026-02-30",
        "20261101",
        "2026-W01-1",
        "2026-1-1",
        "0000-01-01",
        "\uff19\uff1999-01-01",
    ]
)
ODD = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        1,
        1.0,
        10**15,
        10**15 + 1,
        "",
        "a",
        "x" * 201,
        "a\u0000",
        "借",
        [],
        {},
    ]
)
ORDINARY = {
    "day": "2026-11-01",
    "id": "a-1",
    "text": "personal",
    "amount": 100,
}
ORDINARY_LINES = {
    "product": {
        "code": "personal",
        "grace_days": 1,
        "rounding": "half_up",
        "method": "flat",
        "plan_rate": "0.12",
        "assumed": ["plan_rate"],
    },
    "borrower": {
        "external_id": "b1", "locale": "en", "timezone": "Asia/Shanghai", "phone": "+12025550101",
        "email": "ana@mail.example",
        "name": "Ana", "born_on": "1990-01-01", "monthly_income_minor": 1, "income_verified": True,
        "protected": {"sex": "female"}, "facts": {},
    },
    "loan": {
        "external_id": "l1", "kind": "installment", "borrower_external_id": "b1",
        "product_code": "p", "currency": "CNY", "principal_minor": 100, "annual_rate": "0.1200",
        "opened_on": "2026-01-01", "status": "active", "dpd_source": "computed",
        "installments": [
            {"number": 1, "due_on": "2026-02-01", "principal_minor": 100, "interest_minor": 1}
        ],
    },
    "installment": {
        "loan_external_id": "l1", "number": 1, "due_on": "2026-02-01", "principal_minor": 100,
        "interest_minor": 1, "fee_minor": 2, "penalty_minor": 3,
    },
    "statement": {
        "loan_external_id": "l1", "month": "2026-01", "closed_on": "2026-01-31",
        "due_on": "2026-02-28", "balance_minor": -5, "minimum_due_minor": None,
        "date_precision": "month", "assumed": ["due_on"],
    },
    "delinquency": {
        "loan_external_id": "l1", "days_past_due": 30, "as_of": "2026-01-31", "activity": "paid"
    },
    "adjustment": {
        "external_id": "a1", "loan_external_id": "l1", "kind": "fee", "amount_minor": 5,
        "on": "2026-01-31",
    },
    "payment": {
        "external_id": "p1", "loan_external_id": "l1", "amount_minor": 5,
        "received_on": "2026-01-31", "date_precision": "day",
    },
}  # fmt: skip


@st.composite
def lines(draw):
    kind = draw(st.sampled_from(sorted(ORDINARY_LINES)))
    line = json.loads(json.dumps(ORDINARY_LINES[kind]))
    for name in draw(st.lists(st.sampled_from(sorted(line)), max_size=2)):
        if draw(st.booleans()):
            line.pop(name, None)
        else:
            line[name] = draw(
                ODD | DAYS | st.sampled_from(["installment", "revolving", "reported"])
            )
    if draw(st.integers(0, 9)) == 0:
        line[draw(st.text(max_size=5))] = draw(ODD)
    return kind, line


@given(case=lines())
def test_what_the_quick_way_accepts_is_what_the_schema_loads(case):
    kind, line = case
    quick = QUICK[kind](line)
    if quick is None:
        return
    try:
        slow = _SCHEMAS[kind][0].load(line)
    except ValidationError as error:
        pytest.fail(f"accepted, though {error}")
    assert quick == slow
    assert list(map(type, quick.values())) == [type(slow[name]) for name in quick]


@pytest.mark.parametrize("kind", sorted(ORDINARY_LINES))
def test_ordinary_lines_take_the_quick_way(kind):
    line = {k: v for k, v in ORDINARY_LINES[kind].items() if k != "facts"}
    assert QUICK[kind](orjson.loads(orjson.dumps(line))) is not None
