"""Reads of quotes, for their owner and for whoever decides on what she asks."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from backend.kit.clock import day_in_zone
from backend.kit.problems import NotFound
from backend.loans import queries as loans
from backend.loans.rules import replay
from backend.plan_quotes import signing
from backend.plan_quotes.basis import basis_of
from backend.plan_quotes.models import PlanQuote

LISTED_MAX = 48


@dataclass(frozen=True)
class Quote:
    """A kept quote. Rows and waivers as they are stored: days are texts, YYYY-MM-DD."""

    id: UUID
    borrower_id: UUID
    loan_id: UUID
    loan_external_id: str
    source: str
    kind: str
    terms: dict[str, Any]
    currency: str
    rows: list[dict[str, Any]]
    waivers: list[dict[str, Any]]
    basis: str
    rows_hash: str
    signature: bytes
    first_installment_minor: int
    first_due_on: date | None
    total_cost_minor: int
    versus_now_minor: int
    versus_payoff_minor: int
    ends_on: date | None
    rounding: str
    effects: dict[str, Any]
    quoted_at: datetime
    expires_at: datetime


_COLUMNS = [getattr(PlanQuote, each.name) for each in fields(Quote)]


def get_quote(session: Session, *, borrower_id: UUID, quote_id: UUID) -> Quote:
    """One quote of hers, expired or not. Refuses: NotFound."""
    row = session.execute(
        select(*_COLUMNS).where(PlanQuote.borrower_id == borrower_id, PlanQuote.id == quote_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Quote(**row._mapping)


def list_quotes(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    since: datetime,
    rows_hashes: Collection[str] | None = None,
) -> list[Quote]:
    """Those of a loan that were made since, newest first; of these rows alone, if any are named."""
    wanted = true() if rows_hashes is None else PlanQuote.rows_hash.in_(rows_hashes)
    rows = session.execute(
        select(*_COLUMNS)
        .where(
            PlanQuote.borrower_id == borrower_id,
            PlanQuote.loan_id == loan_id,
            PlanQuote.quoted_at > since,
            wanted,
        )
        .order_by(PlanQuote.quoted_at.desc(), PlanQuote.id.desc())
        .limit(LISTED_MAX)
    )
    return [Quote(**row._mapping) for row in rows]


def is_genuine(quote: Quote) -> bool:
    """Whether we made it exactly so: terms, figures, rows and last day."""
    return signing.is_signed(asdict(quote), quote.signature)


def is_outlived(session: Session, *, quote: Quote, now: datetime) -> bool:
    """Whether a due day passed that it was priced before: its own first, or one that is unpaid.

    What it says would then be late from its first day, or move what was missed out of sight.
    """
    record = loans.find_record(session, borrower_id=quote.borrower_id, loan_id=quote.loan_id)
    if record is None or not quote.rows:
        return False
    today = day_in_zone(now, record.timezone)
    if quote.first_due_on is not None and quote.first_due_on < today:
        return True
    quoted_on = day_in_zone(quote.quoted_at, record.timezone)
    return any(
        line.due_on is not None and quoted_on <= line.due_on < today and line.open_minor > 0
        for line in replay(record.history, as_of=today).lines
    )


def find_basis(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    now: datetime,
    leaving_out: Collection[str] = (),
) -> str:
    """What a quote of the loan would be reckoned from now. Refuses: NotFound.

    A quote of another basis is stale. Whoever books on it locks the loan first, and may leave out
    adjustments that come to nothing.
    """
    record = loans.find_record(session, borrower_id=borrower_id, loan_id=loan_id)
    if record is None:
        raise NotFound
    today = day_in_zone(now, record.timezone)
    return basis_of(record, today=today, leaving_out=leaving_out)
