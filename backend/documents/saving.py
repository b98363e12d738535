"""A document as staff get it: a file to be saved, never shown in place."""

from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from backend.documents import queries, rules, scanning
from backend.documents.errors import DocumentNotShown
from backend.documents.rules import Scan

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def saved(session: Session, *, borrower_id: UUID, document_id: UUID) -> Response:
    """The file as an attachment. Refuses: DocumentUnknown, DocumentNotShown."""
    row = queries.get_document(session, borrower_id=borrower_id, document_id=document_id)
    unscanned_is_shown = scanning.current().unscanned_is_shown
    if not rules.is_shown(Scan(row.scan), unscanned_is_shown=unscanned_is_shown):
        raise DocumentNotShown
    content = queries.get_content(session, borrower_id=borrower_id, document_id=document_id)
    # The name is ours, whatever hers was.
    name = f"document-{document_id}.{EXTENSIONS[row.media_type]}"
    return Response(
        content,
        mimetype="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "X-Document-Scan": row.scan,
        },
    )
