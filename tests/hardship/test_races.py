"""Relief that begins and ends at once is told in one order, and told right."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backend.hardship import queries, service
from backend.hardship.errors import ApplicationMoveRefused, ApplicationOpen
from backend.hardship.models import HardshipApplication
from backend.hardship.rules import OPEN, State
from backend.kit.db import transaction
from backend.kit.outbox import EventRow
from backend.tiers.models import TierFreeze
from tests.clock import NOW, TODAY
from tests.factories.hardship import make_application
from tests.factories.loans import make_borrower

TURNS = 40


@pytest.mark.commits
def test_the_last_word_of_relief_is_the_true_one(session, own_database):
    borrower_id = make_borrower(session)
    session.commit()

    def turn(nth: int) -> None:
        try:
            with transaction() as own:
                if nth % 2:
                    make_application(own, borrower_id)
                    return
                found = own.execute(
                    select(HardshipApplication.id).where(
                        HardshipApplication.borrower_id == borrower_id,
                        HardshipApplication.state.in_(OPEN),
                    )
                ).first()
                if found is not None:
                    service.withdraw(
                        own,
                        borrower_id=borrower_id,
                        application_id=found.id,
                        today=TODAY,
                        now=NOW,
                    )
                    # As if it had been long ago: the next one is first once more.
                    own.execute(
                        update(HardshipApplication)
                        .where(HardshipApplication.id == found.id)
                        .values(relief_from_on=TODAY - timedelta(days=400))
                    )
        except (ApplicationOpen, ApplicationMoveRefused):
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(turn, range(TURNS)))
    session.expire_all()
    told = [
        payload["is_active"]
        for payload in session.execute(
            select(EventRow.payload)
            .where(EventRow.name == "HardshipChanged")
            .order_by(EventRow.seq)
        ).scalars()
    ]
    assert told
    # Each is news: begun, ended, begun...
    assert told == [nth % 2 == 0 for nth in range(len(told))]
    relieved = queries.is_relieved(session, borrower_id=borrower_id)
    assert told[-1] is relieved
    frozen = session.execute(select(TierFreeze.until_on)).scalar_one()
    assert (frozen >= TODAY) is relieved
    is_open = HardshipApplication.state.in_(OPEN)
    count = select(func.count()).select_from(HardshipApplication)
    assert session.execute(count.where(is_open)).scalar_one() == relieved
    assert set(session.execute(select(HardshipApplication.state)).scalars()) <= {
        State.SUBMITTED,
        State.WITHDRAWN,
    }
