"""When a delivery is tried again, and when it and its endpoint are given up."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core_instructions.rules import Kind
from backend.webhooks.rules import (
    FAILURES_MIN,
    RETRY_AFTER_MAX,
    TRIED_FOR,
    TYPES,
    Result,
    State,
    asked_wait,
    ceiling_after,
    gives_up,
    judge,
)
from tests.clock import NOW

shares = st.floats(0, 1, allow_nan=False)
tries = st.integers(1, 200)
failures = st.one_of(
    st.integers(100, 599).filter(lambda status: status // 100 != 2).map(Result),
    st.just(Result(None, "timed_out")),
)
since_first = st.timedeltas(timedelta(0), TRIED_FOR - timedelta(seconds=1))


@given(st.integers(200, 299), tries, since_first, shares)
def test_what_is_taken_is_done(status, tries, waited, share):
    verdict = judge(Result(status), tries=tries, began_at=NOW - waited, now=NOW, share=share)
    assert verdict.state is State.DELIVERED


@given(failures, tries, since_first, shares)
def test_within_three_days_it_is_tried_again_and_for_the_last_time_at_their_end(
    result, tries, waited, share
):
    began_at = NOW - waited
    verdict = judge(result, tries=tries, began_at=began_at, now=NOW, share=share)
    assert verdict.state is State.PENDING
    assert NOW <= verdict.due_at <= min(NOW + ceiling_after(tries), began_at + TRIED_FOR)


@given(failures, tries, shares)
def test_after_three_days_it_is_given_up(result, tries, share):
    verdict = judge(result, tries=tries, began_at=NOW - TRIED_FOR, now=NOW, share=share)
    assert (verdict.state, verdict.due_at) == (State.FAILED, None)


@given(tries)
def test_waits_never_shrink_and_end_at_six_hours(tries):
    assert ceiling_after(tries) <= ceiling_after(tries + 1) <= timedelta(hours=6)


def test_the_waits_are_those_of_the_guide():
    hours = [ceiling_after(tries).total_seconds() for tries in range(1, 8)]
    assert hours == [10, 60, 300, 1_800, 7_200, 21_600, 21_600]


@pytest.mark.parametrize("status", [429, 503])
@given(seconds=st.integers(0, 10**12), share=shares)
def test_retry_after_is_waited_for_up_to_a_day(status, seconds, share):
    result = Result(status, retry_after=str(seconds))
    verdict = judge(result, tries=1, began_at=NOW, now=NOW, share=share)
    assert verdict.due_at >= NOW + min(timedelta(seconds=min(seconds, 86_400)), RETRY_AFTER_MAX)
    assert verdict.due_at <= NOW + RETRY_AFTER_MAX


def test_a_retry_after_may_be_a_date():
    at = (NOW + timedelta(minutes=9)).replace(microsecond=0)
    result = Result(503, retry_after=format_datetime(at, usegmt=True))
    assert asked_wait(result, now=NOW) == timedelta(minutes=9)


@pytest.mark.parametrize(
    "words", ["", "soon", "-5", "1.5", "١٢", "Mon, 99 Foo 2026 00:00:00 GMT", "0", "9" * 5_000]
)
def test_a_retry_after_that_makes_no_sense_asks_for_nothing_beyond_a_day(words):
    assert timedelta(0) <= asked_wait(Result(429, retry_after=words), now=NOW) <= RETRY_AFTER_MAX


@given(st.text())
def test_no_words_of_a_receiver_break_anything(words):
    wait = asked_wait(Result(429, retry_after=words), now=NOW)
    assert timedelta(0) <= wait <= RETRY_AFTER_MAX


@pytest.mark.parametrize("status", [200, 400, 404, 410, 500])
def test_only_those_who_say_later_are_given_time(status):
    assert asked_wait(Result(status, retry_after="60"), now=NOW) == timedelta(0)


@pytest.mark.parametrize(
    ("days", "failures", "given_up"),
    [(3, FAILURES_MIN, True), (2.9, 10_000, False), (30, FAILURES_MIN - 1, False)],
)
def test_an_endpoint_is_given_up_after_three_days_and_some_tries(days, failures, given_up):
    since = NOW - timedelta(days=days)
    assert gives_up(failing_since=since, failures=failures, now=NOW) is given_up


def test_every_instruction_to_the_core_system_is_a_type():
    assert {str(kind) for kind in Kind} <= set(TYPES)
    assert len(TYPES) == len(set(TYPES))
