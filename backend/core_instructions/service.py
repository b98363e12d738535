"""Asking the core system for something, and its word that it has heard."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.core_instructions import queries
from backend.core_instructions.models import CoreInstruction, CoreInstructionLookup
from backend.core_instructions.rules import Kind
from backend.events.core_instructions import CoreInstructionWritten, InstructionAcknowledged
from backend.kit.ids import new_id
from backend.kit.outbox import announce


def instruct(
    session: Session,
    *,
    borrower_id: UUID,
    kind: Kind,
    occasion: str,
    payload: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Ask for something in the caller's transaction; False when the occasion has asked before.

    `payload` is JSON: amounts in minor units beside a currency, loans by the core's own id.
    """
    made = session.execute(
        upsert(CoreInstruction)
        .values(
            borrower_id=borrower_id,
            id=new_id(),
            kind=kind,
            occasion=occasion,
            payload=dict(payload),
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["borrower_id", "occasion"])
        .returning(CoreInstruction.id)
    ).scalar_one_or_none()
    if made is None:
        return False
    session.execute(
        insert(CoreInstructionLookup).values(instruction_id=made, borrower_id=borrower_id)
    )
    announce(session, CoreInstructionWritten(borrower_id, now, instruction_id=made, kind=kind))
    return True


def acknowledge(session: Session, *, instruction_id: UUID, now: datetime) -> datetime:
    """Note once that the core system has it; again changes nothing. Refuses: InstructionUnknown."""
    owner = queries.get_owner(session, instruction_id=instruction_id)
    row = session.execute(
        select(CoreInstruction.__table__)
        .where(CoreInstruction.borrower_id == owner, CoreInstruction.id == instruction_id)
        .with_for_update()
    ).one()
    if row.acknowledged_at is not None:
        return row.acknowledged_at  # type: ignore[no-any-return]
    session.execute(
        update(CoreInstruction)
        .where(CoreInstruction.borrower_id == owner, CoreInstruction.id == instruction_id)
        .values(acknowledged_at=now)
    )
    announce(
        session,
        InstructionAcknowledged(
            owner, now, instruction_id=instruction_id, kind=row.kind, occasion=row.occasion
        ),
    )
    return now
