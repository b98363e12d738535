"""A day on which everybody is due a reminder: intents a second, and what the worker needs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg

from bench.common import SCALE, Figure, Place, fresh_place

SMALL = 30_000
FULL = 1_000_000
MORNING = datetime(2026, 11, 22, 22, 10, tzinfo=UTC)  # 06:10 in Shanghai
PER_SECOND_MIN = 20_000
MEMORY_MAX_MB = 300

# A third of them late, a tenth looked after by somebody; none held out of the count's way.
PEOPLE = """
INSERT INTO loan_product (code) VALUES ('bench');
INSERT INTO borrower (id, external_id, locale, timezone)
SELECT uuidv7(), n::text, 'zh-CN', 'Asia/Shanghai' FROM generate_series(1, {count}) AS n;
INSERT INTO loan (borrower_id, id, external_id, kind, product_code, currency, opened_on, status,
                  dpd_source, stale, outstanding_principal_minor, outstanding_minor,
                  next_number, next_due_on, next_amount_minor)
SELECT id, uuidv7(), 'loan-' || external_id, 'installment', 'bench', 'CNY', DATE '2026-01-01',
       'active', 'computed', false, 50000, 50000, 3,
       DATE '2026-11-23' + (ARRAY[7, 3, -1])[1 + external_id::int % 3], 10000
FROM borrower;
INSERT INTO tier_state (borrower_id, tier, rank, since_on, placed_on, raw_tier, bands,
                        policy_version, evaluation_number)
SELECT id, (ARRAY['current', 'high_risk'])[1 + external_id::int % 2], 0, DATE '2026-01-01',
       DATE '2026-01-01', 'current', '', 1, 1
FROM borrower;
"""


def figures() -> Iterator[Figure]:
    """Planning at full scale, its memory, and how it grows from 30,000."""
    count = max(SMALL, int(FULL * SCALE))
    small, large = _measure(SMALL), _measure(count)
    yield Figure(
        f"reminders planned, {count:,} due", large["planned"] / large["seconds"], "/s",
        PER_SECOND_MIN,
    )  # fmt: skip
    yield Figure("a second run, which finds them planned", large["again"], "s")
    yield Figure("memory of the worker", large["peak_mb"], "MB", MEMORY_MAX_MB, at_least=False)
    yield Figure("memory, large / small", large["peak_mb"] / small["peak_mb"], "x")


def _measure(count: int) -> dict[str, float]:
    with fresh_place() as place:
        address = place.environment["DATABASE_URL"].replace("+psycopg", "", 1)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(PEOPLE.format(count=count))  # type: ignore[arg-type]
            connection.execute("VACUUM ANALYZE")
        return _run(place)


def _run(place: Place) -> dict[str, float]:
    worker = subprocess.run(
        [sys.executable, "-m", "bench.reminders_child", MORNING.isoformat()],
        env=place.environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, float] = json.loads(worker.stdout.splitlines()[-1])
    return told
