"""A campaign run over the past: three in a row, over ten occasions of each borrower.

The time is that of the whole replay, from nothing to its report. Memory is the highest that the
process came to, less what it had before.
"""

import resource
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from backend.kit.db import transaction
from backend.kit.texts import Text
from backend.profile import queries as profile
from bench.common import SCALE, Figure, Place, fresh_place, timed
from rewards.campaigns.document import read_terms
from rewards.campaigns.replay_worker import make_report, plan_of
from rewards.campaigns.terms import CampaignTerms

FULL = 1_000_000
EVENTS = max(50_000, int(FULL * SCALE))
EACH = 10
SECONDS_GOAL = 60.0
MEMORY_GOAL_MB = 300.0
FROM_DAY, TO_DAY = date(2026, 1, 1), date(2026, 12, 31)

PEOPLE = """
INSERT INTO borrower (id, external_id, locale, timezone)
SELECT uuidv7(), n::text, 'zh-CN', 'Asia/Shanghai' FROM generate_series(1, {people}) AS n;
INSERT INTO profile (borrower_id, timezone, programme_status, product, on_time_streak)
SELECT id, 'Asia/Shanghai', 'enrolled', 'card', 3 FROM borrower;
"""
# Twelve kept values of each, of which every month changes the streak, and some the tier.
FACTS = """
INSERT INTO fact_change (borrower_id, fact, occurred_at, event_seq, value)
SELECT b.id, f.fact, TIMESTAMPTZ '2025-12-01' + k * interval '30 days',
       k * {people}::bigint * 10 + b.external_id::bigint,
       CASE f.fact WHEN 'programme_status' THEN '"enrolled"'
                   WHEN 'product' THEN '"card"'
                   WHEN 'tier' THEN to_jsonb((ARRAY['potential', 'stable', 'current'])
                                             [1 + (b.external_id::bigint + k) % 3])
                   ELSE to_jsonb((b.external_id::bigint + k) % 7) END
  FROM borrower AS b
 CROSS JOIN (VALUES ('programme_status', 1), ('product', 1), ('tier', 4), ('on_time_streak', 12),
                    ('open_balance', 10), ('repaid_total', 10), ('last_payment_on', 0))
       AS f(fact, times)
 CROSS JOIN LATERAL generate_series(1, f.times) AS k;
"""
OCCASIONS = """
INSERT INTO campaign_occasion (
    borrower_id, seq, trigger, occurred_at, on_day, source_id, source_part, known_at, known_seq,
    details, is_history)
SELECT b.id, k * {people}::bigint * 10 + b.external_id::bigint + 1, 'installment_paid', at,
       at::date, b.id, k::text, at, k * {people}::bigint * 10 + b.external_id::bigint,
       jsonb_build_object('on_time', (b.external_id::bigint + k) % 5 <> 0, 'days_early', 0,
                          'loan_kind', 'installment', 'product', 'card', 'currency', 'CNY',
                          'month', to_char(at, 'YYYY-MM'), 'nth', 1),
       false
  FROM borrower AS b
 CROSS JOIN LATERAL generate_series(1, {each}) AS k
 CROSS JOIN LATERAL (SELECT TIMESTAMPTZ '2026-01-01 05:00Z' + k * interval '30 days' AS at) AS t;
ANALYZE borrower, profile, fact_change, campaign_occasion;
"""
DOCUMENT = {
    "texts": {
        "name": Text("Three in a row", "连续三期").as_json(),
        "promise": Text("Three on time, 200 points.", "连续三期按时，200 积分。").as_json(),
    },
    "trigger": {"event": "installment_paid"},
    "audience": {"all": [{"fact": "tier", "op": "in", "value": ["potential", "stable"]}]},
    "conditions": {
        "all": [
            {"fact": "on_time_streak", "op": "gte", "value": 3},
            {"fact": "event_on_time", "op": "eq", "value": True},
        ]
    },
    "effects": [{"kind": "points", "points": 200}],
    "budget": {
        "points_total": 200 * FULL // 20,
        "awards_total": None,
        "per_period": {"every": "week", "points": None, "awards": FULL // 100},
        "per_borrower": {"awards": 3, "points": None},
    },
    "schedule": {
        "starts_on": "2027-01-01",
        "ends_on": "2027-06-30",
        "zone": "Asia/Shanghai",
        "weekdays": None,
        "dayparts": None,
    },
    "stacking": {"group": "streaks", "mode": "all", "priority": 100},
    "holdout": "0.10",
    "primary_measure": "on_time_rate",
    "window_days": 30,
}


def figures() -> Iterator[Figure]:
    """Seconds for a million events, and the memory that they took."""
    with fresh_place() as place:
        _fill(place)
        before = _peak_mb()
        report: dict[str, object] = {}
        seconds = timed(lambda: report.update(_replay()))
        looked_at = report["occasions"]
        if not isinstance(looked_at, int) or looked_at < EVENTS // 2:
            raise AssertionError(report)
        yield Figure(f"replay of {EVENTS:,} events", seconds, "s", _goal(), at_least=False)
        yield Figure("events replayed", EVENTS / seconds, "/s", FULL / SECONDS_GOAL)
        yield Figure(
            "memory that it took", _peak_mb() - before, "MB", MEMORY_GOAL_MB, at_least=False
        )


def _goal() -> float:
    return SECONDS_GOAL * EVENTS / FULL


def _fill(place: Place) -> None:
    url = make_url(place.environment["DATABASE_URL"]).set(drivername="postgresql")
    people = EVENTS // EACH
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        for statement in (PEOPLE, FACTS, OCCASIONS):
            connection.execute(statement.format(people=people, each=EACH))


def _replay() -> dict[str, object]:
    with transaction(patience_seconds=600) as session:
        facts = profile.get_catalogue(session).types
        own: CampaignTerms = read_terms(DOCUMENT, campaign_id=UUID(int=7), version=1, facts=facts)
        plan = plan_of(session, own, from_day=FROM_DAY, to_day=TO_DAY)
        return make_report(session, plan, lambda _: None)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
