"""Known schedules, to the cent.

The figures are facts from the published tests and documentation of Apache Fineract's progressive
loans [github.com/apache/fineract: ProgressiveEMICalculatorTest,
EMICalculation, LoanInterestRateChange, LoanReAging, LoanReAmortization],
all under half_even (a few under half_up, as there), and from textbook annuity tables.
"""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from backend.loans.rules.schedules.level import level_installment
from tests.loans.schedules.making import make_schedule, paid, parts

ACT_ACT = {
    "principal_minor": 500_000,
    "annual_rate": "0.0999",
    "disbursed_on": "2023-11-13",
    "day_count": "act/act",
    "recalculate_interest": "daily",
}
JUNE = {
    "principal_minor": 100_000,
    "annual_rate": "0.12",
    "installments": 3,
    "disbursed_on": "2024-06-01",
}
DAILY = {"recalculate_interest": "daily"}
FIRST = ("2024-02-01", 1_701)


def re_age(on: str, first: str) -> dict[str, object]:
    return {"kind": "re_age", "on": on, "first_due_on": first, "installments": 6}


PLANNED = {
    "thirty_360": ({}, [(1643, 58), (1652, 49), (1662, 39), (1672, 29), (1681, 20), (1690, 10)]),
    "act_365_where_no_other_instalment_is_better": (
        {"annual_rate": "0.15678", "day_count": "act/365"},
        [(1610, 133), (1638, 105), (1653, 90), (1677, 66), (1697, 46), (1725, 22)],
    ),
    "act_act_over_the_year_end": (
        ACT_ACT,
        [(81666, 4105), (82226, 3545), (82927, 2844), (83767, 2004), (84338, 1433), (85076, 697)],
    ),
    "from_a_month_end": (
        {
            "principal_minor": 245_000,
            "annual_rate": "0.0999",
            "disbursed_on": "2023-10-31",
            "rounding": "half_up",
        },
        [(39991, 2040), (40324, 1707), (40660, 1371), (40998, 1033), (41340, 691), (41687, 347)],
    ),
    "from_near_a_month_end": (
        {
            "principal_minor": 1_000_000,
            "annual_rate": "0.45",
            "disbursed_on": "2023-10-30",
            "rounding": "half_up",
        },
        [
            (151712, 37500),
            (157401, 31811),
            (163304, 25908),
            (169428, 19784),
            (175781, 13431),
            (182374, 6839),
        ],
    ),
    "every_fifteen_days": (
        {"annual_rate": "0.094822", "every": {"n": 15, "unit": "day"}},
        [(1650, 40), (1657, 33), (1664, 26), (1670, 20), (1677, 13), (1682, 7)],
    ),
    "every_two_months": (
        {"annual_rate": "0.12", "every": {"n": 2, "unit": "month"}, "installments": 3},
        [(3268, 200), (3333, 135), (3399, 68)],
    ),
    "every_two_weeks": (
        {"annual_rate": "0.094822", "every": {"n": 2, "unit": "week"}},
        [(1651, 37), (1657, 31), (1663, 25), (1669, 19), (1676, 12), (1684, 6)],
    ),
    "act_365": (
        {"annual_rate": "0.12", "day_count": "act/365"},
        [(1623, 102), (1645, 80), (1656, 69), (1675, 50), (1690, 35), (1711, 17)],
    ),
    "down_payment": (
        {"annual_rate": "0.05", "installments": 5, "down_payment_rate": "0.25"},
        [(2500, 0), (1488, 31), (1494, 25), (1500, 19), (1506, 13), (1512, 6)],
    ),
    "principal_grace": (
        {"principal_grace": 2},
        [(0, 58), (0, 58), (2479, 58), (2493, 44), (2508, 29), (2520, 15)],
    ),
    "all_principal_at_the_end": (
        {"annual_rate": "0.30", "installments": 8, "principal_grace": 7},
        [*[(0, 250)] * 7, (10000, 250)],
    ),
    "interest_grace": (
        {"interest_grace": 2},
        [(1701, 0), (1701, 0), (1557, 144), (1672, 29), (1681, 20), (1688, 10)],
    ),
    "flat": (JUNE | {"method": "flat"}, [(33333, 1000), (33333, 1000), (33334, 1000)]),
}
CHANGED = {
    "new_rate": (
        [{"kind": "new_rate", "from": "2024-02-02", "annual_rate": "0.04"}],
        {},
        [(1643, 58), (1660, 28), (1666, 22), (1671, 17), (1677, 11), (1683, 6)],
    ),
    "new_rates_and_one_late_payment": (
        [
            {"kind": "new_rate", "from": "2024-02-02", "annual_rate": "0.04"},
            {"kind": "new_rate", "from": "2024-03-02", "annual_rate": "0.0115"},
        ],
        DAILY | {"payments": paid(("2024-04-01", 1_665))},
        [(1643, 58), (1655, 33), (1668, 10), (1673, 5), (1675, 3), (1686, 2)],
    ),
    "new_rates_with_one_of_two_payments_late": (
        [
            {"kind": "new_rate", "from": "2024-02-02", "annual_rate": "0.04"},
            {"kind": "new_rate", "from": "2024-03-02", "annual_rate": "0.0115"},
        ],
        DAILY | {"payments": paid(FIRST, ("2024-04-01", 1_665))},
        [(1643, 58), (1660, 28), (1670, 8), (1673, 5), (1675, 3), (1679, 2)],
    ),
    "moved_due_day": (
        [{"kind": "move_due_date", "from": "2024-02-01", "to": "2024-02-18"}],
        {"annual_rate": "0.094822"},
        [(1588, 125), (1647, 66), (1660, 53), (1673, 40), (1686, 27), (1746, 14)],
    ),
    "pause_of_a_month": (
        [{"kind": "pause_interest", "from": "2024-02-01", "to": "2024-02-29"}],
        {},
        [(1645, 56), (1699, 2), (1662, 39), (1672, 29), (1682, 19), (1640, 10)],
    ),
    "pause_of_two_months": (
        [{"kind": "pause_interest", "from": "2024-02-01", "to": "2024-03-31"}],
        {},
        [(1645, 56), (1701, 0), (1700, 1), (1672, 29), (1682, 19), (1600, 9)],
    ),
    "pause_across_a_due_day": (
        [{"kind": "pause_interest", "from": "2024-02-10", "to": "2024-03-10"}],
        {},
        [(1643, 58), (1688, 13), (1673, 28), (1672, 29), (1682, 19), (1642, 10)],
    ),
    "one_more_instalment": (
        [{"kind": "extend", "from": "2024-07-02", "by": 1}],
        JUNE,
        [(33002, 1000), (22111, 670), (22332, 449), (22555, 226)],
    ),
    "one_more_and_two_more": (
        [
            {"kind": "extend", "from": "2024-07-02", "by": 1},
            {"kind": "extend", "from": "2024-08-02", "by": 2},
        ],
        JUNE,
        [(33002, 1000), (22111, 670), (11055, 449), (11166, 338), (11277, 227), (11389, 114)],
    ),
    "one_more_and_two_more_of_a_flat_loan": (
        [
            {"kind": "extend", "from": "2024-07-02", "by": 1},
            {"kind": "extend", "from": "2024-08-02", "by": 2},
        ],
        JUNE | {"method": "flat"},
        [(33333, 1000), (22222, 1000), *[(11111, 1000)] * 3, (11112, 1000)],
    ),
    "re_amortised": (
        [{"kind": "re_amortize", "on": "2024-03-15"}],
        DAILY | {"payments": paid(FIRST)},
        [(1643, 58), (0, 0), (2034, 98), (2095, 37), (2107, 25), (2121, 12)],
    ),
    "re_aged_within_a_period_with_money_paid_ahead": (
        [re_age("2024-03-15", "2024-04-01")],
        DAILY | {"payments": paid(("2024-02-01", 2_500))},
        [
            (1643, 58),
            (799, 0),
            (0, 0),
            (1205, 88),
            (1256, 37),
            (1263, 30),
            (1271, 22),
            (1278, 15),
            (1285, 7),
        ],
    ),
    "re_aged_and_then_late": (
        [re_age("2024-03-01", "2024-03-01")],
        DAILY | {"payments": paid(FIRST, ("2024-03-01", 1_701)), "as_of": "2024-05-01"},
        [
            (1643, 58),
            (1652, 49),
            (1134, 0),
            (1095, 39),
            (1095, 39),
            (1114, 20),
            (1121, 13),
            (1146, 7),
        ],
    ),
    "re_aged_and_then_paid_off": (
        [re_age("2024-03-01", "2024-03-01"), {"kind": "payoff", "on": "2024-05-01"}],
        DAILY | {"payments": paid(FIRST, ("2024-03-01", 1_701))},
        [
            (1643, 58),
            (1652, 49),
            (1134, 0),
            (1095, 39),
            (1095, 39),
            (1134, 0),
            (1134, 0),
            (1113, 0),
        ],
    ),
}
PAID = {
    "nothing": (
        DAILY | {"payments": paid(FIRST), "as_of": "2024-04-01"},
        [(1643, 58), (1652, 49), (1652, 49), (1672, 29), (1681, 20), (1700, 10)],
    ),
    "nothing_ever": (
        ACT_ACT | {"as_of": "2024-05-13"},
        [(81666, 4105), (81534, 4237), (81540, 4231), (81813, 3958), (81540, 4231), (91907, 4094)],
    ),
    "three_days_early": (
        ACT_ACT | {"payments": paid(("2023-12-10", 85_771))},
        [(82076, 3695), (81886, 3885), (82928, 2843), (83767, 2004), (84338, 1433), (85005, 696)],
    ),
    "more_than_was_due": (
        DAILY | {"payments": paid(("2024-02-01", 2_500))},
        [(1643, 58), (1657, 44), (1662, 39), (1672, 29), (1681, 20), (1685, 10)],
    ),
}
OFF = {
    "in_the_first_period": (
        ["2024-01-15"],
        DAILY,
        [(1675, 26), *[(1701, 0)] * 4, (1521, 0)],
    ),
    "in_the_second_period": (
        ["2024-02-15"],
        DAILY | {"payments": paid(FIRST)},
        [(1643, 58), (1677, 24), *[(1701, 0)] * 3, (1577, 0)],
    ),
    "on_the_first_day": (
        ["2024-01-01"],
        {
            "principal_minor": 100_000,
            "annual_rate": "0.25",
            "installments": 12,
            "day_count": "act/act",
            "recalculate_interest": "daily",
        },
        [*[(9502, 0)] * 10, (4980, 0), (0, 0)],
    ),
}


@pytest.mark.parametrize("name", PLANNED)
def test_a_planned_schedule_is_as_published(name):
    terms, expected = PLANNED[name]
    assert parts(make_schedule(**terms)) == expected


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_schedule_is_as_published(name):
    changes, terms, expected = CHANGED[name]
    assert parts(make_schedule(*changes, **terms)) == expected


@pytest.mark.parametrize("name", PAID)
def test_a_schedule_after_payments_is_as_published(name):
    terms, expected = PAID[name]
    assert parts(make_schedule(**terms)) == expected


@pytest.mark.parametrize("name", OFF)
def test_a_payoff_is_as_published(name):
    (day,), terms, expected = OFF[name]
    schedule = make_schedule({"kind": "payoff", "on": day}, **terms)
    assert parts(schedule) == expected
    assert schedule.totals.outstanding_minor == 0


def test_a_fee_after_the_old_end_stands_on_the_new_row_of_its_day():
    fee = {"kind": "fee", "on": "2024-07-15", "amount_minor": 1_000}
    schedule = make_schedule(re_age("2024-03-15", "2024-04-01"), fee, **DAILY, payments=paid(FIRST))
    assert parts(schedule)[3:] == [
        (1332, 98),
        (1389, 41),
        (1397, 33),
        (1405, 25),
        (1413, 17),
        (1421, 8),
    ]
    assert [row.due_on.isoformat() for row in schedule.rows if row.fee_minor] == ["2024-08-01"]


# Present value of 1 a period, to four places, as every textbook prints it [Brealey, Myers, Allen:
# Principles of Corporate Finance, appendix, table 3].
ANNUITIES = {
    (1, 12): "11.2551",
    (2, 24): "18.9139",
    (5, 10): "7.7217",
    (8, 20): "9.8181",
    (10, 5): "3.7908",
    (12, 30): "8.0552",
    (20, 15): "4.6755",
}


@pytest.mark.parametrize(("percent", "periods"), ANNUITIES)
def test_the_level_instalment_is_that_of_the_textbooks_table(percent, periods):
    level = level_installment(1_000_000, [Fraction(percent, 100)] * periods)
    assert f"{float(1_000_000 / level):.4f}" == ANNUITIES[percent, periods]


@pytest.mark.parametrize("periods", [1, 2, 7, 60, 360])
def test_the_recursion_is_the_closed_form(periods):
    with localcontext() as context:
        context.prec = 60
        rate = Decimal("0.1234") / 12
        closed = Decimal(1_000_000) * rate / (1 - (1 + rate) ** -periods)
    level = level_installment(1_000_000, [Fraction("0.1234") / 12] * periods)
    assert abs(level - Fraction(closed)) < Fraction(1, 10**40)
