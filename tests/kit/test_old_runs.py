"""Runs of a job that comes every minute are forgotten; what is shown of each job is kept."""

from datetime import timedelta

from sqlalchemy import func, insert, select

from backend.kit import clock, jobs
from backend.kit.ids import new_id
from backend.kit.jobs import RUNS_SHOWN, JobRun


def add(session, job, *, days, state="done", count=1):
    for n in range(count):
        at = clock.wall() - timedelta(days=days, minutes=n)
        session.execute(
            insert(JobRun).values(
                id=new_id(), job=job, slot=f"{days}-{n}", as_of=at.date(), state=state,
                worker="test", started_at=at, pulse_at=at,
            )
        )  # fmt: skip


def left(session, job):
    query = select(func.count()).where(JobRun.job == job)
    return session.execute(query).scalar_one()


def test_old_runs_go_but_for_the_latest_of_each_job(session):
    add(session, "often", days=31, count=40)
    add(session, "often", days=1, count=5)
    add(session, "seldom", days=400, count=3)
    assert jobs.purge_runs(session, limit=10) == 10
    while jobs.purge_runs(session):
        pass
    assert left(session, "often") == RUNS_SHOWN
    assert left(session, "seldom") == 3


def test_recent_runs_and_those_under_way_stay(session):
    add(session, "often", days=29, count=40)
    add(session, "often", days=31, count=4, state="running")
    assert jobs.purge_runs(session) == 0
    assert left(session, "often") == 44


def test_old_failures_go_as_well(session):
    add(session, "often", days=31, count=40, state="failed")
    add(session, "seldom", days=400, count=3, state="failed")
    assert jobs.purge_runs(session) == 20
    assert left(session, "often") == RUNS_SHOWN
    assert left(session, "seldom") == 3
