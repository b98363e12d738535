"""Statements of the occasion log."""

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from backend.loans.queries import UNIT_UNDONE, UNITS_PAID

_IDS = bindparam("ids", type_=ARRAY(Uuid))
# So far behind any news that history, numbered by its time, comes before it: the year 3000.
_BEHIND = 32_503_680_000
_AT_ONCE = 1_024  # of one borrower at one instant

# Imported history as it stands by the rows of now. What happened in a month was known by its end,
# where facts of history are noted; in the current month, when it was imported.
FILL = text(
    f"""
    WITH unit AS MATERIALIZED ({UNITS_PAID}),
    badge AS (
        SELECT b.borrower_id, b.id, b.code, b.earned_at, b.earned_on
          FROM badge_award AS b
         WHERE b.borrower_id = ANY(:ids) AND b.state = 'standing' AND b.campaign_id IS NULL
           AND b.earned_at < b.awarded_at - interval '1 day'
    ), found AS (
        SELECT borrower_id, 'installment_paid' AS trigger, loan_id AS source_id,
               part AS source_part, on_day,
               (on_day + time '12:00') AT TIME ZONE 'UTC' AS occurred_at,
               jsonb_build_object(
                   'on_time', on_time, 'days_early', days_early, 'loan_kind', loan_kind,
                   'product', product, 'currency', currency, 'month', month,
                   'nth', row_number() OVER (
                       PARTITION BY borrower_id, loan_id, month, on_time
                       ORDER BY on_day, length(part), part)) AS details
          FROM unit
        UNION ALL
        SELECT borrower_id, 'badge_awarded', id, '', earned_on, earned_at,
               jsonb_build_object('badge', code)
          FROM badge
    ), fresh AS (
        SELECT f.*, (extract(epoch FROM date_trunc('second', f.occurred_at))::bigint - {_BEHIND})
                    * {_AT_ONCE} AS place
          FROM found AS f
         WHERE f.on_day <= :today
           AND NOT EXISTS (
             SELECT FROM campaign_occasion AS o
              WHERE o.borrower_id = f.borrower_id AND o.trigger = f.trigger
                AND o.source_id = f.source_id AND o.source_part = f.source_part)
    )
    INSERT INTO campaign_occasion (
        borrower_id, seq, trigger, occurred_at, on_day, source_id, source_part, known_at,
        known_seq, details, is_history)
    SELECT borrower_id,
           coalesce((SELECT max(o.seq) FROM campaign_occasion AS o
                      WHERE o.borrower_id = fresh.borrower_id
                        AND o.seq BETWEEN place AND place + {_AT_ONCE} - 1), place)
               + row_number() OVER (
                   PARTITION BY borrower_id, place
                   ORDER BY trigger, source_id, length(source_part), source_part),
           trigger, occurred_at, on_day, source_id, source_part,
           least(:now, (date_trunc('month', on_day) + interval '1 month' - interval '1 second')
                       AT TIME ZONE 'UTC'),
           0, details, true
      FROM fresh
    """  # noqa: S608 - texts of ours
).bindparams(_IDS)

# What was corrected by a later import is taken out before it is filled in anew.
FORGET_UNTRUE = text(
    f"""
    WITH unit AS MATERIALIZED ({UNITS_PAID})
    DELETE FROM campaign_occasion AS o
     WHERE o.borrower_id = ANY(:ids) AND o.is_history AND o.trigger = 'installment_paid'
       AND NOT EXISTS (
           SELECT FROM unit AS u
            WHERE u.borrower_id = o.borrower_id AND u.loan_id = o.source_id
              AND u.part = o.source_part AND u.on_day = o.on_day
              AND u.on_time = (o.details ->> 'on_time')::boolean)
    """  # noqa: S608 - a text of ours
).bindparams(_IDS)

_LOAN = """
    JOIN loan AS l ON l.borrower_id = e.borrower_id AND l.id = (e.payload ->> 'loan_id')::uuid
    JOIN loan_product AS p ON p.code = l.product_code
"""
_OF_LOAN = "'loan_kind', l.kind, 'product', l.product_code, 'currency', l.currency"
_EARLY = "(e.payload ->> 'due_on')::date - (e.payload ->> 'paid_on')::date"

# News, by the events that caused it: `seqs` is its place, `causes` the event that was absorbed.
RECORD = text(
    f"""
    WITH heard AS (
        SELECT * FROM unnest(:seqs, :causes) AS h(seq, cause)
    ), e AS MATERIALIZED (
        SELECT h.seq, h.cause, e.name, e.borrower_id, e.payload, e.occurred_at
          FROM heard AS h JOIN event AS e ON e.seq = h.cause
         WHERE NOT e.backfill AND e.borrower_id IS NOT NULL
    ), found AS (
        SELECT e.*, 'installment_paid' AS trigger, l.id AS source_id,
               e.payload ->> 'number' AS source_part,
               jsonb_build_object(
                   'on_time', (e.payload ->> 'paid_on')::date
                              <= (e.payload ->> 'due_on')::date + p.grace_days,
                   'days_early', CASE WHEN e.payload ->> 'date_precision' = 'day' THEN {_EARLY} END,
                   'month', left(e.payload ->> 'due_on', 7), {_OF_LOAN}) AS details
          FROM e {_LOAN}
         WHERE e.name = 'InstallmentPaid' AND l.dpd_source = 'computed'
        UNION ALL
        SELECT e.*, 'installment_paid', l.id, left(e.payload ->> 'as_of', 7),
               jsonb_build_object('on_time', true, 'days_early', NULL,
                                  'month', left(e.payload ->> 'as_of', 7), {_OF_LOAN})
          FROM e {_LOAN}
         WHERE e.name = 'DelinquencyReported' AND l.dpd_source = 'reported'
           AND (e.payload ->> 'days_past_due')::bigint = 0 AND e.payload ->> 'activity' <> 'none'
           AND NOT EXISTS (
               SELECT FROM delinquency AS d
                WHERE d.borrower_id = l.borrower_id AND d.loan_id = l.id AND d.days_past_due > 0
                  AND date_trunc('month', d.as_of)
                      = date_trunc('month', (e.payload ->> 'as_of')::date))
        UNION ALL
        SELECT e.*, 'plan_installment_kept', (e.payload ->> 'plan_id')::uuid,
               e.payload ->> 'number',
               jsonb_build_object('on_time', true, 'days_early', {_EARLY},
                                  'month', left(e.payload ->> 'due_on', 7), {_OF_LOAN})
          FROM e {_LOAN}
         WHERE e.name = 'PlanInstallmentKept'
        UNION ALL
        SELECT e.*, 'plan_completed', (e.payload ->> 'plan_id')::uuid, '',
               jsonb_build_object({_OF_LOAN})
          FROM e {_LOAN}
         WHERE e.name = 'PlanStateChanged' AND e.payload ->> 'to_state' = 'completed'
        UNION ALL
        SELECT e.*, 'badge_awarded', (e.payload ->> 'award_id')::uuid, '',
               jsonb_build_object('badge', e.payload ->> 'code')
          FROM e WHERE e.name = 'BadgeAwarded'
        UNION ALL
        SELECT e.*, 'tier_raised', e.borrower_id, e.seq::text,
               jsonb_build_object('tier', e.payload ->> 'to_tier')
          FROM e
         WHERE e.name = 'TierChanged'
           AND (e.payload ->> 'to_rank')::bigint > (e.payload ->> 'from_rank')::bigint
    ), fresh AS (
        SELECT DISTINCT ON (f.borrower_id, f.trigger, f.source_id, f.source_part) f.*
          FROM found AS f
         WHERE NOT EXISTS (
             SELECT FROM campaign_occasion AS o
              WHERE o.borrower_id = f.borrower_id AND o.trigger = f.trigger
                AND o.source_id = f.source_id AND o.source_part = f.source_part
                AND o.undone_seq IS NULL AND o.seq <> f.seq)
         ORDER BY f.borrower_id, f.trigger, f.source_id, f.source_part, f.seq
    )
    INSERT INTO campaign_occasion (
        borrower_id, seq, trigger, occurred_at, on_day, source_id, source_part, known_at,
        known_seq, details, is_history)
    SELECT f.borrower_id, f.seq, f.trigger, f.occurred_at,
           (f.occurred_at AT TIME ZONE coalesce(own.timezone, :zone))::date,
           f.source_id, f.source_part, f.occurred_at, f.cause,
           f.details || CASE WHEN f.trigger = 'installment_paid' THEN jsonb_build_object(
               'nth', 1 + (
                   SELECT count(*) FROM campaign_occasion AS o
                    WHERE o.borrower_id = f.borrower_id AND o.trigger = f.trigger
                      AND o.source_id = f.source_id AND o.undone_seq IS NULL AND o.seq < f.seq
                      AND o.details ->> 'month' = f.details ->> 'month'
                      AND o.details -> 'on_time' = f.details -> 'on_time')
                 + (SELECT count(*) FROM fresh AS other
                     WHERE other.borrower_id = f.borrower_id AND other.trigger = f.trigger
                       AND other.source_id = f.source_id AND other.seq < f.seq
                       AND other.details ->> 'month' = f.details ->> 'month'
                       AND other.details -> 'on_time' = f.details -> 'on_time'))
             ELSE '{{}}' END,
           false
      FROM fresh AS f LEFT JOIN profile AS own ON own.borrower_id = f.borrower_id
     ORDER BY f.borrower_id, f.seq
    ON CONFLICT (borrower_id, seq) DO NOTHING
    """  # noqa: S608 - texts of ours
).bindparams(
    bindparam("seqs", type_=ARRAY(BigInteger)), bindparam("causes", type_=ARRAY(BigInteger))
)

# What turned out never to have been, by the first news that told so and came after it: also
# where that news was heard before what it is about.
UNDO = text(
    f"""
    WITH undoing AS MATERIALIZED (
        SELECT n.borrower_id, n.seq, e.name, (e.payload ->> 'loan_id')::uuid AS loan_id,
               (e.payload ->> 'plan_id')::uuid AS plan_id, e.payload ->> 'number' AS number,
               (e.payload ->> 'award_id')::uuid AS award_id
          FROM event AS n
          JOIN event AS e ON e.seq = CASE n.name WHEN 'FactsChanged'
                                     THEN (n.payload ->> 'cause_seq')::bigint ELSE n.seq END
         WHERE n.borrower_id = ANY(:ids) AND n.seq >= :since
           AND (n.name = 'BadgeRevoked'
                OR (n.name = 'FactsChanged'
                    AND n.payload ->> 'cause' IN ('PaymentReversed', 'PlanInstallmentUndone')))
    ), paid AS (
        SELECT o.borrower_id, o.seq, min(n.seq) AS undone_seq
          FROM undoing AS n
          JOIN campaign_occasion AS o
            ON o.borrower_id = n.borrower_id AND o.trigger = 'installment_paid'
           AND o.source_id = n.loan_id AND o.seq < n.seq AND o.undone_seq IS NULL
         CROSS JOIN LATERAL (
             SELECT o.borrower_id, o.source_id AS loan_id, o.source_part AS part,
                    (o.details ->> 'on_time')::boolean AS on_time) AS u
         WHERE n.name = 'PaymentReversed' AND {UNIT_UNDONE}
         GROUP BY o.borrower_id, o.seq
    ), other AS (
        SELECT o.borrower_id, o.seq, min(n.seq) AS undone_seq
          FROM undoing AS n
          JOIN campaign_occasion AS o
            ON o.borrower_id = n.borrower_id AND o.seq < n.seq AND o.undone_seq IS NULL
           AND ((n.name = 'PlanInstallmentUndone' AND o.trigger = 'plan_installment_kept'
                 AND o.source_id = n.plan_id AND o.source_part = n.number)
                OR (n.name = 'BadgeRevoked' AND o.trigger = 'badge_awarded'
                    AND o.source_id = n.award_id))
         GROUP BY o.borrower_id, o.seq
    )
    UPDATE campaign_occasion AS o SET undone_seq = u.undone_seq
      FROM (SELECT * FROM paid UNION ALL SELECT * FROM other) AS u
     WHERE o.borrower_id = u.borrower_id AND o.seq = u.seq
    RETURNING o.borrower_id, o.seq
    """  # noqa: S608 - a text of ours
).bindparams(_IDS)
