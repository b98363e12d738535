"""Many moderators at once: every case is decided once, whatever goes wrong on the way."""

import random
import threading
import time
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.kit import clock
from backend.kit.ids import new_id
from community import wall
from community.cases import service as cases
from community.cases.errors import CaseMoved
from community.cases.rules import Cause, Queue, Target
from community.cases.service import Moderator, Subject
from community.moderation import service
from community.moderation.rules import Action, Ruling
from community.moderation.service import Claim
from tests.factories.loans import make_borrower

CASES, WORKERS = 600, 16
LEASE = timedelta(seconds=2)
STALE, ABANDONED = 0.03, 0.02
APPROVE = Ruling(Action.APPROVE)
WRITE = """
WITH written AS (
    INSERT INTO community.writing (id, author_id, kind, topic, title, body, state, held_for,
                                   content_hash, created_at)
    SELECT gen_random_uuid(), :author, 'post', 'budget', 'Day ' || n, 'Soup.', 'held',
           '{new_member}', sha256(n::text::bytea), now()
      FROM generate_series(1, :count) AS n
    RETURNING id, content_hash
)
SELECT id, content_hash FROM written
"""


@pytest.fixture
def waiting(session):
    """600 texts that wait, each with its case."""
    borrower_id = make_borrower(session)
    session.commit()
    with wall.transaction() as behind:
        author_id = new_id()
        behind.execute(
            text(
                "INSERT INTO community.member (id, borrower_id, handle, handle_since_at, joined_at)"
                " VALUES (:id, :borrower, 'calm-river-1234', now(), now())"
            ),
            {"id": author_id, "borrower": borrower_id},
        )
        rows = behind.execute(text(WRITE), {"author": author_id, "count": CASES}).all()
        for row in rows:
            subject = Subject(Target.POST, row.id, author_id, bytes(row.content_hash))
            cases.open_case(behind, subject=subject, causes=[Cause.FIRST_POSTS], now=clock.wall())


class Worker(threading.Thread):
    """Takes and decides until nothing is left; sometimes too slowly, sometimes not at all."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.who = Moderator(new_id())
        self.dice = random.Random(seed)  # noqa: S311
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        idle = 0
        while idle < 60:
            claim = self.take()
            if claim is None:
                idle += 1
                time.sleep(0.05)
                continue
            idle = 0
            chance = self.dice.random()
            if chance < ABANDONED:
                self.seen["abandoned"] += 1
                continue
            if chance < ABANDONED + STALE:
                time.sleep(LEASE.total_seconds() + 0.3)
            self.decide(claim)

    def take(self) -> Claim | None:
        with wall.transaction() as session:
            case = cases.claim_next(
                session, queue=Queue.GENERAL, who=self.who, now=clock.wall(), lease=LEASE
            )
            if case is None:
                return None
            return Claim(case.id, UUID(str(case.claim_token)), case.version, case.content_hash)

    def decide(self, claim: Claim) -> None:
        try:
            with wall.transaction() as session:
                service.decide(session, claim=claim, ruling=APPROVE, who=self.who, now=clock.wall())
            self.seen["decided"] += 1
        except CaseMoved as moved:
            self.seen["late"] += 1
            if moved.context["decision"] is not None:
                self.seen["told who won"] += 1


@pytest.mark.commits
def test_six_hundred_cases_are_decided_once_each(own_database, waiting):
    workers = [Worker(seed) for seed in range(WORKERS)]
    for each in workers:
        each.start()
    for each in workers:
        each.join(90)
    seen = sum((each.seen for each in workers), Counter())
    with wall.reading() as session:
        found = session.execute(
            text(
                "SELECT count(*) AS decisions, count(DISTINCT case_id) AS cases,"
                " (SELECT count(*) FROM community.moderation_case WHERE state = 'open') AS open,"
                " (SELECT count(*) FROM community.writing WHERE state = 'published') AS shown"
                "  FROM community.moderation_decision"
            )
        ).one()
    assert (found.decisions, found.cases, found.open, found.shown) == (CASES, CASES, 0, CASES)
    assert seen["decided"] == CASES
    assert seen["abandoned"] > 0
    assert seen["told who won"] <= seen["late"]
