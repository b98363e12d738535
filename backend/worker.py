"""The process for events and jobs. Any number may run; one of them leads the schedule."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from backend import app
from backend.kit import clock, delivery, jobs, keyring, metrics
from backend.kit.db import get_database
from backend.kit.logs import get_logger
from backend.kit.wiring import Handler, Job

LEADER_LOCK = 7_236_001  # an arbitrary number, ours alone
IDLE_SECONDS = 0.1
DATABASE_AWAY_SECONDS = 1.0
LEAD_CHECK_SECONDS = 1.0
ASSIST_CHECK_SECONDS = 2.0

log = get_logger(__name__)


class Worker:
    """Delivers events, leads or follows the schedule, and helps with parallel jobs."""

    def __init__(self, process: app.Process) -> None:
        self.zone = process.settings.programme_zone
        self.handlers = app.handlers()
        self.jobs = app.jobs()
        self.loops = app.loops()
        self.stopping = threading.Event()
        self._lead: Connection | None = None
        self._scheduler: BackgroundScheduler | None = None

    def run(self) -> None:
        """Work until `stop`, once there are keys to work with."""
        self._wait_for_keys()
        loops: dict[str, Callable[[], None]] = {
            "deliver": self._deliver,
            "lead": self._lead_or_follow,
            "assist": self._assist,
            **{loop.name: partial(loop.run, self.stopping) for loop in self.loops},
        }
        with ThreadPoolExecutor(len(loops), thread_name_prefix="worker") as pool:
            for name, loop in loops.items():
                pool.submit(self._survive, name, loop)
        log.info("worker_stopped")

    def stop(self) -> None:
        """Finish what is in hand and return from `run`."""
        self.stopping.set()

    def _wait_for_keys(self) -> None:
        while not self.stopping.is_set():
            try:
                keyring.require()
            except Exception as error:  # noqa: BLE001 - a database that is away comes back
                log.warning("keys_not_read", error=type(error).__name__)
                self.stopping.wait(DATABASE_AWAY_SECONDS)
            else:
                return

    def _survive(self, name: str, loop: Callable[[], None]) -> None:
        """A loop goes on after any failure; a database that is away comes back."""
        while not self.stopping.is_set():
            try:
                loop()
            except Exception as error:  # noqa: BLE001 - the worker outlives what it works on
                log.warning("worker_loop_failed", loop=name, error=type(error).__name__)
                self.stopping.wait(DATABASE_AWAY_SECONDS)

    def _deliver(self) -> None:
        while not self.stopping.is_set():
            due = delivery.list_due([handler.name for handler in self.handlers])
            if sum(self._deliver_to(each) for each in self.handlers if each.name in due) == 0:
                self.stopping.wait(IDLE_SECONDS)

    def _deliver_to(self, handler: Handler) -> int:
        count = delivery.deliver_batch(handler, now=clock.now())
        if count:
            metrics.DELIVERIES.labels(handler.name).inc(count)
        return count

    def _lead_or_follow(self) -> None:
        try:
            while not self.stopping.wait(LEAD_CHECK_SECONDS):
                if not self._is_leading():
                    self._step_down()
                    self._try_to_lead()
                else:
                    self._take_over_lost_runs()
        finally:
            self._step_down()

    def _is_leading(self) -> bool:
        if self._lead is None:
            return False
        try:
            self._lead.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def _try_to_lead(self) -> None:
        # Of the primary: a lock on a replica would be that replica's own.
        connection = get_database().writes.connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = connection.execute(
            text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LEADER_LOCK}
        ).scalar_one()
        if not taken:
            connection.close()
            return
        # The lock lives as long as this connection; it must never go back to the pool with it.
        connection.detach()
        self._lead = connection
        log.info("worker_leads")
        self._scheduler = self._schedule()
        for job in self.jobs:
            missed = jobs.missed_slot(job, zone=self.zone, now=clock.wall())
            if missed is not None:
                self._scheduler.add_job(self._run_slot, args=(job, missed))

    def _step_down(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        if self._lead is not None:
            self._lead.close()
            self._lead = None

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(timezone=ZoneInfo(self.zone))
        for job in self.jobs:
            trigger = CronTrigger.from_crontab(job.cron, timezone=ZoneInfo(self.zone))
            scheduler.add_job(self._run_due, trigger, args=(job,), misfire_grace_time=None)
        scheduler.start()
        return scheduler

    def _run_due(self, job: Job) -> None:
        slot = jobs.missed_slot(job, zone=self.zone, now=clock.wall())
        if slot is not None:
            self._run_slot(job, slot)

    def _run_slot(self, job: Job, slot: datetime) -> None:
        as_of = clock.day_in_zone(clock.now(), self.zone)
        run_id = jobs.start(job, slot=jobs.slot_name(slot), as_of=as_of)
        if run_id is not None:
            jobs.run(job, run_id=run_id, as_of=as_of, now=clock.now())

    def _take_over_lost_runs(self) -> None:
        for job in self.jobs:
            lost = jobs.take_over(job)
            if lost is not None and self._scheduler is not None:
                run_id, as_of = lost
                log.warning("job_taken_over", job=job.name, run_id=str(run_id))
                self._scheduler.add_job(
                    jobs.run,
                    args=(job,),
                    kwargs={"run_id": run_id, "as_of": as_of, "now": clock.now()},
                )

    def _assist(self) -> None:
        parallel = [job for job in self.jobs if job.parallel]
        while not self.stopping.wait(ASSIST_CHECK_SECONDS):
            for job in parallel:
                running = jobs.find_running(job)
                if running is not None:
                    run_id, as_of = running
                    jobs.assist(job, run_id=run_id, as_of=as_of, now=clock.now())
