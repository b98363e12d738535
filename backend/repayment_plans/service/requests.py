"""Asking for a quoted plan: within the limits it is offered at once, a person sees the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.documents import queries as documents
from backend.documents import service as document_service
from backend.kit import crypto
from backend.kit.ids import new_id
from backend.kit.texts import Text
from backend.kit.workdays import add_working_days
from backend.loans import queries as loan_reads
from backend.loans import service as loans
from backend.loans.queries import Conduct, LoanKey
from backend.plan_quotes import queries as quotes
from backend.plan_quotes.queries import Quote
from backend.profile import queries as profile
from backend.repayment_plans import queries
from backend.repayment_plans.errors import PlanAlreadyOpen
from backend.repayment_plans.models import PlanRequest, PlanRequestLookup
from backend.repayment_plans.policy import Policy, get_live
from backend.repayment_plans.queries import MESSAGE, YEAR
from backend.repayment_plans.rules import (
    SLA_WORKING_DAYS,
    Actor,
    Case,
    PlanRow,
    Reason,
    State,
    find_extension_percent,
    judge,
    needs_document,
)
from backend.repayment_plans.service import freezes
from backend.repayment_plans.service.cases import Held, her_day, move, record
from backend.repayment_plans.service.quotes import get_good_quote
from backend.tiers import queries as tier_reads
from backend.tiers import service as tiers

RANK_UNKNOWN = 100  # behind everybody whose tier is known
FIRST_VERSION = 1


@dataclass(frozen=True)
class Asked:
    """What she says beside the quote."""

    reason: Reason
    message: str | None = None
    document_ids: Sequence[UUID] = ()


def request_plan(
    session: Session, *, borrower_id: UUID, quote_id: UUID, asked: Asked, now: datetime
) -> UUID:
    """Ask for a quoted plan; she is left in peace from this moment on.

    Refuses: NotFound, QuoteNotGenuine, QuoteExpired, QuoteStale, PlanAlreadyOpen,
    DocumentUnknown, DocumentMoveRefused.
    """
    tiers.lock(session, borrower_id=borrower_id)
    known = quotes.get_quote(session, borrower_id=borrower_id, quote_id=quote_id)
    loans.lock_keys(session, keys=[LoanKey(borrower_id, known.loan_id)])
    refuse_second(session, borrower_id=borrower_id, loan_id=known.loan_id)
    quote = get_good_quote(session, borrower_id=borrower_id, quote_id=quote_id, now=now)
    policy = get_live(session)
    today = her_day(session, borrower_id=borrower_id, now=now)
    case = _gather(session, quote, asked, today=today)
    facts = {**profile.get_facts(session, borrower_id=borrower_id, now=now), **case.facts()}
    beyond = policy.reasons_beyond(quote.kind, facts)
    held = _store(session, quote, asked, policy=policy, beyond=beyond, today=today, now=now)
    _sort(session, held, quote, policy=policy, is_within=not beyond)
    return held.id


def refuse_second(session: Session, *, borrower_id: UUID, loan_id: UUID) -> None:
    """At most one open request for a loan; the loan is locked. Refuses: PlanAlreadyOpen."""
    open_one = queries.find_open(session, borrower_id=borrower_id, loan_id=loan_id)
    if open_one is not None:
        raise PlanAlreadyOpen.beside(open_one.id, state=open_one.state)


def sla_day(session: Session, *, today: date) -> date:
    """By when a person answers."""
    holidays = get_live(session).holidays
    return add_working_days(today, SLA_WORKING_DAYS, holidays=holidays)


def offer_day(session: Session, quote: Quote, *, borrower_id: UUID) -> date:
    """The last whole day on which she may accept, in her zone."""
    return her_day(session, borrower_id=borrower_id, now=quote.expires_at)


def _sort(session: Session, held: Held, quote: Quote, *, policy: Policy, is_within: bool) -> None:
    if is_within:
        due_on = offer_day(session, quote, borrower_id=held.borrower_id)
        to, cause = State.OFFERED, f"policy:{policy.version}"
    else:
        due_on, to, cause = held.row.due_on, State.UNDER_REVIEW, "beyond_limits"
    move(session, held, to=to, by=Actor.CLOCK, cause=cause, due_on=due_on)


def _gather(session: Session, quote: Quote, asked: Asked, *, today: date) -> Case:
    borrower_id, loan_id = quote.borrower_id, quote.loan_id
    record_now = loan_reads.find_record(session, borrower_id=borrower_id, loan_id=loan_id)
    then_due = [date.fromisoformat(row["due_on"]) for row in quote.rows if _has_amount(row)]
    now_due = [
        row.due_on
        for row in (record_now.history.installments if record_now else ())
        if row.principal_minor + row.interest_minor + row.fee_minor
    ]
    agreed = queries.count_agreed(session, borrower_id=borrower_id)
    moves = queries.count_agreed(
        session,
        borrower_id=borrower_id,
        loan_id=loan_id,
        kind="move_due_day",
        since=today - YEAR,
    )
    on_loan = queries.count_agreed(session, borrower_id=borrower_id, loan_id=loan_id)
    is_longer = quote.kind == "longer_term"
    return Case(
        due_day_moves_12m=moves,
        extension_percent=find_extension_percent(now_due, then_due, today=today)
        if is_longer
        else 0,
        waived_periods=len(quote.waivers),
        is_first_negotiation=on_loan == 0,
        documents_settled=not needs_document(asked.reason, is_first_relief=agreed == 0)
        or _are_verified(session, borrower_id, asked.document_ids, today=today),
    )


def _are_verified(
    session: Session, borrower_id: UUID, document_ids: Sequence[UUID], *, today: date
) -> bool:
    return bool(document_ids) and all(
        documents.is_verified(session, borrower_id=borrower_id, document_id=each, today=today)
        for each in document_ids
    )


def hand_in(session: Session, held: Held, *, document_ids: Sequence[UUID]) -> None:
    """From now on these documents of hers stay, for this request. Refuses: DocumentUnknown."""
    document_service.use_documents(
        session,
        borrower_id=held.borrower_id,
        document_ids=document_ids,
        used_for=f"plan:{held.id}",
        now=held.now,
    )


def _has_amount(row: dict[str, Any]) -> bool:
    return bool(row["principal_minor"] + row["interest_minor"] + row["fee_minor"])


def _store(
    session: Session,
    quote: Quote,
    asked: Asked,
    *,
    policy: Policy,
    beyond: Sequence[Text],
    today: date,
    now: datetime,
) -> Held:
    tier = tier_reads.find_state(session, borrower_id=quote.borrower_id)
    message = asked.message
    row = session.execute(
        insert(PlanRequest)
        .values(
            borrower_id=quote.borrower_id,
            id=new_id(),
            loan_id=quote.loan_id,
            quote_id=quote.id,
            kind=quote.kind,
            state=State.SUBMITTED,
            reason=asked.reason,
            message_cipher=crypto.encrypt(message, context=MESSAGE) if message else None,
            document_ids=list(asked.document_ids),
            asked_before_miss=_asks_before_miss(session, quote, today=today),
            review_reasons=[text.as_json() for text in beyond],
            policy_version=policy.version,
            tier_rank=RANK_UNKNOWN if tier is None else tier.rank,
            version=FIRST_VERSION,
            requested_at=now,
            changed_at=now,
            due_on=add_working_days(today, SLA_WORKING_DAYS, holidays=policy.holidays),
        )
        .returning(*PlanRequest.__table__.c)
    ).one()
    session.execute(
        insert(PlanRequestLookup).values(request_id=row.id, borrower_id=row.borrower_id)
    )
    held = Held(row, today, now)
    hand_in(session, held, document_ids=asked.document_ids)
    record(session, held, from_state=None, by=Actor.BORROWER, cause="requested")
    freezes.follow(session, row, from_state=None, today=today, now=now)
    return held


def _asks_before_miss(session: Session, quote: Quote, *, today: date) -> bool:
    key = LoanKey(quote.borrower_id, quote.loan_id)
    conduct = next(loan_reads.list_conduct(session, keys=[key]), None)
    return conduct is not None and not missed_of(conduct, today=today)


def missed_of(conduct: Conduct, *, today: date) -> tuple[int, ...]:
    """What of a loan was due and is not paid; 0 stands for lateness that is reported."""
    if conduct.reports:
        return (0,) if conduct.reports[-1].days_past_due else ()
    return judge(
        rows_of(conduct), agreed_on=date.min, today=today, grace_days=conduct.grace_days
    ).missed


def rows_of(conduct: Conduct) -> list[PlanRow]:
    """The loan's instalments as keeping a plan is judged by them."""
    return [PlanRow(line.number, line.due_on, line.paid_on) for line in conduct.installments]
