"""Scheduled work: one run for each job and slot, however many workers there are.

APScheduler says when; a row in `job_run`, unique on (job, slot), says that nobody else has
started it. One worker leads (a session-level advisory lock: it is free the moment that the
leader dies). A run whose pulse stops is taken up again by whoever leads then.
"""

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Index, UniqueConstraint, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from backend.kit import clock, metrics
from backend.kit.db import AnyRow, Base, transaction
from backend.kit.ids import new_id
from backend.kit.logs import get_logger, told
from backend.kit.wiring import Job, JobContext

PULSE_SECONDS = 0.8
PULSE_LOST_AFTER = timedelta(seconds=4)
CATCH_UP = timedelta(hours=26)
CRON_STEP = timedelta(minutes=1)
ATTEMPTS_MAX = 5
RUNS_SHOWN = 20
RUNS_KEPT = timedelta(days=30)
PURGE_BATCH = 5_000
# A server that restarts, a lock that was not to be had: passing, and no fault of the job.
AWAY = (OperationalError, InterfaceError, PoolTimeout)

log = get_logger(__name__)


class JobRun(Base):
    """One run of a job for one slot. `state`: running, done or failed."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index("ix_job_run_job_started_at", "job", "started_at"),
        Index("ix_job_run_running", "pulse_at", postgresql_where=text("state = 'running'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    job: Mapped[str]
    slot: Mapped[str]
    as_of: Mapped[date]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("1"))
    worker: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    pulse_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]


def due_slots(job: Job, *, zone: str, since: datetime, until: datetime) -> list[datetime]:
    """The instants in (since, until] at which the job is scheduled, in the zone's own time.

    An hour that the autumn repeats has its slots once.
    """
    trigger = CronTrigger.from_crontab(job.cron, timezone=ZoneInfo(zone))
    slots: dict[str, datetime] = {}
    at = trigger.get_next_fire_time(None, since + CRON_STEP)
    while at is not None and at <= until:
        slots.setdefault(slot_name(at), at)
        # From the instant itself: the trigger's own "previous" never leaves a repeated hour.
        at = trigger.get_next_fire_time(None, at.astimezone(UTC) + CRON_STEP)
    return list(slots.values())


def next_slot(job: Job, *, zone: str, now: datetime) -> datetime | None:
    """When the job runs next by its schedule."""
    found: datetime | None = CronTrigger.from_crontab(
        job.cron, timezone=ZoneInfo(zone)
    ).get_next_fire_time(None, now)
    return found


def start(job: Job, *, slot: str, as_of: date) -> UUID | None:
    """Claim a slot. None when it was claimed before."""
    with transaction() as session:
        return session.execute(
            insert(JobRun)
            .values(
                id=new_id(), job=job.name, slot=slot, as_of=as_of, state="running", worker=_me()
            )
            .on_conflict_do_nothing(index_elements=["job", "slot"])
            .returning(JobRun.id)
        ).scalar_one_or_none()


def take_over(job: Job) -> tuple[UUID, date] | None:
    """Claim a run of this job whose worker has died, with its day.

    One that was lost five times has failed.
    """
    is_lost = (
        JobRun.job == job.name,
        JobRun.state == "running",
        JobRun.pulse_at < func.clock_timestamp() - PULSE_LOST_AFTER,
    )
    with transaction() as session:
        session.execute(
            update(JobRun)
            .where(*is_lost, JobRun.attempts >= ATTEMPTS_MAX)
            .values(state="failed", error="lost", finished_at=func.clock_timestamp())
        )
        lost = select(JobRun.id).where(*is_lost).limit(1).with_for_update(skip_locked=True)
        row = session.execute(
            update(JobRun)
            .where(JobRun.id.in_(lost))
            .values(
                attempts=JobRun.attempts + 1,
                worker=_me(),
                pulse_at=func.clock_timestamp(),
            )
            .returning(JobRun.id, JobRun.as_of)
        ).first()
    return None if row is None else (row.id, row.as_of)


def find_running(job: Job) -> tuple[UUID, date] | None:
    """A run of this job that another worker is busy with, with its day."""
    with transaction() as session:
        row = session.execute(
            select(JobRun.id, JobRun.as_of).where(
                JobRun.job == job.name,
                JobRun.state == "running",
                JobRun.worker != _me(),
                JobRun.pulse_at >= func.clock_timestamp() - PULSE_LOST_AFTER,
            )
        ).first()
    return None if row is None else (row.id, row.as_of)


def run(job: Job, *, run_id: UUID, as_of: date, now: datetime) -> dict[str, Any]:
    """Run to the end and record it. Raises what the job raises, after recording the failure."""
    log.info("job_started", job=job.name, as_of=as_of.isoformat(), run_id=str(run_id))
    try:
        with _pulse(run_id):
            result = job.run(
                JobContext(as_of=as_of, now=now, run_id=run_id, heartbeat=lambda: beat(run_id))
            )
    except AWAY as error:
        # The run stays open and loses its pulse: whoever leads takes it up where it stood.
        log.warning("job_interrupted", job=job.name, run_id=str(run_id), **told(error))
        metrics.JOB_RUNS.labels(job.name, "interrupted").inc()
        raise
    except Exception as error:
        _finish(run_id, state="failed", error=type(error).__name__)
        metrics.JOB_RUNS.labels(job.name, "failed").inc()
        log.error("job_failed", job=job.name, run_id=str(run_id), **told(error))  # noqa: TRY400
        raise
    _finish(run_id, state="done", result=result)
    metrics.JOB_RUNS.labels(job.name, "done").inc()
    log.info("job_done", job=job.name, run_id=str(run_id))
    return result


def assist(job: Job, *, run_id: UUID, as_of: date, now: datetime) -> None:
    """Help with a parallel job's running run; its own worker records the end."""
    job.run(JobContext(as_of=as_of, now=now, run_id=run_id, heartbeat=lambda: None))


def beat(run_id: UUID) -> None:
    """Show that the run is alive."""
    with transaction() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.id == run_id, JobRun.state == "running")
            .values(pulse_at=func.clock_timestamp())
        )


@contextmanager
def _pulse(run_id: UUID) -> Iterator[None]:
    stop = threading.Event()

    def keep_beating() -> None:
        while not stop.wait(PULSE_SECONDS):
            try:
                beat(run_id)
            except Exception as error:  # noqa: BLE001 - a missed beat; the next may come through
                log.warning("pulse_missed", error=type(error).__name__)

    thread = threading.Thread(target=keep_beating, daemon=True, name="job-pulse")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _finish(
    run_id: UUID, *, state: str, result: dict[str, Any] | None = None, error: str | None = None
) -> None:
    with transaction() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.id == run_id)
            .values(state=state, result=result, error=error, finished_at=func.clock_timestamp())
        )


def missed_slot(job: Job, *, zone: str, now: datetime) -> datetime | None:
    """The latest slot of the past day that nobody ran; earlier ones are not made up for."""
    slots = due_slots(job, zone=zone, since=now - CATCH_UP, until=now)
    if not slots:
        return None
    with transaction() as session:
        known = session.execute(
            select(JobRun.id).where(JobRun.job == job.name, JobRun.slot == slot_name(slots[-1]))
        ).first()
    return None if known else slots[-1]


def slot_name(at: datetime) -> str:
    """A slot's name in its unique key: what the clock on the programme's wall shows."""
    return at.replace(tzinfo=None).isoformat(timespec="minutes")


def list_latest(session: Session, *, jobs: Sequence[str]) -> Sequence[AnyRow]:
    """The latest runs of each job, newest first, `RUNS_SHOWN` a job at most."""
    place = func.row_number().over(partition_by=JobRun.job, order_by=JobRun.started_at.desc())
    numbered = (
        select(*JobRun.__table__.c, place.label("place")).where(JobRun.job.in_(jobs)).subquery()
    )
    return session.execute(
        select(numbered)
        .where(numbered.c.place <= RUNS_SHOWN)
        .order_by(numbered.c.job, numbered.c.place)
    ).all()


def purge_runs(session: Session, *, limit: int = PURGE_BATCH) -> int:
    """Forget runs that ended after 30 days, but for the latest of each job; how many there were."""
    later = aliased(JobRun)
    has_enough = (
        select(later.id)
        .where(later.job == JobRun.job, later.started_at > JobRun.started_at)
        .order_by(later.started_at)
        .offset(RUNS_SHOWN - 1)
        .limit(1)
        .correlate(JobRun)
        .exists()
    )
    is_old = JobRun.started_at < func.clock_timestamp() - RUNS_KEPT
    old = select(JobRun.id).where(JobRun.state != "running", is_old, has_enough).limit(limit)
    return len(session.execute(delete(JobRun).where(JobRun.id.in_(old)).returning(JobRun.id)).all())


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_BIRTH}"


_BIRTH = clock.wall_ns()
