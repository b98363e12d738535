"""Anything that may happen to a case, in any order, against a model that a child would keep."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from backend.events.contacts import Channel
from backend.kit.problems import Conflict, Forbidden
from backend.procedures import service
from backend.procedures.audit import find_faults
from backend.procedures.models import Procedure, ProcedureStep
from backend.procedures.rules import MOVES, Ground, State
from backend.programme import queries as enrolments
from tests.clock import NOW, TODAY
from tests.factories.contacts import make_contact, make_silence, make_writer
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.programme import enrol

OPENER, SECOND, THIRD = 0, 1, 2
PEOPLE = st.sampled_from((OPENER, SECOND, THIRD))


class Cases(RuleBasedStateMachine):
    """One silent borrower. The model knows the state, how old it is and who did what."""

    session = None

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.staff = [make_writer(self.session) for _ in range(3)]
        external_id = f"silent-{self.staff[OPENER]}"
        self.who = make_borrower(self.session, external_id=external_id)
        make_loan(
            self.session,
            borrower=external_id,
            installments=make_installments(first_due_on=TODAY - timedelta(days=60)),
        )
        make_silence(self.session, self.who, staff_id=self.staff[OPENER])
        enrol(self.session, self.who)
        self.case = service.open_procedure(
            self.session,
            borrower_id=self.who,
            ground=Ground.SILENCE,
            document_id=None,
            notice_channel=Channel.EMAIL,
            reason="Quiet.",
            staff_id=self.staff[OPENER],
            locale="en",
            now=self.now,
        )
        self.state, self.days, self.decider, self.spoke = State.NOTICE_SENT, 0, None, False

    def act(self, verb, person, **more):
        """Whether it was let happen."""
        try:
            with self.session.begin_nested():
                verb(
                    self.session,
                    borrower_id=self.who,
                    procedure_id=self.case,
                    reason="So.",
                    staff_id=self.staff[person],
                    now=self.now,
                    **more,
                )
        except (Conflict, Forbidden):
            return False
        return True

    @rule(days=st.integers(1, 15))
    def wait(self, days):
        self.now += timedelta(days=days)
        self.days += days

    @rule(person=PEOPLE, outcome=st.sampled_from((State.UPHELD, State.DISMISSED)))
    def decide(self, person, outcome):
        may = outcome in MOVES[self.state] and self.state is not State.TERMINATED
        may = may and person != OPENER
        if outcome is State.UPHELD:
            may = may and self.days > 14 and not self.spoke
        assert self.act(service.decide, person, outcome=outcome, locale="en") == may
        if may:
            self.state, self.decider = outcome, person

    @rule(person=PEOPLE)
    def terminate(self, person):
        may = self.state is State.UPHELD and person != OPENER and not self.spoke
        assert self.act(service.terminate, person, locale="en") == may
        if may:
            self.state = State.TERMINATED
            self.carrier = person

    @rule(person=PEOPLE)
    def lift(self, person):
        may = self.state is State.TERMINATED and person not in (self.decider, self.carrier)
        assert self.act(service.lift, person) == may
        if may:
            self.state = State.DISMISSED

    @rule(person=PEOPLE)
    def withdraw(self, person):
        may = State.WITHDRAWN in MOVES[self.state]
        assert self.act(service.withdraw, person) == may
        if may:
            self.state = State.WITHDRAWN

    @rule()
    def she_speaks(self):
        make_contact(self.session, self.who, kind="connected", staff_id=self.staff[OPENER], at=NOW)
        self.spoke = True

    @rule()
    def somebody_notices(self):
        ended = service.end_silences(self.session, borrower_ids=[self.who], now=self.now)
        may = self.spoke and State.WITHDRAWN in MOVES[self.state]
        assert ended == may
        if may:
            self.state = State.WITHDRAWN

    @invariant()
    def the_case_is_as_the_model_says(self):
        row = self.session.execute(select(Procedure.__table__)).one()
        assert row.state == self.state
        assert row.decided_by != row.opened_by
        steps = self.session.execute(
            select(ProcedureStep.state).order_by(ProcedureStep.number)
        ).scalars()
        path = [State(each) for each in steps]
        assert path[0] is State.NOTICE_SENT
        assert path[-1] is self.state
        assert all(b in MOVES[a] for a, b in pairwise(path))

    @invariant()
    def the_programme_ended_for_her_just_where_it_was_carried_out(self):
        found = enrolments.find_enrolment(self.session, borrower_id=self.who)
        assert (found.status == "terminated") == (self.state is State.TERMINATED)

    @invariant()
    def the_books_add_up(self):
        assert list(find_faults(self.session)) == []

    def teardown(self) -> None:
        self.session.rollback()


def test_no_order_of_acts_gets_past_the_rules(session):
    session.commit()

    class Bound(Cases):
        pass

    Bound.session = session
    run_state_machine_as_test(
        Bound, settings=hypothesis_settings(stateful_step_count=15, max_examples=40)
    )
