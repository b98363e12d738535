"""Quotes of a loan."""

from uuid import UUID

from sqlalchemy.orm import Session

from backend.plan_quotes import service
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.rules import Kind, Wishes
from tests.clock import NOW


def make_quote(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    kind: Kind = Kind.LONGER_TERM,
    wishes: Wishes | None = None,
) -> Quote:
    offer = service.quote_options(
        session,
        borrower_id=borrower_id,
        loan_id=loan_id,
        wishes=wishes or Wishes(),
        kinds=[kind],
        now=NOW,
    )
    [option] = offer.options
    assert option.quote is not None, option.refusal
    return option.quote


def quote_of(session: Session, borrower_id: UUID, loan_id: UUID | str) -> str:
    """The id of a quote of hers."""
    made = make_quote(session, borrower_id=borrower_id, loan_id=UUID(str(loan_id)))
    return str(made.id)
