"""Many at once: one award, whoever gives it, and none given back behind a person's back."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from backend.events.badges import BadgeAwarded
from backend.kit.db import transaction
from backend.kit.outbox import EventRow
from backend.programme import service as programme
from rewards.badges import service
from rewards.badges.models import BadgeAward
from rewards.badges.rules import Cause
from tests.clock import NOW
from tests.factories.profile import make_profile

pytestmark = pytest.mark.commits

THREADS = 12


@pytest.fixture
def earner(session):
    """Enrolled, with three in a row."""
    who = make_profile(session, on_time_streak=3, programme_status="enrolled")
    programme.enrol_all(session, borrower_ids=[who], reason="test", now=NOW)
    session.commit()
    return who


def at_once(*works):
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        with transaction() as session:
            return work(session)

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def count(session, *where):
    session.rollback()
    return session.execute(select(func.count()).where(*where)).scalar_one()


def test_one_badge_from_many_workers(session, earner):
    def give(own):
        return service.award(own, borrower_ids=[earner], now=NOW)

    assert sum(at_once(*[give] * THREADS)) == 1
    assert count(session, BadgeAward.borrower_id == earner) == 1
    assert count(session, EventRow.name == BadgeAwarded.__name__) == 1


def test_what_a_person_takes_back_no_worker_gives_back(session, earner, staff_api):
    staff_id = staff_api("risk_officer").id
    session.commit()
    with transaction() as own:
        service.award(own, borrower_ids=[earner], now=NOW)
    award_id = session.execute(select(BadgeAward.id)).scalar_one()
    session.rollback()

    def give(own):
        return service.award(own, borrower_ids=[earner], now=NOW)

    def take(own):
        service.revoke(
            own,
            borrower_id=earner,
            award_id=award_id,
            cause=Cause.AWARDED_IN_ERROR,
            note="test",
            staff_id=staff_id,
            now=NOW,
        )
        return 0

    assert sum(at_once(take, *[give] * THREADS)) == 0
    assert count(session, BadgeAward.state == "standing") == 0


def test_two_people_take_one_award_back_once(session, earner, staff_api):
    staff_id = staff_api("risk_officer").id
    session.commit()
    with transaction() as own:
        service.award(own, borrower_ids=[earner], now=NOW)
    award_id = session.execute(select(BadgeAward.id)).scalar_one()
    session.rollback()

    def take(own):
        try:
            service.revoke(
                own,
                borrower_id=earner,
                award_id=award_id,
                cause=Cause.AT_HER_REQUEST,
                note="test",
                staff_id=staff_id,
                now=NOW,
            )
        except service.revoking.AwardRevoked:
            return 0
        return 1

    assert sum(at_once(*[take] * 5)) == 1
