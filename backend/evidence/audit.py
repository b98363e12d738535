"""The proof of the log: all of it made again from its rows, and each difference named.

One pass in the order of the log checks each entry's record against its commitment, its leaf against
the tiles, and every head that was ever signed against the tree of its size: a head that is not a
beginning of the log as it stands cannot stay hidden.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from backend.evidence import cosignatures, merkle, notes, queries, records, rules, signers
from backend.evidence.merkle import HASH_BYTES
from backend.evidence.models import (
    EvidenceKey,
    EvidenceLeaf,
    EvidencePending,
    EvidenceRecord,
)
from backend.evidence.notes import Verifier
from backend.evidence.recount import Recount
from backend.evidence.signers import name_of
from backend.evidence.tiles import TILE_BITS, Place, path_of
from backend.kit.crypto import UnreadableError
from backend.kit.db import AnyRow
from backend.kit.wiring import Audit
from backend.kit.witnesses import Witness, read_key

CHUNK = 4_096
_NUMBER = re.compile(r"[0-9]+")


@dataclass
class Verification:
    """One run. What it counted is complete once `differences` has come to its end."""

    session: Session
    kept: str | None = None  # a signed head from elsewhere, which must be a beginning of this log
    entries: int = 0
    erased: int = 0
    waiting: int = 0
    root: bytes = merkle.EMPTY_ROOT
    _recount: Recount = field(default_factory=Recount)
    _bad_heads: int = 0
    _root_there: bytes | None = None
    _kept: notes.Checkpoint | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._kept = notes.read_checkpoint(self.kept) if self.kept is not None else None

    def differences(self) -> Iterator[str]:
        """One line for each, the first entry that differs first."""
        yield from self._entries()
        yield from _check_signers(self.session)
        yield from self._check_kept()
        yield from self._edge()
        yield from self._waiting()
        yield from self._lost()
        self.entries, self.root = self._recount.size, self._recount.root()

    def _entries(self) -> Iterator[str]:
        verifiers = {name_of(known): known for known, _ in queries.list_verifiers(self.session)}
        heads = _iterate_heads(self.session)
        head = next(heads, None)
        for rows in _iterate_leaves(self.session):
            found: list[str] = []
            for row in rows:
                self._note_kept()
                while head is not None and head.size == self._recount.size:
                    found += self._check_head(head, verifiers)
                    head = next(heads, None)
                found += self._check_entry(row)
            yield from sorted([*found, *self._check_tiles()], key=_by_place)
        while head is not None:
            yield from self._check_head(head, verifiers)
            head = next(heads, None)

    def _note_kept(self) -> None:
        """The root at the size of the head from elsewhere, when the recount comes by."""
        if self._kept is not None and self._kept.size == self._recount.size:
            self._root_there = self._recount.root()

    def _check_kept(self) -> Iterator[str]:
        if self.kept is None:
            return
        self._note_kept()
        known = [verifier for verifier, _ in queries.list_verifiers(self.session)]
        signed = [notes.is_signed_by(self.kept, verifier) for verifier in known]
        if self._kept is None or True not in signed or False in signed:
            yield "the head that was kept was not signed by this log"
        elif self._root_there is None:
            yield f"the log is shorter than the head that was kept, of size {self._kept.size}"
        elif self._root_there != self._kept.root:
            yield f"the head that was kept, of size {self._kept.size}, is no beginning of this log"

    def _check_entry(self, row: AnyRow) -> Iterator[str]:
        index = self._recount.size
        if row.entry_index != index:
            yield f"entry {index}: missing; the next one is {row.entry_index}"
        for fault in faults_of(row):
            yield f"entry {row.entry_index}: {fault}"
        self.erased += row.erased_at is not None
        self._recount.add(leaf_hash_of(row))

    def _check_tiles(self) -> Iterator[str]:
        yield from _compare(self.session, self._recount.take_filled())

    def _edge(self) -> Iterator[str]:
        yield from _compare(self.session, self._recount.edge())
        head = queries.find_head(self.session)
        signed = 0 if head is None else head.size
        if head is not None and not _is_signed_now(self.session, head):
            yield f"head of size {head.size}: no key that signs now has signed it"
        if self._recount.size > signed:
            yield f"entry {signed}: stands in the log beyond the head that was signed"
        if self._bad_heads > 1:
            yield f"{self._bad_heads - 1} later heads differ as well"

    def _check_head(self, head: AnyRow, verifiers: Mapping[str, Verifier]) -> Iterator[str]:
        if not head.signed_by:
            yield f"head of size {head.size}: nobody signed it"
        for name in head.signed_by:
            if name not in verifiers or not notes.is_signed_by(head.note, verifiers[name]):
                yield f"head of size {head.size}: the signature of {name} does not verify"
        yield from _check_cosignatures(self.session, head)
        if not _tells(head, verifiers):
            yield f"head of size {head.size}: its note tells another size or root"
        if head.size == self._recount.size and bytes(head.root) == self._recount.root():
            return
        self._bad_heads += 1
        if self._bad_heads == 1:
            yield f"head of size {head.size}: the entries do not make the root that was signed"

    def _waiting(self) -> Iterator[str]:
        for rows in _iterate_pending(self.session):
            for row in rows:
                self.waiting += 1
                for fault in faults_of(row):
                    yield f"record {row.record_id}, which waits: {fault}"
                if bytes(row.leaf_hash) != leaf_hash_of(row):
                    yield f"record {row.record_id}, which waits: its leaf hash is another's"

    def _lost(self) -> Iterator[str]:
        """Records that neither stand in the log nor wait for it."""
        for ids in _iterate_unlogged(self.session):
            waiting = select(EvidencePending.record_id).where(EvidencePending.record_id.in_(ids))
            for lost in sorted(set(ids) - set(self.session.execute(waiting).scalars())):
                yield f"record {lost}: is in no log and does not wait for it"


def faults_of(row: AnyRow) -> Iterator[str]:
    """What is wrong between a leaf and its record."""
    if row.own_id is None:
        yield "its record is missing"
        return
    if (row.own_type, row.own_at) != (row.type, row.at):
        yield "its record tells another type or time"
    if row.own_number != row.number:
        yield "its record leads elsewhere"
    if row.body is None:
        return
    if row.key_cipher is None:
        yield "the data key of its record is missing"
        return
    try:
        opened = records.open_body(
            row.body,
            borrower_id=row.borrower_id,
            record_id=row.record_id,
            key_cipher=row.key_cipher,
        )
    except UnreadableError:
        yield "its record was altered"
        return
    if opened.commitment != bytes(row.commitment):
        yield "its record is not what was committed to"


def leaf_hash_of(row: AnyRow) -> bytes:
    """Of a leaf, made again from its columns."""
    data = rules.leaf_data(
        act=row.type, record_id=row.record_id, commitment=bytes(row.commitment), at=row.at
    )
    return merkle.leaf_hash(data)


def _compare(session: Session, made: Mapping[Place, bytes]) -> Iterator[str]:
    stored = queries.read_tiles(session, places=made)
    for place in sorted(made):
        own, other = made[place], stored.get(place, b"")
        if own == other:
            continue
        width = len(own) // HASH_BYTES
        first = next((n for n in range(width) if _nth(own, n) != _nth(other, n)), width)
        entry = (place.number << TILE_BITS | first) << (TILE_BITS * place.level)
        if place.level == 0:
            yield f"entry {entry}: its leaf is not the one in tile {path_of(place)}"
        else:
            yield f"entry {entry} and those after it: tile {path_of(place)} differs"


def _nth(hashes: bytes, place: int) -> bytes:
    return hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]


def _check_signers(session: Session) -> Iterator[str]:
    """Whether each key bears its own name, and its seed is its own."""
    for verifier, row in queries.list_verifiers(session):
        if row.name != name_of(verifier):
            yield f"signing key {row.name}: it is another, {name_of(verifier)}"
        if row.seed_cipher is not None and not signers.is_seed_of(row.seed_cipher, verifier):
            yield f"signing key {row.name}: its seed was altered"


def _is_signed_now(session: Session, head: AnyRow) -> bool:
    """Whether a key with a seed signed it: any public half could be added to the table."""
    return any(
        notes.is_signed_by(head.note, verifier)
        for verifier, row in queries.list_verifiers(session)
        if row.seed_cipher is not None
    )


def _check_cosignatures(session: Session, head: AnyRow) -> Iterator[str]:
    for row in queries.list_cosignatures(session, size=head.size):
        try:
            witness = Witness(*read_key(row.key), url="")
        except ValueError:
            yield f"head of size {head.size}: the key of a witness was altered"
            continue
        if not cosignatures.verifies(row.line, note=head.note, witness=witness):
            yield f"head of size {head.size}: the cosignature of {witness.name} does not verify"


def _tells(head: AnyRow, verifiers: Mapping[str, Verifier]) -> bool:
    origins = {known.origin for known in verifiers.values()}
    texts = {
        notes.checkpoint_text(origin=origin, size=head.size, root=bytes(head.root))
        for origin in origins
    }
    return head.note.rpartition("\n\n")[0] + "\n" in texts


def _by_place(line: str) -> int:
    """A head comes after the entries that it counts."""
    return int(_NUMBER.search(line)[0])  # type: ignore[index]  # each line has one


def _iterate_leaves(session: Session) -> Iterator[Sequence[AnyRow]]:
    after = -1
    while True:
        rows = session.execute(
            select(EvidenceLeaf.__table__, *queries.OF_RECORD)
            .outerjoin(
                EvidenceRecord,
                (EvidenceRecord.borrower_id == EvidenceLeaf.borrower_id)
                & (EvidenceRecord.id == EvidenceLeaf.record_id),
            )
            .outerjoin(EvidenceKey, EvidenceKey.borrower_id == EvidenceLeaf.borrower_id)
            .where(EvidenceLeaf.entry_index > after)
            .order_by(EvidenceLeaf.entry_index)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        yield rows
        after = rows[-1].entry_index


def _iterate_pending(session: Session) -> Iterator[Sequence[AnyRow]]:
    after = 0
    while True:
        rows = session.execute(
            select(EvidencePending.__table__, *queries.OF_RECORD)
            .outerjoin(
                EvidenceRecord,
                (EvidenceRecord.borrower_id == EvidencePending.borrower_id)
                & (EvidenceRecord.id == EvidencePending.record_id),
            )
            .outerjoin(EvidenceKey, EvidenceKey.borrower_id == EvidencePending.borrower_id)
            .where(EvidencePending.number > after)
            .order_by(EvidencePending.number)
            .limit(CHUNK)
        ).all()
        if not rows:
            return
        yield rows
        after = rows[-1].number


def _iterate_unlogged(session: Session) -> Iterator[list[UUID]]:
    """Ids of records without a leaf, from one range of borrowers to the next."""
    keys = (EvidenceRecord.borrower_id, EvidenceRecord.id)
    after: Sequence[UUID] | None = None
    while True:
        query = select(*keys, EvidenceRecord.number).order_by(*keys).limit(CHUNK)
        if after is not None:
            query = query.where(tuple_(*keys) > tuple_(*map(literal, after)))
        share = query.subquery()
        rows = session.execute(
            select(share.c.borrower_id, share.c.id, EvidenceLeaf.entry_index)
            .outerjoin(EvidenceLeaf, EvidenceLeaf.number == share.c.number)
            .order_by(share.c.borrower_id, share.c.id)
        ).all()
        if not rows:
            return
        unlogged = [row.id for row in rows if row.entry_index is None]
        if unlogged:
            yield unlogged
        after = (rows[-1].borrower_id, rows[-1].id)


def _iterate_heads(session: Session) -> Iterator[AnyRow]:
    after = -1
    while True:
        rows = queries.list_checkpoints(session, after=after, limit=CHUNK)
        if not rows:
            return
        yield from rows
        after = rows[-1].size


def run(session: Session) -> Iterator[str]:
    """One line for each difference."""
    yield from Verification(session).differences()


AUDITS = (Audit(name="evidence", run=run),)
