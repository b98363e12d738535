"""What keeps a worse tier away: a freeze for a cause of hers, a review that is open."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.profile.models import Profile
from backend.tiers import policies, service
from backend.tiers.models import TierFreeze
from backend.tiers.retier import Occasion, retier
from tests.clock import NOW, TODAY
from tests.factories.policies import PUBLISHER, make_dpd_policy, publish_policy
from tests.factories.profile import make_profile
from tests.tiers.standing import standing_for_long
from tests.tiers.test_rules import read_state


def retier_on(session, borrower_id, *, on):
    retier(
        session,
        borrower_ids=[borrower_id],
        loaded=policies.get_live(session),
        occasion=Occasion(today=TODAY + timedelta(days=on), now=NOW, cause="test"),
    )
    standing_for_long(session)


@pytest.fixture
def late(session):
    """Fine so far, late today: her grace has begun."""
    publish_policy(session, make_dpd_policy())
    borrower_id = make_profile(session, dpd_base=0)
    retier_on(session, borrower_id, on=0)
    set_days_past_due(session, borrower_id, 40)
    retier_on(session, borrower_id, on=0)
    return borrower_id


def set_days_past_due(session, borrower_id, days):
    session.execute(update(Profile).where(Profile.borrower_id == borrower_id).values(dpd_base=days))


@pytest.mark.parametrize(("first", "second"), [(60, 3), (3, 60), (60, 60)])
def test_a_second_freeze_of_a_cause_never_shortens_the_first(session, first, second):
    borrower_id = make_profile(session)

    for days in (first, second):
        until_on = TODAY + timedelta(days=days)
        service.freeze(
            session, borrower_id=borrower_id, cause="dispute", until_on=until_on, now=NOW
        )

    kept = session.execute(select(TierFreeze.until_on).where(TierFreeze.borrower_id == borrower_id))
    assert kept.scalar_one() == TODAY + timedelta(days=60)


def ask(session, borrower_id, *, refuses_automation):
    return service.ask_review(
        session,
        borrower_id=borrower_id,
        reason="Please look.",
        refuses_automation=refuses_automation,
        now=NOW,
    )


def test_an_open_review_of_who_refuses_automation_keeps_her_tier_until_it_is_decided(session, late):
    review_id = ask(session, late, refuses_automation=True)
    assert read_state(session, late)[0].pending_tier is None

    retier_on(session, late, on=30)
    assert read_state(session, late)[0].tier == "fine"

    service.decide_review(
        session,
        review_id=review_id,
        borrower_id=late,
        outcome="upheld",
        answer="It is right.",
        decided_by=PUBLISHER,
        now=NOW,
    )
    retier_on(session, late, on=30)
    assert read_state(session, late)[0].pending_tier == "late"
    retier_on(session, late, on=37)
    assert read_state(session, late)[0].tier == "late"


def test_a_review_that_accepts_automation_stops_nothing(session, late):
    ask(session, late, refuses_automation=False)

    retier_on(session, late, on=7)

    assert read_state(session, late)[0].tier == "late"


def test_better_comes_at_once_while_the_review_is_open(session, late):
    retier_on(session, late, on=7)
    ask(session, late, refuses_automation=True)
    set_days_past_due(session, late, 0)

    retier_on(session, late, on=8)

    assert read_state(session, late)[0].tier == "fine"
