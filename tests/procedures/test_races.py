"""Two at once: a word of hers against a decision, a payment against the end, two deciders."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from backend.core_instructions.models import CoreInstruction
from backend.events.contacts import Channel
from backend.kit.db import transaction
from backend.kit.problems import Conflict
from backend.loans import service as loans
from backend.procedures import service
from backend.procedures.models import Procedure, ProcedureHandOver, ProcedureStep
from backend.procedures.rules import Ground, State
from tests.clock import TODAY
from tests.procedures.conftest import AFTER

pytestmark = pytest.mark.commits

ROUNDS = 6


def at_once(*works):
    """Each in a transaction of its own; answers whether it was let happen."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            with transaction() as session:
                work(session)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.fixture
def opened(case, session):
    """A case whose two weeks have passed, and a way to act on it."""
    assert case.open().status_code == 201
    session.commit()

    def act(verb, by, **more):
        def work(own):
            verb(
                own,
                borrower_id=case.borrower_id,
                procedure_id=case.procedure_id,
                reason="So.",
                staff_id=by.id,
                now=AFTER,
                **more,
            )

        return work

    return act


def row_of(session):
    session.rollback()
    return session.execute(select(Procedure.__table__)).one()


def test_a_reply_and_a_decision_at_once_leave_no_case_upheld(case, session, opened):
    def reply(own):
        service.reply(
            own,
            borrower_id=case.borrower_id,
            procedure_id=case.procedure_id,
            text="Here I am.",
            document_ids=[],
            now=AFTER,
        )

    uphold = opened(service.decide, case.officer, outcome=State.UPHELD, locale="en")
    replied, _ = at_once(reply, uphold)
    # Whichever came first: silence is over, also where it had just been upheld.
    assert replied
    assert row_of(session).state == "withdrawn"


def test_a_payment_and_the_end_at_once_are_one_after_the_other(case, session, opened):
    at_once(opened(service.decide, case.officer, outcome=State.UPHELD, locale="en"))

    def pay(own):
        loans.add_payments(
            own,
            [
                {
                    "external_id": "race",
                    "loan_external_id": case.loan,
                    "amount_minor": 1,
                    "received_on": TODAY,
                    "date_precision": "day",
                }
            ],
            now=AFTER,
            settled=True,
        )[0].unwrap()

    paid, ended = at_once(pay, opened(service.terminate, case.officer, locale="en"))
    assert paid
    assert row_of(session).state == ("terminated" if ended else "upheld")
    files = session.execute(select(func.count()).select_from(ProcedureHandOver)).scalar_one()
    assert files == int(ended)


def test_the_end_waits_for_a_payment_that_is_being_taken_and_then_does_not_come(
    case, session, opened
):
    at_once(opened(service.decide, case.officer, outcome=State.UPHELD, locale="en"))
    began, go_on = Barrier(2), Barrier(2)

    def pay(own):
        loans.add_payments(
            own,
            [
                {
                    "external_id": "slow",
                    "loan_external_id": case.loan,
                    "amount_minor": 1,
                    "received_on": TODAY,
                    "date_precision": "day",
                }
            ],
            now=AFTER,
            settled=True,
        )[0].unwrap()
        began.wait()
        go_on.wait(timeout=20)

    def end(own):
        service.terminate(
            own,
            borrower_id=case.borrower_id,
            procedure_id=case.procedure_id,
            reason="So.",
            staff_id=case.officer.id,
            locale="en",
            now=AFTER,
        )

    def run(work):
        try:
            with transaction() as own:
                work(own)
        except Conflict as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        paying = pool.submit(run, pay)
        began.wait()
        ending = pool.submit(run, end)
        wait_until_blocked(session)
        go_on.wait(timeout=20)
        assert (paying.result(), ending.result()) == ("done", "silence-ended")
    assert row_of(session).state == "upheld"


def wait_until_blocked(session):
    """Until somebody waits for a lock that another transaction holds."""
    for _ in range(10_000):
        session.rollback()
        if session.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
        ).scalar_one():
            return
    raise AssertionError


def test_two_deciders_at_once_decide_once(case, session, opened):
    done = at_once(
        opened(service.decide, case.officer, outcome=State.UPHELD, locale="en"),
        opened(service.decide, case.other, outcome=State.DISMISSED, locale="en"),
        opened(service.withdraw, case.manager),
    )
    assert any(done)
    session.rollback()
    steps = session.execute(select(ProcedureStep.state).order_by(ProcedureStep.number)).scalars()
    # Upheld may still be followed by one of the others, which favour her; nothing follows those.
    assert list(steps)[1:] in (
        ["upheld"],
        ["dismissed"],
        ["withdrawn"],
        ["upheld", "dismissed"],
        ["upheld", "withdrawn"],
    )


def test_it_is_carried_out_once_however_often_it_is_asked(case, session, opened):
    at_once(opened(service.decide, case.officer, outcome=State.UPHELD, locale="en"))
    works = [opened(service.terminate, case.officer, locale="en")] * ROUNDS
    assert sum(at_once(*works)) == 1
    session.rollback()
    told = session.execute(select(func.count()).select_from(CoreInstruction)).scalar_one()
    assert told == 1


def test_two_openings_at_once_are_one_case(case, session):
    def open_one(own):
        service.open_procedure(
            own,
            borrower_id=case.borrower_id,
            ground=Ground.SILENCE,
            document_id=None,
            notice_channel=Channel.EMAIL,
            reason="Quiet.",
            staff_id=case.manager.id,
            locale="en",
            now=AFTER - timedelta(days=15),
        )

    session.commit()
    assert sum(at_once(*[open_one] * ROUNDS)) == 1
