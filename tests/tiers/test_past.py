"""The tiers of imported months, by the policy of now over the facts as they stood then."""

from datetime import timedelta

from sqlalchemy import select, update

from backend.events.loans import LoansTouched
from backend.kit.outbox import announce
from backend.loans.models import Loan
from backend.profile.models import FactChange
from tests.badges.conftest import Payer
from tests.clock import NOW
from tests.factories.loans import make_payment


def list_past(session, who):
    session.expire_all()
    rows = session.execute(
        select(FactChange.occurred_at, FactChange.value)
        .where(FactChange.borrower_id == who, FactChange.fact == "tier", FactChange.is_rebuilt)
        .order_by(FactChange.occurred_at)
    )
    return [(f"{row.occurred_at:%Y-%m}", row.value) for row in rows]


def test_each_months_end_has_the_tier_that_its_facts_give(session, deliver):
    payer = Payer(session, deliver).begin()
    for number, late in ((1, 0), (2, 50), (3, 25)):
        make_payment(
            session,
            loan="ana-loan",
            amount_minor=10_100,
            received_on=payer.days[number - 1] + timedelta(days=late),
            external_id=f"past-{number}",
        )
    deliver()
    for _ in range(2):  # told twice, it is noted once
        announce(session, LoansTouched(None, NOW, (payer.id,), history=True))
        session.execute(update(Loan).where(Loan.borrower_id == payer.id).values(stale=True))
        deliver()
    past = list_past(session, payer.id)
    assert past[0] == ("2026-01", "current")
    assert "stable" in {tier for _, tier in past} or "potential" in {tier for _, tier in past}
    assert len(past) == len({month for month, _ in past})
