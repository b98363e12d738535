"""Statements that write what `kept_sql` computes: kept values, and what became of each.

`computed` columns keep the profile table's names, so one list serves every comparison. A value
is compared as JSON, where null is a value like any other.
"""

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Date, Uuid

from backend.profile.kept_sql import CTES, KEPT_COLUMNS, UNTRACKED

HISTORY_MONTHS_MAX = 24

_SET = ", ".join(f"{name} = c.{name}" for name in KEPT_COLUMNS)
_NEW = ", ".join(f"c.{name}" for name in KEPT_COLUMNS)
_OLD = ", ".join(f"p.{name}" for name in KEPT_COLUMNS)
_ANY = " OR ".join(f"c.{name} IS DISTINCT FROM p.{name}" for name in KEPT_COLUMNS)
# The lender's own facts are noted one by one.
_TRACKED = [name for name in KEPT_COLUMNS if name not in (*UNTRACKED, "extra")]
# One array of names beside one array of values: far cheaper than taking a JSON object apart.
_NAMES = "ARRAY[" + ", ".join(f"'{name}'" for name in _TRACKED) + "]"


def _values(alias: str) -> str:
    return "ARRAY[" + ", ".join(f"to_jsonb({alias}.{name})" for name in _TRACKED) + "]"


def _each_fact(now: str, before: str, extra_before: str) -> str:
    extra = f"coalesce({extra_before}, '{{}}')"
    return f"""
        SELECT * FROM unnest({_NAMES}, {now}, {before}) AS kept(name, value, before)
        UNION ALL
        SELECT name, extra -> name, {extra} -> name
        FROM jsonb_object_keys(extra || {extra}) AS declared(name)
    """  # noqa: S608 - column names of ours


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_SEQS = bindparam("seqs", type_=ARRAY(BigInteger))

ENSURE = text(
    """
    INSERT INTO profile (borrower_id, timezone)
    SELECT b.id, b.timezone FROM borrower b WHERE b.id = ANY(:ids) ORDER BY b.id
    ON CONFLICT DO NOTHING
    """
).bindparams(_IDS)

LOCK = text(
    "SELECT borrower_id FROM profile WHERE borrower_id = ANY(:ids) ORDER BY borrower_id FOR UPDATE"
).bindparams(_IDS)

# Each borrower's own day: the one named, else that of the instant in her contract's zone.
_OWN_DAY = """
own_day AS MATERIALIZED (
    SELECT id AS borrower_id,
           coalesce(
               CAST(:facts_day AS date),
               (CAST(:facts_at AS timestamptz) AT TIME ZONE timezone)::date
           ) AS today
    FROM borrower WHERE id = ANY(:ids)
)"""
_MOMENT = """
moment AS MATERIALIZED (SELECT borrower_id, today AS as_of, false AS is_past FROM own_day)"""
_TODAY = ",".join((_OWN_DAY, _MOMENT))

# Which rows would change, without a lock: what the nightly run asks first.
FIND_CHANGED: TextClause = text(
    f"""
    WITH {_TODAY},
    {CTES}
    SELECT c.borrower_id FROM computed c LEFT JOIN profile p USING (borrower_id)
    WHERE p.borrower_id IS NULL OR p.refreshed_at IS NULL OR {_ANY}
    """  # noqa: S608 - column names of ours
).bindparams(_IDS)

# As of a day, `today` being her day now.
COMPUTE: TextClause = text(
    f"""
    WITH moment AS MATERIALIZED (
        SELECT unnest(:ids) AS borrower_id, CAST(:as_of AS date) AS as_of,
               CAST(:as_of AS date) < CAST(:today AS date) AS is_past
    ),
    {CTES}
    SELECT * FROM computed
    """  # noqa: S608 - column names of ours
).bindparams(_IDS)

# As of days of each borrower's own, which may lie before her today.
RESTATE: TextClause = text(
    f"""
    WITH moment AS MATERIALIZED (
        SELECT DISTINCT m.borrower_id, m.as_of,
               m.as_of < (CAST(:now AS timestamptz) AT TIME ZONE b.timezone)::date AS is_past
        FROM unnest(:owners, :days) AS m(borrower_id, as_of)
        JOIN borrower b ON b.id = m.borrower_id
    ),
    {CTES}
    SELECT * FROM computed
    """  # noqa: S608 - column names of ours
).bindparams(_IDS, bindparam("owners", type_=ARRAY(Uuid)), bindparam("days", type_=ARRAY(Date)))

REFRESH: TextClause = text(
    f"""
    WITH cause AS (SELECT * FROM unnest(:ids, :seqs) AS t(borrower_id, seq)),
    {_TODAY},
    {CTES},
    changed AS (
        SELECT c.*, {_values("p")} AS values_before, p.extra AS extra_before
        FROM computed c JOIN profile p USING (borrower_id)
        WHERE p.refreshed_at IS NULL OR {_ANY}
    ), updated AS (
        UPDATE profile p SET {_SET}, refreshed_at = :now
        FROM changed c WHERE p.borrower_id = c.borrower_id
    ), noted AS (
        INSERT INTO fact_change (borrower_id, fact, occurred_at, event_seq, value)
        SELECT c.borrower_id, f.name, :now, cause.seq, coalesce(f.value, 'null')
        FROM changed c
        JOIN cause USING (borrower_id)
        CROSS JOIN LATERAL ({_each_fact(_values("c"), "c.values_before", "c.extra_before")}) AS f
        WHERE f.value IS DISTINCT FROM f.before
        ON CONFLICT (borrower_id, fact, occurred_at, event_seq) DO UPDATE SET value = excluded.value
    )
    SELECT borrower_id FROM changed
    """  # noqa: S608 - column names of ours
).bindparams(_IDS, _SEQS)

FORGET_REBUILT = text(
    "DELETE FROM fact_change WHERE borrower_id = ANY(:ids) AND is_rebuilt"
).bindparams(_IDS)

# Each month's end since her first row, and today: today's values become the profile's.
REBUILD: TextClause = text(
    f"""
    WITH {_OWN_DAY},
    first AS MATERIALIZED (
        SELECT borrower_id, today,
               greatest(min(on_date), today - interval '{HISTORY_MONTHS_MAX} months') AS on_date
        FROM (
            SELECT borrower_id, min(received_on) AS on_date FROM payment
            WHERE borrower_id = ANY(:ids) GROUP BY borrower_id
            UNION ALL
            SELECT borrower_id, min(closed_on) FROM statement
            WHERE borrower_id = ANY(:ids) GROUP BY borrower_id
            UNION ALL
            SELECT borrower_id, min(as_of) FROM delinquency
            WHERE borrower_id = ANY(:ids) GROUP BY borrower_id
            UNION ALL
            SELECT borrower_id, min(due_on) FROM installment
            WHERE borrower_id = ANY(:ids) GROUP BY borrower_id
        ) AS dated
        JOIN own_day USING (borrower_id)
        GROUP BY borrower_id, today
    ), moment AS MATERIALIZED (
        SELECT f.borrower_id, (d.month + interval '1 month' - interval '1 day')::date AS as_of,
               true AS is_past
        FROM first f
        CROSS JOIN LATERAL generate_series(
            date_trunc('month', f.on_date),
            date_trunc('month', CAST(f.today AS timestamp)) - interval '1 month',
            interval '1 month'
        ) AS d(month)
        UNION ALL
        SELECT borrower_id, today, false FROM own_day
    ),
    {CTES},
    series AS (
        SELECT borrower_id, as_of, is_past, {_values("c")} AS values_then,
               lag({_values("c")}) OVER past AS values_before,
               extra, lag(extra) OVER past AS extra_before
        FROM computed c
        WINDOW past AS (PARTITION BY borrower_id ORDER BY as_of)
    ), noted AS (
        INSERT INTO fact_change (borrower_id, fact, occurred_at, event_seq, value, is_rebuilt)
        SELECT s.borrower_id, f.name,
               CASE WHEN s.is_past
                        THEN (s.as_of + 1)::timestamp AT TIME ZONE 'UTC' - interval '1 second'
                    ELSE :now END,
               CASE WHEN s.is_past THEN 0 ELSE :seq END,
               coalesce(f.value, 'null'), true
        FROM series s
        CROSS JOIN LATERAL ({_each_fact("s.values_then", "s.values_before", "s.extra_before")}) AS f
        WHERE f.value IS DISTINCT FROM f.before
    )
    UPDATE profile p SET {_SET}, refreshed_at = :now
    FROM computed c
    WHERE p.borrower_id = c.borrower_id AND NOT c.is_past
      AND (p.refreshed_at IS NULL OR {_ANY})
    """  # noqa: S608 - column names of ours
).bindparams(_IDS)
