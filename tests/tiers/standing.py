"""Borrowers placed in their tier, late or not."""

from datetime import timedelta

from sqlalchemy import update

from backend.loans.models import LoanProduct
from backend.tiers import policies
from backend.tiers.models import TierState
from backend.tiers.retier import Occasion, retier
from tests.clock import NOW, TODAY
from tests.factories.profile import make_profile
from tests.factories.raw_loans import add_installments, make_product, make_raw_loan


def standing_for_long(session):
    """Everybody placed so far was placed long ago: what comes now is a change, with grace."""
    session.execute(update(TierState).values(placed_on=TODAY - timedelta(days=100)))


def place(session, *borrower_ids, on=0):
    """Decided on that day, and standing there for long."""
    today = TODAY + timedelta(days=on)
    retier(
        session,
        borrower_ids=borrower_ids,
        loaded=policies.get_live(session),
        occasion=Occasion(today=today, now=NOW + timedelta(days=on), cause="test"),
    )
    standing_for_long(session)


def make_late(session, *days):
    """Placed with one loan, of which an instalment of 10.00 is open for so many days each."""
    borrower_id = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=max(days)))
    if not session.get(LoanProduct, "tested"):
        make_product(session)
    add_late_loan(session, borrower_id, *days)
    place(session, borrower_id)
    return borrower_id


def add_late_loan(session, borrower_id, *days, **values):
    oldest_on = TODAY - timedelta(days=max(days))
    owner = make_raw_loan(
        session, borrower_id=borrower_id, oldest_unpaid_due_on=oldest_on, **values
    )
    open_rows = [(TODAY - timedelta(days=each), None, False) for each in days]
    add_installments(session, owner, open_rows)
