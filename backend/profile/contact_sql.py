"""What the ledger of contacts says of her as of a day; `contacts.rules` says the same of one.

It reads `moment`, and `paid` for the last day she paid, and yields `contact_fact`. A contact
counts when its channel was open to it, so that an opt-out changes nothing of the past. What
machines sent is not read: nobody had to answer it.
"""

from backend.contacts.rules import (
    ATTEMPTS_MIN,
    CHANNELS_MIN,
    DAYS_MIN,
    OUTBOUND,
    REACHED_ANOTHER,
    REACHED_NOBODY,
    WINDOW_DAYS,
    EntryKind,
    Maker,
)
from backend.events.contacts import Channel

_CHANNELS = ", ".join(f"('{channel}')" for channel in Channel)
_OUTBOUND = ", ".join(f"'{kind}'" for kind in sorted(OUTBOUND))
_IS_ANSWER = f"""(
    kind IN ('{EntryKind.CONVERSATION}', '{EntryKind.INBOUND}')
    OR (kind = '{EntryKind.CONNECTED}' AND outcome IS DISTINCT FROM '{REACHED_ANOTHER}')
)"""

CONTACT = f"""
own_contact AS MATERIALIZED (
    SELECT e.borrower_id, e.at, (e.at AT TIME ZONE b.timezone)::date AS on_day,
           e.channel, e.kind, e.outcome, {_IS_ANSWER} AS is_answer
    FROM contact_entry e JOIN borrower b ON b.id = e.borrower_id AND b.id = ANY(:ids)
    WHERE e.borrower_id = ANY(:ids) AND e.made_by <> '{Maker.MACHINE}'
), known_contact AS (
    SELECT m.as_of, o.*
    FROM moment m
    JOIN own_contact o ON o.borrower_id = m.borrower_id AND o.on_day <= m.as_of
), switched_off AS (
    SELECT k.borrower_id, k.as_of, c.channel, min(k.at) AS at
    FROM known_contact k
    JOIN (VALUES {_CHANNELS}) AS c(channel)
      ON k.kind = '{EntryKind.CEASE}'
      OR (k.kind = '{EntryKind.OPT_OUT}' AND k.channel = c.channel)
    GROUP BY k.borrower_id, k.as_of, c.channel
), none_left AS (
    SELECT borrower_id, as_of FROM switched_off
    GROUP BY borrower_id, as_of HAVING count(*) = {len(Channel)}
), sign_of_life AS (
    SELECT k.borrower_id, k.as_of, max(k.at) FILTER (WHERE k.is_answer) AS answered_at,
           pd.last_payment_on AS paid_on
    FROM known_contact k
    LEFT JOIN paid pd ON pd.borrower_id = k.borrower_id AND pd.as_of = k.as_of
    GROUP BY k.borrower_id, k.as_of, pd.last_payment_on
), counted_contact AS (
    SELECT k.*,
           k.kind = '{EntryKind.ATTEMPT}'
               AND (l.answered_at IS NULL OR k.at > l.answered_at)
               AND (l.paid_on IS NULL OR k.on_day > l.paid_on) AS is_silent
    FROM known_contact k
    JOIN sign_of_life l USING (borrower_id, as_of)
    LEFT JOIN switched_off s ON s.borrower_id = k.borrower_id AND s.as_of = k.as_of
                            AND s.channel = k.channel
    LEFT JOIN none_left n ON n.borrower_id = k.borrower_id AND n.as_of = k.as_of
    WHERE k.kind IN ({_OUTBOUND})
      AND k.outcome IS DISTINCT FROM '{REACHED_NOBODY}'
      AND k.on_day > k.as_of - {WINDOW_DAYS}
      AND (s.at IS NULL OR s.at >= k.at)
      AND n.borrower_id IS NULL
), contact_fact AS (
    SELECT borrower_id, as_of,
           round(count(*) FILTER (WHERE is_answer)::numeric / count(*), 4)
               AS contact_answered_ratio_90d,
           count(*) FILTER (WHERE is_silent) >= {ATTEMPTS_MIN}
               AND count(DISTINCT channel) FILTER (WHERE is_silent) >= {CHANNELS_MIN}
               AND coalesce(
                   max(on_day) FILTER (WHERE is_silent) - min(on_day) FILTER (WHERE is_silent), 0
               ) >= {DAYS_MIN} AS lost_contact
    FROM counted_contact
    GROUP BY borrower_id, as_of
)"""  # noqa: S608 - names and numbers of ours
