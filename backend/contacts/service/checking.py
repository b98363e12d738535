"""What staff ask before they dial."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.contacts import queries
from backend.contacts.rules import Approach, Judgement, Known, Regime, check, judge
from backend.kit.problems import FieldError, Invalid
from backend.loans.models import Loan


@dataclass(frozen=True)
class Question:
    """A contact of a borrower, or one with all that is known told."""

    borrower_id: UUID | None
    known: Known | None
    regime: Regime | None
    approach: Approach
    at: datetime


def answer(session: Session, *, question: Question) -> Judgement:
    """What the law says, and beside it what the product would postpone.

    Refuses: BorrowerNotFound, Invalid (a debt that is no loan of hers).
    """
    known = question.known or _known(session, question)
    return _both(known, question.approach, question.at)


def answer_each(
    session: Session, *, borrower_id: UUID, approaches: Sequence[Approach], at: datetime
) -> list[tuple[Judgement, datetime | None]]:
    """The same of several ways to reach one borrower at one moment.

    Beside each stands from when on our own rules would have it too; None when no waiting will do.
    Refuses: BorrowerNotFound.
    """
    known = queries.list_known(session, borrower_ids=[borrower_id], since=at, until=at)[borrower_id]
    return [
        (_both(known, approach, at), judge(known, approach, at).allowed_from)
        for approach in approaches
    ]


def _both(known: Known, approach: Approach, at: datetime) -> Judgement:
    by_law = check(known, approach, at)
    by_all = judge(known, approach, at)
    return replace(by_law, rules=by_all.rules)


def _known(session: Session, question: Question) -> Known:
    borrower_id = question.borrower_id
    if borrower_id is None:
        raise AssertionError("neither a borrower nor a case")
    found = queries.list_known(
        session, borrower_ids=[borrower_id], since=question.at, until=question.at
    )[borrower_id]
    debt = question.approach.debt
    if debt is not None and debt not in _list_loans(session, borrower_id):
        raise Invalid(errors=[FieldError("#/debt", "She has no such loan.")])
    return (
        found if question.regime is None else replace(found, regimes=frozenset({question.regime}))
    )


def _list_loans(session: Session, borrower_id: UUID) -> set[str]:
    ids = session.scalars(select(Loan.id).where(Loan.borrower_id == borrower_id))
    return {str(each) for each in ids}
