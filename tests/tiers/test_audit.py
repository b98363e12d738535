from datetime import timedelta

from sqlalchemy import update

from backend.tiers import policies
from backend.tiers.audit import check_tiers
from backend.tiers.models import TierEvaluation, TierState
from backend.tiers.retier import Occasion, retier
from tests.clock import NOW, TODAY
from tests.factories.profile import make_profile


def test_records_that_agree_are_silent_and_a_changed_one_is_named(session):
    borrower_id = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=40))
    retier(
        session,
        borrower_ids=[borrower_id],
        loaded=policies.get_live(session),
        occasion=Occasion(today=TODAY, now=NOW, cause="test"),
    )
    assert list(check_tiers(session)) == []

    session.execute(update(TierState).values(tier="current"))
    assert len(list(check_tiers(session))) == 1

    session.execute(update(TierState).values(tier="stable"))
    session.execute(update(TierEvaluation).values(facts={"days_past_due": 1}))
    differences = list(check_tiers(session))
    assert len(differences) == 1
    assert str(borrower_id) in differences[0]
