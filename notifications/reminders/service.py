"""Plans written by one person and published by another; reminders and greetings planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from backend.borrowers import queries as borrowers
from backend.events.contacts import Purpose
from backend.evidence import service as evidence
from backend.kit.bulk import plan_for_many
from backend.kit.programme_zone import Moment
from backend.staff.errors import SecondPersonNeeded
from notifications.deliveries import service as deliveries
from notifications.reminders import queries
from notifications.reminders.errors import ReminderPlanNotDraft, ReminderPlanSuperseded
from notifications.reminders.models import ReminderPlan
from notifications.reminders.plan import check_plan
from notifications.reminders.planning import Part, select_birthdays, select_due, select_feast
from notifications.reminders.rules import Plan, feasts_near, is_birthday
from notifications.templates import queries as templates


def write_plan(
    session: Session,
    *,
    document: Mapping[str, Any],
    note: str,
    author_id: UUID,
    now: datetime,
    with_drafts: bool = False,
) -> int:
    """Keep a plan for somebody else to publish; returns its version. Refuses: Invalid.

    `with_drafts`: it may name a template whose words wait as well; publishing the plan asks again.
    """
    check_plan(document, templates=_templates(session, with_drafts=with_drafts))
    # Version 1 is always there: its row is the lock under which numbers are given out.
    session.execute(select(ReminderPlan.version).where(ReminderPlan.version == 1).with_for_update())
    version = session.execute(select(func.max(ReminderPlan.version))).scalar_one() + 1
    session.execute(
        insert(ReminderPlan).values(
            version=version,
            document=dict(document),
            note=note,
            author_id=author_id,
            created_at=now,
        )
    )
    return int(version)


def publish_plan(session: Session, *, version: int, publisher_id: UUID, now: datetime) -> None:
    """Let the newest draft count from the next run on.

    Refuses: ReminderPlanUnknown, ReminderPlanNotDraft, ReminderPlanSuperseded,
    SecondPersonNeeded, Invalid (a template is gone).
    """
    session.execute(select(ReminderPlan.version).where(ReminderPlan.version == 1).with_for_update())
    row = queries.get_plan(session, version=version)
    if row.published_at is not None:
        raise ReminderPlanNotDraft
    if row.author_id == publisher_id:
        raise SecondPersonNeeded
    if version != session.execute(select(func.max(ReminderPlan.version))).scalar_one():
        raise ReminderPlanSuperseded
    check_plan(row.document, templates=_templates(session))
    session.execute(
        update(ReminderPlan)
        .where(ReminderPlan.version == version)
        .values(publisher_id=publisher_id, published_at=now)
    )
    record = {
        "policy": "reminder_plan",
        "version": version,
        "document": row.document,
        "author_id": row.author_id,
        "publisher_id": publisher_id,
    }
    evidence.record(
        session, type=evidence.Act.POLICY_PUBLISHED, borrower_id=None, record=record, now=now
    )


def _templates(session: Session, *, with_drafts: bool = False) -> frozenset[str]:
    return frozenset(
        each.code
        for each in templates.list_templates(session)
        if each.purpose is Purpose.REMINDER and (with_drafts or each.live_version is not None)
    )


def plan_reminders(session: Session, *, plan: Plan, part: Part, at: Moment) -> int:
    """Intend what is due today to a share of borrowers; how many were not intended before."""
    plan_for_many(session)
    return deliveries.intend_selected(session, select_due(plan, part=part, at=at), now=at.at)


@dataclass(frozen=True)
class Greeted:
    """What came of a share: with whom it ended, and how many greetings there were."""

    last: UUID
    birthdays: int
    feasts: int


def plan_greetings(
    session: Session, *, plan: Plan, after: UUID, limit: int, zones: Sequence[str], at: Moment
) -> Greeted | None:
    """Greet the next borrowers on their birthday and on a feast; None: there are no more."""
    plan_for_many(session)
    people = borrowers.list_birthdays(session, after=after, limit=limit, zones=zones)
    if not people:
        return None
    last = people[-1][0]
    ids = [
        id_
        for id_, zone, born_on in people
        if born_on is not None and is_birthday(born_on, today=at.today(zone))
    ]
    birthdays = feasts = 0
    if ids:
        chosen = select_birthdays(ids, at=at, minutes=plan.minutes)
        birthdays = deliveries.intend_selected(session, chosen, now=at.at)
    days = feasts_near({at.today(zone) for zone in zones})
    if days:
        part = Part(after, last, zones)
        chosen = select_feast(days, part=part, at=at, minutes=plan.minutes)
        feasts = deliveries.intend_selected(session, chosen, now=at.at)
    return Greeted(last, birthdays, feasts)
