"""Of which month open penalty interest is: never more than is open, and a waiver finds its own."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from backend.loans.rules import (
    AdjustmentRow,
    replay,
    unwaived_penalties,
    waivable_penalties,
)
from backend.loans.rules.penalties import open_penalties
from tests.loans.test_rules import OPENED, days, histories

LAST = OPENED + timedelta(days=400)


def charged_by_month(history, today):
    charged = {}
    for row in history.installments:
        if row.due_on <= today:
            month = row.due_on.replace(day=1)
            charged[month] = charged.get(month, 0) + row.penalty_minor
    for row in history.adjustments:
        if row.kind == "penalty":
            month = row.on_date.replace(day=1)
            charged[month] = charged.get(month, 0) + row.amount_minor
    return charged


@given(history=histories(), today=days)
def test_no_month_has_more_open_than_was_charged_or_is_open_at_all(history, today):
    state = replay(history)
    found = open_penalties(history, state, today=today)
    charged = charged_by_month(history, today)
    assert all(0 < amount <= charged[month] for month, amount in found.items())
    assert sum(found.values()) <= state.outstanding.penalty_minor


@given(history=histories())
def test_without_waivers_the_months_are_all_that_is_open(history):
    bare = replace(history, adjustments=tuple(a for a in history.adjustments if a.kind != "waiver"))
    state = replay(bare)
    found = open_penalties(bare, state, today=LAST)
    assert sum(found.values()) == state.outstanding.penalty_minor


@given(history=histories(), data=st.data())
def test_waiving_a_month_lowers_what_is_open_by_just_that_and_once(history, data):
    bare = replace(history, adjustments=tuple(a for a in history.adjustments if a.kind != "waiver"))
    before = replay(bare)
    found = waivable_penalties(bare, before, today=LAST)
    if not found:
        return
    month = data.draw(st.sampled_from(sorted(found)))
    waiver = AdjustmentRow(UUID(int=77_777), "w", "waiver", found[month], LAST, month)
    waived = replace(bare, adjustments=(*bare.adjustments, waiver))

    after = replay(waived)

    left = before.outstanding.penalty_minor - after.outstanding.penalty_minor
    assert left == found[month]
    rest = waivable_penalties(waived, after, today=LAST)
    assert rest == {other: amount for other, amount in found.items() if other != month}


@given(history=histories())
def test_what_waivers_left_of_penalties_is_never_more_than_they_were(history):
    left = unwaived_penalties(history, today=LAST)
    charged = {row.id: row.amount_minor for row in history.adjustments if row.kind == "penalty"}
    assert left.keys() == charged.keys()
    assert all(0 <= left[each] <= charged[each] for each in charged)
    waived = sum(row.amount_minor for row in history.adjustments if row.kind == "waiver")
    assert sum(left.values()) >= sum(charged.values()) - waived
