"""Whatever the zone, the season and the instant: no hour that is blocked is ever allowed."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contacts.rules import (
    ANY_HOUR,
    COLLECTION_LIKE,
    PURPOSES,
    RULES,
    Approach,
    Entry,
    EntryKind,
    Hold,
    Known,
    Regime,
    Window,
    check,
    judge,
)
from backend.contacts.rules.law import CN_RULES, in_force
from backend.events.contacts import Channel
from backend.kit.clock import all_zones

GUIDE = Path(__file__).parents[2] / "docs" / "contacts.md"
MOMENT = timedelta(microseconds=1)
BLOCKED = {Regime.CN: (time(22), time(8)), Regime.US: (time(21), time(8))}
# Clocks that jump at midnight, by half an hour, over a whole day, or by night.
ODD = (
    *("America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "America/Santiago"),
    *("Pacific/Apia", "Africa/Casablanca", "America/New_York", "Asia/Shanghai", "Atlantic/Azores"),
)
zones = st.sampled_from(ODD) | st.sampled_from(sorted(all_zones()))
seconds = st.integers(0, 10 * 366 * 86_400)
instants = seconds.map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=n))
minutes = st.integers(0, 24 * 60 - 1)


@st.composite
def edges_of_night(draw, zone):
    """An instant beside an edge of a window, in a week in which the clock may jump."""
    day = date(draw(st.integers(2020, 2029)), draw(st.sampled_from((3, 4, 9, 10, 11))), 1)
    day += timedelta(days=draw(st.integers(0, 29)))
    at = draw(st.sampled_from((time(0), time(8), time(9), time(20, 30), time(21), time(22))))
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    instant = local.replace(fold=draw(st.integers(0, 1))).astimezone(UTC)
    return instant + draw(st.sampled_from((-1, 0, 1))) * MOMENT


@st.composite
def windows(draw):
    start, end = draw(minutes) * 60, draw(minutes) * 60
    return Window(start, end if end != start else (start + 60) % 86_400)


@st.composite
def situations(draw):
    places = tuple(draw(st.lists(zones, min_size=1, max_size=3, unique=True)))
    at = draw(instants | edges_of_night(places[0]))
    entries = [
        Entry(
            at - timedelta(hours=draw(st.integers(0, 220))),
            draw(st.sampled_from((Channel.CALL, Channel.PUSH))),
            draw(st.sampled_from((EntryKind.ATTEMPT, EntryKind.CONNECTED, EntryKind.INBOUND))),
        )
        for _ in range(draw(st.integers(0, 8)))
    ]
    held = [Hold("x", at.date() + timedelta(days=draw(st.integers(-2, 40))))]
    known = Known(
        regimes=frozenset(draw(st.sets(st.sampled_from(Regime), min_size=1))),
        zones=places,
        agreed=tuple(draw(st.lists(windows(), max_size=1))),
        inconvenient=tuple(draw(st.lists(windows(), max_size=1))),
        entries=tuple(entries),
        holds=tuple(held) if draw(st.booleans()) else (),
    )
    purpose = draw(st.sampled_from(sorted(COLLECTION_LIKE)) | st.sampled_from(sorted(PURPOSES)))
    return known, Approach(draw(st.sampled_from(Channel)), purpose), at


def is_blocked(known, at):
    """Said anew, from the clock on the wall alone."""
    for zone in known.zones:
        clock = at.astimezone(ZoneInfo(zone)).time()
        for regime in known.regimes:
            start, end = BLOCKED[regime]
            if clock >= start or clock < end:
                if regime is Regime.CN and _is_agreed(known, clock):
                    continue
                return True
    return False


def _is_agreed(known, clock):
    second = clock.hour * 3600 + clock.minute * 60 + clock.second
    return any(
        (second - each.start) % 86_400 < (each.end - each.start) % 86_400 for each in known.agreed
    )


@given(case=situations())
def test_nothing_is_allowed_in_a_blocked_hour(case):
    known, approach, at = case
    if approach.purpose not in ANY_HOUR and is_blocked(known, at):
        assert not check(known, approach, at).allowed
        assert not judge(known, approach, at).allowed


@given(case=situations())
def test_the_first_allowed_instant_is_allowed_and_the_one_before_is_not(case):
    known, approach, at = case
    then = known.up_to(at)
    for ask in (check, judge):
        found = ask(known, approach, at)
        if found.allowed:
            assert found.allowed_from == at
        elif found.allowed_from is not None:
            assert found.allowed_from > at
            assert ask(then, approach, found.allowed_from).allowed
            assert not ask(then, approach, found.allowed_from - MOMENT).allowed
            for hours in range(1, 200, 7):
                between = at + timedelta(hours=hours)
                assert between >= found.allowed_from or not ask(then, approach, between).allowed


@given(case=situations())
def test_our_own_rules_never_allow_what_the_law_forbids(case):
    known, approach, at = case
    if judge(known, approach, at).allowed:
        assert check(known, approach, at).allowed


@pytest.mark.parametrize(
    ("zone", "blocked", "allowed"),
    [
        # The night on which the clock is put forward is an hour shorter, and back, longer.
        ("America/New_York", "2026-03-08T02:00:00Z", "2026-03-08T12:00:00Z"),
        ("America/New_York", "2026-11-01T01:00:00Z", "2026-11-01T13:00:00Z"),
        # Half an hour forward, at two at night.
        ("Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T21:00:00Z"),
    ],
)
def test_a_night_in_which_the_clock_jumps_ends_at_eight(zone, blocked, allowed):
    known = Known(frozenset({Regime.US}), (zone,))
    approach = Approach(Channel.SMS, "reminder")
    found = check(known, approach, datetime.fromisoformat(blocked))
    assert found.allowed_from == datetime.fromisoformat(allowed)


def test_a_rule_is_judged_in_its_version_of_the_day():
    def citation(at):
        return next(rule.citation for rule in in_force(at) if rule.id == "CN.hours")

    assert citation(datetime(2026, 1, 29, tzinfo=UTC)) == "GB/T 45251-2025"
    assert "2026-01-30" in citation(datetime(2026, 1, 30, tzinfo=UTC))
    # Before the oldest there is none that is kinder.
    assert citation(datetime(2019, 1, 1, tzinfo=UTC)) == "GB/T 45251-2025"


def test_every_rule_stands_in_the_guide_as_it_is():
    rows = [row for row in GUIDE.read_text().splitlines() if row.startswith("| `")]
    for rule in RULES:
        (row,) = (row for row in rows if f"`{rule.id}`" in row)
        assert f"| {rule.certainty} | " in row
        assert rule.citation.split(";")[0] in row or "the same" in row or rule.regime is None
    assert any(f"`{CN_RULES[0].id}`" in row and str(CN_RULES[0].valid_from) in row for row in rows)
