"""A plan in force follows the rows of its loan: kept, missed, mended, complete."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from backend.events.plans import PlanCureReminded, PlanInstallmentKept, PlanInstallmentUndone
from backend.kit.outbox import Event, announce_all
from backend.loans import queries as loans
from backend.loans.queries import Conduct, LoanKey
from backend.plan_quotes import queries as quotes
from backend.repayment_plans import queries
from backend.repayment_plans.models import PlanKept
from backend.repayment_plans.rules import CURE_DAYS, RUNNING, Actor, Kept, State, judge
from backend.repayment_plans.service import freezes
from backend.repayment_plans.service.cases import Held, hold, move
from backend.repayment_plans.service.requests import rows_of


def follow_plan(session: Session, *, borrower_id: UUID, request_id: UUID, now: datetime) -> None:
    """Bring a plan up to how its loan is paid by now. Late or twice, it comes to the same."""
    held = hold(session, borrower_id=borrower_id, request_id=request_id, now=now)
    if held.state not in RUNNING and not queries.is_broken(held.row):
        return
    key = LoanKey(borrower_id, held.row.booked_loan_id)
    conduct: Conduct | None = next(loans.list_conduct(session, keys=[key]), None)
    if conduct is None:
        return  # its rows are still to be settled, and that will be told
    standing = judge(
        rows_of(conduct),
        agreed_on=held.row.agreed_on,
        today=held.today,
        grace_days=conduct.grace_days,
    )
    is_anew = held.state not in RUNNING
    if not is_anew:
        freezes.keep_tier(session, held.row, now=now)
    ever = judge(
        rows_of(conduct), agreed_on=date.min, today=held.today, grace_days=conduct.grace_days
    )
    _keep(session, held, standing.kept, on_time={each.number for each in ever.kept})
    if standing.is_complete:
        _move(session, held, State.COMPLETED, by=Actor.CORE, cause="kept")
    elif standing.missed and not is_anew and held.state is not State.BREACHED:
        _breach(session, held)
    elif not standing.missed and (is_anew or held.state is State.BREACHED):
        _move(session, held, State.CURED, by=Actor.CORE, cause="made_good")


def _move(session: Session, held: Held, to: State, *, by: Actor, cause: str) -> None:
    # What was offered meanwhile falls away: it is the plan that she agreed on which goes on.
    agreed = queries.find_agreed_quote(session, borrower_id=held.borrower_id, request_id=held.id)
    quote = quotes.get_quote(session, borrower_id=held.borrower_id, quote_id=agreed)
    move(
        session,
        held,
        to=to,
        by=by,
        cause=cause,
        due_on=quote.ends_on or held.today,
        quote_id=quote.id,
        kind=quote.kind,
    )


def _breach(session: Session, held: Held) -> None:
    until_on = held.today + timedelta(days=CURE_DAYS)
    move(session, held, to=State.BREACHED, by=Actor.CLOCK, cause="missed", due_on=until_on)
    # The one reminder; it is for the inbox to bring it.
    reminder = PlanCureReminded(
        held.borrower_id,
        held.now,
        plan_id=held.id,
        loan_id=held.row.booked_loan_id,
        cure_until_on=until_on,
    )
    announce_all(session, [reminder])


def _keep(session: Session, held: Held, kept: tuple[Kept, ...], *, on_time: set[int]) -> None:
    """`on_time`: of all rows. What was kept before it was agreed on anew stays kept."""
    known = {
        row.number: row
        for row in queries.list_kept(session, borrower_id=held.borrower_id, request_id=held.id)
    }
    first = min((known[n].due_on, n) for n in known)[1] if known else None
    gone = [number for number in known if number not in on_time]
    new = [each for each in kept if each.number not in known]
    if gone:
        session.execute(
            delete(PlanKept).where(
                PlanKept.borrower_id == held.borrower_id,
                PlanKept.request_id == held.id,
                PlanKept.number.in_(gone),
            )
        )
    if new:
        session.execute(insert(PlanKept), [_row(held, each) for each in new])
    if not gone and not new:
        return
    total = queries.count_kept(session, borrower_id=held.borrower_id)
    events: list[Event] = [_undone(held, number, first=first, total=total) for number in gone]
    left = [number for number in known if number in on_time]
    for place, each in enumerate(sorted(new, key=lambda one: (one.due_on, one.number))):
        events.append(_told(held, each, is_first=place == 0 and not left, total=total))
    announce_all(session, events)


def _row(held: Held, kept: Kept) -> dict[str, object]:
    return {
        "borrower_id": held.borrower_id,
        "request_id": held.id,
        "number": kept.number,
        "due_on": kept.due_on,
        "paid_on": kept.paid_on,
    }


def _undone(held: Held, number: int, *, first: int | None, total: int) -> PlanInstallmentUndone:
    return PlanInstallmentUndone(
        held.borrower_id,
        held.now,
        plan_id=held.id,
        loan_id=held.row.booked_loan_id,
        number=number,
        was_first=number == first,
        kept_total=total,
    )


def _told(held: Held, kept: Kept, *, is_first: bool, total: int) -> PlanInstallmentKept:
    return PlanInstallmentKept(
        held.borrower_id,
        held.now,
        plan_id=held.id,
        loan_id=held.row.booked_loan_id,
        number=kept.number,
        due_on=kept.due_on,
        paid_on=kept.paid_on,
        is_first=is_first,
        asked_before_miss=held.row.asked_before_miss,
        kept_total=total,
    )
