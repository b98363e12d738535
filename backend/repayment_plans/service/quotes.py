"""Whether a quote may still be agreed on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.plan_quotes import queries as quotes
from backend.plan_quotes.queries import Quote
from backend.repayment_plans.errors import QuoteExpired, QuoteNotGenuine, QuoteStale
from backend.repayment_plans.queries import list_offset


def get_good_quote(session: Session, *, borrower_id: UUID, quote_id: UUID, now: datetime) -> Quote:
    """A quote that may be agreed on as it is; the loan is locked.

    Refuses: NotFound, QuoteNotGenuine, QuoteExpired, QuoteStale.
    """
    quote = get_unchanged(session, borrower_id=borrower_id, quote_id=quote_id, now=now)
    if quotes.is_outlived(session, quote=quote, now=now):
        raise QuoteStale.of(quote.id, loan_id=quote.loan_id, kind=quote.kind)
    return quote


def get_unchanged(session: Session, *, borrower_id: UUID, quote_id: UUID, now: datetime) -> Quote:
    """A quote of ours, in time, reckoned from the loan as it stands, whatever day has passed.

    Refuses: NotFound, QuoteNotGenuine, QuoteExpired, QuoteStale.
    """
    quote = quotes.get_quote(session, borrower_id=borrower_id, quote_id=quote_id)
    if not quotes.is_genuine(quote):
        raise QuoteNotGenuine.of(quote.loan_id)
    if now >= quote.expires_at:
        raise QuoteExpired.of(quote.id, loan_id=quote.loan_id)
    # A penalty that was charged while she waited came to nothing; it does not cost her the offer.
    basis = quotes.find_basis(
        session,
        borrower_id=borrower_id,
        loan_id=quote.loan_id,
        now=now,
        leaving_out=list_offset(
            session, borrower_id=borrower_id, loan_id=quote.loan_id, after=quote.id
        ),
    )
    if basis != quote.basis:
        raise QuoteStale.of(quote.id, loan_id=quote.loan_id, kind=quote.kind)
    return quote
