"""Settling what bulk stores left behind."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.events.loans import LoansSettled
from backend.kit.outbox import announce, announce_all
from backend.loans import queries
from backend.loans.service.missed import record_missed_history
from backend.loans.service.references import lock_keys
from backend.loans.service.settle import settle

BORROWERS_CHUNK = 1_000


def settle_borrowers(
    session: Session, *, borrower_ids: Sequence[UUID], now: datetime, history: bool
) -> int:
    """Settle these borrowers' stale loans, chunk by chunk, and announce what came to light.

    Returns how many loans were settled.
    """
    settled = 0
    for start in range(0, len(borrower_ids), BORROWERS_CHUNK):
        chunk = tuple(borrower_ids[start : start + BORROWERS_CHUNK])
        keys = lock_keys(session, keys=queries.list_stale_keys(session, borrower_ids=chunk))
        events = settle(session, keys=keys, now=now, history=history)
        announce_all(session, events)
        if history:
            announce_all(session, record_missed_history(session, borrower_ids=chunk, now=now))
        announce(session, LoansSettled(None, now, borrower_ids=chunk, history=history))
        settled += len(keys)
    return settled
