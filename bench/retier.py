"""Re-tiering everybody, ten in a hundred moving, against one hand-written statement.

Both start from copies of one database and do the same writes: state, evaluation with its facts,
event and delivery of each mover. The reference knows the default policy by heart and needs no
run record, no chunks, no resumption, no grace, freeze or override; nor does it look for moved
score bands.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy import make_url

from backend.events.tiers import TierChanged
from backend.kit.outbox import routing
from bench.common import SCALE, Figure, Place, fresh_place, timed

SMALL = 30_000
FULL = 1_000_000
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
DATABASE = "goodfaith"
MEMORY_MAX_MB = 300
RATIO_MAX = 2

PEOPLE = """
INSERT INTO borrower (id, external_id, locale, timezone)
SELECT uuidv7(), n::text, 'zh-CN', 'Asia/Shanghai' FROM generate_series(1, {count}) AS n;
INSERT INTO profile (
    borrower_id, timezone, currency, product, dpd_base, dpd_past_max_12m, on_time_streak,
    installments_missed_12m, overdue_count_12m, cured_count_12m, paid_ratio_6m, last_payment_on,
    last_activity_on, open_loans, open_balance, repaid_total, relationship_since_on, refreshed_at)
SELECT id, 'Asia/Shanghai', 'CNY', 'card', (ARRAY[0,0,0,0,0,0,15,15,45,120])[1 + n % 10], n % 90,
       n % 13, n % 5, n % 4, n % 3, round((n % 1000) / 1000.0, 4),
       DATE '2026-11-01' - (n % 100)::int,
       DATE '2026-11-01' - (n % 30)::int, 1, 100000 + n, n * 7, DATE '2024-01-01', now()
FROM (SELECT id, external_id::bigint AS n FROM borrower) AS people;
"""

# One tenth gets well: those 15 days late catch up (half of the two tenths).
MOVE = """
UPDATE profile p SET dpd_base = 0 FROM borrower b
WHERE b.id = p.borrower_id AND b.external_id::bigint % 10 = 7
"""

REFERENCE = """
WITH judged AS (
    SELECT kept.*, streak + missed + since_payment + 10 + 5 AS willingness
    FROM (
        SELECT p.borrower_id,
               greatest(p.dpd_base, %(today)s - p.oldest_unpaid_due_on) AS days_past_due,
               CASE WHEN on_time_streak < 1 THEN 0 WHEN on_time_streak < 3 THEN 12
                    WHEN on_time_streak < 6 THEN 24 ELSE 35 END AS streak,
               CASE WHEN installments_missed_12m < 1 THEN 25 WHEN installments_missed_12m < 3
                    THEN 15 WHEN installments_missed_12m < 6 THEN 5 ELSE 0 END AS missed,
               CASE WHEN %(today)s - last_payment_on < 32 THEN 20
                    WHEN %(today)s - last_payment_on < 61 THEN 12
                    WHEN %(today)s - last_payment_on < 121 THEN 4 ELSE 0 END AS since_payment,
               %(today)s - last_activity_on AS since_activity,
               p.open_balance, p.overdue_count_12m, p.lost_contact, p.on_time_streak,
               p.installments_missed_12m, p.paid_ratio_6m, p.repaid_total,
               %(today)s - p.last_payment_on AS days_since_payment
        FROM profile p
    ) AS kept
), placed AS (
    SELECT judged.*,
           CASE WHEN open_balance <= 0 AND overdue_count_12m <= 1 AND since_activity >= 180
                    THEN 'dormant'
                WHEN days_past_due > 90 OR coalesce(lost_contact, false)
                     OR (days_past_due > 30 AND willingness < 20 AND days_since_payment >= 60)
                    THEN 'high_risk'
                WHEN days_past_due BETWEEN 31 AND 90
                     OR (days_past_due BETWEEN 1 AND 30 AND willingness < 30) THEN 'stable'
                WHEN days_past_due BETWEEN 1 AND 30 THEN 'potential'
                ELSE 'current' END AS new_tier
    FROM judged
), mover AS MATERIALIZED (
    SELECT placed.*, s.tier AS old_tier, s.rank AS old_rank, s.evaluation_number + 1 AS number,
           CASE new_tier WHEN 'high_risk' THEN 0 WHEN 'stable' THEN 1 WHEN 'potential' THEN 2
                         ELSE 3 END AS new_rank
    FROM placed JOIN tier_state s USING (borrower_id)
    WHERE s.tier <> placed.new_tier
), moved AS (
    UPDATE tier_state s SET tier = m.new_tier, rank = m.new_rank, raw_tier = m.new_tier,
           since_on = %(today)s, evaluation_number = m.number
    FROM mover m WHERE s.borrower_id = m.borrower_id
), recorded AS (
    INSERT INTO tier_evaluation (borrower_id, number, policy_version, place, raw_tier, from_tier,
                                 from_rank, tier, rank, facts, cause, evaluated_on, evaluated_at)
    SELECT borrower_id, number, 1, 0, new_tier, old_tier, old_rank, new_tier, new_rank,
           jsonb_build_object(
               'days_past_due', days_past_due, 'open_balance', open_balance,
               'overdue_count_12m', overdue_count_12m, 'lost_contact', lost_contact,
               'on_time_streak', on_time_streak, 'repaid_total', repaid_total,
               'installments_missed_12m', installments_missed_12m,
               'paid_ratio_6m', paid_ratio_6m::text, 'days_since_last_activity', since_activity,
               'days_since_last_payment', days_since_payment, 'debt_to_income', NULL,
               'income_verified', NULL, 'income_stability', NULL, 'plans_kept_ratio', NULL,
               'contact_answered_ratio_90d', NULL, 'referrals_confirmed', NULL,
               'relationship_months', 34),
           're-tier', %(today)s, %(now)s
    FROM mover
), announced AS (
    INSERT INTO event (name, borrower_id, payload, occurred_at)
    SELECT 'TierChanged', borrower_id,
           jsonb_build_object('from_tier', old_tier, 'to_tier', new_tier, 'from_rank', old_rank,
                              'to_rank', new_rank, 'policy_version', 1), %(now)s
    FROM mover
    RETURNING seq
)
INSERT INTO delivery (handler, seq)
SELECT handler, seq FROM announced CROSS JOIN unnest(%(handlers)s::text[]) AS handler
"""


def figures() -> Iterator[Figure]:
    """The ratio at full scale, memory, growth from 30,000, and what a second worker brings."""
    count = max(SMALL, int(FULL * SCALE))
    with fresh_place() as place:
        small = _measure(place, SMALL)
    with fresh_place() as place:
        large = _measure(place, count)
        both = _two_workers(place)
    yield Figure(f"reference, {count:,} borrowers, one statement", large["reference"], "s")
    yield Figure(f"re-tier, {count:,} borrowers, a tenth moving", large["seconds"], "s")
    yield Figure(
        "re-tier / reference", large["seconds"] / large["reference"], "x", RATIO_MAX, at_least=False
    )
    yield Figure("memory of the worker", large["peak_mb"], "MB", MEMORY_MAX_MB, at_least=False)
    yield Figure(
        f"time per borrower, {count:,} / {SMALL:,}",
        (large["seconds"] / count) / (small["seconds"] / SMALL),
        "x",
    )
    yield Figure("one worker / two workers", large["seconds"] / both, "x")


def _measure(place: Place, count: int) -> dict[str, float]:
    place.process.dispose()
    _execute(place, PEOPLE.format(count=count), "ANALYZE")
    _finish(_start(place, DATABASE, at=NOW - timedelta(days=1)))
    _execute(place, MOVE)
    _execute(place, "VACUUM ANALYZE")
    _copy(place, "reference")
    with _connected(place, "reference") as connection:
        handlers = routing([TierChanged])["route_handlers"]
        parameters = {"today": NOW.date(), "now": NOW, "handlers": handlers}
        reference = timed(lambda: connection.execute(REFERENCE, parameters))
    _copy(place, "one")
    return {"reference": reference, **_finish(_start(place, "one", at=NOW))}


def _two_workers(place: Place) -> float:
    _copy(place, "two")
    workers = [_start(place, "two", at=NOW) for _ in range(2)]
    return max(_finish(worker)["seconds"] for worker in workers)


def _copy(place: Place, name: str) -> None:
    # Copying files begins and ends with a checkpoint, so that each starts from the same rest.
    statement = f"CREATE DATABASE {name} TEMPLATE {DATABASE} STRATEGY FILE_COPY"
    _execute(place, statement, on="postgres")


def _start(place: Place, database: str, *, at: datetime) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench.retier_child", at.isoformat()],
        env={**place.environment, "DATABASE_URL": _url(place, database)},
        stdout=subprocess.PIPE,
    )


def _finish(worker: "subprocess.Popen[bytes]") -> dict[str, float]:
    out, _ = worker.communicate()
    if worker.returncode:
        message = "a worker of the benchmark failed"
        raise RuntimeError(message)
    told: dict[str, float] = json.loads(out.splitlines()[-1])
    return told


def _url(place: Place, database: str) -> str:
    url = make_url(place.environment["DATABASE_URL"]).set(database=database)
    return url.render_as_string(hide_password=False)


@contextmanager
def _connected(place: Place, database: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    address = _url(place, database).replace("+psycopg", "", 1)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def _execute(place: Place, *statements: str, on: str = DATABASE) -> None:
    with _connected(place, on) as connection:
        for statement in statements:
            connection.execute(statement)
