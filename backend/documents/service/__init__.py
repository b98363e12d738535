"""What changes documents. One verb for each use case; none of them commits."""

from backend.documents.service.checks import Found, verify
from backend.documents.service.scans import claim_unscanned, record_scan
from backend.documents.service.suspicions import decide_suspicion, reply, suspect
from backend.documents.service.uploads import Upload, add_document, delete_document, use_documents

__all__ = [
    "Found",
    "Upload",
    "add_document",
    "claim_unscanned",
    "decide_suspicion",
    "delete_document",
    "record_scan",
    "reply",
    "suspect",
    "use_documents",
    "verify",
]
