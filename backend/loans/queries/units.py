"""What was paid, unit by unit, as rows of a statement: for logs of what happened.

Units are those of `conduct`: instalments where we count lateness ourselves, reported months where
the core system does. Of a reported month the first day with activity stands for it, if nothing
was overdue in it.
"""

# Rows of borrower_id, loan_id, part, on_day, on_time, days_early, loan_kind, product, currency,
# month: each instalment paid in full, each reported month kept. `part`: its number, or the month.
# `days_early` is null where the day is a convention for a month.
UNITS_PAID = """
    SELECT l.borrower_id, l.id AS loan_id, i.number::text AS part, i.paid_on AS on_day,
           i.paid_on <= i.due_on + p.grace_days AS on_time,
           CASE WHEN NOT EXISTS (
                    SELECT FROM payment AS x
                     WHERE x.borrower_id = i.borrower_id AND x.loan_id = i.loan_id
                       AND x.received_on = i.paid_on AND x.reversed_on IS NULL
                       AND x.date_precision <> 'day')
                THEN i.due_on - i.paid_on END AS days_early,
           l.kind AS loan_kind, l.product_code AS product, l.currency,
           to_char(i.due_on, 'YYYY-MM') AS month
      FROM loan AS l
      JOIN loan_product AS p ON p.code = l.product_code
      JOIN installment AS i ON i.borrower_id = l.borrower_id AND i.loan_id = l.id
     WHERE l.borrower_id = ANY(:ids) AND l.dpd_source = 'computed' AND i.paid_on IS NOT NULL
       AND i.principal_minor + i.interest_minor + i.fee_minor > 0
    UNION ALL
    SELECT l.borrower_id, l.id, to_char(r.month, 'YYYY-MM'), r.on_day, true, NULL,
           l.kind, l.product_code, l.currency, to_char(r.month, 'YYYY-MM')
      FROM loan AS l
      JOIN LATERAL (
          SELECT date_trunc('month', d.as_of)::date AS month,
                 min(d.as_of) FILTER (WHERE d.activity <> 'none') AS on_day
            FROM delinquency AS d
           WHERE d.borrower_id = l.borrower_id AND d.loan_id = l.id
           GROUP BY 1 HAVING max(d.days_past_due) = 0
      ) AS r ON r.on_day IS NOT NULL
     WHERE l.borrower_id = ANY(:ids) AND l.dpd_source = 'reported'
"""
# Whether what was paid is so no longer: of rows `u` of borrower_id, loan_id, part, on_time.
# A reported month is told anew by the core system, and is never taken back by a payment.
UNIT_UNDONE = """
    EXISTS (
        SELECT FROM installment AS i
          JOIN loan AS l ON l.borrower_id = i.borrower_id AND l.id = i.loan_id
          JOIN loan_product AS p ON p.code = l.product_code
         WHERE i.borrower_id = u.borrower_id AND i.loan_id = u.loan_id
           AND l.dpd_source = 'computed' AND i.number::text = u.part
           AND (i.paid_on IS NULL OR (u.on_time AND i.paid_on > i.due_on + p.grace_days)))
"""
