"""Calls about revolving accounts: statements, and lateness as the core system reports it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.loans.models import Loan
from tests.clock import TODAY
from tests.factories.loans import make_account, make_borrower


@pytest.fixture
def account(client_api, session):
    make_borrower(session, external_id="card-holder")
    name, _ = make_account(session, borrower="card-holder", external_id="c1")
    return name


STATEMENT = {
    "closed_on": "2026-10-31",
    "due_on": "2026-11-30",
    "balance_minor": 90_000,
    "minimum_due_minor": 2_700,
    "date_precision": "month",
    "assumed": ["minimum_due_minor"],
}


def test_a_statement_replaces_the_one_of_its_month(client_api, session, account):
    path = f"/v1/ingest/loans/{account}/statements/2026-10"
    new = client_api.put(path, json=STATEMENT)
    same = client_api.put(path, json=STATEMENT)
    other = client_api.put(path, json=STATEMENT | {"balance_minor": 80_000})
    assert [(a.status_code, a.json["status"]) for a in (new, same, other)] == [
        (201, "stored"),
        (200, "unchanged"),
        (200, "stored"),
    ]
    assert session.execute(select(Loan.outstanding_minor)).scalar_one() == 80_000


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        ("c1/statements/2026-13", {}, 422),
        ("c1/statements/0000-01", {}, 422),
        ("c1/statements/2026-1", {}, 422),
        ("c1/statements/٢٠٢٦-01", {}, 422),
        ("c1/statements/2026-10", {"due_on": "2026-10-01"}, 422),
        ("c1/statements/2026-10", {"assumed": ["everything"]}, 422),
        ("c1/statements/2026-11", {"closed_on": "2026-11-30"}, 422),
        ("none/statements/2026-10", {}, 404),
    ],
)
def test_a_bad_statement_is_refused(client_api, account, path, change, status):
    answer = client_api.put(f"/v1/ingest/loans/{path}", json=STATEMENT | change)
    assert answer.status_code == status


def test_reported_lateness(client_api, session, account):
    path = f"/v1/ingest/loans/{account}/delinquency"
    body = {"days_past_due": 30, "as_of": "2026-10-31", "activity": "carried"}
    new = client_api.put(path, json=body)
    same = client_api.put(path, json=body)
    older = client_api.put(path, json=body | {"as_of": "2026-09-30", "days_past_due": 60})
    assert [a.status_code for a in (new, same, older)] == [201, 200, 201]
    row = session.execute(select(Loan)).scalar_one()
    assert (row.reported_dpd, row.reported_activity) == (30, "carried")
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert client_api.put(path, json=body | {"as_of": tomorrow}).status_code == 422
    assert client_api.put(path, json=body | {"activity": "asleep"}).status_code == 422
    assert client_api.put("/v1/ingest/loans/none/delinquency", json=body).status_code == 404
