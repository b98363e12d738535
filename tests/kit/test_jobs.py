"""One run for each job and slot; a run that lost its worker is taken up again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.kit import jobs
from backend.kit.db import Database
from backend.kit.jobs import JobRun
from backend.kit.wiring import Job, JobContext
from tests.clock import NOW

DAY = date(2026, 11, 23)


def counting(calls: list[date], *, cron: str = "30 1 * * *") -> Job:
    def run(context: JobContext) -> dict[str, Any]:
        calls.append(context.as_of)
        return {"calls": len(calls)}

    return Job(name="test-count", cron=cron, run=run)


def test_a_slot_is_claimed_once(session: Session) -> None:
    job = counting([])
    assert jobs.start(job, slot="a", as_of=DAY) is not None
    assert jobs.start(job, slot="a", as_of=DAY) is None
    assert jobs.start(job, slot="b", as_of=DAY) is not None


@pytest.mark.commits
def test_a_run_is_recorded_with_its_result(session: Session, own_database: Database) -> None:
    calls: list[date] = []
    job = counting(calls)
    run_id = jobs.start(job, slot="a", as_of=DAY)
    assert run_id is not None
    assert jobs.run(job, run_id=run_id, as_of=DAY, now=NOW) == {"calls": 1}
    row = session.execute(select(JobRun).where(JobRun.id == run_id)).scalar_one()
    assert (row.state, row.result, calls) == ("done", {"calls": 1}, [DAY])
    assert row.finished_at is not None


@pytest.mark.commits
def test_a_failure_is_recorded_by_its_kind_alone(session: Session, own_database: Database) -> None:
    def fail(context: JobContext) -> dict[str, Any]:
        message = "somebody's name"
        raise ValueError(message)

    job = Job(name="test-fail", cron="0 0 * * *", run=fail)
    run_id = jobs.start(job, slot="a", as_of=DAY)
    assert run_id is not None
    with pytest.raises(ValueError, match="somebody"):
        jobs.run(job, run_id=run_id, as_of=DAY, now=NOW)
    row = session.execute(select(JobRun).where(JobRun.id == run_id)).scalar_one()
    assert (row.state, row.error) == ("failed", "ValueError")


def test_only_a_run_without_a_pulse_is_taken_over(session: Session) -> None:
    job = counting([])
    run_id = jobs.start(job, slot="a", as_of=DAY)
    assert jobs.take_over(job) is None
    session.execute(update(JobRun).values(pulse_at=func.clock_timestamp() - timedelta(seconds=20)))
    assert jobs.take_over(job) == (run_id, DAY)
    assert jobs.take_over(job) is None, "it has a pulse again"


def test_after_an_outage_only_the_latest_slot_is_made_up_for(session: Session) -> None:
    job = counting([])
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    slot = jobs.missed_slot(job, zone="Asia/Shanghai", now=now)
    assert slot == datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    jobs.start(job, slot=jobs.slot_name(slot), as_of=DAY)
    assert jobs.missed_slot(job, zone="Asia/Shanghai", now=now) is None


@pytest.mark.parametrize(
    ("cron", "since"),
    [
        # New York repeats 01:30 on 1 November 2026 and leaves 02:30 out on 14 March 2027.
        ("30 1 * * *", datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("30 2 * * *", datetime(2027, 3, 14, 5, tzinfo=UTC)),
    ],
)
def test_a_nightly_job_has_one_slot_in_a_night_of_daylight_saving(
    cron: str, since: datetime
) -> None:
    found = jobs.due_slots(
        counting([], cron=cron),
        zone="America/New_York",
        since=since,
        until=since + timedelta(hours=12),
    )
    assert len(found) == 1


@pytest.mark.commits
def test_a_run_that_the_database_interrupted_goes_on_where_it_stood(
    session: Session, own_database: Database
) -> None:
    tries: list[date] = []

    def run(context: JobContext) -> dict[str, Any]:
        tries.append(context.as_of)
        if len(tries) == 1:
            raise OperationalError("SELECT 1", None, Exception("gone"))
        return {}

    job = Job(name="test-interrupted", cron="0 0 * * *", run=run)
    run_id = jobs.start(job, slot="a", as_of=DAY)
    assert run_id is not None
    with pytest.raises(OperationalError):
        jobs.run(job, run_id=run_id, as_of=DAY, now=NOW)
    session.execute(update(JobRun).values(pulse_at=func.clock_timestamp() - timedelta(minutes=1)))
    session.commit()
    assert jobs.take_over(job) == (run_id, DAY)
    jobs.run(job, run_id=run_id, as_of=DAY, now=NOW)
    (row,) = session.execute(select(JobRun.state, JobRun.attempts)).all()
    assert tuple(row) == ("done", 2)


def test_a_run_that_was_lost_five_times_has_failed(session: Session) -> None:
    job = counting([])
    jobs.start(job, slot="a", as_of=DAY)
    lost = {"pulse_at": func.clock_timestamp() - timedelta(minutes=1)}
    for _ in range(jobs.ATTEMPTS_MAX - 1):
        session.execute(update(JobRun).values(lost))
        assert jobs.take_over(job) is not None
    session.execute(update(JobRun).values(lost))
    assert jobs.take_over(job) is None
    row = session.execute(select(JobRun.state, JobRun.error)).one()
    assert tuple(row) == ("failed", "lost")
