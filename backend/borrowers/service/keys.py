"""What of borrowers is sealed and hashed, and hashing it anew after the look-up keys rotated."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower, BorrowerLookup
from backend.borrowers.queries import BORN_ON, EMAIL, NAME, PHONE, open_field
from backend.borrowers.rules import normalise_name
from backend.kit import crypto
from backend.kit.logs import get_logger
from backend.kit.wiring import HashedTable, SealedColumn

SEALED = (
    SealedColumn("borrower", "phone_cipher", context=PHONE),
    SealedColumn("borrower", "email_cipher", context=EMAIL),
    SealedColumn("borrower", "name_cipher", context=NAME),
    SealedColumn("borrower", "born_on_cipher", context=BORN_ON),
)
_STORE = text(
    """
    INSERT INTO borrower_lookup (kind, hash, key_name, borrower_id)
    SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:hashes AS bytea[]),
                         CAST(:key_names AS text[]), CAST(:ids AS uuid[]))
    """
)

log = get_logger(__name__)


def store_lookups(session: Session, people: Sequence[tuple[UUID, str | None, str | None]]) -> None:
    """Make these borrowers, whose rows are locked, found by these phone numbers and names alone."""
    ids = [borrower_id for borrower_id, _, _ in people]
    session.execute(delete(BorrowerLookup).where(BorrowerLookup.borrower_id.in_(ids)))
    rows = [
        (kind, *crypto.keyed_hash_to_keep(value, kind=kind), borrower_id)
        for borrower_id, phone, name in people
        for kind, value in _lookups(phone, name)
    ]
    if rows:
        kinds, key_names, hashes, owners = zip(*rows, strict=True)
        given = {"kinds": kinds, "hashes": hashes, "key_names": key_names, "ids": owners}
        session.execute(_STORE, {name: list(values) for name, values in given.items()})


def _lookups(phone: str | None, name: str | None) -> list[tuple[str, str]]:
    values = []
    if phone is not None:
        values.append(("phone", phone))
    if name is not None and normalise_name(name):
        values.append(("name", normalise_name(name)))
    return values


def rehash(session: Session, after: UUID | None, limit: int) -> tuple[UUID | None, int]:
    """Hash the next borrowers' numbers and names under the current look-up key.

    Returns the last borrower looked at (None at the end) and how many changed; one whose row
    somebody holds is passed over.
    """
    old = (
        select(BorrowerLookup.borrower_id)
        .where(
            BorrowerLookup.key_name != crypto.current_lookup_id(),
            BorrowerLookup.borrower_id > (after or UUID(int=0)),
        )
        .distinct()
        .order_by(BorrowerLookup.borrower_id)
        .limit(limit)
    )
    ids = session.execute(old).scalars().all()
    if not ids:
        return None, 0
    # The row is the lock, as it is for whoever stores her particulars.
    rows = session.execute(
        select(Borrower.id, Borrower.phone_cipher, Borrower.name_cipher)
        .where(Borrower.id.in_(ids))
        .order_by(Borrower.id)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    people = [opened for row in rows if (opened := _opened(row)) is not None]
    if people:
        store_lookups(session, people)
    return ids[-1], len(people)


def _opened(row: Any) -> tuple[UUID, str | None, str | None] | None:
    try:
        return (
            row.id,
            open_field(row.phone_cipher, context=PHONE),
            open_field(row.name_cipher, context=NAME),
        )
    except crypto.UnreadableError:
        # Her hashes stay as they are: they are all that finds her until her fields can be read.
        log.warning("borrower_not_rehashed", borrower_id=str(row.id))
        return None


HASHED = (HashedTable("borrower_lookup", rehash),)
