"""Pricing options and keeping the quotes. Nothing of a loan moves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.evidence import service as evidence
from backend.kit.clock import day_in_zone
from backend.kit.ids import new_id
from backend.kit.money import Rounding
from backend.kit.ports import PastPlans
from backend.kit.problems import NotFound, Reason
from backend.kit.texts import DEFAULT_LOCALE, Locale
from backend.loans import queries as loans
from backend.loans.models import Loan
from backend.loans.queries import LoanRecord
from backend.loans.rules.schedules import DayCount, Method, Recalculation
from backend.plan_quotes import ports, queries, signing, upkeep
from backend.plan_quotes.basis import basis_of
from backend.plan_quotes.effects import effects_of, look_out
from backend.plan_quotes.errors import OptionNotPossible
from backend.plan_quotes.models import PlanQuote
from backend.plan_quotes.queries import Quote
from backend.plan_quotes.rules import (
    BORROWERS_BOUNDS,
    STAFF_BOUNDS,
    Bounds,
    Kind,
    LoanFacts,
    NotPossible,
    Priced,
    ProductTerms,
    Wishes,
    price,
    rows_hash,
)
from backend.plan_quotes.wishes import read_terms
from backend.plan_quotes.wording import reason_in, way_in
from backend.tiers import queries as tiers

VALID_FOR = timedelta(days=14)
BORROWER = "borrower"
SAME_FOR = timedelta(days=1)  # within which an equal question has the same quotes


@dataclass(frozen=True)
class Option:
    """One kind: its quote, or why there is none."""

    kind: Kind
    quote: Quote | None
    refusal: NotPossible | None


@dataclass(frozen=True)
class Offer:
    """All that was asked for, with the loan's currency and the last moment of its quotes."""

    currency: str
    options: list[Option]
    expires_at: datetime


def quote_options(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    wishes: Wishes,
    kinds: Sequence[Kind] | None = None,
    now: datetime,
) -> Offer:
    """Price these kinds, all when none are named, and keep a quote of each that may be.

    Asked again within a day, an option that is the same keeps its quote.
    Refuses: NotFound, TooManyQuotes.
    """
    record, facts = gather(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    tried = [
        (kind, attempt(kind, facts, wishes, BORROWERS_BOUNDS))
        for kind in (dict.fromkeys(kinds) if kinds else Kind)
    ]
    priced = [(kind, found) for kind, found in tried if isinstance(found, Priced)]
    kept = _keep(session, record, facts, priced, source=BORROWER, now=now)
    by_kind = {Kind(quote.kind): quote for quote in kept}
    return Offer(
        currency=record.currency,
        options=[
            Option(kind, by_kind.get(kind), found if isinstance(found, NotPossible) else None)
            for kind, found in tried
        ],
        expires_at=min((quote.expires_at for quote in kept), default=now + VALID_FOR),
    )


def quote_counter_offer(
    session: Session,
    *,
    borrower_id: UUID,
    loan_id: UUID,
    kind: Kind,
    terms: dict[str, Any],
    now: datetime,
    locale: Locale = DEFAULT_LOCALE,
) -> Quote:
    """One option with parameters that staff chose, within wider bounds; an open plan is no bar.

    `terms` are as in a quote of the kind. Refuses: NotFound, Invalid (unknown or unreadable
    terms), OptionNotPossible.
    """
    wishes = read_terms(kind, terms)
    record, facts = gather(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    facts = replace(facts, past=replace(facts.past, has_open=False))
    found = attempt(kind, facts, wishes, STAFF_BOUNDS)
    if isinstance(found, NotPossible):
        raise _refusal(found, currency=record.currency, locale=locale)
    [quote] = _keep(session, record, facts, [(kind, found)], source="staff", now=now)
    return quote


def _refusal(found: NotPossible, *, currency: str, locale: Locale) -> OptionNotPossible:
    reason = reason_in(found.code, found.value, currency=currency, locale=locale)
    return OptionNotPossible(
        reasons=[Reason(reason["code"], reason["text"])],
        would_change=[
            way_in(code, value, currency=currency, locale=locale) for code, value in found.ways
        ],
    )


def attempt(kind: Kind, facts: LoanFacts, wishes: Wishes, bounds: Bounds) -> Priced | NotPossible:
    """The option in figures, or why there is none."""
    try:
        return price(kind, facts, wishes, bounds)
    except NotPossible as refusal:
        return refusal


def gather(
    session: Session, *, borrower_id: UUID, loan_id: UUID, now: datetime
) -> tuple[LoanRecord, LoanFacts]:
    """The loan, held until the end of the transaction, and what options are priced from."""
    # Locked, so that what is priced is what the basis says, and two quotes count one another.
    session.execute(
        select(Loan.id)
        .where(Loan.borrower_id == borrower_id, Loan.id == loan_id)
        .with_for_update(key_share=True)
    )
    record = loans.find_record(session, borrower_id=borrower_id, loan_id=loan_id)
    if record is None:
        raise NotFound
    asked = ports.plans_so_far()
    past = PastPlans()
    if asked is not None:
        past = asked(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    tier = tiers.find_state(session, borrower_id=borrower_id)
    return record, LoanFacts(
        history=record.history,
        status=record.status,
        annual_rate=None if record.annual_rate is None else Fraction(record.annual_rate),
        opened_on=record.opened_on,
        product=_product(session, record.product_code),
        today=day_in_zone(now, record.timezone),
        dpd_source=record.dpd_source,
        tier=None if tier is None else tier.tier,
        past=past,
    )


def _product(session: Session, code: str) -> ProductTerms:
    row = loans.get_product(session, code=code)
    return ProductTerms(
        method=Method(row.method),
        day_count=DayCount(row.day_count),
        rounding=Rounding(row.rounding),
        installment_multiple_minor=row.installment_multiple_minor,
        recalculation=Recalculation(row.recalculate_interest),
        plan_rate=None if row.plan_rate is None else Fraction(row.plan_rate),
    )


def _keep(
    session: Session,
    record: LoanRecord,
    facts: LoanFacts,
    priced: Sequence[tuple[Kind, Priced]],
    *,
    source: str,
    now: datetime,
) -> list[Quote]:
    if not priced:
        return []
    borrower_id, loan_id = record.key
    outlook = look_out(session, borrower_id=borrower_id, record=record, facts=facts, now=now)
    effects = effects_of(session, outlook, priced)
    basis = basis_of(record, today=facts.today)
    shared = {
        "borrower_id": borrower_id,
        "loan_id": loan_id,
        "loan_external_id": record.external_id,
        "source": source,
        "currency": record.currency,
        "basis": basis,
        "rounding": str(facts.product.rounding),
        "quoted_at": now,
        "expires_at": now + VALID_FOR,
    }
    fresh = [
        shared | content_of(record, kind, option) | {"effects": effect}
        for (kind, option), effect in zip(priced, effects, strict=True)
    ]
    made = queries.list_quotes(
        session,
        borrower_id=borrower_id,
        loan_id=loan_id,
        since=now - SAME_FOR,
        rows_hashes=[str(values["rows_hash"]) for values in fresh],
    )
    quotes, new = [], []
    for values in fresh:
        same = next((quote for quote in made if _is_same(quote, values)), None)
        if same is None:
            same = _sign(values)
            new.append(same)
        quotes.append(same)
    if new:
        if source == BORROWER:
            upkeep.refuse_beyond(
                session, borrower_id=borrower_id, loan_id=loan_id, more=len(new), now=now
            )
        session.execute(insert(PlanQuote), [dict(vars(quote)) for quote in new])
        evidence.record_many(session, entries=[_logged(quote) for quote in new], now=now)
        upkeep.forget_beyond(session, borrower_id=borrower_id, loan_id=loan_id, now=now)
    return quotes


def _logged(quote: Quote) -> evidence.Entry:
    record = {
        "quote_id": quote.id,
        "loan_external_id": quote.loan_external_id,
        "kind": quote.kind,
        "terms": quote.terms,
        "rows_hash": quote.rows_hash,
        "currency": quote.currency,
        "total_cost_minor": quote.total_cost_minor,
        "expires_at": quote.expires_at,
    }
    return evidence.Entry(evidence.Act.PLAN_QUOTED, quote.borrower_id, record)


def content_of(record: LoanRecord, kind: Kind, priced: Priced) -> dict[str, Any]:
    """What a quote says of an option."""
    rows = [
        {
            "number": row.number,
            "due_on": row.due_on.isoformat(),
            "principal_minor": row.principal_minor,
            "interest_minor": row.interest_minor,
            "fee_minor": row.fee_minor,
            "penalty_minor": row.penalty_minor,
        }
        for row in priced.laid.rows
    ]
    waivers = [waiver.as_json() for waiver in priced.laid.waivers]
    return {
        "kind": str(kind),
        "terms": priced.laid.terms,
        "rows": rows,
        "waivers": waivers,
        "rows_hash": rows_hash(
            loan_external_id=record.external_id,
            currency=record.currency,
            rows=rows,
            waivers=waivers,
        ),
        "first_installment_minor": priced.first_installment_minor,
        "first_due_on": priced.first_due_on,
        "total_cost_minor": priced.total_cost_minor,
        "versus_now_minor": priced.versus_now_minor,
        "versus_payoff_minor": priced.versus_payoff_minor,
        "ends_on": priced.ends_on,
    }


def _is_same(quote: Quote, values: dict[str, Any]) -> bool:
    """Whether a quote of today says all of this already; when it was made aside."""
    made = vars(quote)
    return all(
        made[name] == value
        for name, value in values.items()
        if name not in {"quoted_at", "expires_at"}
    )


def _sign(values: dict[str, Any]) -> Quote:
    whole = values | {"id": new_id()}
    return Quote(**whole, signature=signing.sign(whole))
