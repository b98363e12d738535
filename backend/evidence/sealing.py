"""Putting what waits in order and signing the tree over it: the one writer of the log.

A batch is one transaction: entries, tiles and the signed head are there together or not at all. An
advisory lock lets one do it at a time; were it not there, the keys of the tables would still let
only one of two batches stand.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, LargeBinary

from backend.evidence import notes, queries, signers, tiles
from backend.evidence.models import EvidenceCheckpoint
from backend.evidence.tiles import BrokenError, Place
from backend.kit.db import AnyRow

LOCK = 0x65766964  # "evid" in ASCII
BATCH = 4_096

_TRY = text("SELECT pg_try_advisory_xact_lock(:lock)")
_WAIT = text("SELECT pg_advisory_xact_lock(:lock)")
_TAKE = text(
    """
    WITH taken AS (
        DELETE FROM evidence_pending
         WHERE number IN (SELECT number FROM evidence_pending
                           WHERE number > :after ORDER BY number LIMIT :limit)
        RETURNING *
    ), placed AS (
        INSERT INTO evidence_leaf (entry_index, number, borrower_id, record_id, type, at,
                                   commitment)
        SELECT :size + row_number() OVER (ORDER BY number) - 1, number, borrower_id, record_id,
               type, at, commitment
          FROM taken
         ORDER BY number
    )
    SELECT number, leaf_hash FROM taken ORDER BY number
    """
).bindparams(bindparam("size", type_=BigInteger))
_KEEP = text(
    """
    INSERT INTO evidence_tile (level, number, hashes)
    SELECT * FROM unnest(:levels, :numbers, :hashes)
    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes
    """
).bindparams(
    bindparam("levels", type_=ARRAY(BigInteger)),
    bindparam("numbers", type_=ARRAY(BigInteger)),
    bindparam("hashes", type_=ARRAY(LargeBinary)),
)


class Batch(NamedTuple):
    """What one batch did: entries sealed, and the last number taken."""

    sealed: int
    last: int


def seal_batch(session: Session, *, after: int, now: datetime, limit: int = BATCH) -> Batch | None:
    """Seal the next entries; None when another is at it. Raises BrokenError, and signs nothing.

    `after` is where the caller's last batch ended. Acts are stored in another order than they
    were numbered in, so whoever has come to the end begins again from 0 the next time.
    """
    if not session.execute(_TRY, {"lock": LOCK}).scalar_one():
        return None
    head = queries.find_head(session)
    size = 0 if head is None else head.size
    edge = _read_edge(session, head)
    rows = session.execute(_TAKE, {"after": after, "limit": limit, "size": size}).all()
    hashes = [bytes(row.leaf_hash) for row in rows]
    changed = tiles.grow(edge, size=size, leaf_hashes=hashes)
    _keep(session, changed)
    _sign(session, head=head, size=size + len(rows), edge={**edge, **changed}, now=now)
    return Batch(len(rows), rows[-1].number if rows else after)


def sign_again(session: Session, *, now: datetime) -> None:
    """The newest head under the keys that sign now. Called under the lock of the log.

    Raises BrokenError, and signs nothing.
    """
    head = queries.find_head(session)
    if head is not None:
        _sign(session, head=head, size=head.size, edge=_read_edge(session, head), now=now)


def hold(session: Session) -> None:
    """Wait until nobody seals, and keep others from it until the transaction ends."""
    session.execute(_WAIT, {"lock": LOCK})


def _read_edge(session: Session, head: AnyRow | None) -> dict[Place, bytes]:
    """The partial tiles, which must make the head that was signed last.

    A log must never sign what does not grow out of what it signed [c2sp.org/tlog-checkpoint].
    """
    if head is None:
        return {}
    edge = queries.read_tiles(session, places=tiles.edge_of(head.size))
    if tiles.root_of(edge, size=head.size) != bytes(head.root):
        message = f"the tiles do not make the signed root of size {head.size}"
        raise BrokenError(message)
    return edge


def _keep(session: Session, changed: Mapping[Place, bytes]) -> None:
    if not changed:
        return
    places = sorted(changed)
    session.execute(
        _KEEP,
        {
            "levels": [place.level for place in places],
            "numbers": [place.number for place in places],
            "hashes": [changed[place] for place in places],
        },
    )


def _sign(
    session: Session,
    *,
    head: AnyRow | None,
    size: int,
    edge: Mapping[Place, bytes],
    now: datetime,
) -> None:
    """A new head, or the old one under other keys; nothing where neither has changed."""
    signing = signers.list_signing(session)
    if not signing:
        signers.add(session, now=now)
        signing = signers.list_signing(session)
    names = [signers.name_of(verifier) for verifier, _ in signing]
    if head is not None and (head.size, head.signed_by) == (size, names):
        return
    root = tiles.root_of(edge, size=size)
    note = notes.sign(
        notes.checkpoint_text(origin=signing[0][0].origin, size=size, root=root), signing
    )
    fresh = insert(EvidenceCheckpoint).values(
        size=size, root=root, note=note, signed_by=names, signed_at=now
    )
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=["size"],
            # The tree of a size is one: its root stays, whoever signs it now.
            set_={
                "note": fresh.excluded.note,
                "signed_by": fresh.excluded.signed_by,
                "signed_at": fresh.excluded.signed_at,
            },
            where=EvidenceCheckpoint.root == fresh.excluded.root,
        )
    )
