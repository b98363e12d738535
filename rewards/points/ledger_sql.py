"""The statements that move points. Each takes the account's row first and writes in one go.

What a statement reads after it has the row is still as old as the statement, but an updated row
is read anew: hence numbers and balances are reckoned from the account's own columns.
"""

from sqlalchemy import text

ENSURE = text(
    """
    INSERT INTO points_account (borrower_id)
    SELECT borrower_id FROM unnest(CAST(:borrower_ids AS uuid[])) AS wanted(borrower_id)
     ORDER BY borrower_id
    ON CONFLICT DO NOTHING
    """
)
# In id order, so that two batches over the same borrowers wait instead of deadlocking.
LOCK = text(
    """
    SELECT borrower_id FROM points_account
     WHERE borrower_id = ANY(CAST(:borrower_ids AS uuid[]))
     ORDER BY borrower_id
       FOR NO KEY UPDATE
    """
)
# Every earning: entry, lot and balance, for one borrower or thousands. A source that has
# earned already makes no entry, and then nothing else either.
OPEN = text(
    """
    WITH input AS MATERIALIZED (
        SELECT * FROM ROWS FROM (
            json_to_recordset(CAST(:entries AS json)) AS (
                borrower_id uuid, kind text, from_account text, points bigint,
                occurred_at timestamptz, expires_on date, cause_type text, cause_id uuid,
                details jsonb, rule text, rule_version bigint, source_id uuid, source_part text,
                round bigint)
        ) WITH ORDINALITY AS i(
            borrower_id, kind, from_account, points, occurred_at, expires_on, cause_type, cause_id,
            details, rule, rule_version, source_id, source_part, round, place)
    ), account AS MATERIALIZED (
        SELECT borrower_id, last_number FROM points_account
         WHERE borrower_id IN (SELECT borrower_id FROM input)
         ORDER BY borrower_id
           FOR NO KEY UPDATE
    ), numbered AS MATERIALIZED (
        SELECT input.*,
               account.last_number
                   + row_number() OVER (PARTITION BY borrower_id ORDER BY place) AS number,
               CASE kind WHEN 'pending' THEN 0 ELSE points END AS available,
               CASE kind WHEN 'pending' THEN 'pending' ELSE 'available' END AS to_account
          FROM input JOIN account USING (borrower_id)
    ), entry AS (
        INSERT INTO points_entry (
            borrower_id, number, kind, points, occurred_at, cause_type, cause_id, details, rule,
            rule_version, source_id, source_part, round, lot, from_account, to_account, moved)
        SELECT borrower_id, number, kind, available, occurred_at, cause_type, cause_id, details,
               rule, rule_version, source_id, source_part, round, number, from_account, to_account,
               points
          FROM numbered
         ORDER BY borrower_id, number
        ON CONFLICT (borrower_id, rule, source_id, source_part, round) WHERE rule IS NOT NULL
        DO NOTHING
        RETURNING borrower_id, number
    ), opened AS MATERIALIZED (
        SELECT numbered.* FROM numbered JOIN entry USING (borrower_id, number)
    ), lot AS (
        INSERT INTO points_lot (
            borrower_id, number, points, available, pending, opened_at, expires_on)
        SELECT borrower_id, number, points, available, points - available, occurred_at, expires_on
          FROM opened
    ), balance AS (
        UPDATE points_account AS a
           SET available = a.available + t.available, pending = a.pending + t.pending,
               last_number = t.last_number
          FROM (
              SELECT borrower_id, sum(available) AS available, sum(points - available) AS pending,
                     max(number) AS last_number
                FROM opened GROUP BY borrower_id
          ) AS t
         WHERE a.borrower_id = t.borrower_id
    )
    SELECT input.place, account.borrower_id IS NOT NULL AS has_account, opened.number
      FROM input
      LEFT JOIN account USING (borrower_id)
      LEFT JOIN opened USING (place)
     ORDER BY input.place
    """
)
# Every other entry: points of lots that are there move from account to account.
POST = text(
    """
    WITH move AS MATERIALIZED (
        SELECT * FROM json_to_recordset(CAST(:moves AS json))
                 AS m(lot bigint, from_account text, to_account text, points bigint)
    ), account AS (
        UPDATE points_account
           SET available = available + :available, pending = pending + :pending,
               held = held + :held, last_number = last_number + 1
         WHERE borrower_id = :borrower_id
        RETURNING last_number
    ), entry AS (
        INSERT INTO points_entry (
            borrower_id, number, kind, points, occurred_at, cause_type, cause_id, details,
            reverses, unrecovered, lot, from_account, to_account, moved)
        SELECT :borrower_id, last_number, :kind, :available, :occurred_at, :cause_type, :cause_id,
               CAST(:details AS jsonb), :reverses, :unrecovered, single.*
          FROM account
          LEFT JOIN move AS single ON (SELECT count(*) FROM move) = 1
        RETURNING number
    ), posting AS (
        INSERT INTO points_posting (borrower_id, number, lot, from_account, to_account, points)
        SELECT :borrower_id, entry.number, move.* FROM entry CROSS JOIN move
         WHERE (SELECT count(*) FROM move) > 1
    ), lot AS (
        UPDATE points_lot AS l
           SET available = l.available + CASE 'available'
                   WHEN m.to_account THEN m.points WHEN m.from_account THEN -m.points ELSE 0 END,
               pending = l.pending + CASE 'pending'
                   WHEN m.to_account THEN m.points WHEN m.from_account THEN -m.points ELSE 0 END,
               held = l.held + CASE 'held'
                   WHEN m.to_account THEN m.points WHEN m.from_account THEN -m.points ELSE 0 END,
               spent = l.spent + CASE 'redeemed'
                   WHEN m.to_account THEN m.points WHEN m.from_account THEN -m.points ELSE 0 END
          FROM move AS m
         WHERE l.borrower_id = :borrower_id AND l.number = m.lot
    )
    SELECT number FROM entry
    """
)
SPENDABLE = text(
    """
    SELECT number, available, expires_on FROM points_lot
     WHERE borrower_id = :borrower_id AND available > 0 AND expires_on >= :today
     ORDER BY expires_on, number
    """
)
# The expiry of one day's lots, a chunk of borrowers at a time: one entry for each of them. The
# account is changed only if nothing happened to it since this statement began; who is passed over
# that way is found by the next look. Places (ctid) stay what they are while the account is held.
EXPIRE = text(
    """
    WITH due AS MATERIALIZED (
        SELECT borrower_id, ctid AS place, number AS lot, available
          FROM points_lot
         WHERE expires_on = :expired_on AND available > 0 AND borrower_id > :after
         ORDER BY borrower_id
         LIMIT :limit
    ), total AS MATERIALIZED (
        SELECT t.*, a.last_number
          FROM (
              SELECT borrower_id, sum(available)::bigint AS points, array_agg(place) AS places,
                     array_agg(lot) AS lots, array_agg(available) AS parts
                FROM due GROUP BY borrower_id ORDER BY borrower_id
          ) AS t
          JOIN points_account AS a USING (borrower_id)
    ), account AS MATERIALIZED (
        UPDATE points_account AS a
           SET available = a.available - t.points, last_number = a.last_number + 1
          FROM total AS t
         WHERE a.borrower_id = t.borrower_id AND a.last_number = t.last_number
        RETURNING a.borrower_id, a.last_number, t.points, t.places, t.lots, t.parts
    ), lot AS (
        UPDATE points_lot AS l SET available = 0
          FROM (SELECT unnest(places) AS place FROM account) AS gone
         WHERE l.ctid = gone.place
    ), entry AS (
        INSERT INTO points_entry (
            borrower_id, number, kind, points, occurred_at, cause_type, details, lot,
            from_account, to_account, moved)
        SELECT borrower_id, last_number, 'expired', -points, :now, 'expiry',
               CAST(:details AS jsonb), lots[one],
               CASE one WHEN 1 THEN 'available' END, CASE one WHEN 1 THEN 'expired' END, parts[one]
          FROM (SELECT *, CASE cardinality(lots) WHEN 1 THEN 1 END AS one FROM account) AS a
    ), posting AS (
        INSERT INTO points_posting (borrower_id, number, lot, from_account, to_account, points)
        SELECT borrower_id, last_number, unnest(lots), 'available', 'expired', unnest(parts)
          FROM account WHERE cardinality(lots) > 1
    )
    SELECT (SELECT count(*) FROM due) AS found,
           (SELECT coalesce(sum(cardinality(lots)), 0)::bigint FROM account) AS expired,
           (SELECT borrower_id FROM due ORDER BY borrower_id DESC LIMIT 1) AS last_id
    """
)
OLDEST_DUE = text(
    """
    SELECT expires_on FROM points_lot
     WHERE expires_on < :today AND expires_on > :after AND available > 0
     ORDER BY expires_on LIMIT 1
    """
)
# Every step is a look-up; a free planner, which sees a chunk as a share of all, would now and
# then read the tables from end to end for each of a thousand chunks. And a chunk need not wait
# for the disk: one that a crash undoes is found again by the next run.
IN_BULK = text(
    """
    SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
           set_config('enable_seqscan', 'off', true), set_config('synchronous_commit', 'off', true)
    """
)
