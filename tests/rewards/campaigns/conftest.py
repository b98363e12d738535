"""A borrower who pays by the month, and campaigns that are not remembered of other tests."""

import pytest
from sqlalchemy import update

from backend.kit.outbox import DeliveryRow
from rewards.badges import definitions
from rewards.campaigns import running
from tests.badges.conftest import Payer


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """Each test's database gives the same codes and versions to other things."""
    running.forget()
    definitions.forget()
    yield
    running.forget()
    definitions.forget()


@pytest.fixture
def payer(session, deliver) -> Payer:
    """Twelve instalments from January 2026 on."""
    return Payer(session, deliver)


@pytest.fixture
def redeliver(session, deliver):
    """What campaigns have heard is told them once more."""

    def again():
        session.execute(
            update(DeliveryRow).where(DeliveryRow.handler == "campaigns.news").values(done_at=None)
        )
        deliver()

    return again
