"""The scheduled work of reminders and greetings. Each may run twice or late without harm."""

from datetime import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.kit.db import reading, transaction
from backend.kit.programme_zone import Moment, moment
from backend.kit.wiring import Job, JobContext
from backend.loans import queries as loans
from notifications.reminders import queries, service
from notifications.reminders.planning import Part
from notifications.reminders.rules import SEND_LAST

LOANS_AT_ONCE = 50_000
PEOPLE_AT_ONCE = 10_000
CHUNK_SECONDS_MAX = 300
PLANNED_FROM = time(5)  # a night's import is in by then
FIRST = UUID(int=0)


def plan_reminders(context: JobContext) -> dict[str, Any]:
    """Intend today's reminders, a share of the loans at a time."""
    at = moment(context.now, today=context.as_of)
    with reading() as session:
        plan = queries.get_live(session)
        zones = _zones(session, at)
    planned, after = 0, FIRST
    while True:
        with transaction(patience_seconds=CHUNK_SECONDS_MAX) as session:
            last = loans.find_share(session, after=after, loans=LOANS_AT_ONCE)
            if last is not None:
                part = Part(after, last, zones)
                planned += service.plan_reminders(session, plan=plan, part=part, at=at)
        if last is None:
            return {"plan_version": plan.version, "planned": planned}
        after = last
        context.heartbeat()


def plan_greetings(context: JobContext) -> dict[str, Any]:
    """Intend today's greetings, a share of the borrowers at a time."""
    at = moment(context.now, today=context.as_of)
    with reading() as session:
        plan = queries.get_live(session)
        zones = _zones(session, at)
    birthdays = feasts = 0
    after = FIRST
    while True:
        with transaction(patience_seconds=CHUNK_SECONDS_MAX) as session:
            found = service.plan_greetings(
                session, plan=plan, after=after, limit=PEOPLE_AT_ONCE, zones=zones, at=at
            )
        if found is None:
            return {"birthdays": birthdays, "feasts": feasts}
        birthdays += found.birthdays
        feasts += found.feasts
        after = found.last
        context.heartbeat()


def _zones(session: Session, at: Moment) -> list[str]:
    """Zones in which it is day; all of them where another day is named."""
    zones = borrowers.list_zones(session)
    if at.day is not None:
        return zones
    return [z for z in zones if PLANNED_FROM <= at.at.astimezone(ZoneInfo(z)).time() < SEND_LAST]


JOBS = (
    Job(name="reminders", cron="10 * * * *", run=plan_reminders),
    Job(name="greetings", cron="25 */3 * * *", run=plan_greetings),
)
