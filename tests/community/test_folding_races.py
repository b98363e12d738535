"""Two moderators decide the same words at once, each for all who wrote them."""

import threading

import pytest
from sqlalchemy import func, select

from backend.kit import clock
from community import wall
from community.cases.models import Case
from community.cases.rules import Queue, State
from community.cases.service import Moderator, claim_next
from community.moderation import queries, service
from community.moderation.models import Decision
from community.moderation.rules import Action, Clause, Ruling
from community.moderation.service import Claim
from tests.community.conftest import Person
from tests.factories.loans import make_borrower

COPIES, ROUNDS = 16, 2
RULING = Ruling(Action.REMOVE, Clause.DEBT_SELLERS, "An offer to settle debts for a fee.")


def take(who):
    with wall.transaction() as session:
        case = claim_next(session, queue=Queue.GENERAL, who=who, now=clock.now())
        return Claim(case.id, case.claim_token, case.version, bytes(case.content_hash))


def decide_all(claim, who, faults, start):
    try:
        start.wait()
        with wall.transaction() as session:
            made = service.decide(session, claim=claim, ruling=RULING, who=who, now=clock.now())
            given = {"decision": queries.get_decision(session, decision_id=made.id), "who": who}
            alike = service.list_same_text(session, **given, now=clock.now())
        for case_id in alike:
            with wall.transaction() as session:
                service.fold(session, case_id=case_id, ruling=RULING, **given, now=clock.now())
    except Exception as fault:  # noqa: BLE001 - whatever it is, the test tells it
        faults.append(fault)


@pytest.mark.commits
def test_all_is_decided_once_and_nobody_waits_for_the_other(session, own_database, borrower_api):
    people = [make_borrower(session) for _ in range(COPIES)]
    session.commit()
    for each in people:
        Person(each, borrower_api(each)).write(body="We settle every debt for a small fee!")
    moderators = [Moderator(each) for each in people[:ROUNDS]]
    claims = [take(who) for who in moderators]
    faults, start = [], threading.Barrier(ROUNDS)
    threads = [
        threading.Thread(target=decide_all, args=(claim, who, faults, start))
        for claim, who in zip(claims, moderators, strict=True)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert faults == []
    with wall.transaction() as behind:
        count = select(func.count()).select_from
        assert behind.execute(count(Decision)).scalar_one() == COPIES
        still = count(Case).where(Case.state == State.OPEN)
        assert behind.execute(still).scalar_one() == 0
