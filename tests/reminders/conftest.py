"""Borrowers with something due, and the runs that tell them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.kit.wiring import JobContext
from backend.loans.models import Loan
from backend.programme import service as programme
from notifications.deliveries.models import NotificationIntent
from notifications.reminders import jobs
from notifications.reminders.rules import is_held_out
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan, make_payment
from tests.factories.runs import make_job_context

MORNING = datetime(2026, 11, 22, 22, 10, tzinfo=UTC)  # 06:10 in Shanghai on the 23rd


class Lender:
    """Borrowers whose loans fall due, and what they are to be told."""

    def __init__(self, session: Any) -> None:
        self.session = session

    def borrower(self, *, held_out: bool = False, **more: Any) -> Any:
        """A borrower whom the holdout leaves in, or takes; ids are drawn until one fits."""
        while True:
            with self.session.begin_nested() as savepoint:
                made = make_borrower(self.session, **more)
                if is_held_out(made, percent=5) == held_out:
                    return made
                savepoint.rollback()

    def owing(self, name: str, *, due_in: int, today: date = TODAY, **more: Any) -> tuple[Any, Any]:
        """A borrower and her loan, of which an instalment is due in so many days."""
        who = self.borrower(external_id=name, **more)
        rows = make_installments(2, first_due_on=today + timedelta(days=due_in))
        return who, make_loan(self.session, borrower=name, installments=rows)[1]

    def pay(self, loan_id: Any) -> None:
        """Her next instalment, in full."""
        loan = self.session.execute(select(Loan.__table__).where(Loan.id == loan_id)).one()
        make_payment(self.session, loan=loan.external_id, amount_minor=loan.next_amount_minor)

    def enrol(self, who: Any) -> None:
        programme.enrol_all(self.session, borrower_ids=[who], reason="test", now=NOW)

    def run(self, now: datetime = MORNING, *, as_of: date | None = None) -> dict[str, Any]:
        return jobs.plan_reminders(context_of(now, as_of))

    def greet(self, now: datetime = MORNING, *, as_of: date | None = None) -> dict[str, Any]:
        return jobs.plan_greetings(context_of(now, as_of))

    def told(self, who: Any = None) -> list[Any]:
        """What is intended, of everybody or of her, in the order of its time."""
        chosen = select(NotificationIntent.__table__).order_by(NotificationIntent.due_at)
        if who is not None:
            chosen = chosen.where(NotificationIntent.borrower_id == who)
        return list(self.session.execute(chosen))


def context_of(now: datetime, as_of: date | None) -> JobContext:
    context = make_job_context(now=now)
    day = as_of or (now + timedelta(hours=8)).date()
    return JobContext(day, context.now, context.run_id, context.heartbeat)


@pytest.fixture
def lender(session: Any) -> Lender:
    return Lender(session)
