"""Reads of the log: its head, its tiles, and a borrower's receipts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from backend.evidence.errors import CheckpointUnknown, ReceiptUnknown, TileUnknown
from backend.evidence.merkle import HASH_BYTES
from backend.evidence.models import (
    EvidenceCheckpoint,
    EvidenceCosignature,
    EvidenceKey,
    EvidenceLeaf,
    EvidencePending,
    EvidenceRecord,
    EvidenceSigner,
    EvidenceTile,
)
from backend.evidence.notes import Verifier
from backend.evidence.tiles import TILE_WIDTH, Named, Place
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page

# From the end of the index down to where it begins, which says that it is no scan of it.
_NEWEST = (
    select(func.max(EvidenceCheckpoint.size)).where(EvidenceCheckpoint.size >= 0).scalar_subquery()
)
# What witnesses wrote under a head, one line after another.
_COSIGNATURES = (
    select(
        func.coalesce(
            func.string_agg(
                EvidenceCosignature.line,
                aggregate_order_by(literal(""), EvidenceCosignature.key),
            ),
            "",
        )
    )
    .where(EvidenceCosignature.size == EvidenceCheckpoint.size)
    .correlate(EvidenceCheckpoint)
    .scalar_subquery()
)
# Of the record that a leaf commits to, beside the leaf's own columns.
OF_RECORD = (
    EvidenceRecord.id.label("own_id"),
    EvidenceRecord.type.label("own_type"),
    EvidenceRecord.at.label("own_at"),
    EvidenceRecord.number.label("own_number"),
    EvidenceRecord.body,
    EvidenceRecord.erased_at,
    EvidenceKey.key_cipher,
)
WITNESSED_NOTE = (EvidenceCheckpoint.note + _COSIGNATURES).label("witnessed_note")


def find_head(session: Session) -> AnyRow | None:
    """The newest signed head: its size, root, notes and who signed; None before the first.

    `witnessed_note` is the note with the lines of witnesses under it.
    """
    newest = EvidenceCheckpoint.size == _NEWEST
    return session.execute(
        select(EvidenceCheckpoint.__table__, WITNESSED_NOTE).where(newest)
    ).first()


def find_cosigned_size(session: Session, *, key: str) -> int | None:
    """The size of the newest head that a witness signed."""
    return session.execute(
        select(func.max(EvidenceCosignature.size)).where(EvidenceCosignature.key == key)
    ).scalar_one()


def list_cosignatures(session: Session, *, size: int) -> Sequence[AnyRow]:
    """Who signed the head of a size beside the log: rows of key and line."""
    return session.execute(
        select(EvidenceCosignature.key, EvidenceCosignature.line)
        .where(EvidenceCosignature.size == size)
        .order_by(EvidenceCosignature.key)
    ).all()


def get_head(session: Session) -> AnyRow:
    """The newest signed head. Refuses: CheckpointUnknown."""
    head = find_head(session)
    if head is None:
        raise CheckpointUnknown
    return head


def get_tile(session: Session, *, named: Named) -> bytes:
    """A tile's hashes; a partial one may have grown since, and its beginning is what it was.

    Refuses: TileUnknown.
    """
    size = named.width * 32
    found = session.execute(
        select(func.substring(EvidenceTile.hashes, 1, size)).where(
            EvidenceTile.level == named.place.level,
            EvidenceTile.number == named.place.number,
            func.octet_length(EvidenceTile.hashes) >= size,
        )
    ).scalar_one_or_none()
    if found is None:
        raise TileUnknown
    return bytes(found)


def read_tiles(session: Session, *, places: Collection[Place]) -> dict[Place, bytes]:
    """Those of the tiles that there are."""
    if not places:
        return {}
    rows = session.execute(
        select(EvidenceTile.level, EvidenceTile.number, EvidenceTile.hashes).where(
            tuple_(EvidenceTile.level, EvidenceTile.number).in_([*map(tuple, sorted(places))])
        )
    )
    return {Place(row.level, row.number): bytes(row.hashes) for row in rows}


def list_verifiers(session: Session) -> list[tuple[Verifier, AnyRow]]:
    """Every key that ever signed, with its row, newest first."""
    rows = session.execute(
        select(*EvidenceSigner.__table__.c).order_by(
            EvidenceSigner.created_at.desc(), EvidenceSigner.name
        )
    ).all()
    return [(Verifier(row.origin, bytes(row.public_key)), row) for row in rows]


def page_receipts(session: Session, *, borrower_id: UUID, args: Mapping[str, Any]) -> Page:
    """What was logged of her, newest first."""
    shown: list[Any] = [
        *(EvidenceRecord.id, EvidenceRecord.type, EvidenceRecord.at, EvidenceRecord.erased_at),
        *(EvidenceRecord.number, EvidenceLeaf.entry_index),
    ]
    query = (
        select(*shown)
        .outerjoin(EvidenceLeaf, EvidenceLeaf.number == EvidenceRecord.number)
        .where(EvidenceRecord.borrower_id == borrower_id)
    )
    return page(session, query, keys=(EvidenceRecord.number,), args=args, descending=True)


def get_receipt(session: Session, *, borrower_id: UUID, record_id: UUID) -> AnyRow:
    """One record of hers, sealed, with its key, its leaf and the newest head where there are any.

    Refuses: ReceiptUnknown.
    """
    found = session.execute(
        select(
            *EvidenceRecord.__table__.c,
            EvidenceKey.key_cipher,
            EvidenceLeaf.entry_index,
            EvidenceLeaf.commitment,
            EvidenceCheckpoint.size,
            WITNESSED_NOTE,
        )
        .outerjoin(EvidenceKey, EvidenceKey.borrower_id == EvidenceRecord.borrower_id)
        .outerjoin(EvidenceLeaf, EvidenceLeaf.number == EvidenceRecord.number)
        .outerjoin(EvidenceCheckpoint, EvidenceCheckpoint.size == _NEWEST)
        .where(EvidenceRecord.borrower_id == borrower_id, EvidenceRecord.id == record_id)
    ).first()
    if found is None:
        raise ReceiptUnknown
    return found


def list_checkpoints(session: Session, *, after: int, limit: int) -> Sequence[AnyRow]:
    """The heads of more leaves than that, smallest first."""
    return session.execute(
        select(EvidenceCheckpoint.__table__)
        .where(EvidenceCheckpoint.size > after)
        .order_by(EvidenceCheckpoint.size)
        .limit(limit)
    ).all()


def find_entry(session: Session, *, index: int) -> AnyRow | None:
    """A leaf with the record that it commits to, sealed."""
    return session.execute(
        select(EvidenceLeaf.__table__, *OF_RECORD)
        .outerjoin(
            EvidenceRecord,
            (EvidenceRecord.borrower_id == EvidenceLeaf.borrower_id)
            & (EvidenceRecord.id == EvidenceLeaf.record_id),
        )
        .outerjoin(EvidenceKey, EvidenceKey.borrower_id == EvidenceLeaf.borrower_id)
        .where(EvidenceLeaf.entry_index == index)
    ).first()


def find_leaf_hash(session: Session, *, index: int) -> bytes | None:
    """The hash that the log's tiles hold at a place; None beyond their end."""
    number, within = divmod(index, TILE_WIDTH)
    hashes = read_tiles(session, places=[Place(0, number)]).get(Place(0, number), b"")
    return hashes[within * HASH_BYTES : (within + 1) * HASH_BYTES] or None


def find_checkpoint(session: Session, *, size: int) -> AnyRow | None:
    """The head that was signed when the log had so many entries."""
    return session.execute(
        select(EvidenceCheckpoint.__table__).where(EvidenceCheckpoint.size == size)
    ).first()


def find_first_head_with(session: Session, *, index: int) -> AnyRow | None:
    """The first head that was signed over an entry."""
    found = list_checkpoints(session, after=index, limit=1)
    return found[0] if found else None


def page_entries(
    session: Session,
    *,
    args: Mapping[str, Any],
    act: str | None = None,
    borrower_id: UUID | None = None,
) -> Page:
    """Entries of the log, newest first: what anybody may know of each, and if it was erased.

    Of a borrower also those that wait to be sealed.
    """
    if borrower_id is not None:
        return _page_hers(session, args=args, act=act, borrower_id=borrower_id)
    leaf = EvidenceLeaf
    shown: list[Any] = [
        *(leaf.entry_index, leaf.type, leaf.at, leaf.record_id, leaf.commitment),
        EvidenceRecord.erased_at,
    ]
    query = (
        select(*shown)
        .outerjoin(
            EvidenceRecord,
            (EvidenceRecord.borrower_id == leaf.borrower_id)
            & (EvidenceRecord.id == leaf.record_id),
        )
        .where(leaf.entry_index >= 0 if act is None else leaf.type == act)
    )
    return page(session, query, keys=(leaf.entry_index,), args=args, descending=True)


def _page_hers(
    session: Session, *, args: Mapping[str, Any], act: str | None, borrower_id: UUID
) -> Page:
    record = EvidenceRecord
    shown: list[Any] = [
        *(record.number, record.type, record.at, record.erased_at, record.id.label("record_id")),
        *(EvidenceLeaf.entry_index, EvidenceLeaf.commitment),
    ]
    query = (
        select(*shown)
        .outerjoin(EvidenceLeaf, EvidenceLeaf.number == record.number)
        .where(record.borrower_id == borrower_id, true() if act is None else record.type == act)
    )
    return page(session, query, keys=(record.number,), args=args, descending=True)


def count_waiting(session: Session, *, at_most: int) -> int:
    """How many acts wait to be sealed, counted no further than that."""
    some = (
        select(EvidencePending.number).where(EvidencePending.number > 0).limit(at_most).subquery()
    )
    return session.execute(select(func.count()).select_from(some)).scalar_one()
