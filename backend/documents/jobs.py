"""The scan: what came is looked at for malware, outside of any transaction."""

from collections.abc import Callable
from typing import Any

from backend.documents import queries, scanning, service
from backend.documents.errors import DocumentUnknown
from backend.documents.rules import Scan
from backend.documents.service.scans import Claimed
from backend.kit.db import transaction
from backend.kit.logs import get_logger
from backend.kit.wiring import Job, JobContext

BATCH = 10
RUNS_MAX = 100  # batches of one run; the next one goes on

log = get_logger(__name__)


def scan_documents(context: JobContext) -> dict[str, Any]:
    """Scan what is due. Without a scanner there is nothing to say but that."""
    scanner = scanning.current().scanner
    counts: dict[str, int] = {}
    for _ in range(RUNS_MAX):
        with transaction() as session:
            claimed = service.claim_unscanned(
                session, limit=BATCH, is_without_scanner=scanner is None
            )
        for each in claimed:
            outcome = Scan.NOT_CONFIGURED if scanner is None else _scan(each, scanner)
            with transaction() as session:
                service.record_scan(session, claimed=each, scan=outcome)
            counts[outcome] = counts.get(outcome, 0) + 1
            context.heartbeat()
        if len(claimed) < BATCH:
            break
    return counts


def _scan(claimed: Claimed, scanner: Callable[[bytes], bool]) -> Scan:
    try:
        with transaction() as session:
            content = queries.get_content(
                session, borrower_id=claimed.borrower_id, document_id=claimed.document_id
            )
    except DocumentUnknown:
        return Scan.FAILED  # she took it back meanwhile; nothing is written of what is gone
    try:
        return Scan.CLEAN if scanner(content) else Scan.INFECTED
    except Exception as error:  # noqa: BLE001 - whatever a scanner does, the next document is due
        log.warning("scan_failed", error=type(error).__name__)
        return Scan.FAILED


JOBS = (Job(name="document-scan", cron="*/5 * * * *", run=scan_documents),)
