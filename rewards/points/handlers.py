"""What points hear."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.events.community import HelpfulAnswerConfirmed
from backend.events.loans import (
    DelinquencyReported,
    InstallmentPaid,
    LoanChanged,
    LoansSettled,
    PaymentReceived,
    PaymentReversed,
)
from backend.events.plans import PlanInstallmentKept, PlanInstallmentUndone
from backend.events.referrals import ReferralConfirmed, ReferralPromised, ReferralUndone
from backend.kit.outbox import Event, Recorded
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import Handler
from backend.loans.queries import LoanKey
from rewards.points import service
from rewards.points.rules import month_of, week_of

LOANS_MAX = 200  # a payment that pays an instalment tells two things of one loan
BULK_MAX = 10  # an event stands for a hundred borrowers and more


def _follow_loans(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    news: dict[LoanKey, service.News] = {}
    for each in recorded:
        key = _loan_of(each.event)
        if key is not None:
            told = _news_of(each.event)
            news[key] = news[key].with_(told) if key in news else told
    service.settle_loans(session, news=news, now=now)


def _loan_of(event: Event) -> LoanKey | None:
    loan_id = getattr(event, "loan_id", None)
    if event.borrower_id is None or loan_id is None:
        return None
    return LoanKey(event.borrower_id, loan_id)


def _news_of(event: Event) -> service.News:
    days: set[date] = set()
    payment_id: UUID | None = None
    match event:
        case InstallmentPaid():
            days.add(event.paid_on)
        case PaymentReceived():
            days.add(event.received_on)
        case DelinquencyReported():
            days.add(event.as_of)
        case PaymentReversed():
            payment_id = event.payment_id
        case _:
            pass
    return service.News(event.occurred_at, frozenset(days), payment_id)


def _follow_bulk(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    # History first: what it dates to its days is not to be taken for news of today.
    for is_history in (True, False):
        about = {
            borrower_id
            for each in recorded
            if isinstance(each.event, LoansSettled) and each.event.history is is_history
            for borrower_id in each.event.borrower_ids
        }
        if about:
            service.settle_borrowers(
                session, borrower_ids=sorted(about), is_history=is_history, now=now
            )


def _follow_deeds(session: Session, recorded: Sequence[Recorded], now: datetime) -> None:
    del now  # what is capped by the week or month is capped by that in which it happened
    # By borrower, so that two workers lock their accounts in one order.
    for each in sorted(recorded, key=lambda one: (str(one.event.borrower_id), one.seq)):
        event = each.event
        if event.borrower_id is None:
            continue
        undone = _undone_by(event)
        if undone is not None:
            rule, source_id = undone
            service.undo_event(
                session,
                borrower_id=event.borrower_id,
                rule=rule,
                source_id=source_id,
                now=event.occurred_at,
                plan_id=getattr(event, "plan_id", None),
            )
            continue
        deed = _deed_of(event, seq=each.seq)
        if deed is None:
            continue
        rule, source_id, period = deed
        service.award_event(
            session,
            borrower_id=event.borrower_id,
            rule=rule,
            source_id=source_id,
            period=period,
            now=event.occurred_at,
            is_promise=isinstance(event, ReferralPromised),
            plan_id=getattr(event, "plan_id", None),
        )


def _undone_by(event: Event) -> tuple[str, UUID] | None:
    """The rule and source that an event takes back."""
    match event:
        case ReferralUndone():
            return "referral", event.referral_id
        case PlanInstallmentUndone(was_first=True):
            return "asked_first", event.loan_id
        case _:
            return None


def _deed_of(event: Event, *, seq: int) -> tuple[str, UUID, str] | None:
    match event:
        case PlanInstallmentKept(is_first=True, asked_before_miss=True):
            # Once for a loan in so many months: the loan is the source, whichever plan it was.
            return "asked_first", event.loan_id, month_of(programme_day(event.occurred_at))
        case PlanInstallmentKept() | PlanInstallmentUndone():
            return None
        case ReferralPromised() | ReferralConfirmed():
            return "referral", event.referral_id, month_of(programme_day(event.occurred_at))
        case HelpfulAnswerConfirmed():
            # Which answer it was is nobody's business here: the event itself is the source.
            return "helpful_answer", UUID(int=seq), week_of(event.week)
        case _:
            raise TypeError(type(event).__name__)


HANDLERS = (
    Handler(
        name="points.loans",
        hears=(InstallmentPaid, PaymentReceived, PaymentReversed, DelinquencyReported, LoanChanged),
        run=_follow_loans,
        batch_max=LOANS_MAX,
    ),
    Handler(
        name="points.bulk",
        hears=(LoansSettled,),
        run=_follow_bulk,
        batch_max=BULK_MAX,
        is_bulk=True,
    ),
    Handler(
        name="points.deeds",
        hears=(
            ReferralPromised,
            ReferralConfirmed,
            ReferralUndone,
            HelpfulAnswerConfirmed,
            PlanInstallmentKept,
            PlanInstallmentUndone,
        ),
        run=_follow_deeds,
    ),
)
