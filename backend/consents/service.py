"""Writing down what a borrower says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.borrowers.errors import BorrowerNotFound
from backend.borrowers.models import Borrower
from backend.consents import queries, rules
from backend.consents.errors import ConsentVersionOutdated
from backend.consents.models import Consent
from backend.consents.rules import Purpose, Source
from backend.evidence import service as evidence
from backend.kit.ids import new_id


class Said(TypedDict):
    """One purpose: yes to a version, or no."""

    purpose: Purpose
    version: int | None
    granted: bool


def put_consents(
    session: Session, *, borrower_id: UUID, said: Sequence[Said], source: Source, now: datetime
) -> None:
    """Write down what is new in what she says; all of it or, when it is outdated, nothing.

    Refuses: BorrowerNotFound, ConsentVersionOutdated.
    """
    _refuse_outdated(said)
    # What she says on two devices at once stands in one order: the last word counts.
    held = select(Borrower.id).where(Borrower.id == borrower_id).with_for_update(key_share=True)
    if session.execute(held).scalar_one_or_none() is None:
        raise BorrowerNotFound
    last = queries.list_last(session, borrower_id=borrower_id)
    number = queries.get_last_number(session, borrower_id=borrower_id)
    rows = []
    for each in said:
        purpose = each["purpose"]
        version = rules.version_to_store(
            purpose, last.get(purpose), granted=each["granted"], version=each["version"]
        )
        if version is not None:
            number += 1
            rows.append(
                {
                    "borrower_id": borrower_id,
                    "id": new_id(),
                    "number": number,
                    "purpose": purpose,
                    "version": version,
                    "granted": each["granted"],
                    "source": source,
                    "at": now,
                }
            )
    if rows:
        session.execute(insert(Consent), rows)
        evidence.record_many(session, entries=[_entry(row) for row in rows], now=now)


def _entry(row: Mapping[str, Any]) -> evidence.Entry:
    act = evidence.Act.CONSENT_GIVEN if row["granted"] else evidence.Act.CONSENT_WITHDRAWN
    said = {name: row[name] for name in ("purpose", "version", "granted", "source")}
    return evidence.Entry(act, row["borrower_id"], said)


def _refuse_outdated(said: Sequence[Said]) -> None:
    outdated = [
        each["purpose"]
        for each in said
        if rules.is_outdated(each["purpose"], granted=each["granted"], version=each["version"])
    ]
    if outdated:
        raise ConsentVersionOutdated(
            current=[
                {"purpose": str(purpose), "version": rules.current(purpose).number}
                for purpose in outdated
            ]
        )
