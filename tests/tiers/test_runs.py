"""One run a policy version and day, whoever works on it, however often it is killed."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.orm import Session

from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.kit.wiring import JobContext
from backend.profile.models import Profile
from backend.tiers import jobs, policies, runs, service
from backend.tiers.models import TierEvaluation, TierRun, TierRunChunk
from backend.tiers.retier import LOCK, Occasion, retier
from tests.clock import NOW, TODAY
from tests.factories.policies import make_dpd_policy, publish_policy
from tests.factories.profile import make_profile, make_profiles
from tests.tiers.standing import standing_for_long
from tests.tiers.test_rules import read_state

pytestmark = pytest.mark.commits
PEOPLE = 60


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(runs, "CHUNK", 10)


@pytest.fixture
def crowd(session):
    days = [(0, 10, 40)[n % 3] for n in range(PEOPLE)]
    ids = make_profiles(
        session, *({"dpd_base": n, "open_balance": 1, "currency": "CNY"} for n in days)
    )
    session.commit()
    return ids


def context(*, on=0):
    return JobContext(
        as_of=TODAY + timedelta(days=on), now=NOW, run_id=new_id(), heartbeat=lambda: None
    )


def count(session, column, *where):
    return session.execute(select(func.count(column)).where(*where)).scalar_one()


def test_everybody_is_placed_and_the_run_says_how_it_went(session, crowd):
    result = jobs.retier_all(context())

    run = session.execute(select(TierRun.__table__)).one()
    assert result["tier_run_id"] == str(run.id)
    assert (run.evaluated, run.moved) == (PEOPLE, PEOPLE)
    assert run.counts["current"] == PEOPLE // 3
    assert sum(run.counts.values()) == PEOPLE
    assert {"from": None, "to": "stable", "borrowers": run.counts["stable"]} in run.matrix
    assert run.finished_at >= run.started_at
    assert count(session, EventRow.seq, EventRow.name == "TierChanged") == PEOPLE


def test_a_second_run_of_the_day_is_the_first_and_writes_nothing(session, crowd):
    first = jobs.retier_all(context())
    second = jobs.retier_all(context())

    assert first == second
    assert count(session, TierEvaluation.number) == PEOPLE


def test_a_new_policy_has_a_run_of_its_own_on_the_same_day(session, crowd):
    jobs.retier_all(context())
    publish_policy(session, make_dpd_policy())
    session.commit()

    result = jobs.retier_all(context())

    assert result["counts"] == {"fine": 20, "soon": 20, "late": 20}
    assert count(session, TierRun.id) == 2


def test_a_run_of_the_old_policy_ends_when_a_new_one_is_live(session, own_database, crowd):
    with Session(own_database.writes) as worker:
        old = runs.start_or_join(worker, today=TODAY, now=NOW)
        runs.work_off_one(worker, run=old)
        worker.commit()
        new = publish_policy(session, make_dpd_policy())
        session.commit()

        assert not runs.work_off_one(worker, run=old)
        ended = runs.finish(worker, run_id=old.id)
        worker.commit()

    assert (ended.superseded_by, ended.evaluated) == (new, 10)
    result = jobs.retier_all(context())
    assert result["counts"] == {"fine": 20, "soon": 20, "late": 20}
    assert runs.find_last_finished(session).policy_version == new


def test_a_policy_that_is_published_while_its_run_goes_on_is_looked_at_by_the_same_worker(
    session, crowd
):
    def publish_once():
        if count(session, TierRun.id) == 1:
            publish_policy(session, make_dpd_policy())
            session.commit()

    night = JobContext(as_of=TODAY, now=NOW, run_id=new_id(), heartbeat=publish_once)
    result = jobs.retier_all(night)

    assert result["counts"] == {"fine": 20, "soon": 20, "late": 20}


def test_what_the_new_policy_decided_is_not_decided_again_by_the_old(session, waiting):
    old = policies.get_live(session)
    publish_policy(session, make_dpd_policy(grace_days=0))
    demote(session, waiting, on=0)

    retier(
        session,
        borrower_ids=[waiting],
        loaded=old,
        occasion=Occasion(today=TODAY + timedelta(days=1), now=NOW, cause="test"),
    )

    state, row = read_state(session, waiting)
    assert (state.tier, state.policy_version) == ("late", old.version + 1)
    newest = select(func.max(TierEvaluation.number)).where(TierEvaluation.borrower_id == waiting)
    assert session.execute(newest).scalar_one() == row.evaluation_number


def test_a_killed_worker_s_chunk_is_taken_up_and_nobody_is_twice_in_history(
    session, own_database, crowd
):
    with Session(own_database.writes) as dying:
        run = runs.start_or_join(dying, today=TODAY, now=NOW)
        dying.commit()
        runs.work_off_one(dying, run=run)
        dying.commit()
        runs.work_off_one(dying, run=run)
        dying.rollback()  # what the database does when the worker is gone

    result = jobs.retier_all(context())

    assert result["evaluated"] == PEOPLE
    assert count(session, TierRun.id) == 1
    twice = select(TierEvaluation.borrower_id).group_by(TierEvaluation.borrower_id)
    assert not session.execute(twice.having(func.count() > 1)).all()
    assert count(session, TierEvaluation.number) == PEOPLE


def test_two_workers_share_one_run(session, crowd):
    results = []
    workers = [
        threading.Thread(target=lambda: results.append(jobs.retier_all(context())))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert results[0] == results[1]
    assert count(session, TierRun.id) == 1
    assert count(session, TierRunChunk.number, TierRunChunk.done_at.is_not(None)) == 6
    assert count(session, TierEvaluation.number) == PEOPLE
    assert count(session, EventRow.seq, EventRow.name == "TierChanged") == PEOPLE


def test_a_borrower_who_comes_after_the_planning_is_in_the_last_chunk(session, own_database, crowd):
    with Session(own_database.writes) as planner:
        runs.start_or_join(planner, today=TODAY, now=NOW)
        planner.commit()
    late_comer = make_profile(session)
    session.commit()

    jobs.retier_all(context())

    assert read_state(session, late_comer)[0].tier == "current"


def test_a_night_that_changes_nothing_writes_nothing_about_anybody(session, crowd):
    jobs.retier_all(context())
    seen = session.execute(text("SELECT txid_current()")).scalar_one()
    jobs.retier_all(context(on=1))

    assert count(session, TierEvaluation.number) == PEOPLE
    rewritten = text("SELECT count(*) FROM tier_state WHERE xmin::text::bigint > :seen")
    assert session.execute(rewritten, {"seen": seen}).scalar_one() == 0


def demote(session, borrower_id, *, on):
    return retier(
        session,
        borrower_ids=[borrower_id],
        loaded=policies.get_live(session),
        occasion=Occasion(today=TODAY + timedelta(days=on), now=NOW, cause="test"),
    )


@pytest.fixture
def waiting(session):
    """Fine so far; her grace ends on the seventh day from today."""
    publish_policy(session, make_dpd_policy())
    borrower_id = make_profile(session, dpd_base=0)
    demote(session, borrower_id, on=0)
    standing_for_long(session)
    session.execute(make_late(borrower_id))
    demote(session, borrower_id, on=0)
    session.commit()
    return borrower_id


def make_late(borrower_id):
    return update(Profile).where(Profile.borrower_id == borrower_id).values(dpd_base=40)


def freeze(session, borrower_id):
    service.freeze(
        session,
        borrower_id=borrower_id,
        cause="plan_request",
        until_on=TODAY + timedelta(days=30),
        now=NOW,
    )


def test_a_freeze_that_comes_between_finding_and_writing_holds(session, own_database, waiting):
    with Session(own_database.writes) as ours, Session(own_database.writes) as theirs:
        freeze(theirs, waiting)
        found = threading.Event()
        done = threading.Thread(target=lambda: (demote(ours, waiting, on=7), ours.commit()))

        def tell(*_):
            found.set()

        event.listen(own_database.writes, "before_cursor_execute", _when_locking(tell))
        done.start()
        assert found.wait(10)  # found without a lock, it now waits for the freeze's
        theirs.commit()
        done.join()

    assert read_state(session, waiting)[0].tier == "fine"


def _when_locking(tell):
    def listen(_, __, statement, *___):
        if str(LOCK).split(" WHERE")[0] in statement:
            tell()

    return listen


def test_without_the_freeze_the_same_steps_take_her_down(session, own_database, waiting):
    with Session(own_database.writes) as ours:
        demote(ours, waiting, on=7)
        ours.commit()

    assert read_state(session, waiting)[0].tier == "late"


def test_a_freeze_waits_for_the_re_tier_that_holds_the_lock(session, own_database, waiting):
    with Session(own_database.writes) as ours, Session(own_database.writes) as theirs:
        demote(ours, waiting, on=7)
        late = threading.Thread(target=lambda: (freeze(theirs, waiting), theirs.commit()))
        late.start()
        late.join(0.3)
        assert late.is_alive()
        ours.commit()
        late.join()

    assert read_state(session, waiting)[0].tier == "late"
