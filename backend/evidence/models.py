"""Tables of evidence. No foreign key leads to a borrower: the log outlives whom it speaks of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base


class EvidenceKey(Base):
    """A borrower's data key, sealed by the installation's. Deleting the row erases her records."""

    __tablename__ = "evidence_key"

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class EvidenceRecord(Base):
    """What was decided. `body`: salt and canonical record, sealed by the data key of hers.

    The id is a random UUIDv4 that stands nowhere but here and in the log. `number` leads to the
    leaf: numbers rise, so that sealing touches the end of an index and not all of it.
    """

    __tablename__ = "evidence_record"
    __table_args__ = (
        CheckConstraint("(body IS NULL) = (erased_at IS NOT NULL)", name="erased_whole"),
        UniqueConstraint("borrower_id", "number"),
    )

    borrower_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    at: Mapped[datetime]
    number: Mapped[int]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    erased_at: Mapped[datetime | None]


class EvidencePending(Base):
    """Written by acts, emptied by the sealing job in the order of `number`."""

    __tablename__ = "evidence_pending"
    __table_args__ = (
        CheckConstraint(
            "octet_length(commitment) = 32 AND octet_length(leaf_hash) = 32", name="hashes_whole"
        ),
    )

    number: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    borrower_id: Mapped[UUID]
    record_id: Mapped[UUID]
    type: Mapped[str]
    at: Mapped[datetime]
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)


class EvidenceLeaf(Base):
    """The log: from these columns each leaf's data, and so its hash, can be made again."""

    __tablename__ = "evidence_leaf"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_evidence_leaf_type_entry_index", "type", "entry_index"),
        CheckConstraint("entry_index >= 0", name="index_from_zero"),
        CheckConstraint("octet_length(commitment) = 32", name="commitment_whole"),
    )

    entry_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    borrower_id: Mapped[UUID]
    record_id: Mapped[UUID]
    type: Mapped[str]
    at: Mapped[datetime]
    commitment: Mapped[bytes] = mapped_column(LargeBinary)


class EvidenceTile(Base):
    """256 hashes one after another, or fewer at the right edge."""

    __tablename__ = "evidence_tile"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 63 AND number >= 0", name="place_known"),
        CheckConstraint(
            "octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0",
            name="hashes_whole",
        ),
    )

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class EvidenceCheckpoint(Base):
    """A signed head; every one is kept. `signed_by`: the names of the keys that signed."""

    __tablename__ = "evidence_checkpoint"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size_from_zero"),
        CheckConstraint("octet_length(root) = 32", name="root_whole"),
    )

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]
    signed_by: Mapped[list[Any]]
    signed_at: Mapped[datetime]


class EvidenceCosignature(Base):
    """A witness's line under a head. `key`: its public key, by which the line verifies."""

    __tablename__ = "evidence_cosignature"
    __table_args__ = (Index("ix_evidence_cosignature_size", "size"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(
        ForeignKey("evidence_checkpoint.size"), primary_key=True, autoincrement=False
    )
    line: Mapped[str]
    at: Mapped[datetime]


class EvidenceSigner(Base):
    """A signing key [Ed25519]. Retired, its seed is gone and its public half stays for ever."""

    __tablename__ = "evidence_signer"
    __table_args__ = (
        CheckConstraint("octet_length(public_key) = 32", name="public_key_whole"),
        CheckConstraint("(seed_cipher IS NULL) = (retired_at IS NOT NULL)", name="retired_whole"),
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    seed_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
