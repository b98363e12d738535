"""The scheduled work of reminders and greetings. Each may run twice or late without harm."""

from collections.abc import Callable
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
    planned = _by_share(
        context, lambda session, part: service.plan_reminders(session, plan=plan, part=part, at=at),
        zones=zones,
    )  # fmt: skip
    return {"plan_version": plan.version, "planned": planned}


def plan_greetings(context: JobContext) -> dict[str, Any]:
    """Intend today's greetings: birthdays, and the feasts where it is one."""
    at = moment(context.now, today=context.as_of)
    with reading() as session:
        plan = queries.get_live(session)
        zones = _zones(session, at)
    feasts = _by_share(
        context,
        lambda session, part: service.plan_feasts(
            session, plan=plan, part=part, at=at, today=context.as_of
        ),
        zones=zones,
    )
    birthdays, after = 0, FIRST
    while True:
        with transaction(patience_seconds=CHUNK_SECONDS_MAX) as session:
            reached, greeted = service.plan_birthdays(
                session, plan=plan, after=after, limit=PEOPLE_AT_ONCE, zones=zones, at=at
            )
        birthdays += greeted
        if reached is None:
            return {"birthdays": birthdays, "feasts": feasts}
        after = reached
        context.heartbeat()


def _zones(session: Session, at: Moment) -> list[str]:
    """Zones in which it is day; all of them where another day is named."""
    zones = borrowers.list_zones(session)
    if at.day is not None:
        return zones
    return [z for z in zones if PLANNED_FROM <= at.at.astimezone(ZoneInfo(z)).time() < SEND_LAST]


def _by_share(context: JobContext, run: Callable[[Session, Part], int], *, zones: list[str]) -> int:
    planned, after = 0, FIRST
    while True:
        with transaction(patience_seconds=CHUNK_SECONDS_MAX) as session:
            last = loans.find_share(session, after=after, loans=LOANS_AT_ONCE)
            if last is not None:
                planned += run(session, Part(after, last, zones))
        if last is None:
            return planned
        after = last
        context.heartbeat()


JOBS = (
    Job(name="reminders", cron="10 * * * *", run=plan_reminders),
    Job(name="greetings", cron="25 */3 * * *", run=plan_greetings),
)
