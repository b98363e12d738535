"""What is committed to has one form of bytes: that of RFC 8785."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.evidence import rules
from backend.evidence.service import Act

AT = datetime(2026, 11, 24, 6, tzinfo=UTC)
text = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-rules.WHOLE_MAX, rules.WHOLE_MAX) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
)


@given(st.dictionaries(text, values, max_size=5))
def test_a_record_reads_back_and_the_order_of_its_names_changes_nothing(record):
    found = rules.canonical(record)
    assert json.loads(found) == record
    assert rules.canonical(dict(reversed(record.items()))) == found


def test_names_are_ordered_as_the_rfc_has_it():
    # RFC 8785 section 3.2.3: by UTF-16 code units, where an emoji comes before U+FB33.
    record = {
        "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7,
    }  # fmt: skip
    assert list(json.loads(rules.canonical(record)).values()) == [2, 4, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
        (date(2026, 11, 24), '"2026-11-24"'),
        (datetime(2026, 11, 24, 14, tzinfo=timezone(timedelta(hours=8))),
         '"2026-11-24T06:00:00.000000Z"'),
        (Decimal("0.1200"), '"0.1200"'),
        (2**53 - 1, "9007199254740991"),
        (2**53, '"9007199254740992"'),
        (-(10**18), '"-1000000000000000000"'),
        (Act.WAIVER, '"waiver.granted"'),
        ((1, None, True), "[1,null,true]"),
        (0.5, "0.5"),
        ("\u20ac\n\"", '"\u20ac\\n\\""'),
    ],
)  # fmt: skip
def test_each_kind_of_value_has_one_form(value, written):
    assert rules.canonical({"a": value}).decode() == f'{{"a":{written}}}'


def test_an_instant_is_always_written_alike():
    assert rules.time_text(AT) == "2026-11-24T06:00:00.000000Z"
    assert rules.time_text(AT + timedelta(microseconds=1)) == "2026-11-24T06:00:00.000001Z"
