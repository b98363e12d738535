"""What she does: apply, add what was asked for, withdraw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.benefits.reasons import Reason
from backend.borrowers.errors import BorrowerNotFound
from backend.documents import service as documents
from backend.hardship import contents, queries, rules
from backend.hardship.affordability import Statement
from backend.hardship.errors import ApplicationMoveRefused, ApplicationOpen, WordsFull
from backend.hardship.models import HardshipApplication
from backend.hardship.rules import State, Wish
from backend.hardship.service.relief import (
    end_relief,
    lock_borrower,
    lock_hers,
    relieve,
    write,
)
from backend.kit.ids import new_id
from backend.loans import queries as loans

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Application:
    """What she says. What falls due to us we know ourselves."""

    reason: Reason
    statement: Statement
    words: str | None = None
    wishes: Sequence[Wish] = ()
    document_ids: Sequence[UUID] = ()


def apply(
    session: Session, *, borrower_id: UUID, application: Application, today: date, now: datetime
) -> UUID:
    """Take it in; for a sensitive reason first relief begins in the same act, without a document.

    It is first once in a year: another one waits for a person, or for us to be late.
    Refuses: BorrowerNotFound, ApplicationOpen, DocumentUnknown.
    """
    if not lock_borrower(session, borrower_id=borrower_id):
        raise BorrowerNotFound
    application_id = new_id()
    statement = with_own_due(
        session, borrower_id=borrower_id, statement=application.statement, today=today
    )
    made = session.execute(
        upsert(HardshipApplication)
        .values(
            borrower_id=borrower_id,
            id=application_id,
            reason=application.reason,
            state=State.SUBMITTED,
            statement_cipher=contents.seal_statement(statement),
            words_cipher=contents.seal_words(application.words),
            wishes=[str(each) for each in application.wishes],
            submitted_at=now,
            decide_by_on=rules.decide_by(today),
        )
        # One that is open stands in the way, and no other row can.
        .on_conflict_do_nothing()
        .returning(HardshipApplication.id)
    ).first()
    if made is None:
        raise ApplicationOpen
    _hand_in(session, borrower_id, application_id, application.document_ids, now=now)
    if rules.starts_at_once(application.reason) and not queries.had_first_relief(
        session, borrower_id=borrower_id, since_on=today - rules.FIRST_RELIEF_AGAIN
    ):
        row = queries.get_application(
            session, borrower_id=borrower_id, application_id=application_id
        )
        until = rules.first_relief_until(today)
        relieve(session, application=row, until_on=until, today=today, now=now)
    return application_id


def with_own_due(
    session: Session, *, borrower_id: UUID, statement: Statement, today: date
) -> Statement:
    """The statement with what falls due to us in the next 30 days, in its currency."""
    due = loans.sum_due(
        session,
        borrower_id=borrower_id,
        currency=statement.currency,
        after_on=today,
        until_on=today + MONTH,
    )
    return replace(statement, own_due_minor=due)


def add_information(
    session: Session,
    *,
    borrower_id: UUID,
    application_id: UUID,
    words: str | None,
    statement: Statement | None,
    document_ids: Sequence[UUID],
    today: date,
    now: datetime,
) -> None:
    """She adds to an open application; what was asked for goes back under review.

    Her words are kept below those that are there. Refuses: ApplicationUnknown,
    ApplicationMoveRefused, DocumentUnknown, WordsFull.
    """
    row = queries.get_for_update(session, borrower_id=borrower_id, application_id=application_id)
    if row.state not in rules.OPEN:
        raise ApplicationMoveRefused
    _hand_in(session, borrower_id, application_id, document_ids, now=now)
    was = contents.opened(row.words_cipher, context=contents.WORDS)
    said = "\n\n".join(each for each in (was, words) if each)
    if words is not None and len(said) > rules.WORDS_LENGTH_MAX:
        raise WordsFull
    values = {"words_cipher": contents.seal_words(said or None)}
    if statement is not None:
        whole = with_own_due(session, borrower_id=borrower_id, statement=statement, today=today)
        values["statement_cipher"] = contents.seal_statement(whole)
    if row.state == State.INFO_REQUESTED:
        # Our clock begins anew with what we asked for.
        write(session, row, state=State.UNDER_REVIEW, decide_by_on=rules.decide_by(today))
    write(session, row, **values)


def withdraw(
    session: Session, *, borrower_id: UUID, application_id: UUID, today: date, now: datetime
) -> None:
    """She takes it back; relief that came with it ends.

    Refuses: ApplicationUnknown, ApplicationMoveRefused.
    """
    row = lock_hers(session, borrower_id=borrower_id, application_id=application_id)
    if not rules.may_move(State(row.state), State.WITHDRAWN):
        raise ApplicationMoveRefused
    end_relief(session, application=row, today=today, now=now)
    write(session, row, state=State.WITHDRAWN)


def _hand_in(
    session: Session,
    borrower_id: UUID,
    application_id: UUID,
    document_ids: Sequence[UUID],
    *,
    now: datetime,
) -> None:
    documents.use_documents(
        session,
        borrower_id=borrower_id,
        document_ids=document_ids,
        used_for=rules.hold_cause(application_id),
        now=now,
    )
