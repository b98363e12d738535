"""Reads of procedures, and of what proves or ends silence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    any_,
    case,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from backend.borrowers import queries as borrowers
from backend.borrowers.rules import Viewer
from backend.contacts import queries as contacts
from backend.contacts.rules import WINDOW_DAYS, Silence, find_silence
from backend.kit import crypto
from backend.kit.clock import day_in_zone
from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.loans.models import Loan, Payment
from backend.procedures.asked import count_asked
from backend.procedures.errors import HandOverMissing, ProcedureUnknown
from backend.procedures.models import (
    IS_OPEN,
    Procedure,
    ProcedureHandOver,
    ProcedureReply,
    ProcedureStep,
)
from backend.procedures.rules import REPLIES_MAX, Sign

REASON = "procedure_step.reason"
REPLY = "procedure_reply.text"
FILE = "procedure_hand_over.file"
STEPS_MAX = 100
SHOWN_MAX = 50


def paid_by_on() -> ColumnElement[date]:
    """The last day on which a payment may have come: of one known by its month, the month's."""
    month = func.date_trunc("month", cast(Payment.received_on, DateTime))
    end = cast(month + text("interval '1 month - 1 day'"), Date)
    return case((Payment.date_precision == "month", end), else_=Payment.received_on)


def find_last_paid_on(session: Session, *, borrower_id: UUID) -> date | None:
    """The last day on which she may have paid anything that was not taken back."""
    return session.execute(
        select(func.max(paid_by_on())).where(
            Payment.borrower_id == borrower_id, Payment.reversed_on.is_(None)
        )
    ).scalar_one()


def get_silence(session: Session, *, borrower_id: UUID, zone: str, now: datetime) -> Silence:
    """What the ledger proves today."""
    since = now - timedelta(days=WINDOW_DAYS)
    return find_silence(
        contacts.list_lines(session, borrower_id=borrower_id, zone=zone, since=since),
        last_paid_on=find_last_paid_on(session, borrower_id=borrower_id),
        today=day_in_zone(now, zone),
    )


def get_days_late(session: Session, *, borrower_id: UUID, today: date) -> int:
    """Days past due of her latest open loan, from the loans themselves."""
    computed = func.coalesce(literal(today) - Loan.oldest_unpaid_due_on, 0)
    days = case((Loan.dpd_source == "computed", computed), else_=Loan.reported_dpd)
    found = session.execute(
        select(func.max(days)).where(Loan.borrower_id == borrower_id, Loan.status != "closed")
    ).scalar_one()
    return int(found or 0)


def find_sign(
    session: Session, *, borrower_id: UUID, first_at: datetime, zone: str, now: datetime
) -> Sign | None:
    """What she did since the first attempt that a case of silence rests on."""
    today = day_in_zone(now, zone)
    lines = contacts.list_lines(session, borrower_id=borrower_id, zone=zone, since=first_at)
    if any(line.is_answer and line.at >= first_at for line in lines):
        return Sign.ANSWER
    paid_on = find_last_paid_on(session, borrower_id=borrower_id)
    if paid_on is not None and paid_on >= day_in_zone(first_at, zone):
        return Sign.PAYMENT
    if count_requests(session, borrower_id=borrower_id, since=first_at, today=today):
        return Sign.REQUEST
    return None


def count_requests(session: Session, *, borrower_id: UUID, since: datetime, today: date) -> int:
    """What she asked for since then, or what keeps her in peace today: whichever is more."""
    holds = contacts.count_holds_since(session, borrower_id=borrower_id, since=since, today=today)
    return max(holds, count_asked(session, borrower_id=borrower_id, since=since))


def get_procedure(
    session: Session, *, borrower_id: UUID, procedure_id: UUID, is_locked: bool = False
) -> AnyRow:
    """A case of hers. Refuses: ProcedureUnknown."""
    query = select(Procedure.__table__).where(
        Procedure.borrower_id == borrower_id, Procedure.id == procedure_id
    )
    row = session.execute(query.with_for_update() if is_locked else query).first()
    if row is None:
        raise ProcedureUnknown
    return row


def page_procedures(
    session: Session, *, who: Viewer, state: str | None, args: Mapping[str, Any]
) -> Page:
    """Cases of borrowers whom she may see, the oldest first: in one state, or those still open."""
    query = select(Procedure.__table__).where(borrowers.visible_to(who, Procedure.borrower_id))
    # In the words of the index of open ones, so that any plan may use it.
    wanted = text(f"procedure.{IS_OPEN}") if state is None else Procedure.state == state
    query = query.where(wanted)
    found = page(session, query, keys=(Procedure.opened_at, Procedure.id), args=args)
    return replace(found, items=[as_shown(row) for row in found.items])


def as_shown(row: AnyRow) -> dict[str, Any]:
    """A case for staff, without its steps."""
    return dict(row._mapping)


def get_shown(session: Session, *, borrower_id: UUID, procedure_id: UUID) -> dict[str, Any]:
    """A case for staff, with its steps and her replies opened. Refuses: ProcedureUnknown."""
    row = get_procedure(session, borrower_id=borrower_id, procedure_id=procedure_id)
    ids = [procedure_id]
    steps = [
        {**step._mapping, "reason": crypto.decrypt(step.reason_cipher, context=REASON)}
        for step in list_steps(session, borrower_id=borrower_id, procedure_ids=ids)
    ]
    replies = list_replies(session, borrower_id=borrower_id, procedure_ids=ids)
    return {**row._mapping, "steps": steps, "replies": replies}


def list_own(session: Session, *, borrower_id: UUID) -> list[dict[str, Any]]:
    """Her cases, newest first, each with her replies."""
    rows = session.execute(
        select(Procedure.__table__)
        .where(Procedure.borrower_id == borrower_id)
        .order_by(Procedure.id.desc())
        .limit(SHOWN_MAX)
    ).all()
    if not rows:
        return []
    replies = list_replies(session, borrower_id=borrower_id, procedure_ids=[row.id for row in rows])
    return [
        {**row._mapping, "replies": [r for r in replies if r["procedure_id"] == row.id]}
        for row in rows
    ]


def list_steps(
    session: Session, *, borrower_id: UUID, procedure_ids: Sequence[UUID]
) -> Sequence[AnyRow]:
    """Every move of these cases, in order."""
    return session.execute(
        select(ProcedureStep.__table__)
        .where(
            ProcedureStep.borrower_id == borrower_id,
            ProcedureStep.procedure_id == any_(literal(list(procedure_ids), ARRAY(Uuid))),
        )
        .order_by(ProcedureStep.procedure_id, ProcedureStep.number)
        .limit(STEPS_MAX)
    ).all()


def list_replies(
    session: Session, *, borrower_id: UUID, procedure_ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """What she answered in these cases, opened, in order."""
    rows = session.execute(
        select(ProcedureReply.__table__)
        .where(
            ProcedureReply.borrower_id == borrower_id,
            ProcedureReply.procedure_id == any_(literal(list(procedure_ids), ARRAY(Uuid))),
        )
        .order_by(ProcedureReply.procedure_id, ProcedureReply.number)
        .limit(SHOWN_MAX * REPLIES_MAX)
    ).all()
    return [
        {**row._mapping, "text": crypto.decrypt(row.text_cipher, context=REPLY)} for row in rows
    ]


def get_hand_over(session: Session, *, borrower_id: UUID, procedure_id: UUID) -> tuple[str, str]:
    """The file as text and its hash in hex. Refuses: ProcedureUnknown, HandOverMissing."""
    get_procedure(session, borrower_id=borrower_id, procedure_id=procedure_id)
    row = session.execute(
        select(ProcedureHandOver.file_cipher, ProcedureHandOver.sha256).where(
            ProcedureHandOver.borrower_id == borrower_id,
            ProcedureHandOver.procedure_id == procedure_id,
        )
    ).first()
    if row is None:
        raise HandOverMissing
    return crypto.decrypt(row.file_cipher, context=FILE), row.sha256.hex()
