"""Logging an act, erasing a person's records, and the receipts that she takes away.

Whoever decides something calls `record` in the same transaction: the entry stands when the act
does, and else was never there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.evidence import merkle, notes, queries, records, rules, sealing, signers, tiles
from backend.evidence.errors import EntryUnknown, ReceiptNotReady
from backend.evidence.models import EvidenceKey, EvidenceRecord
from backend.evidence.notes import Verifier
from backend.evidence.records import Entry, Opened
from backend.evidence.rules import HOUSE, Act
from backend.evidence.sealing import seal_batch
from backend.evidence.signers import SignerChangeError
from backend.kit.db import AnyRow
from backend.kit.wiring import SealedColumn

__all__ = [
    "HOUSE",
    "SEALED",
    "Act",
    "Entry",
    "SignerChangeError",
    "add_signer",
    "erase",
    "make_proof",
    "make_receipt",
    "open_record",
    "prepare",
    "record",
    "record_many",
    "retire_signer",
    "seal_batch",
]

SEALED = (
    SealedColumn("evidence_key", "key_cipher", context=records.KEY_CONTEXT),
    SealedColumn("evidence_signer", "seed_cipher", context=signers.SEED_CONTEXT),
)


def record(
    session: Session,
    *,
    type: Act,  # noqa: A002 - the word of the log's entries
    borrower_id: UUID | None,
    record: Mapping[str, Any],
    now: datetime,
) -> UUID:
    """Log one act in its own transaction; answers the record's id.

    `record`: what was decided, by whom, on what grounds; ids, days, instants and decimals are
    welcome. `borrower_id`: for whom; None for an act of the house.
    """
    [record_id] = records.write(session, entries=[Entry(type, borrower_id, record)], now=now)
    return record_id


def record_many(session: Session, *, entries: Sequence[Entry], now: datetime) -> list[UUID]:
    """The same for many acts at once, in three statements however many they are."""
    return records.write(session, entries=entries, now=now)


def prepare(session: Session, *, borrower_ids: Iterable[UUID], now: datetime) -> None:
    """Hold what records of all these need, for an act that logs them part by part.

    Part by part two such acts could each hold a key that the other waits for.
    """
    ids = sorted(set(borrower_ids))
    if ids:
        records.hold_keys(session, borrower_ids=ids, now=now)


def erase(session: Session, *, borrower_id: UUID, now: datetime) -> int:
    """Destroy her data key, her records and their salts; answers how many records there were.

    Every leaf stays, so every proof stays valid; what it commits to can be known by nobody. An
    act after this one gets a new key.
    """
    if borrower_id == HOUSE:
        message = "the acts of the house are nobody's to erase"
        raise ValueError(message)
    # Waits for the acts that are being stored under this key.
    session.execute(
        select(EvidenceKey.borrower_id)
        .where(EvidenceKey.borrower_id == borrower_id)
        .with_for_update()
    )
    session.execute(delete(EvidenceKey).where(EvidenceKey.borrower_id == borrower_id))
    erased = session.execute(
        update(EvidenceRecord)
        .where(EvidenceRecord.borrower_id == borrower_id, EvidenceRecord.body.is_not(None))
        .values(body=None, erased_at=now)
        .returning(EvidenceRecord.id)
    )
    return len(erased.all())


def open_record(row: AnyRow) -> Opened | None:
    """A record that `queries.get_receipt` found, with its salt; None once it is erased."""
    if row.body is None:
        return None
    return records.open_body(
        row.body, borrower_id=row.borrower_id, record_id=row.id, key_cipher=row.key_cipher
    )


def make_receipt(session: Session, *, borrower_id: UUID, record_id: UUID) -> str:
    """A receipt under the newest head, to be verified by anybody, offline.

    Refuses: ReceiptUnknown, ReceiptNotReady.
    """
    row = queries.get_receipt(session, borrower_id=borrower_id, record_id=record_id)
    if row.entry_index is None:
        raise ReceiptNotReady
    data = rules.leaf_data(
        act=row.type, record_id=record_id, commitment=bytes(row.commitment), at=row.at
    )
    return _proof_text(session, index=row.entry_index, data=data, head=row)


def make_proof(session: Session, *, index: int) -> str:
    """The same of any entry, by its place. Refuses: EntryUnknown, CheckpointUnknown."""
    head = queries.get_head(session)
    row = queries.find_entry(session, index=index)
    if row is None or index >= head.size:
        raise EntryUnknown
    data = rules.leaf_data(
        act=row.type, record_id=row.record_id, commitment=bytes(row.commitment), at=row.at
    )
    return _proof_text(session, index=index, data=data, head=head)


def _proof_text(session: Session, *, index: int, data: bytes, head: AnyRow) -> str:
    parts = merkle.inclusion_parts(index, head.size)
    read = queries.read_tiles(session, places=tiles.places_of(parts))
    return notes.proof_text(
        index=index,
        proof=tiles.proof_of(parts, tiles=read),
        checkpoint=head.witnessed_note,
        extra=data,
    )


def add_signer(session: Session, *, now: datetime) -> Verifier:
    """A new signing key beside the present ones; the next head bears its signature, too."""
    sealing.hold(session)
    return signers.add(session, now=now)


def retire_signer(session: Session, *, name: str, now: datetime) -> None:
    """Destroy a signing key's seed; what it signed stays verifiable. Raises SignerChangeError."""
    sealing.hold(session)
    signers.retire(session, name=name, now=now)
    # The newest head is always one of a key that signs: by that the audit knows the log for ours.
    try:
        sealing.sign_again(session, now=now)
    except tiles.BrokenError as error:
        raise SignerChangeError(f"the newest head cannot be signed again: {error}") from error
