"""What staff see of the log: entries, proofs and the head, in their language."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.borrowers import service as looking
from backend.borrowers.rules import Viewer
from backend.evidence import checking, queries
from backend.evidence.errors import EntryUnknown
from backend.evidence.rules import name_of
from backend.kit.db import AnyRow
from backend.kit.paging import Page
from backend.kit.texts import Locale

WAITING_MAX = 10_000


def page_entries(
    session: Session,
    *,
    who: Viewer,
    args: dict[str, Any],
    purpose: str | None,
    language: Locale,
    now: datetime,
) -> Page:
    """Entries, newest first; those of a borrower after the look at her is written down.

    Refuses: BorrowerNotFound, PurposeMissing.
    """
    borrower_id = None
    if args["borrower_external_id"] is not None:
        borrower_id = borrowers.get_id(session, external_id=args["borrower_external_id"])
        looking.look(
            session,
            who=who,
            borrower_ids=[borrower_id],
            purpose=purpose,
            what="evidence log",
            now=now,
        )
    found = queries.page_entries(session, args=args, act=args["type"], borrower_id=borrower_id)
    return replace(found, items=[show_entry(row, language) for row in found.items])


def show_entry(row: AnyRow, language: Locale) -> dict[str, Any]:
    """What anybody may know of an entry."""
    return {
        "entry_index": row.entry_index,
        "state": "waiting" if row.entry_index is None else "logged",
        "type": row.type,
        "name": name_of(row.type).in_(language),
        "at": row.at,
        "record_id": row.record_id,
        "commitment": None if row.commitment is None else bytes(row.commitment).hex(),
        "erased_at": row.erased_at,
    }


def get_entry(session: Session, *, index: int, language: Locale) -> dict[str, Any]:
    """One entry with its proof, made anew. Refuses: EntryUnknown."""
    proved = checking.prove_entry(session, index=index)
    row = queries.find_entry(session, index=index)
    if row is None:
        raise EntryUnknown
    return {"entry": show_entry(row, language), "proof": show_proof(proved, language)}


def show_proof(proved: checking.Proved, language: Locale) -> dict[str, Any]:
    """Each step in the reader's words."""
    return {
        "holds": proved.holds,
        "steps": [
            {
                "step": str(finding.step),
                "text": finding.step.text.in_(language),
                "holds": finding.holds,
            }
            for finding in proved.findings
        ],
        "index": proved.index,
        "size": proved.size,
        "root": None if proved.root is None else proved.root.hex(),
        "witnesses": proved.witnesses,
    }


def get_head(session: Session) -> dict[str, Any]:
    """The newest head, and how much waits. Refuses: CheckpointUnknown."""
    head = queries.get_head(session)
    return {
        "size": head.size,
        "root": bytes(head.root).hex(),
        "signed_at": head.signed_at,
        "witnesses": len(queries.list_cosignatures(session, size=head.size)),
        "waiting": queries.count_waiting(session, at_most=WAITING_MAX),
    }
