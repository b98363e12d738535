"""Sealing old rows anew after the field keys were rotated."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.borrowers.queries import BORN_ON, NAME, PHONE
from backend.kit import crypto

_TABLE = cast(Table, Borrower.__table__)
_SEALED = {
    "phone_cipher": (Borrower.phone_cipher, PHONE),
    "name_cipher": (Borrower.name_cipher, NAME),
    "born_on_cipher": (Borrower.born_on_cipher, BORN_ON),
}


def reencrypt_chunk(session: Session, *, after: UUID, limit: int) -> tuple[UUID | None, int]:
    """Seal the next `limit` borrowers' fields under the current key, where they are not yet.

    Returns the last id looked at (None at the end) and how many rows changed. Starting again
    from the beginning is harmless.
    """
    last = (
        session.execute(
            select(Borrower.id).where(Borrower.id > after).order_by(Borrower.id).limit(limit)
        )
        .scalars()
        .all()
    )
    if not last:
        return None, 0
    prefix = crypto.current_prefix()
    old = [func.substring(column, 1, len(prefix)) != prefix for column, _ in _SEALED.values()]
    rows = session.execute(
        select(Borrower.id, *(column for column, _ in _SEALED.values()))
        .where(Borrower.id > after, Borrower.id <= last[-1], or_(*old))
        .order_by(Borrower.id)
        .with_for_update()
    ).all()
    if rows:
        session.connection().execute(
            update(_TABLE)
            .where(_TABLE.c.id == bindparam("row_id"))
            .values({name: bindparam(f"new_{name}") for name in _SEALED}),
            [_rewrapped(row._mapping) for row in rows],
        )
    return last[-1], len(rows)


def _rewrapped(row: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"row_id": row["id"]}
    for name, (_, context) in _SEALED.items():
        sealed = row[name]
        values[f"new_{name}"] = (
            None
            if sealed is None
            else crypto.encrypt(crypto.decrypt(sealed, context=context), context=context)
        )
    return values
