"""Reads of instructions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.borrowers.models import Borrower
from backend.core_instructions.errors import InstructionUnknown
from backend.core_instructions.models import CoreInstruction, CoreInstructionLookup
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page


def page_for_core(
    session: Session, *, since: datetime | None, is_open: bool, args: Mapping[str, Any]
) -> Page:
    """Instructions, the oldest first; with `is_open` those alone that nobody has acknowledged."""
    query = select(
        CoreInstruction.id,
        Borrower.external_id.label("borrower_external_id"),
        CoreInstruction.kind,
        CoreInstruction.payload,
        CoreInstruction.created_at,
        CoreInstruction.acknowledged_at,
    ).join(Borrower, Borrower.id == CoreInstruction.borrower_id)
    if since is not None:
        query = query.where(CoreInstruction.created_at >= since)
    if is_open:
        # In the words of the index of open ones, so that any plan may use it.
        query = query.where(text("core_instruction.acknowledged_at IS NULL"))
    return page(session, query, keys=(CoreInstruction.created_at, CoreInstruction.id), args=args)


def list_by_occasion(session: Session, *, borrower_id: UUID, prefix: str) -> list[AnyRow]:
    """What she was the occasion of, by how the occasion begins, the oldest first."""
    return list(
        session.execute(
            select(CoreInstruction.id, CoreInstruction.kind, CoreInstruction.acknowledged_at)
            .where(
                CoreInstruction.borrower_id == borrower_id,
                CoreInstruction.occasion.startswith(prefix, autoescape=True),
            )
            .order_by(CoreInstruction.created_at, CoreInstruction.id)
        )
    )


def get_owner(session: Session, *, instruction_id: UUID) -> UUID:
    """Whose instruction it is. Refuses: InstructionUnknown."""
    owner = session.execute(
        select(CoreInstructionLookup.borrower_id).where(
            CoreInstructionLookup.instruction_id == instruction_id
        )
    ).scalar_one_or_none()
    if owner is None:
        raise InstructionUnknown
    return owner
