"""What is still to be scanned, and what the scanner said. Times are the database's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from backend.documents.models import Document
from backend.documents.rules import SCAN_LEASE, SCANNABLE, Scan, next_scan_at
from backend.kit.db import AnyRow


@dataclass(frozen=True)
class Claimed:
    """A document that this worker scans now; another takes it up when the lease has passed."""

    borrower_id: UUID
    document_id: UUID


def claim_unscanned(
    session: Session, *, limit: int, is_without_scanner: bool = False
) -> Sequence[Claimed]:
    """Take the next that are due, so that no two workers scan one.

    Without a scanner those are left alone of which it is known that nobody scans them.
    """
    wanted = [Scan.WAITING] if is_without_scanner else SCANNABLE
    now: datetime = session.execute(select(func.now())).scalar_one()
    due = (
        select(Document.borrower_id, Document.id)
        .where(Document.scan.in_(wanted), Document.scan_due_at <= now)
        .order_by(Document.scan_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows: Sequence[AnyRow] = session.execute(
        update(Document)
        .where(tuple_(Document.borrower_id, Document.id).in_(due))
        .values(scan_due_at=now + SCAN_LEASE)
        .returning(Document.borrower_id, Document.id)
    ).all()
    return [Claimed(row.borrower_id, row.id) for row in rows]


def record_scan(session: Session, *, claimed: Claimed, scan: Scan) -> None:
    """Keep the outcome; a scan that failed is due again, later each time.

    What she took back meanwhile is gone, and what another worker has a verdict on keeps it: its
    lease had passed. Nothing is written then.
    """
    row = session.execute(
        select(Document.scan, Document.scan_attempts, func.now().label("now"))
        .where(Document.borrower_id == claimed.borrower_id, Document.id == claimed.document_id)
        .with_for_update()
    ).first()
    if row is None or row.scan not in SCANNABLE:
        return
    attempts = row.scan_attempts + 1 if scan is Scan.FAILED else row.scan_attempts
    due_at = next_scan_at(row.now, attempts=attempts) if scan is Scan.FAILED else row.now
    session.execute(
        update(Document)
        .where(Document.borrower_id == claimed.borrower_id, Document.id == claimed.document_id)
        .values(
            scan=scan,
            scan_attempts=attempts,
            scan_due_at=due_at,
            scanned_at=row.now if scan in (Scan.CLEAN, Scan.INFECTED) else None,
        )
    )
