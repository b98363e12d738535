"""What only the fairness report may count."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.profile import queries

# One text for all: the ORM would make a statement for each set of attributes that are known.
_PUT_PROTECTED = text(
    """
    INSERT INTO protected_attributes AS kept
           (borrower_id, sex, age_band, education, marital_status, updated_at)
    SELECT borrower_id, sex, age_band, education, marital_status, :now
      FROM json_to_recordset(CAST(:rows AS json)) AS r(
          borrower_id uuid, sex text, age_band text, education text, marital_status text)
     ORDER BY borrower_id
    ON CONFLICT (borrower_id) DO UPDATE SET
        sex = excluded.sex, age_band = excluded.age_band, education = excluded.education,
        marital_status = excluded.marital_status, updated_at = excluded.updated_at
     WHERE (kept.sex, kept.age_band, kept.education, kept.marital_status)
           IS DISTINCT FROM
           (excluded.sex, excluded.age_band, excluded.education, excluded.marital_status)
    RETURNING borrower_id
    """
)


def put_protected_attributes(
    session: Session, *, rows: Sequence[tuple[UUID, Mapping[str, str | None]]], now: datetime
) -> set[UUID]:
    """Store what only the fairness report may count; returns for whom that changed anything.

    An attribute not named becomes unknown.
    """
    if not rows:
        return set()
    # One statement cannot store a key twice: the last row about a borrower counts.
    latest = dict(rows)
    rows_now = [
        {"borrower_id": borrower_id} | {name: attributes.get(name) for name in queries.PROTECTED}
        for borrower_id, attributes in latest.items()
    ]
    changed = session.execute(_PUT_PROTECTED, {"rows": orjson.dumps(rows_now).decode(), "now": now})
    return set(changed.scalars())
