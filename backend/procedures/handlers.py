"""What procedures hear: a contact in which she was there, and documents found forged."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from backend.events.contacts import ContactLogged
from backend.events.documents import ForgeryUpheld
from backend.kit.outbox import Recorded
from backend.kit.wiring import Handler
from backend.procedures import service


def _on_sign(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(ContactLogged, each.event) for each in recorded]
    about = {each.borrower_id for each in events if each.borrower_id and each.is_answer}
    if about:
        service.end_silences(session, borrower_ids=sorted(about), now=now)


def _on_forgery(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    events = [cast(ForgeryUpheld, each.event) for each in recorded]
    found = [(each.borrower_id, each.document_id) for each in events if each.borrower_id]
    service.note_forgeries(session, found=found, now=now)


HANDLERS = (
    Handler(name="procedures.sign", hears=(ContactLogged,), run=_on_sign),
    Handler(name="procedures.forgery", hears=(ForgeryUpheld,), run=_on_forgery),
)
