"""Badges over the real portfolio, against counts that know nothing of streaks or facts."""

import csv
import gzip
from datetime import date, timedelta
from itertools import islice

import pytest
from sqlalchemy import text

from backend.app import handlers
from backend.demo import uci
from backend.ingest.batch import store_lines
from backend.kit.delivery import deliver_batch
from backend.kit.programme_zone import programme_day
from backend.profile import queries as profile
from backend.programme import service as programme
from rewards.badges.audit import check_badges
from rewards.badges.jobs import award_all
from tests.clock import NOW
from tests.factories.badges import list_awards
from tests.factories.runs import make_job_context

SAMPLE = 300
LAST_CLOSE = date(2026, 10, 31)
CODES = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")  # the newest month first

# By the reports alone: six months that were used and on time; and no month that was late.
RECOUNT = text(
    """
    SELECT count(*) FILTER (WHERE months = 6 AND used = 6 AND late = 0) AS six,
           count(*) FILTER (WHERE late = 0) AS unbroken
    FROM (
        SELECT borrower_id, count(*) AS months,
               count(*) FILTER (WHERE activity <> 'none') AS used,
               count(*) FILTER (WHERE days_past_due > 0) AS late
        FROM delinquency GROUP BY borrower_id
    ) AS each
    """
)
GUARDED = text(
    """
    SELECT count(DISTINCT g.borrower_id) FILTER (WHERE g.kind = 'rate_discount') AS discounts,
           count(DISTINCT g.borrower_id) FILTER (WHERE g.kind = 'limit_increase') AS limits,
           count(DISTINCT g.borrower_id) FILTER (WHERE a.borrower_id IS NULL) AS without_badge
    FROM benefit_grant g
    LEFT JOIN badge_award a ON a.borrower_id = g.borrower_id AND a.code = 'six_in_a_row'
                           AND a.state = 'standing'
    """
)
HELD = text(
    """
    SELECT count(*) FILTER (WHERE code = 'six_in_a_row') AS six,
           count(DISTINCT borrower_id) AS somebody
    FROM badge_award WHERE state = 'standing'
    """
)


def rows_of_the_file():
    with gzip.open(uci.DATA, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(params=["loans first", "particulars first"])
def portfolio(session, deliver, request):
    """Every hundredth borrower, imported as history and enrolled, as the demo does it.

    With several workers particulars may be heard before the history of facts is there.
    """
    lines = [
        line
        for row in islice(rows_of_the_file(), 0, None, 30_000 // SAMPLE)
        for line in uci.borrower_lines(row, last_close=LAST_CLOSE)
    ]
    answers = list(store_lines(enumerate(lines, start=1), now=NOW, backfill=True))
    assert {answer.outcome.status for answer in answers} == {"stored"}
    ids = [a.outcome.id for a in answers if a.kind == "borrower"]
    programme.enrol_all(session, borrower_ids=ids, reason="test", now=NOW, is_history=True)
    if request.param == "particulars first":
        for name in ("loans.settle", "profile.particulars", "badges.rebuilt", "badges.facts"):
            handler = next(each for each in handlers() if each.name == name)
            while deliver_batch(handler, now=NOW):
                pass
    deliver()
    return ids


def test_the_file_has_as_many_as_the_promise_says():
    codes = [[int(row[name]) for name in CODES] for row in rows_of_the_file()]
    assert len(codes) == 30_000
    assert sum(all(code <= 0 for code in own) for own in codes) == 19_931
    assert sum(all(code in (-1, 0) for code in own) for own in codes) == 15_298


def test_an_import_gives_what_a_recount_of_the_reports_finds(session, portfolio, staff_api):
    recount = session.execute(RECOUNT).one()
    held = session.execute(HELD).one()
    assert held.six == recount.six
    # The same people have the Guard's grants, and nobody else has.
    assert session.execute(GUARDED).one() == (recount.six, recount.six, 0)
    assert 0.4 * SAMPLE < held.six < recount.unbroken < SAMPLE

    facts = profile.list_facts(session, borrower_ids=portfolio, now=NOW)
    assert sum(each["on_time_streak"] == 6 for each in facts.values()) == recount.six
    assert sum(each["installments_missed_12m"] == 0 for each in facts.values()) == recount.unbroken
    # Its days are months: nothing can be repaired, and nobody is longer in a row than six.
    assert max(each["on_time_streak"] for each in facts.values()) == 6

    answer = staff_api("marketer").post(
        "/v1/badge-definitions/preview",
        json={
            "predicate": {
                "all": [
                    {"fact": "product", "op": "eq", "value": "uci-card"},
                    {"fact": "on_time_streak", "op": "gte", "value": 6},
                ]
            }
        },
    )
    assert answer.json["borrowers"] == recount.six
    assert list(check_badges(session)) == []


def test_three_in_a_row_long_ago_counts_though_the_streak_is_over(session, portfolio):
    """Found over history: the months in which there were three, wherever they are."""
    found = session.execute(
        text("SELECT borrower_id, as_of, days_past_due, activity FROM delinquency ORDER BY 1, 2")
    )
    own: dict = {}
    for borrower_id, *month in found:
        own.setdefault(borrower_id, []).append(month)
    expected = set()
    for borrower_id, months in own.items():
        length = 0
        for _, days, activity in months:
            length = 0 if days else length + (activity != "none")
            if length == 3:
                expected.add(borrower_id)
    held = {each for each in portfolio if "three_in_a_row" in list_awards(session, each)}
    assert held == expected
    facts = profile.list_facts(session, borrower_ids=portfolio, now=NOW)
    assert any(facts[each]["on_time_streak"] < 3 for each in held)


def test_they_are_dated_to_the_month_that_earned_them_and_nobody_is_told(session, portfolio):
    days = session.execute(
        text("SELECT DISTINCT earned_on FROM badge_award WHERE code = 'six_in_a_row'")
    ).scalars()
    assert set(days) == {LAST_CLOSE}
    told = session.execute(
        text("SELECT count(*) FILTER (WHERE NOT backfill) FROM event WHERE name = 'BadgeAwarded'")
    )
    assert told.scalar_one() == 0
    assert programme_day(NOW) > LAST_CLOSE + timedelta(days=1)


def test_the_job_finds_nothing_more(session, portfolio):
    assert award_all(make_job_context())["awarded"] == 0
