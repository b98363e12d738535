"""Decisions begin to count one by one."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from community.moderation import jobs
from tests.clock import NOW
from tests.fixtures.api import new_key

LATER = NOW + timedelta(minutes=10)


def test_one_that_cannot_count_keeps_no_other_from_it(trusted, person, desk, behind_the_wall):
    mod, bea = desk(), person()
    authors = [trusted(), trusted()]
    decisions = []
    for who in authors:
        target = {"target_type": "post", "target_id": who.write(title="Soup").json["id"]}
        bea.api.post("/v1/community/reports", json=target | {"reason": "spam"}, headers=new_key())
        decisions.append(mod.remove(mod.take(), action="mute", days=3))
    # Days beyond any calendar, on the one whose turn is first.
    behind_the_wall.execute(
        text(
            "UPDATE community.moderation_decision SET days = 1000000000000, confirmed_by = :by,"
            " confirmed_at = decided_at, counts_from = counts_from - interval '1 second'"
            " WHERE id = :id"
        ),
        {"by": new_id(), "id": decisions[0]["id"]},
    )
    context = JobContext(as_of=LATER.date(), now=LATER, run_id=new_id(), heartbeat=lambda: None)
    with clock.fixed(LATER), pytest.raises(OverflowError):
        jobs.let_count(context)
    standing = behind_the_wall.execute(
        text("SELECT id, standing FROM community.moderation_decision")
    ).all()
    assert {str(row.id): row.standing for row in standing} == {
        decisions[0]["id"]: "pending",
        decisions[1]["id"]: "counts",
    }
