"""A person looks at a document and says what she found."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from backend.documents import contents, queries, rules
from backend.documents.errors import DocumentMoveRefused, DocumentNotShown
from backend.documents.models import Document, DocumentVerification
from backend.documents.rules import STATE_AFTER, Outcome, Scan, State
from backend.documents.service.suspicions import suspect
from backend.kit.ids import new_id
from backend.kit.problems import FieldError, Invalid


@dataclass(frozen=True)
class Found:
    """What a check found, and how. `grounds`: why it looks forged, where it does."""

    outcome: Outcome
    method: str
    issuer: str | None = None
    period_from_on: date | None = None
    period_to_on: date | None = None
    expires_on: date | None = None
    grounds: str | None = None


def verify(
    session: Session,
    *,
    borrower_id: UUID,
    document_id: UUID,
    found: Found,
    unscanned_is_shown: bool,
    checked_by: UUID,
    today: date,
    now: datetime,
) -> UUID:
    """Write down a check. `forged` accuses nobody yet: it raises a suspicion.

    Refuses: DocumentUnknown, Invalid (what the outcome lacks), DocumentNotShown (nobody can have
    seen it), DocumentMoveRefused.
    """
    _refuse_incomplete(found, today=today)
    document = queries.get_for_update(session, borrower_id=borrower_id, document_id=document_id)
    if not rules.is_shown(Scan(document.scan), unscanned_is_shown=unscanned_is_shown):
        raise DocumentNotShown
    if not rules.may_move(State(document.state), STATE_AFTER[found.outcome]):
        raise DocumentMoveRefused
    verification_id = new_id()
    session.execute(
        insert(DocumentVerification).values(
            borrower_id=borrower_id,
            id=verification_id,
            document_id=document_id,
            outcome=found.outcome,
            method=found.method,
            issuer_cipher=contents.seal_found_issuer(found.issuer),
            period_from_on=found.period_from_on,
            period_to_on=found.period_to_on,
            expires_on=found.expires_on,
            checked_by=checked_by,
            checked_at=now,
        )
    )
    if found.outcome is Outcome.FORGED:
        suspect(
            session,
            borrower_id=borrower_id,
            document_id=document_id,
            grounds=found.grounds or "",
            suspected_by=checked_by,
            today=today,
            now=now,
        )
    else:
        session.execute(
            update(Document)
            .where(Document.borrower_id == borrower_id, Document.id == document_id)
            .values(state=STATE_AFTER[found.outcome])
        )
    return verification_id


def _refuse_incomplete(found: Found, *, today: date) -> None:
    wrong = []
    if found.outcome is Outcome.VERIFIED:
        if found.issuer is None:
            wrong.append(FieldError("#/issuer", "A verified document names its issuer."))
        if found.expires_on is None or found.expires_on < today:
            wrong.append(
                FieldError("#/expires_on", "A verified document is good until today or longer.")
            )
    if found.outcome is Outcome.FORGED and not found.grounds:
        wrong.append(
            FieldError("#/grounds", "Say why it looks forged: she is told, and may answer.")
        )
    if wrong:
        raise Invalid(errors=wrong)
