"""For any payment behaviour: paying later never earns more, and being late never pays."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.kit.ids import new_id
from backend.loans.queries import Conduct, KeptLine, LoanKey, Report
from rewards.points.books import get_book
from rewards.points.definitions import RuleBook, RuleSet, read_rules
from rewards.points.earning import earned

DEFAULT = {
    "rules": [
        {"kind": "on_time", "points": 100},
        {"kind": "early", "points": 20, "days_early": 3},
        {"kind": "cured", "points": 60, "days_past_due": 15, "months_between": 12},
    ]
}
WITHOUT_CURE = {"rules": DEFAULT["rules"][:2]}
CURE_DAYS, CURE_POINTS, ON_TIME_POINTS = 15, 60, 100
FIRST = date(2025, 1, 31)
# Weekly, fortnightly or monthly instalments; each paid so many days after its day, or never.
DELAYS = st.one_of(st.none(), st.integers(-40, 90))
SCHEDULES = st.tuples(st.sampled_from([7, 14, 30, 31]), st.lists(DELAYS, min_size=1, max_size=20))


def book(document):
    return RuleBook((RuleSet(1, date(1900, 1, 1), read_rules(document)),))


def points_of(schedule, *, document=DEFAULT, grace_days=0):
    every, delays = schedule
    lines = [
        KeptLine(
            number=number,
            due_on=(due_on := FIRST + timedelta(days=every * number)),
            paid_on=None if delay is None else due_on + timedelta(days=delay),
            is_exact=True,
        )
        for number, delay in enumerate(delays)
    ]
    conduct = Conduct(
        LoanKey(new_id(), new_id()), "installment", "p", "CNY", grace_days, tuple(lines)
    )
    return sum(award.points for award in earned(conduct, book(document)).values())


def delayed(schedule, place, delay):
    every, delays = schedule
    place %= len(delays)
    return every, [delay if i == place else d for i, d in enumerate(delays)], delays[place]


LATER = st.one_of(st.none(), st.integers(0, 100))


def is_later(delay, than):
    return than is not None and (delay is None or delay >= than)


@given(SCHEDULES, st.integers(0, 19), LATER, st.integers(0, 3))
def test_paying_later_never_earns_more(schedule, place, delay, grace_days):
    *later, before = delayed(schedule, place, delay)
    if is_later(delay, before):
        rules = {"document": WITHOUT_CURE, "grace_days": grace_days}
        assert points_of(later, **rules) <= points_of(schedule, **rules)


@given(SCHEDULES, st.integers(0, 19), LATER)
def test_paying_late_never_earns_more_than_paying_on_the_day(schedule, place, delay):
    *on_time, _ = delayed(schedule, place, 0)
    *late, _ = delayed(schedule, place, delay)
    assert points_of(late) <= points_of(on_time)


@given(SCHEDULES, st.integers(0, 19), LATER)
def test_with_the_cure_later_earns_more_only_where_it_begins_to_count_and_never_beyond_it(
    schedule, place, delay
):
    *later, before = delayed(schedule, place, delay)
    if not is_later(delay, before):
        return
    gain = points_of(later) - points_of(schedule)
    begins_to_count = 0 < before < CURE_DAYS and (delay is None or delay >= CURE_DAYS)
    assert gain <= (CURE_POINTS if begins_to_count else 0)
    assert CURE_POINTS < ON_TIME_POINTS


REPORTS = st.lists(
    st.tuples(st.sampled_from([0, 0, 0, 5, 15, 40]), st.sampled_from(["paid", "carried", "none"])),
    min_size=1,
    max_size=30,
)


def reported_points(reports):
    rows = tuple(
        Report(FIRST + timedelta(days=15 * place), days_late, activity)
        for place, (days_late, activity) in enumerate(reports)
    )
    key = LoanKey(new_id(), new_id())
    conduct = Conduct(key, "revolving", "p", "CNY", 0, reports=rows)
    return sum(award.points for award in earned(conduct, book(DEFAULT)).values())


@given(REPORTS, st.integers(0, 29))
def test_a_report_of_being_in_order_never_earns_less_than_one_of_being_late(reports, place):
    place %= len(reports)
    activity = reports[place][1]
    better = [(0, activity) if i == place else each for i, each in enumerate(reports)]
    if activity == "none":
        # A month without consumption has nothing to pay; that it is in order earns nothing.
        return
    assert reported_points(reports) <= reported_points(better)


def test_the_rules_tested_here_are_those_that_ship(session):
    [shipped] = get_book(session).versions
    tested = book(DEFAULT).versions[0]
    ours = [(r.kind, r.points, dict(r.parameters)) for r in tested.rules]
    assert [(r.kind, r.points, dict(r.parameters)) for r in shipped.rules][:3] == ours
