"""Documents as staff see them, with all that was found and asked."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.documents import contents, queries, rules, scanning
from backend.documents.rules import Scan
from backend.documents.wording import in_words, question_in_words
from backend.kit.paging import Page
from backend.kit.texts import Locale


def page_documents(
    session: Session, *, borrower_id: UUID, args: Mapping[str, Any], locale: Locale
) -> Page:
    """Hers, newest first."""
    found = queries.page_own(session, borrower_id=borrower_id, args=args)
    return Page(
        _shown(session, borrower_id=borrower_id, rows=found.items, locale=locale),
        found.next_cursor,
    )


def get_shown(
    session: Session, *, borrower_id: UUID, document_id: UUID, locale: Locale
) -> dict[str, Any]:
    """One. Refuses: DocumentUnknown."""
    row = queries.get_document(session, borrower_id=borrower_id, document_id=document_id)
    (shown,) = _shown(session, borrower_id=borrower_id, rows=[row], locale=locale)
    return shown


def _shown(
    session: Session, *, borrower_id: UUID, rows: Any, locale: Locale
) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    suspicions = queries.list_suspicions(session, borrower_id=borrower_id, document_ids=ids)
    checks = queries.list_verifications(session, borrower_id=borrower_id, document_ids=ids)
    replies = queries.map_used_for(
        session,
        borrower_id=borrower_id,
        used_for=[rules.reply_use(each.id) for each in suspicions],
    )
    unscanned_is_shown = scanning.current().unscanned_is_shown
    return [
        in_words(row, suspicions=suspicions, locale=locale)
        | {
            "scan": row.scan,
            "is_shown": rules.is_shown(Scan(row.scan), unscanned_is_shown=unscanned_is_shown),
            "verifications": [_check(each) for each in checks if each.document_id == row.id],
            "suspicions": [
                _suspicion(each, replies=replies.get(rules.reply_use(each.id), []), locale=locale)
                for each in suspicions
                if each.document_id == row.id
            ],
        }
        for row in rows
    ]


def _check(row: Any) -> dict[str, Any]:
    issuer = contents.opened(row.issuer_cipher, context=contents.FOUND_ISSUER)
    return {**row._mapping, "issuer": issuer}


def _suspicion(row: Any, *, replies: list[UUID], locale: Locale) -> dict[str, Any]:
    return question_in_words(row, locale=locale) | {
        "id": row.id,
        "suspected_by": row.suspected_by,
        "decided_by": row.decided_by,
        "reply_document_ids": replies,
    }
