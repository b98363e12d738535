"""A case is opened by a person, on proof, and gives notice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.contacts import service as contacts
from backend.contacts.rules import EntryKind, Outcome
from backend.events.contacts import Channel
from backend.kit.clock import day_in_zone
from backend.kit.ids import new_id
from backend.kit.problems import Reason
from backend.kit.texts import Locale
from backend.procedures import queries
from backend.procedures.errors import ForgeryNotUpheld, ProcedureOpen, SilenceNotProven
from backend.procedures.models import Procedure, ProcedureOccasion
from backend.procedures.rules import Failed, Ground, State, bars_of, reply_until
from backend.procedures.service.moves import lock_borrower, note_step
from backend.procedures.texts import BARS


def note_forgeries(session: Session, *, found: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    """Keep (borrower, document) as occasions for a person; nothing is opened by itself."""
    session.execute(
        upsert(ProcedureOccasion)
        .values(
            [
                {"borrower_id": borrower_id, "document_id": document_id, "noted_at": now}
                for borrower_id, document_id in sorted(set(found))
            ]
        )
        .on_conflict_do_nothing()
    )


def open_procedure(
    session: Session,
    *,
    borrower_id: UUID,
    ground: Ground,
    document_id: UUID | None,
    notice_channel: Channel,
    reason: str,
    staff_id: UUID,
    locale: Locale,
    now: datetime,
) -> UUID:
    """Open a case and give notice; her two weeks begin.

    Refuses: BorrowerNotFound, ProcedureOpen, SilenceNotProven, ForgeryNotUpheld.
    """
    is_silence = ground is Ground.SILENCE
    zone = lock_borrower(session, borrower_id=borrower_id, with_payments=is_silence)
    if is_silence:
        proof = _prove_silence(session, borrower_id=borrower_id, zone=zone, locale=locale, now=now)
    else:
        _prove_forgery(session, borrower_id=borrower_id, document_id=document_id)
        proof = {}
    opened_on = day_in_zone(now, zone)
    made = session.execute(
        upsert(Procedure)
        .values(
            borrower_id=borrower_id,
            id=new_id(),
            ground=ground,
            state=State.NOTICE_SENT,
            document_id=None if is_silence else document_id,
            proof=proof,
            notice_channel=notice_channel,
            opened_by=staff_id,
            opened_at=now,
            opened_on=opened_on,
            reply_until_on=reply_until(opened_on),
        )
        .on_conflict_do_nothing()
        .returning(Procedure.id, Procedure.borrower_id, Procedure.ground)
    ).first()
    if made is None:
        raise ProcedureOpen
    note_step(session, made, state=State.NOTICE_SENT, reason=reason, staff_id=staff_id, now=now)
    contacts.log_contact(
        session,
        borrower_id=borrower_id,
        contact=contacts.Contact(
            at=now, channel=notice_channel, kind=EntryKind.NOTICE, outcome=Outcome.SENT
        ),
        staff_id=staff_id,
        now=now,
    )
    procedure_id: UUID = made.id
    return procedure_id


def _prove_silence(
    session: Session, *, borrower_id: UUID, zone: str, locale: Locale, now: datetime
) -> dict[str, Any]:
    today = day_in_zone(now, zone)
    silence = queries.get_silence(session, borrower_id=borrower_id, zone=zone, now=now)
    holds = queries.count_requests(
        session, borrower_id=borrower_id, since=silence.first_at or now, today=today
    )
    days_late = queries.get_days_late(session, borrower_id=borrower_id, today=today)
    failed = bars_of(silence, days_late=days_late, holds=holds)
    if failed or silence.first_at is None:
        raise SilenceNotProven(reasons=[_reason(each, locale) for each in failed])
    return {
        "attempts": silence.attempts,
        "channels": silence.channels,
        "days": silence.days,
        "first_at": silence.first_at.isoformat(),
        "days_late": days_late,
    }


def _reason(failed: Failed, locale: Locale) -> Reason:
    words = BARS[failed.bar].format(value=failed.value, needed=failed.needed)
    return Reason(code=failed.bar, text=words.in_(locale))


def _prove_forgery(session: Session, *, borrower_id: UUID, document_id: UUID | None) -> None:
    found = session.execute(
        select(ProcedureOccasion.document_id).where(
            ProcedureOccasion.borrower_id == borrower_id,
            ProcedureOccasion.document_id == document_id,
        )
    ).first()
    used = session.execute(
        select(Procedure.id).where(
            Procedure.borrower_id == borrower_id, Procedure.document_id == document_id
        )
    ).first()
    if found is None or used is not None:
        raise ForgeryNotUpheld
