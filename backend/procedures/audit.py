"""Proofs about cases: what a step says is what the case says, and what ended left its file."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.wiring import Audit

_STEPS = text(
    """
    SELECT p.id, p.state, s.state AS said
      FROM procedure p
      LEFT JOIN LATERAL (
          SELECT state FROM procedure_step s
           WHERE s.borrower_id = p.borrower_id AND s.procedure_id = p.id
           ORDER BY number DESC LIMIT 1
      ) AS s ON true
     WHERE s.state IS DISTINCT FROM p.state
    """
)
_FILES = text(
    """
    SELECT p.id FROM procedure p
      LEFT JOIN procedure_hand_over h ON h.borrower_id = p.borrower_id AND h.procedure_id = p.id
     WHERE (p.terminated_at IS NULL) <> (h.procedure_id IS NULL)
    """
)
_ENROLMENTS = text(
    """
    SELECT p.id FROM procedure p JOIN enrolment e ON e.borrower_id = p.borrower_id
     WHERE p.state = 'terminated' AND e.status IN ('enrolled', 'paused')
    """
)


def find_faults(session: Session) -> Iterable[str]:
    """One line for each case that does not add up."""
    for row in session.execute(_STEPS):
        yield f"procedure {row.id}: is {row.state}, its last step says {row.said}"
    for row in session.execute(_FILES):
        yield f"procedure {row.id}: an end and its file do not go together"
    for row in session.execute(_ENROLMENTS):
        yield f"procedure {row.id}: is terminated, and she is in the programme"


AUDITS = (Audit(name="procedures", run=find_faults),)
