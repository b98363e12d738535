"""What a person does: take an application up, ask, grant or decline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.documents import queries as documents
from backend.hardship import contents, queries, rules
from backend.hardship.errors import ApplicationMoveRefused, CheckerDecides
from backend.hardship.rules import GROUNDS_OF, Ground, State
from backend.hardship.service.relief import end_relief, lock_hers, relieve, write
from backend.kit.db import AnyRow
from backend.kit.problems import FieldError, Invalid


@dataclass(frozen=True)
class Decision:
    """Granted until a day, or declined; with grounds, and words that she reads."""

    outcome: State
    grounds: Sequence[Ground]
    words: str
    relief_until_on: date | None = None


def take_up(session: Session, *, borrower_id: UUID, application_id: UUID) -> None:
    """Somebody works on it now. Refuses: ApplicationUnknown, ApplicationMoveRefused."""
    row = queries.get_for_update(session, borrower_id=borrower_id, application_id=application_id)
    _refuse_move(row, State.UNDER_REVIEW)
    write(session, row, state=State.UNDER_REVIEW)


def ask(
    session: Session,
    *,
    borrower_id: UUID,
    application_id: UUID,
    words: str,
    asked_by: UUID,
    now: datetime,
) -> None:
    """Ask her for something; relief goes on.

    Refuses: ApplicationUnknown, ApplicationMoveRefused.
    """
    row = queries.get_for_update(session, borrower_id=borrower_id, application_id=application_id)
    _refuse_move(row, State.INFO_REQUESTED)
    write(
        session,
        row,
        state=State.INFO_REQUESTED,
        question_cipher=contents.seal_question(words),
        asked_by=asked_by,
        asked_at=now,
    )


def decide(
    session: Session,
    *,
    borrower_id: UUID,
    application_id: UUID,
    decision: Decision,
    decided_by: UUID,
    today: date,
    now: datetime,
) -> None:
    """Grant relief until a day, or decline, which ends first relief.

    Refuses: ApplicationUnknown, ApplicationMoveRefused, CheckerDecides, Invalid (a day or a ground
    that does not fit the outcome).
    """
    _refuse_unfit(decision, today=today)
    row = lock_hers(session, borrower_id=borrower_id, application_id=application_id)
    _refuse_move(row, decision.outcome)
    refuse_checker(session, row, decider=decided_by)
    if decision.outcome is State.GRANTED and decision.relief_until_on is not None:
        relieve(
            session,
            application=row,
            until_on=decision.relief_until_on,
            today=today,
            now=now,
        )
    else:
        end_relief(session, application=row, today=today, now=now)
    write(
        session,
        row,
        state=decision.outcome,
        grounds=[str(each) for each in decision.grounds],
        answer_cipher=contents.seal_answer(decision.words),
        decided_by=decided_by,
        decided_at=now,
    )


def refuse_checker(session: Session, application: AnyRow, *, decider: UUID) -> None:
    """Refuses: CheckerDecides, where she checked a document that was handed in for it."""
    handed_in = documents.list_used_for(
        session,
        borrower_id=application.borrower_id,
        used_for=rules.hold_cause(application.id),
    )
    checkers = documents.list_checkers(
        session, borrower_id=application.borrower_id, document_ids=handed_in
    )
    if not rules.are_apart(decider, checkers):
        raise CheckerDecides


def _refuse_move(row: AnyRow, after: State) -> None:
    if not rules.may_move(State(row.state), after):
        raise ApplicationMoveRefused


def _refuse_unfit(decision: Decision, *, today: date) -> None:
    until, wrong = decision.relief_until_on, []
    if decision.outcome is State.GRANTED:
        if until is None or not rules.is_relief_day(until, today=today):
            detail = f"Must be today or up to {rules.RELIEF_DAYS_MAX} days later."
            wrong.append(FieldError("#/relief_until_on", detail))
    elif until is not None:
        wrong.append(FieldError("#/relief_until_on", "A declined application has none."))
    if not set(decision.grounds) <= GROUNDS_OF[decision.outcome]:
        wrong.append(FieldError("#/grounds", "A ground does not belong to this outcome."))
    if wrong:
        raise Invalid(errors=wrong)
