"""Schedules line by line: what a single call refuses does not get in this way either."""

import pytest
from sqlalchemy import select

from backend.loans.models import Installment
from tests.ingest.test_batch import BORROWER, LOAN, send

BARE = {k: v for k, v in LOAN.items() if k != "installments"} | {"principal_minor": 20_000}


def line(number, due_on, principal_minor=10_000):
    return {
        "kind": "installment",
        "loan_external_id": "l1",
        "number": number,
        "due_on": due_on,
        "principal_minor": principal_minor,
        "interest_minor": 100,
    }


def statuses(answers):
    return [answer["status"] for answer in answers]


def stored_rows(session):
    rows = session.execute(
        select(Installment.number, Installment.due_on).order_by(Installment.number)
    )
    return [(number, due_on.isoformat()) for number, due_on in rows]


@pytest.fixture
def loan(client_api):
    assert statuses(send(client_api, [BORROWER, BARE])) == ["stored", "stored"]


def test_lines_in_any_order_make_a_schedule(client_api, session, loan):
    lines = [line(2, "2026-12-01"), line(1, "2026-11-01")]
    assert statuses(send(client_api, lines)) == ["stored", "stored"]
    assert statuses(send(client_api, lines)) == ["unchanged", "unchanged"]
    assert stored_rows(session) == [(1, "2026-11-01"), (2, "2026-12-01")]


@pytest.mark.parametrize(
    ("bad", "pointer"),
    [
        (line(2, "2026-10-31"), "#/due_on"),
        (line(2, "2026-12-01", principal_minor=10_001), "#/principal_minor"),
    ],
)
def test_the_line_that_breaks_the_schedule_is_refused(client_api, session, loan, bad, pointer):
    together = send(client_api, [line(1, "2026-11-01"), bad])
    later = send(client_api, [bad])
    assert statuses(together + later) == ["stored", "refused", "refused"]
    for answer in (together[1], later[0]):
        assert [error["pointer"] for error in answer["problem"]["errors"]] == [pointer]
    assert stored_rows(session) == [(1, "2026-11-01")]
    good = send(client_api, [line(1, "2026-11-01"), line(2, "2026-12-01")])
    assert statuses(good) == ["unchanged", "stored"]


def test_a_whole_schedule_may_move_at_once(client_api, session, loan):
    send(client_api, [line(1, "2026-11-01"), line(2, "2026-12-01")])
    # The first one's new day lies after the second one's old day.
    moved = [line(1, "2027-01-01"), line(2, "2027-02-01")]
    assert statuses(send(client_api, moved)) == ["stored", "stored"]
    assert stored_rows(session) == [(1, "2027-01-01"), (2, "2027-02-01")]
