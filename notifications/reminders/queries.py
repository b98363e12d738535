"""Reads of plans, and what reminders have done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit.db import AnyRow
from backend.kit.paging import Page, page
from backend.kit.statistics import Share, difference
from backend.loans import queries as loans
from backend.programme import queries as programme
from notifications.reminders.errors import ReminderPlanUnknown
from notifications.reminders.models import ReminderPlan
from notifications.reminders.plan import read_plan
from notifications.reminders.planning import place_of
from notifications.reminders.rules import HOLDOUT_PARTS, Plan


def get_live(session: Session) -> Plan:
    """The plan that counts now: the one published last."""
    row = session.execute(
        select(ReminderPlan.version, ReminderPlan.document)
        .where(ReminderPlan.published_at.is_not(None))
        .order_by(ReminderPlan.version.desc())
        .limit(1)
    ).one()
    return read_plan(row.document, version=row.version)


def page_plans(session: Session, *, args: Mapping[str, Any]) -> Page:
    """Versions of the plan, newest first."""
    return page(
        session,
        select(ReminderPlan.__table__),
        keys=(ReminderPlan.version,),
        descending=True,
        args=args,
    )


def get_plan(session: Session, *, version: int) -> AnyRow:
    """A version, draft or published. Refuses: ReminderPlanUnknown."""
    row = session.execute(
        select(ReminderPlan.__table__).where(ReminderPlan.version == version)
    ).first()
    if row is None:
        raise ReminderPlanUnknown
    return row


@dataclass(frozen=True)
class Effect:
    """Who paid by the due day, of those who may be reminded and of those left without."""

    from_on: date
    until_on: date
    holdout_percent: int
    treated: Share
    holdout: Share

    @property
    def difference(self) -> tuple[float, float, float] | None:
        """Treated minus holdout, with its 95 % interval."""
        return difference(self.treated, self.holdout)


def measure(session: Session, *, from_on: date, until_on: date, today: date) -> Effect:
    """By whom reminders were meant for, not by who got them: the hash drew both groups alike.

    Of each borrower the first instalment in the span counts, so that each is counted once. What is
    due today or later is not in it: it may still be paid in time.
    """
    plan = get_live(session)
    until_past = min(until_on, today - timedelta(days=1))
    due = loans.select_first_dues(from_on=from_on, until_on=until_past).subquery("due")
    is_held_out = place_of(due.c.borrower_id) < plan.holdout_percent * HOLDOUT_PARTS // 100
    rows = session.execute(
        select(
            is_held_out.label("is_held_out"),
            func.count().label("size"),
            func.count().filter(due.c.is_on_time).label("kept"),
        )
        .where(~programme.is_left_alone(due.c.borrower_id))
        .group_by(is_held_out)
    )
    found = {row.is_held_out: Share(row.kept, row.size) for row in rows}
    nobody = Share(0, 0)
    return Effect(
        from_on, until_on, plan.holdout_percent, found.get(False, nobody), found.get(True, nobody)
    )
