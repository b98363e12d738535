"""Many at once: one credential, places of their own, one first key, and no revocation lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.problems import Problem
from rewards.badges import service as badges
from rewards.badges.rules import Cause
from rewards.credentials import audit, service
from rewards.credentials.models import (
    Credential,
    CredentialPlace,
    CredentialSigner,
    CredentialStatusList,
)
from tests.clock import NOW
from tests.factories.credentials import make_award
from tests.factories.loans import make_borrower

pytestmark = pytest.mark.commits

THREADS = 12


def at_once(*works):
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            with transaction() as session:
                return work(session)
        except Problem as refused:
            return refused.code

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def issuing(borrower_id, award_id):
    def issue(session):
        row, _ = service.issue(
            session, borrower_id=borrower_id, award_id=award_id, now=NOW, at=clock.wall()
        )
        return row.id

    return issue


def count(session, *of, where=()):
    session.rollback()
    return session.execute(select(func.count()).select_from(*of).where(*where)).scalar_one()


def test_one_award_asked_for_at_once_has_one_credential(session):
    who = make_borrower(session, external_id="ann")
    award_id = make_award(session, who)
    assert len(set(at_once(*[issuing(who, award_id)] * THREADS))) == 1
    assert count(session, Credential) == count(session, CredentialPlace) == 1


def test_many_holders_at_once_have_a_place_each_by_one_key(session):
    holders = [make_borrower(session, external_id=f"h{n}") for n in range(THREADS)]
    works = [issuing(who, make_award(session, who)) for who in holders]
    assert len(set(at_once(*works))) == THREADS
    places = select(func.count(func.distinct(CredentialPlace.place)))
    assert session.execute(places).scalar_one() == THREADS
    assert count(session, CredentialSigner) == count(session, CredentialStatusList) == 1


def test_a_badge_taken_back_while_it_is_signed_leaves_nothing_valid(session, deliver, staff_api):
    staff_id = staff_api("risk_officer").id
    who = make_borrower(session, external_id="ann")
    award_id = make_award(session, who)
    session.commit()

    def take_back(own):
        badges.revoke(
            own,
            borrower_id=who,
            award_id=award_id,
            cause=Cause.AWARDED_IN_ERROR,
            note="A test.",
            staff_id=staff_id,
            now=NOW,
        )

    def end(own):
        service.revoke(own, borrower_id=who, award_id=award_id, now=NOW)

    def share(own):
        service.open_share(own, borrower_id=who, award_id=award_id, now=NOW)

    issue = issuing(who, award_id)
    at_once(issue, take_back, issue, share, end, issue, share, end)
    deliver()
    assert count(session, Credential, where=[Credential.revoked_at.is_(None)]) == 0
    assert list(audit.check_credentials(session)) == []


def test_no_revocation_of_a_list_is_lost(session):
    holders = [make_borrower(session, external_id=f"h{n}") for n in range(THREADS)]
    awards = [(who, make_award(session, who)) for who in holders]
    at_once(*[issuing(*each) for each in awards])

    def ending(some):
        def end(own):
            return service.revoke_of_awards(own, awards=some, now=NOW)

        return end

    pairs = [awards[n : n + 2] for n in range(THREADS - 1)]
    assert sum(at_once(*map(ending, pairs))) == THREADS
    session.rollback()
    assert list(audit.check_credentials(session)) == []
    assert count(session, CredentialPlace, where=[CredentialPlace.revoked_at.is_(None)]) == 0
