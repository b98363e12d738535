"""Proof that each intent is accepted once a device, or repeated under one tag, or says why not."""

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit

SHOWN_MAX = 1_000

# Each looks for what must not be there: a sentence, and the rows that it is true of.
_WRONG: dict[str, str] = {
    "was accepted twice, and not under one tag": """
        SELECT d.borrower_id, d.id
          FROM notification_attempt a
          JOIN notification_delivery d ON d.borrower_id = a.borrower_id AND d.id = a.delivery_id
         WHERE a.fate IN ('accepted', 'unknown')
         GROUP BY d.borrower_id, d.id, d.channel
        HAVING count(*) > 1 AND (count(DISTINCT a.tag) > 1 OR d.channel <> 'push')
    """,
    "was accepted, and no try of it was": """
        SELECT d.borrower_id, d.id FROM notification_delivery d
         WHERE d.state = 'accepted' AND NOT EXISTS (
               SELECT FROM notification_attempt a
                WHERE a.borrower_id = d.borrower_id AND a.delivery_id = d.id
                  AND a.fate = 'accepted')
    """,
    "counts other tries than there were": """
        SELECT d.borrower_id, d.id FROM notification_delivery d
         WHERE d.attempts <> (SELECT count(*) FROM notification_attempt a
                               WHERE a.borrower_id = d.borrower_id AND a.delivery_id = d.id)
    """,
    "is an intent that neither waits nor goes by any way nor says why": """
        SELECT i.borrower_id, i.id FROM notification_intent i
         WHERE i.closed_at IS NULL
           AND NOT EXISTS (SELECT FROM notification_waiting w
                            WHERE w.borrower_id = i.borrower_id AND w.intent_id = i.id)
           AND NOT EXISTS (SELECT FROM notification_delivery d
                            WHERE d.borrower_id = i.borrower_id AND d.intent_id = i.id)
    """,
    "was tried before its entry stood in the ledger of contacts": """
        SELECT a.borrower_id, a.delivery_id FROM notification_attempt a
         WHERE NOT EXISTS (
               SELECT FROM contact_entry c
                WHERE c.borrower_id = a.borrower_id
                  AND c.reference = a.delivery_id || ':' || a.number)
    """,
}


def check_deliveries(session: Session) -> Iterator[str]:
    """A line for each message that contradicts its tries, its intent or the ledger."""
    for what, query in _WRONG.items():
        rows = session.execute(text(f"{query} LIMIT {SHOWN_MAX}"))
        for borrower_id, message_id in rows:
            yield f"message {message_id} of {borrower_id} {what}"


AUDITS = (Audit(name="deliveries", run=check_deliveries),)
