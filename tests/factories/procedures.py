"""Cases, where they stand, for tests that are not about how they came there."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from backend.events.contacts import Channel
from backend.kit.ids import new_id
from backend.procedures import service
from backend.procedures.rules import Ground, State
from tests.clock import NOW
from tests.factories.contacts import make_writer

DOCUMENT_ID = UUID(int=7)
AFTER = NOW + timedelta(days=15)


def note_forgery(session: Session, borrower_id: UUID, document_id: UUID = DOCUMENT_ID) -> None:
    """A document of hers was found forged."""
    service.note_forgeries(session, found=[(borrower_id, document_id)], now=NOW)


def procedure_of(session: Session, borrower_id: UUID, *, state: str = "notice_sent") -> str:
    """The id of a case about a forged document: new, upheld or carried out."""
    document_id = new_id()
    note_forgery(session, borrower_id, document_id)
    made = service.open_procedure(
        session,
        borrower_id=borrower_id,
        ground=Ground.FORGED_PROOF,
        document_id=document_id,
        notice_channel=Channel.EMAIL,
        reason="Upheld by another person.",
        staff_id=make_writer(session),
        locale="en",
        now=NOW,
    )
    act = {
        "borrower_id": borrower_id,
        "procedure_id": made,
        "reason": "So.",
        "staff_id": make_writer(session),
        "now": AFTER,
    }
    if state in ("upheld", "terminated"):
        service.decide(session, outcome=State.UPHELD, locale="en", **act)
    if state == "terminated":
        service.terminate(session, locale="en", **act)
    return str(made)
