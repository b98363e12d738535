"""The one statement text that computes kept values from the loans, for many borrowers and days.

It reads a CTE `moment(borrower_id, as_of, is_past)` of the borrowers `:ids` and yields one row of
`computed` for each. Only rows with a business date up to `as_of` count. For a day before her today
(`is_past`) the balance of an instalment loan is today's plus what was paid since, and its state is
read from the instalments; from today on, also for days to come, the settled state of the loan is
taken.
`streaks.rules` says the same of streaks for one sequence; a property test holds the two equal.
"""

from backend.profile.contact_sql import CONTACT
from backend.streaks.rules import REPAIR_DAYS_LATE_MAX, REPAIR_MONTHS

# Their rows, fetched once by key: all that follows joins these small sets.
OWN = """
own_loan AS MATERIALIZED (
    SELECT l.*, p.grace_days
    FROM loan l JOIN loan_product p ON p.code = l.product_code
    WHERE l.borrower_id = ANY(:ids)
), own_payment AS MATERIALIZED (
    SELECT p.borrower_id, p.loan_id, p.amount_minor, p.received_on, p.reversed_on,
           p.date_precision, l.currency
    FROM payment p JOIN own_loan l ON l.borrower_id = p.borrower_id AND l.id = p.loan_id
    WHERE p.borrower_id = ANY(:ids)
), own_statement AS MATERIALIZED (
    SELECT s.borrower_id, s.loan_id, s.closed_on, s.due_on, s.balance_minor, l.currency
    FROM statement s JOIN own_loan l ON l.borrower_id = s.borrower_id AND l.id = s.loan_id
    WHERE s.borrower_id = ANY(:ids)
), own_report AS MATERIALIZED (
    SELECT borrower_id, loan_id, as_of, days_past_due, activity
    FROM delinquency WHERE borrower_id = ANY(:ids)
)"""

# The currency of her newest loan that is not closed, else of her newest: amounts in others do
# not add up with it and are left out.
MAIN = """
main AS MATERIALIZED (
    SELECT DISTINCT ON (m.borrower_id, m.as_of)
           m.borrower_id, m.as_of, l.currency, l.product_code
    FROM moment m
    JOIN own_loan l ON l.borrower_id = m.borrower_id AND l.opened_on <= m.as_of
    ORDER BY m.borrower_id, m.as_of, (l.status = 'closed'), l.opened_on DESC, l.id DESC
)"""

# One unit for each instalment that is due or paid, and for each reported month.
UNITS = f"""
instalment AS (
    SELECT m.borrower_id, m.as_of, i.loan_id, i.due_on AS unit_on, i.number,
           i.due_on + l.grace_days AS last_day,
           CASE WHEN i.paid_on <= m.as_of THEN i.paid_on END AS gone_on,
           i.principal_minor + i.interest_minor + i.fee_minor AS amount_minor,
           -- Settled: what was charged on it, later fees too, less what was waived.
           CASE WHEN m.is_past
                    THEN i.principal_minor + i.interest_minor + i.fee_minor + i.penalty_minor
                ELSE i.paid_minor + i.open_minor
           END AS billed_minor,
           CASE WHEN l.status <> 'closed' AND l.dpd_source = 'computed' THEN i.open_minor ELSE 0
           END AS open_minor,
           l.currency
    FROM moment m
    JOIN own_loan l ON l.borrower_id = m.borrower_id AND l.opened_on <= m.as_of
               AND l.kind = 'installment'
    JOIN installment i ON i.borrower_id = l.borrower_id AND i.loan_id = l.id
                      AND i.borrower_id = ANY(:ids)
    WHERE i.due_on <= m.as_of OR i.paid_on <= m.as_of
), reported_month AS (
    SELECT m.borrower_id, m.as_of, d.loan_id, date_trunc('month', d.as_of)::date AS unit_on,
           max(d.days_past_due) AS dpd_max, bool_or(d.activity <> 'none') AS has_activity
    FROM moment m
    JOIN own_loan l ON l.borrower_id = m.borrower_id AND l.dpd_source = 'reported'
    JOIN own_report d ON d.borrower_id = l.borrower_id AND d.loan_id = l.id
                      AND d.as_of <= m.as_of
    GROUP BY m.borrower_id, m.as_of, d.loan_id, date_trunc('month', d.as_of)
), vague_day AS (
    -- Days on which some payment came of which only the month is known.
    SELECT DISTINCT borrower_id, loan_id, received_on
    FROM own_payment WHERE date_precision = 'month' AND reversed_on IS NULL
), unit AS (
    SELECT i.borrower_id, i.as_of, i.loan_id, i.unit_on, i.number, false AS is_reported,
           CASE WHEN i.gone_on <= i.last_day THEN 1 WHEN i.last_day < i.as_of THEN -1 ELSE 0 END
               AS outcome,
           i.gone_on,
           i.gone_on - i.unit_on <= {REPAIR_DAYS_LATE_MAX} AND v.received_on IS NULL
               AS is_repairable
    FROM instalment i
    JOIN own_loan l ON l.borrower_id = i.borrower_id AND l.id = i.loan_id
    LEFT JOIN vague_day v ON v.borrower_id = i.borrower_id AND v.loan_id = i.loan_id
                         AND v.received_on = i.gone_on
    WHERE i.amount_minor > 0 AND l.dpd_source = 'computed'
    UNION ALL
    SELECT borrower_id, as_of, loan_id, unit_on, 0, true,
           CASE WHEN dpd_max > 0 THEN -1 WHEN has_activity THEN 1 ELSE 0 END,
           NULL, false
    FROM reported_month
), sequence AS (
    SELECT *,
           row_number() OVER ordered AS place,
           min(unit_on) FILTER (WHERE outcome = -1) OVER later AS broken_after_on,
           lag(outcome) OVER ordered AS outcome_before,
           lag(gone_on) OVER ordered AS gone_before_on,
           lead(outcome) OVER ordered AS outcome_after,
           lead(unit_on) OVER ordered AS unit_after_on
    FROM unit
    WINDOW ordered AS (PARTITION BY borrower_id, as_of, loan_id ORDER BY unit_on, number),
           later AS (ordered ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
), spell AS (
    SELECT *,
           -- The last one that no repair mends: the next to be mended falls due too soon after.
           max(place) FILTER (
               WHERE outcome = -1 AND (
                   is_repairable IS NOT TRUE
                   OR broken_after_on < unit_on + interval '{REPAIR_MONTHS} months'
               )
           ) OVER (PARTITION BY borrower_id, as_of, loan_id) AS broken_place,
           outcome = -1 AND NOT (
               coalesce(outcome_before, 0) = -1
               AND (is_reported OR gone_before_on IS NULL OR gone_before_on > unit_on)
           ) AS is_start,
           CASE WHEN outcome <> -1 THEN NULL
                WHEN is_reported AND outcome_after <> -1 THEN unit_after_on
                WHEN NOT is_reported
                     AND NOT (coalesce(outcome_after, 0) = -1 AND unit_after_on < gone_on)
                    THEN gone_on
           END AS cured_on
    FROM sequence
), loan_streak AS (
    SELECT borrower_id, as_of, loan_id,
           count(*) FILTER (WHERE outcome <> 0 AND place > coalesce(broken_place, 0)) AS streak,
           count(*) FILTER (WHERE outcome = -1 AND unit_on > as_of - interval '12 months')
               AS missed,
           count(*) FILTER (WHERE is_start AND unit_on > as_of - interval '12 months') AS spells,
           count(*) FILTER (WHERE cured_on > as_of - interval '12 months') AS cured
    FROM spell
    GROUP BY borrower_id, as_of, loan_id
), late_past AS (
    SELECT borrower_id, as_of, max(days) AS days
    FROM (
        SELECT borrower_id, as_of, gone_on - unit_on AS days
        FROM instalment
        WHERE gone_on > unit_on AND gone_on > as_of - interval '12 months'
        UNION ALL
        SELECT borrower_id, as_of, dpd_max
        FROM reported_month
        WHERE unit_on > as_of - interval '12 months'
    ) AS late
    GROUP BY borrower_id, as_of
)"""  # noqa: S608 - numbers of ours

MONEY = """
paid AS (
    SELECT m.borrower_id, m.as_of, max(p.received_on) AS last_payment_on,
           sum(p.amount_minor) FILTER (WHERE p.currency = m.currency)::bigint AS total_minor,
           sum(p.amount_minor) FILTER (
               WHERE p.currency = m.currency AND p.received_on > m.as_of - interval '6 months'
           ) AS recent_minor
    FROM main m
    JOIN own_payment p ON p.borrower_id = m.borrower_id AND p.received_on <= m.as_of
                      AND (p.reversed_on IS NULL OR p.reversed_on > m.as_of)
    GROUP BY m.borrower_id, m.as_of
), stated AS (
    SELECT m.borrower_id, m.as_of, m.is_past,
           s.loan_id, s.closed_on, s.due_on, s.balance_minor, s.currency
    FROM moment m
    JOIN own_statement s ON s.borrower_id = m.borrower_id AND s.closed_on <= m.as_of
), billed AS (
    SELECT b.borrower_id, b.as_of, sum(b.amount_minor) AS recent_minor
    FROM (
        SELECT borrower_id, as_of, currency, billed_minor AS amount_minor, unit_on AS due_on
        FROM instalment
        UNION ALL
        SELECT borrower_id, as_of, currency, greatest(balance_minor, 0), due_on FROM stated
    ) AS b
    JOIN main m USING (borrower_id, as_of)
    WHERE b.currency = m.currency AND b.due_on <= b.as_of
      AND b.due_on > b.as_of - interval '6 months'
    GROUP BY b.borrower_id, b.as_of
), arrears AS (
    -- What she would pay to be up to date, penalties too, though alone they make nobody late.
    SELECT i.borrower_id, i.as_of, sum(i.open_minor)::bigint AS minor
    FROM instalment i
    JOIN main m USING (borrower_id, as_of)
    WHERE i.unit_on < i.as_of AND i.currency = m.currency
    GROUP BY i.borrower_id, i.as_of
), last_stated AS (
    SELECT DISTINCT ON (borrower_id, as_of, loan_id) *
    FROM stated
    WHERE is_past
    ORDER BY borrower_id, as_of, loan_id, closed_on DESC
), last_reported AS (
    SELECT DISTINCT ON (m.borrower_id, m.as_of, d.loan_id)
           m.borrower_id, m.as_of, d.loan_id, d.days_past_due
    FROM moment m
    JOIN own_report d ON d.borrower_id = m.borrower_id AND d.as_of <= m.as_of
    ORDER BY m.borrower_id, m.as_of, d.loan_id, d.as_of DESC
), active AS (
    SELECT m.borrower_id, m.as_of, max(d.as_of) AS last_on
    FROM moment m
    JOIN own_report d ON d.borrower_id = m.borrower_id AND d.as_of <= m.as_of
                      AND d.activity <> 'none'
    GROUP BY m.borrower_id, m.as_of
), billed_last AS (
    SELECT borrower_id, as_of, max(closed_on) AS last_on
    FROM stated WHERE balance_minor <> 0
    GROUP BY borrower_id, as_of
)"""

# What was paid on an account after some day: added back, or taken off a statement's balance.
BALANCES = """
paid_since AS (
    SELECT m.borrower_id, m.as_of, p.loan_id,
           sum(p.amount_minor) FILTER (WHERE p.received_on > m.as_of) AS later_minor,
           sum(p.amount_minor) FILTER (
               WHERE p.received_on <= m.as_of AND p.received_on > s.closed_on
           ) AS settling_minor
    FROM moment m
    JOIN own_payment p ON p.borrower_id = m.borrower_id
                      AND (p.reversed_on IS NULL OR p.reversed_on > m.as_of)
    LEFT JOIN last_stated s ON s.borrower_id = p.borrower_id AND s.as_of = m.as_of
                           AND s.loan_id = p.loan_id
    WHERE m.is_past
    GROUP BY m.borrower_id, m.as_of, p.loan_id
), waived AS (
    SELECT s.borrower_id, s.as_of, s.loan_id, sum(a.amount_minor) AS minor
    FROM last_stated s
    JOIN adjustment a ON a.borrower_id = s.borrower_id AND a.loan_id = s.loan_id
                     AND a.kind = 'waiver' AND a.on_date > s.closed_on AND a.on_date <= s.as_of
    GROUP BY s.borrower_id, s.as_of, s.loan_id
), unpaid AS (
    SELECT borrower_id, as_of, loan_id, min(unit_on) AS oldest_on
    FROM instalment
    WHERE gone_on IS NULL AND amount_minor > 0
    GROUP BY borrower_id, as_of, loan_id
), loan_state AS (
    SELECT m.borrower_id, m.as_of, l.id AS loan_id, l.status <> 'closed' AS is_open,
           l.opened_on, l.currency, l.plan_id,
           coalesce(l.principal_minor, l.credit_limit_minor) AS granted_minor,
           CASE WHEN l.dpd_source = 'computed' THEN 0 ELSE r.days_past_due END AS dpd_base,
           CASE WHEN l.dpd_source = 'reported' THEN NULL
                WHEN m.is_past THEN u.oldest_on
                ELSE l.oldest_unpaid_due_on
           END AS oldest_unpaid_on,
           CASE WHEN NOT m.is_past THEN l.outstanding_minor
                WHEN l.kind = 'revolving'
                    THEN greatest(0, coalesce(st.balance_minor, 0)
                                     - coalesce(ps.settling_minor, 0) - coalesce(w.minor, 0))
                ELSE l.outstanding_minor + coalesce(ps.later_minor, 0)
           END AS balance_minor
    FROM moment m
    JOIN own_loan l ON l.borrower_id = m.borrower_id AND l.opened_on <= m.as_of
    LEFT JOIN last_reported r
           ON r.borrower_id = m.borrower_id AND r.as_of = m.as_of AND r.loan_id = l.id
    LEFT JOIN unpaid u
           ON u.borrower_id = m.borrower_id AND u.as_of = m.as_of AND u.loan_id = l.id
    LEFT JOIN last_stated st
           ON st.borrower_id = m.borrower_id AND st.as_of = m.as_of AND st.loan_id = l.id
    LEFT JOIN paid_since ps
           ON ps.borrower_id = m.borrower_id AND ps.as_of = m.as_of AND ps.loan_id = l.id
    LEFT JOIN waived w
           ON w.borrower_id = m.borrower_id AND w.as_of = m.as_of AND w.loan_id = l.id
), owed AS (
    SELECT s.borrower_id, s.as_of,
           CASE WHEN bool_or(s.is_open) THEN max(s.dpd_base) FILTER (WHERE s.is_open) ELSE 0 END
               AS dpd_base,
           min(s.oldest_unpaid_on) FILTER (WHERE s.is_open) AS oldest_unpaid_due_on,
           count(*) FILTER (WHERE s.is_open) AS open_loans,
           coalesce(sum(s.balance_minor) FILTER (WHERE s.is_open AND s.currency = m.currency), 0)
               ::bigint AS open_balance,
           (array_agg(s.granted_minor ORDER BY s.opened_on, s.loan_id))[1] AS first_loan_amount,
           min(s.opened_on) AS relationship_since_on,
           max(s.opened_on) AS opened_last_on,
           bool_or(s.is_open AND s.plan_id IS NOT NULL) AS plan_active,
           -- The best streak among the loans she still has, else among all.
           coalesce(max(k.streak) FILTER (WHERE s.is_open), max(k.streak), 0) AS streak,
           coalesce(sum(k.missed), 0)::bigint AS missed,
           coalesce(sum(k.spells), 0)::bigint AS spells,
           coalesce(sum(k.cured), 0)::bigint AS cured
    FROM loan_state s
    JOIN main m USING (borrower_id, as_of)
    LEFT JOIN loan_streak k USING (borrower_id, as_of, loan_id)
    GROUP BY s.borrower_id, s.as_of
)"""

COMPUTED = """
computed AS MATERIALIZED (
    SELECT m.borrower_id, m.as_of, m.is_past, b.timezone,
           n.currency, n.product_code AS product,
           o.dpd_base, o.oldest_unpaid_due_on,
           CASE WHEN o.borrower_id IS NOT NULL THEN coalesce(lp.days, 0) END AS dpd_past_max_12m,
           o.streak AS on_time_streak, o.missed AS installments_missed_12m,
           o.spells AS overdue_count_12m, o.cured AS cured_count_12m,
           round(least(coalesce(pd.recent_minor, 0) / nullif(bi.recent_minor, 0), 1), 4)
               AS paid_ratio_6m,
           pd.last_payment_on,
           greatest(pd.last_payment_on, o.opened_last_on, ac.last_on, bl.last_on)
               AS last_activity_on,
           coalesce(o.open_loans, 0) AS open_loans, o.open_balance,
           coalesce(ar.minor, 0) AS arrears_minor,
           o.first_loan_amount, coalesce(pd.total_minor, 0) AS repaid_total,
           o.relationship_since_on, coalesce(o.plan_active, false) AS plan_active,
           b.monthly_income_minor AS income_monthly, b.income_verified,
           (b.declared_facts ->> 'income_stability')::numeric AS income_stability,
           round(b.monthly_debt_minor::numeric / nullif(b.monthly_income_minor, 0), 4)
               AS debt_to_income,
           b.employment,
           e.status AS programme_status,
           ct.contact_answered_ratio_90d, ct.lost_contact,
           b.declared_facts - 'income_stability' AS extra
    FROM moment m
    -- Named once more: by the moment alone the database would read both tables from end to end.
    JOIN borrower b ON b.id = m.borrower_id AND b.id = ANY(:ids)
    LEFT JOIN main n USING (borrower_id, as_of)
    LEFT JOIN owed o USING (borrower_id, as_of)
    LEFT JOIN late_past lp USING (borrower_id, as_of)
    LEFT JOIN paid pd USING (borrower_id, as_of)
    LEFT JOIN billed bi USING (borrower_id, as_of)
    LEFT JOIN arrears ar USING (borrower_id, as_of)
    LEFT JOIN active ac USING (borrower_id, as_of)
    LEFT JOIN billed_last bl USING (borrower_id, as_of)
    LEFT JOIN enrolment e ON e.borrower_id = m.borrower_id AND e.borrower_id = ANY(:ids)
    LEFT JOIN contact_fact ct ON ct.borrower_id = m.borrower_id AND ct.as_of = m.as_of
)"""

CTES = ",".join((OWN, MAIN, UNITS, MONEY, BALANCES, CONTACT, COMPUTED))

KEPT_COLUMNS = (
    "timezone",
    "currency",
    "product",
    "dpd_base",
    "oldest_unpaid_due_on",
    "dpd_past_max_12m",
    "on_time_streak",
    "installments_missed_12m",
    "overdue_count_12m",
    "cured_count_12m",
    "paid_ratio_6m",
    "last_payment_on",
    "last_activity_on",
    "open_loans",
    "open_balance",
    "arrears_minor",
    "first_loan_amount",
    "repaid_total",
    "relationship_since_on",
    "plan_active",
    "income_monthly",
    "income_verified",
    "income_stability",
    "debt_to_income",
    "employment",
    "programme_status",
    "contact_answered_ratio_90d",
    "lost_contact",
    "extra",
)
# None is a fact: what was owed in arrears is a figure for texts, a currency names a unit, a zone
# says which day it is.
UNTRACKED = ("arrears_minor", "currency", "timezone")
