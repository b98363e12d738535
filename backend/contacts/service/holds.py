"""Holds begun, prolonged, released."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Date, case, cast, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.borrowers.models import Borrower
from backend.contacts.models import ContactHold
from backend.contacts.rules import PROTECTIVE, PROTECTIVE_DAYS_MAX
from backend.kit.clock import day_in_zone


def hold(session: Session, *, borrower_id: UUID, cause: str, until_on: date, now: datetime) -> None:
    """Leave her in peace up to and including a day; a second time may prolong, never shorten.

    `cause` names the act and its id ("plan-request:..."), so that each is released by itself.
    What was over begins anew.
    """
    statement = upsert(ContactHold).values(
        borrower_id=borrower_id, cause=cause, until_on=until_on, created_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["borrower_id", "cause"],
            set_={
                "until_on": func.greatest(ContactHold.until_on, statement.excluded.until_on),
                "created_at": case(
                    (ContactHold.until_on < _over(statement.excluded.created_at), now),
                    else_=ContactHold.created_at,
                ),
            },
        )
    )


def hold_protectively(
    session: Session, *, borrower_id: UUID, until: datetime, said_at: datetime, now: datetime
) -> None:
    """Leave her in peace until then, at most 14 days of hers, that of the word included.

    What is kept says nothing of the cause. Who is not there any more is left alone.
    """
    zone = session.execute(
        select(Borrower.timezone).where(Borrower.id == borrower_id)
    ).scalar_one_or_none()
    if zone is None or until <= now:
        return
    # Up to the instant, not including it: at midnight its day is not begun.
    last_on = day_in_zone(until - timedelta(microseconds=1), zone)
    most = day_in_zone(said_at, zone) + timedelta(days=PROTECTIVE_DAYS_MAX - 1)
    until_on = min(last_on, most)
    hold(session, borrower_id=borrower_id, cause=PROTECTIVE, until_on=until_on, now=now)


def release(session: Session, *, borrower_id: UUID, cause: str) -> None:
    """The cause is over before its day. That there was one stays known: it was a sign of life."""
    session.execute(
        update(ContactHold)
        .where(ContactHold.borrower_id == borrower_id, ContactHold.cause == cause)
        .values(until_on=func.least(ContactHold.until_on, _over(ContactHold.created_at) - 1))
    )


def _over(at: ColumnElement[datetime] | InstrumentedAttribute[datetime]) -> ColumnElement[date]:
    # The day before, as UTC has it: what lasted until earlier is over at that time in every zone.
    return cast(func.timezone("UTC", at), Date) - 1
