"""The proof that nothing was sent by night: asked of the rows alone, by the database's clocks."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.contacts.rules import ANY_HOUR, Maker, Outcome
from backend.kit.wiring import Audit

# Said once more on purpose, and in another language than the rules say it.
_BY_NIGHT = text(f"""
    SELECT e.borrower_id, e.id, e.at, z.zone, h.rule_id
    FROM contact_entry e
    CROSS JOIN unnest(e.zones) AS z(zone)
    JOIN (VALUES ('CN.hours', time '22:00', time '08:00', true),
                 ('US.hours', time '21:00', time '08:00', false),
                 ('OWN.hours', time '20:30', time '09:00', true)
         ) AS h(rule_id, from_time, to_time, is_lifted)
      ON h.rule_id = ANY(e.rule_ids)
    CROSS JOIN LATERAL (SELECT date_trunc('second', e.at AT TIME ZONE z.zone)::time) AS l(clock)
    WHERE e.made_by = '{Maker.MACHINE}'
      AND e.outcome IS DISTINCT FROM '{Outcome.NOT_DELIVERED}'
      AND (l.clock >= h.from_time OR l.clock < h.to_time)
      AND NOT (h.is_lifted AND EXISTS (
          SELECT FROM (
              SELECT t.agreed FROM contact_times t
              WHERE t.borrower_id = e.borrower_id AND t.since <= e.at
              ORDER BY t.since DESC LIMIT 1
          ) AS newest
          CROSS JOIN LATERAL jsonb_array_elements(newest.agreed) AS w(pair)
          CROSS JOIN LATERAL (
              SELECT (w.pair ->> 0)::time AS start_at, (w.pair ->> 1)::time AS end_at
          ) AS a
          WHERE CASE WHEN a.start_at < a.end_at
                     THEN l.clock >= a.start_at AND l.clock < a.end_at
                     ELSE l.clock >= a.start_at OR l.clock < a.end_at END
      ))
    ORDER BY e.borrower_id, e.id
""")  # noqa: S608 - names of ours
_UNJUDGED = text(f"""
    SELECT borrower_id, id FROM contact_entry
    WHERE made_by = '{Maker.MACHINE}'
      AND purpose NOT IN ({", ".join(f"'{each}'" for each in sorted(ANY_HOUR))})
      AND NOT rule_ids && ARRAY['CN.hours', 'US.hours']
""")  # noqa: S608 - names of ours


def run(session: Session) -> Iterator[str]:
    """One line for each message that went out, or may have, while it was too early or too late."""
    for row in session.execute(_BY_NIGHT):
        yield (
            f"contact {row.id} of borrower {row.borrower_id}: at {row.at.isoformat()}"
            f" {row.rule_id} blocks in {row.zone}"
        )
    for row in session.execute(_UNJUDGED):
        yield f"contact {row.id} of borrower {row.borrower_id}: no law of hours was asked"


AUDITS = (Audit(name="contact-hours", run=run),)
