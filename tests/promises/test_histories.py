"""Whatever happens in whatever order: promises stand as a small model says, from payments alone."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.contacts import queries as contacts
from backend.kit.problems import Problem
from backend.loans import service as loans
from backend.promises import service
from backend.promises.models import Promise
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower, make_installments, make_loan

numbers = count()

acts = st.one_of(
    st.tuples(st.just("promise"), st.integers(1, 40), st.integers(1, 9)),
    st.tuples(st.just("pay"), st.integers(1, 40), st.integers(0, 9)),
    st.tuples(st.just("reverse"), st.integers(0, 9)),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 9)),
)


@dataclass
class Word:
    """What the model keeps of a promise."""

    amount: int
    made_on: date
    on: date
    there: set[str]
    is_withdrawn: bool = False


@dataclass
class Story:
    """A borrower, her payments, her promises, and the day it is."""

    session: object
    borrower_id: UUID
    loan: str
    loan_id: UUID
    days: int = 0
    words: dict[UUID, Word] = field(default_factory=dict)
    payments: dict[str, tuple[int, date]] = field(default_factory=dict)

    @property
    def now(self):
        return NOW + timedelta(days=self.days)

    @property
    def today(self):
        return TODAY + timedelta(days=self.days)

    def promise(self, amount, days):
        on = self.today + timedelta(days=days)
        try:
            with self.session.begin_nested():
                made = service.make_promise(
                    self.session, borrower_id=self.borrower_id, loan_id=self.loan_id,
                    amount_minor=amount, on=on, now=self.now,
                )  # fmt: skip
        except Problem:
            return
        there = {name for name, (_, day) in self.payments.items() if self.today <= day <= on}
        self.words[made] = Word(amount, self.today, on, there)

    def pay(self, amount, days_ago):
        name, on = f"story-{next(numbers)}", self.today - timedelta(days=days_ago)
        row = {
            "external_id": name, "loan_external_id": self.loan, "amount_minor": amount,
            "received_on": on, "date_precision": "day",
        }  # fmt: skip
        loans.add_payments(self.session, [row], now=self.now, settled=True)[0].unwrap()
        self.payments[name] = (amount, on)

    def reverse(self, place):
        if self.payments:
            name = sorted(self.payments)[place % len(self.payments)]
            loans.reverse_payment(self.session, external_id=name, reason="no", now=self.now)
            del self.payments[name]

    def withdraw(self, place):
        if self.words:
            promise_id = sorted(self.words)[place % len(self.words)]
            try:
                with self.session.begin_nested():
                    service.withdraw(
                        self.session, borrower_id=self.borrower_id, promise_id=promise_id,
                        now=self.now,
                    )  # fmt: skip
            except Problem:
                return
            self.words[promise_id].is_withdrawn = True

    def wait(self, days):
        self.days += days

    def check(self):
        service.judge_loans(self.session, keys=[(self.borrower_id, self.loan_id)], now=self.now)
        rows = self.session.execute(
            select(Promise.id, Promise.state, Promise.paid_minor).where(
                Promise.borrower_id == self.borrower_id
            )
        ).all()
        is_open = [row.id for row in rows if row.state == "open"]
        assert len(is_open) <= 1
        held = contacts.list_holds(
            self.session, borrower_id=self.borrower_id, today=date(2000, 1, 1)
        )
        # What was released ends before it began.
        kept = [hold.cause for hold in held if hold.until_on >= hold.created_at.date()]
        assert kept == [f"promise:{each}" for each in is_open]
        for row in rows:
            word = self.words[row.id]
            if word.is_withdrawn:
                assert row.state == "withdrawn"
                continue
            assert row.paid_minor == self.paid(word)
            assert row.state in self.expected(word)

    def paid(self, word):
        return sum(
            amount
            for name, (amount, day) in self.payments.items()
            if word.made_on <= day <= word.on and name not in word.there
        )

    def expected(self, word):
        paid = self.paid(word)
        if paid >= word.amount:
            return {"kept"}
        over = {"partly_kept"} if paid else {"broken"}
        is_running = self.today <= word.on + timedelta(days=2)
        # One that could be open is judged at once where a newer one is.
        newer = any(o is not word and o.made_on >= word.made_on for o in self.words.values())
        return ({"open"} | (over if newer else set())) if is_running else over


@hypothesis_settings(max_examples=25)
@given(history=st.lists(acts, min_size=3, max_size=14))
def test_promises_stand_as_the_payments_say(session, history):
    point = session.begin_nested()
    name = f"story-{next(numbers)}"
    borrower_id = make_borrower(session, external_id=name)
    loan, loan_id = make_loan(session, borrower=name, installments=make_installments())
    story = Story(session, borrower_id, loan, loan_id)
    for act, *arguments in history:
        getattr(story, act)(*arguments)
        story.check()
    point.rollback()


def test_a_story_reaches_every_end(session):
    """So that the property above is known to have something to say."""
    borrower_id = make_borrower(session, external_id="ends")
    loan, loan_id = make_loan(session, borrower="ends", installments=make_installments())
    story = Story(session, borrower_id, loan, loan_id)
    ends = set()
    for turn in range(5):
        story.promise(10, 2)
        if turn % 4:
            story.pay(10 if turn % 4 == 1 else 4 if turn % 4 == 2 else 1, 0)
        if turn % 4 == 3:
            story.withdraw(len(story.words) - 1)
        story.wait(6)
        story.check()
        ends |= set(session.execute(select(Promise.state)).scalars())
    assert ends >= {"kept", "partly_kept", "broken", "withdrawn"}
