"""Anything that may happen to points, in any order, against a model that a child would keep."""

from datetime import timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text

from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.programme_zone import programme_day
from rewards.points import audit, queries, service
from rewards.points.errors import EntryReversed, NotEnoughPoints
from rewards.points.models import PointsAccount, PointsLot
from rewards.points.rules import Account, change_of, expiry_of
from tests.clock import NOW
from tests.factories.points import give, make_member
from tests.rewards.points.model import Box, Model

SOME = st.integers(1, 300)
CAUSE = service.Cause("referral")


class Ledger(RuleBasedStateMachine):
    """Every rule does the same to the ledger and to the model."""

    session = None

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.model = Model()
        self.replayed = {}
        _, self.who = make_member(self.session)
        service.earn(
            self.session,
            borrower_id=self.who,
            points=1,
            source=service.Source("referral", new_id()),
            cause=CAUSE,
            now=self.now,
        )
        self.model.boxes[1] = Box(expiry_of(self.today), free=1)

    @property
    def today(self):
        return programme_day(self.now)

    @rule(points=SOME, is_pending=st.booleans())
    def earn(self, points, is_pending):
        number = give(self.session, self.who, points, now=self.now, is_pending=is_pending)
        box = Box(expiry_of(self.today))
        box.free, box.waiting = (0, points) if is_pending else (points, 0)
        self.model.boxes[number] = box

    @precondition(lambda self: any(box.waiting for box in self.model.boxes.values()))
    @rule(data=st.data())
    def make_available(self, data):
        waiting = [n for n, box in self.model.boxes.items() if box.waiting]
        number = data.draw(st.sampled_from(waiting))
        service.make_available(
            self.session, borrower_id=self.who, number=number, cause=CAUSE, now=self.now
        )
        box = self.model.boxes[number]
        box.free, box.waiting, box.last_day = box.waiting, 0, expiry_of(self.today)

    @rule(points=SOME)
    def spend(self, points):
        free = self.model.free(self.today)
        call = {"borrower_id": self.who, "points": points, "cause": CAUSE, "now": self.now}
        if points > free:
            with pytest.raises(NotEnoughPoints) as refused:
                service.spend(self.session, **call)
            assert refused.value.context["balance"] == free
            return
        number = service.spend(self.session, **call)
        taken = self.model.take(points, self.today)
        for lot, part in taken.items():
            self.model.boxes[lot].used += part
        self.model.uses[number] = taken

    @rule(points=SOME, days=st.integers(1, 90))
    def hold(self, points, days):
        deadline_at = self.now + timedelta(days=days)
        call = {"borrower_id": self.who, "points": points, "cause": CAUSE, "now": self.now}
        if points > self.model.free(self.today):
            with pytest.raises(NotEnoughPoints):
                service.hold(self.session, deadline_at=deadline_at, **call)
            return
        number = service.hold(self.session, deadline_at=deadline_at, **call)
        taken = self.model.take(points, self.today)
        for lot, part in taken.items():
            self.model.boxes[lot].aside += part
        self.model.holds[number] = taken
        self.deadlines = getattr(self, "deadlines", {}) | {number: deadline_at}

    @precondition(lambda self: self.model.holds)
    @rule(data=st.data(), is_used=st.booleans())
    def end_hold(self, data, is_used):
        number = data.draw(st.sampled_from(sorted(self.model.holds)))
        is_overdue = self.deadlines[number] <= self.now
        call = {"borrower_id": self.who, "number": number, "cause": CAUSE, "now": self.now}
        taken = self.model.holds[number]
        if is_used and is_overdue:
            return
        del self.model.holds[number]
        for lot, part in taken.items():
            self.model.boxes[lot].aside -= part
        if is_used:
            for lot, part in taken.items():
                self.model.boxes[lot].used += part
            self.model.uses[service.capture(self.session, **call)] = taken
        else:
            service.release(self.session, **call)
            self.model.give_back(taken, self.today)

    @rule()
    def release_overdue(self):
        service.release_overdue(self.session, now=self.now, limit=1_000)
        for number in [n for n in self.model.holds if self.deadlines[n] <= self.now]:
            taken = self.model.holds.pop(number)
            for lot, part in taken.items():
                self.model.boxes[lot].aside -= part
            self.model.give_back(taken, self.today)

    @precondition(lambda self: self.model.uses)
    @rule(data=st.data())
    def undo_use(self, data):
        number = data.draw(st.sampled_from(sorted(self.model.uses)))
        if self.reverse(number) is not None:
            taken = self.model.uses[number]
            for lot, part in taken.items():
                self.model.boxes[lot].used -= part
            self.model.give_back(taken, self.today)

    @rule(data=st.data())
    def undo_gift(self, data):
        number = data.draw(st.sampled_from(sorted(self.model.boxes)))
        entry = self.reverse(number)
        if entry is not None:
            found, missing = self.model.undo_gift(number, self.today)
            made = queries.get_entry(self.session, borrower_id=self.who, number=entry)
            assert made.unrecovered == missing
            moves = queries.list_moves(self.session, borrower_id=self.who, number=entry)
            assert sum(move.points for move in moves) == found

    def reverse(self, number):
        call = {"borrower_id": self.who, "number": number, "cause": CAUSE, "now": self.now}
        if number in self.model.undone:
            with pytest.raises(EntryReversed):
                service.reverse(self.session, **call)
            return None
        self.model.undone.add(number)
        return service.reverse(self.session, **call)

    @rule(points=SOME)
    def claw_back(self, points):
        number = service.claw_back(
            self.session, borrower_id=self.who, points=points, cause=CAUSE, now=self.now
        )
        taken = self.model.take(points, self.today)
        made = queries.get_entry(self.session, borrower_id=self.who, number=number)
        assert made.unrecovered == points - sum(taken.values())

    @rule(points=st.integers(-300, 300).filter(bool))
    def adjust(self, points):
        asked_by, decided_by = new_id(), new_id()
        adjustment_id = service.ask_adjustment(
            self.session,
            borrower_id=self.who,
            points=points,
            reason="test",
            asked_by=asked_by,
            now=self.now,
        )
        call = {"borrower_id": self.who, "adjustment_id": adjustment_id, "now": self.now}
        if -points > self.model.free(self.today):
            with pytest.raises(NotEnoughPoints):
                service.confirm_adjustment(self.session, decided_by=decided_by, **call)
            return
        service.confirm_adjustment(self.session, decided_by=decided_by, **call)
        if points > 0:
            number = queries.get_adjustment(
                self.session, borrower_id=self.who, adjustment_id=adjustment_id
            ).entry
            self.model.boxes[number] = Box(expiry_of(self.today), free=points)
        else:
            self.model.take(-points, self.today)

    @rule(days=st.sampled_from([1, 20, 40, 200, 380]))
    def let_time_pass(self, days):
        self.now += timedelta(days=days)

    @rule()
    def expire(self):
        with clock.fixed(self.now):
            expire_all(self.session, now=self.now)
        self.model.expire(self.today)

    @invariant()
    def agrees_with_the_model(self):
        if not hasattr(self, "model"):
            return
        own = queries.get_own(self.session, borrower_id=self.who, today=self.today)
        account = self.session.execute(
            select(PointsAccount.__table__).where(PointsAccount.borrower_id == self.who)
        ).one()
        free, waiting, aside = self.model.kept()
        assert own["available"] == self.model.free(self.today)
        assert (account.available, account.pending, account.held) == (free, waiting, aside)
        assert (own["pending"], own["held"]) == (waiting, aside)
        lots = self.session.execute(
            select(PointsLot.__table__).where(PointsLot.borrower_id == self.who)
        )
        for lot in lots:
            box = self.model.boxes[lot.number]
            kept = (lot.available, lot.pending, lot.held, lot.spent, lot.expires_on)
            assert kept == (box.free, box.waiting, box.aside, box.used, box.last_day)

    def teardown(self):
        if hasattr(self, "who"):
            assert list(audit.check_points(self.session)) == []
            self.replay()

    def replay(self):
        """Entries alone, in their order, give the account as it stands."""
        account = self.session.execute(
            select(PointsAccount.__table__).where(PointsAccount.borrower_id == self.who)
        ).one()
        totals = dict.fromkeys(Account, 0)
        for number in range(1, account.last_number + 1):
            moves = queries.list_moves(self.session, borrower_id=self.who, number=number)
            for name in Account:
                totals[name] += change_of(moves, name)
        assert sum(totals.values()) == 0
        assert (totals["available"], totals["pending"], totals["held"]) == (
            account.available,
            account.pending,
            account.held,
        )


def expire_all(session, *, now):
    today, day = programme_day(now), NOW.date().min
    while (day := service.next_due_day(session, today=today, after=day)) is not None:
        while service.expire_chunk(
            session, expired_on=day, after=service.FIRST, limit=1_000, now=now
        ).found:
            pass
    # What a statement sets for its transaction ends with it; here all share one.
    session.execute(text("SET LOCAL enable_hashjoin = on"))
    session.execute(text("SET LOCAL enable_mergejoin = on"))
    session.execute(text("SET LOCAL enable_seqscan = on"))


def test_the_ledger_does_as_the_model(session):
    class OfThisTest(Ledger):
        pass

    OfThisTest.session = session
    run_state_machine_as_test(
        OfThisTest, settings=hypothesis_settings(stateful_step_count=30, deadline=None)
    )
