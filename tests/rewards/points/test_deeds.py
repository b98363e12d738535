"""What others tell: a friend who paid, an answer that helped. Capped, once each."""

from datetime import date, timedelta

import pytest

from backend.events.community import HelpfulAnswerConfirmed
from backend.events.plans import PlanInstallmentKept, PlanInstallmentUndone
from backend.events.referrals import ReferralConfirmed
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from tests.clock import NOW
from tests.factories.points import give, make_member

MONDAY = date(2026, 11, 23)


@pytest.fixture
def who(session):
    return make_member(session)[1]


@pytest.fixture
def own(who, borrower_api):
    def read():
        answer = borrower_api(who).get("/v1/me/points").json
        return answer["available"], answer["pending"]

    return read


def refer(session, who, *, referral_id=None, at=NOW):
    event = ReferralConfirmed(who, at, referral_id=referral_id or new_id())
    announce(session, event)


def help_once(session, who, *, week=MONDAY):
    announce(session, HelpfulAnswerConfirmed(who, NOW, week=week))


def test_three_friends_a_month_are_rewarded(session, who, own, deliver):
    for _ in range(4):
        refer(session, who)
    deliver()
    november = own()
    refer(session, who, at=NOW + timedelta(days=20))
    deliver()
    assert (november, own()) == ((600, 0), (800, 0))


def test_a_friend_is_rewarded_once(session, who, own, deliver):
    friend = new_id()
    refer(session, who, referral_id=friend)
    refer(session, who, referral_id=friend, at=NOW + timedelta(days=40))
    deliver()
    assert own() == (200, 0)


def test_points_that_waited_for_the_friend_become_available(session, who, own, deliver):
    friend = new_id()
    give(session, who, 200, source_id=friend, is_pending=True)
    before = own()
    refer(session, who, referral_id=friend)
    deliver()
    refer(session, who, referral_id=friend)
    deliver()
    assert (before, own()) == ((0, 200), (200, 0))


def test_thirty_points_a_week_for_answers_that_helped(session, who, own, deliver):
    for _ in range(4):
        help_once(session, who)
    deliver()
    this_week = own()
    help_once(session, who, week=MONDAY - timedelta(days=7))
    deliver()
    assert (this_week, own()) == ((30, 0), (40, 0))


def test_what_is_undone_of_one_plan_takes_no_points_of_another(session, who, own, deliver):
    loan, first, second = new_id(), new_id(), new_id()
    of = {"loan_id": loan, "number": 1}
    kept = {
        **of, "due_on": MONDAY, "paid_on": MONDAY, "is_first": True, "asked_before_miss": True,
    }  # fmt: skip
    seen = []
    for event in (
        PlanInstallmentKept(who, NOW, plan_id=first, **kept),
        PlanInstallmentUndone(who, NOW, plan_id=second, was_first=True, **of),
        PlanInstallmentUndone(who, NOW, plan_id=first, was_first=True, **of),
    ):
        announce(session, event)
        deliver()
        seen.append(own())
    assert seen == [(80, 0), (80, 0), (0, 0)]


@pytest.mark.parametrize("tell", [refer, help_once])
def test_who_is_not_enrolled_earns_nothing(session, deliver, borrower_api, tell):
    _, stranger = make_member(session, enrolled=False)
    tell(session, stranger)
    deliver()
    assert borrower_api(stranger).get("/v1/me/points/entries").json["items"] == []
