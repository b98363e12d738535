"""An occasion is told once, whoever announces it and however often, until its subject is over."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Text, cast, delete, func, literal, null, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from backend.borrowers.models import Borrower
from backend.events.contacts import Purpose
from backend.kit.db import transaction
from backend.kit.ids import new_id
from notifications.deliveries import service
from notifications.deliveries.models import NotificationIntent, NotificationWaiting
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent
from tests.webhooks.test_leases import wait_until

ROOT = Path(__file__).parents[2]
BLOCKED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND datname = current_database()"
)
TIMES = 25  # in each of two processes


def count(session, model):
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_one_occasion_of_one_subject_is_intended_once_for_a_purpose(session):
    ann, bob = make_borrower(session), make_borrower(session)
    first = make_intent(session, borrower_id=ann, occasion="monday")
    assert first is not None
    assert make_intent(session, borrower_id=ann, occasion="monday") is None
    others = (
        make_intent(session, borrower_id=ann, occasion="tuesday"),
        make_intent(session, borrower_id=ann, occasion="monday", purpose=Purpose.PLAN),
        make_intent(session, borrower_id=ann, occasion="monday", subject=f"loan:{ann}"),
        make_intent(session, borrower_id=bob, occasion="monday"),
    )
    assert len({first, *others}) == 5
    assert count(session, NotificationWaiting) == 5


def chosen(*, due_at=None):
    return select(
        Borrower.id.label("borrower_id"),
        literal(Purpose.GREETING.value).label("purpose"),
        literal("greeting.new_year").label("template"),
        (literal("borrower:") + cast(Borrower.id, Text)).label("subject"),
        literal("2027").label("occasion"),
        literal({}, JSONB).label("variables"),
        (null() if due_at is None else literal(due_at)).label("due_at"),
        literal(NOW + timedelta(days=1)).label("expires_at"),
    )


def test_many_are_intended_by_one_statement_and_none_twice(session):
    ann = make_borrower(session)
    assert service.intend_selected(session, chosen(), now=NOW) == 1
    make_borrower(session)
    later = NOW + timedelta(hours=2)
    assert service.intend_selected(session, chosen(due_at=later), now=NOW) == 1
    assert service.intend_selected(session, chosen(), now=NOW) == 0
    due = dict(
        session.execute(select(NotificationWaiting.borrower_id, NotificationWaiting.due_at)).all()
    )
    assert due.pop(ann) == NOW
    assert list(due.values()) == [later]


def test_what_is_over_is_told_no_more_and_nothing_else_is_touched(session):
    ann, bob = make_borrower(session), make_borrower(session)
    loan = f"loan:{ann}"
    make_intent(session, borrower_id=ann, subject=loan, occasion="1")
    make_intent(session, borrower_id=ann, subject=loan, occasion="2", purpose=Purpose.REMINDER)
    kept = make_intent(session, borrower_id=ann)
    others = make_intent(session, borrower_id=bob, subject=loan, occasion="1")
    args = {"borrower_id": ann, "subject": loan, "reason": "paid", "now": NOW}
    assert service.withdraw(session, **args) == 2
    assert service.withdraw(session, **args) == 0
    waiting = session.execute(select(NotificationWaiting.intent_id)).scalars()
    assert set(waiting) == {kept, others}
    closed = select(NotificationIntent.closed_why).where(NotificationIntent.closed_at == NOW)
    assert session.execute(closed).scalars().all() == ["paid", "paid"]
    assert make_intent(session, borrower_id=ann, subject=loan, occasion="1") is None


@pytest.mark.commits
def test_fifty_announcements_from_two_processes_make_one_intent(session, own_database):
    ann = make_borrower(session)
    session.commit()
    command = [sys.executable, "-m", "tests.deliveries.announcing", own_database.url, str(ann)]
    children = [
        subprocess.Popen(
            [*command, str(TIMES)],
            cwd=ROOT,
            env=os.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    made = [int(child.communicate(timeout=60)[0]) for child in children]
    assert sum(made) == 1
    assert (count(session, NotificationIntent), count(session, NotificationWaiting)) == (1, 1)


@pytest.mark.commits
def test_whoever_plans_and_whoever_takes_back_never_wait_for_each_other(session):
    """A payment is noted while the planner finds the same thing paid."""
    ann, loan = make_borrower(session), f"loan:{new_id()}"
    make_intent(session, borrower_id=ann, subject=loan)
    session.commit()

    def take_back():
        with transaction() as own:
            return service.withdraw(own, borrower_id=ann, subject=loan, reason="paid", now=NOW)

    def is_waiting():
        session.rollback()
        return session.execute(BLOCKED).scalar_one() == 1

    with ThreadPoolExecutor(1) as other, transaction() as planner:
        planner.execute(delete(NotificationWaiting))  # the planner's first statement
        taken = other.submit(copy_context().run, take_back)
        wait_until(is_waiting)
        planner.execute(text("SET LOCAL lock_timeout = '3s'"))
        planner.execute(update(NotificationIntent).values(closed_at=NOW, closed_why="paid"))
    assert taken.result() == 0
