"""Noting that somebody checked a proof."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.benefits.errors import DocumentNotVerified, ProofTaken
from backend.benefits.models import BenefitProof, BenefitProofLookup
from backend.benefits.rules import Proof
from backend.documents import queries as documents
from backend.documents.service import use_documents
from backend.kit.ids import new_id
from backend.kit.problems import FieldError, Invalid


def record_proof(
    session: Session,
    *,
    borrower_id: UUID,
    kind: Proof,
    document_hash: bytes,
    issuer: str,
    expires_on: date,
    checked_by: UUID,
    today: date,
    now: datetime,
) -> UUID:
    """A member of staff saw it and found it good until a day. `document_hash`: its SHA-256.

    Refuses: Invalid (it has expired), ProofTaken (also by another borrower).
    """
    if expires_on < today:
        raise Invalid(errors=[FieldError("#/expires_on", "The proof has expired.")])
    taken = session.execute(
        upsert(BenefitProofLookup)
        .values(document_hash=document_hash, borrower_id=borrower_id)
        .on_conflict_do_nothing()
        .returning(BenefitProofLookup.borrower_id)
    ).first()
    if taken is None:
        raise ProofTaken
    proof_id = new_id()
    session.execute(
        insert(BenefitProof).values(
            borrower_id=borrower_id,
            id=proof_id,
            kind=kind,
            document_hash=document_hash,
            issuer=issuer,
            checked_by=checked_by,
            checked_on=today,
            checked_at=now,
            expires_on=expires_on,
        )
    )
    return proof_id


def record_document(
    session: Session,
    *,
    borrower_id: UUID,
    document_id: UUID,
    kind: Proof,
    today: date,
    now: datetime,
) -> UUID:
    """A document that is verified becomes a proof, checked by whoever verified it.

    Refuses: DocumentNotVerified (nor hers, nor there), ProofTaken.
    """
    found = documents.find_verification(
        session, borrower_id=borrower_id, document_id=document_id, today=today
    )
    if found is None:
        raise DocumentNotVerified
    proof_id = record_proof(
        session,
        borrower_id=borrower_id,
        kind=kind,
        document_hash=found.sha256,
        issuer=documents.open_issuer(found),
        expires_on=found.expires_on,
        checked_by=found.checked_by,
        today=today,
        now=now,
    )
    use_documents(
        session,
        borrower_id=borrower_id,
        document_ids=[document_id],
        used_for=f"benefit-proof:{proof_id}",
        now=now,
    )
    return proof_id
