"""The nights of points: run twice, killed half-way or late, the end is the same."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.kit.programme_zone import programme_day
from backend.kit.wiring import JobContext
from rewards.points import audit, jobs, queries, service
from rewards.points.models import PointsEntry, PointsLot
from tests.clock import NOW
from tests.factories.points import give, make_member

CAUSE = service.Cause("redemption", new_id())
FIRST_NIGHT = NOW.replace(year=2027, month=12, day=1)


class Killed(Exception):
    """The worker was killed between two chunks."""


def context(now, *, heartbeat=lambda: None):
    return JobContext(as_of=programme_day(now), now=now, run_id=UUID(int=1), heartbeat=heartbeat)


@pytest.fixture
def crowd(session):
    """Five borrowers with two lots each that end in November 2027, and one that ends later."""
    people = []
    for number in range(5):
        _, who = make_member(session)
        give(session, who, 100)
        give(session, who, 20)
        give(session, who, 50, now=NOW + timedelta(days=30))
        if number == 0:
            service.spend(session, borrower_id=who, points=110, cause=CAUSE, now=NOW)
        people.append(who)
    return sorted(people)


def state(session, people):
    rows = session.execute(
        select(PointsLot.borrower_id, PointsLot.number, PointsLot.available, PointsLot.spent)
        .where(PointsLot.borrower_id.in_(people))
        .order_by(PointsLot.borrower_id, PointsLot.number)
    ).all()
    entries = session.execute(
        select(PointsEntry.borrower_id, PointsEntry.number, PointsEntry.kind, PointsEntry.points)
        .where(PointsEntry.borrower_id.in_(people))
        .order_by(PointsEntry.borrower_id, PointsEntry.number)
    ).all()
    return [tuple(row) for row in rows], [tuple(row) for row in entries]


def expired(session, people):
    return [(kind, points) for *_, kind, points in state(session, people)[1] if kind == "expired"]


@pytest.mark.parametrize("chunk", [1, 2, 3, 20_000])
def test_what_is_past_its_day_expires_and_nothing_else(session, crowd, monkeypatch, chunk):
    monkeypatch.setattr(jobs, "EXPIRY_CHUNK", chunk)
    last_day = context(NOW.replace(year=2027, month=11, day=30))

    before = jobs.expire(last_day)
    done = jobs.expire(context(FIRST_NIGHT))

    assert before == {"lots": 0}
    assert done == {"lots": 9}
    total = -sum(points for _, points in expired(session, crowd))
    assert total == 5 * 120 - 110
    for who in crowd:
        own = queries.get_own(session, borrower_id=who, today=programme_day(FIRST_NIGHT))
        assert own["expiring"] == [{"on": "2027-12-31", "points": 50}]
    assert list(audit.check_points(session)) == []


def test_in_chunks_of_borrowers_each_reads_of_one_expiry(session, crowd):
    jobs.expire(context(FIRST_NIGHT))
    assert sorted(expired(session, crowd)) == [("expired", -120)] * 4 + [("expired", -10)]


def test_run_twice_it_finds_nothing_more(session, crowd):
    jobs.expire(context(FIRST_NIGHT))
    once = state(session, crowd)
    assert jobs.expire(context(FIRST_NIGHT)) == {"lots": 0}
    assert state(session, crowd) == once


def test_killed_half_way_it_goes_on_where_it_stood(session, crowd, monkeypatch):
    monkeypatch.setattr(jobs, "EXPIRY_CHUNK", 2)
    beats = iter(range(1))

    def die():
        if next(beats, None) is None:
            raise Killed

    with pytest.raises(Killed):
        jobs.expire(context(FIRST_NIGHT, heartbeat=die))
    half = expired(session, crowd)
    jobs.expire(context(FIRST_NIGHT))

    assert 0 < len(half) < 5
    assert -sum(points for _, points in expired(session, crowd)) == 5 * 120 - 110
    assert list(audit.check_points(session)) == []


def test_late_it_does_what_every_night_would_have_done(session, crowd):
    jobs.expire(context(FIRST_NIGHT + timedelta(days=60)))

    numbers = [points for _, points in expired(session, crowd)]
    # Two days of expiry, an entry for each.
    assert sorted(numbers) == sorted([-120] * 4 + [-10] + [-50] * 5)
    assert list(audit.check_points(session)) == []


def test_points_of_a_hold_do_not_expire_under_it(session):
    _, who = make_member(session)
    give(session, who, 100)
    later = NOW.replace(year=2027, month=11, day=29)
    service.hold(
        session,
        borrower_id=who,
        points=100,
        deadline_at=later + timedelta(days=10),
        cause=CAUSE,
        now=later,
    )

    assert jobs.expire(context(FIRST_NIGHT)) == {"lots": 0}
    assert jobs.release_overdue(context(later + timedelta(days=10))) == {"holds": 1}

    own = queries.get_own(session, borrower_id=who, today=programme_day(FIRST_NIGHT))
    assert (own["available"], own["held"]) == (0, 0)
    assert expired(session, [who]) == [("expired", -100)]


def test_holds_past_their_deadline_are_given_back_in_chunks(session, monkeypatch):
    monkeypatch.setattr(jobs, "HOLDS_CHUNK", 2)
    _, who = make_member(session)
    give(session, who, 100)
    for _ in range(5):
        service.hold(
            session,
            borrower_id=who,
            points=10,
            deadline_at=NOW + timedelta(days=1),
            cause=CAUSE,
            now=NOW,
        )

    assert jobs.release_overdue(context(NOW)) == {"holds": 0}
    assert jobs.release_overdue(context(NOW + timedelta(days=1))) == {"holds": 5}


def test_she_is_told_once_of_what_expires_within_thirty_days(session, crowd, monkeypatch):
    monkeypatch.setattr(jobs, "NOTICE_CHUNK", 2)
    early = NOW.replace(year=2027, month=10, day=30)
    in_time = NOW.replace(year=2027, month=10, day=31)

    assert jobs.announce_expiring(context(early)) == {"borrowers": 0}
    assert jobs.announce_expiring(context(in_time)) == {"borrowers": 5}
    assert jobs.announce_expiring(context(in_time)) == {"borrowers": 0}

    told = session.execute(
        select(EventRow.payload).where(EventRow.name == "PointsExpiringSoon")
    ).scalars()
    assert sorted(payload["points"] for payload in told) == [10, 120, 120, 120, 120]


@pytest.mark.commits
def test_an_expiry_over_many_really_commits_chunk_by_chunk(session, monkeypatch):
    monkeypatch.setattr(jobs, "EXPIRY_CHUNK", 3)
    people = []
    for _ in range(7):
        _, who = make_member(session)
        give(session, who, 10)
        people.append(who)
    session.commit()
    seen = []

    def look():
        with transaction() as own:
            left = select(func.count()).select_from(PointsLot).where(PointsLot.available > 0)
            seen.append(own.execute(left).scalar_one())
            # What a chunk sets for itself is over with it.
            assert own.execute(text("SHOW enable_seqscan")).scalar_one() == "on"

    jobs.expire(context(FIRST_NIGHT, heartbeat=look))

    assert seen[:3] == [4, 1, 0]
    assert list(audit.check_points(session)) == []
    assert date(2027, 11, 30) not in [
        each["on"]
        for who in people
        for each in queries.get_own(session, borrower_id=who, today=date(2027, 12, 1))["expiring"]
    ]
