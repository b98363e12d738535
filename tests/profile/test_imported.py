"""Particulars that were imported reach facts and tier at once, with loans or without."""

import json
from uuid import UUID

from sqlalchemy import select

from backend.events.borrowers import BorrowersStored
from backend.events.profile import FactsRebuilt
from backend.kit.delivery import deliver_batch
from backend.kit.outbox import EventRow
from backend.loans.handlers import HANDLERS as LOAN_HANDLERS
from backend.profile import queries
from backend.profile.handlers import HANDLERS
from backend.profile.models import FactChange
from backend.tiers.models import TierState
from tests.clock import NOW
from tests.factories.loans import make_borrower, make_loan

PERSON = {"kind": "borrower", "external_id": "imported-1", "locale": "en", "timezone": "Asia/Tokyo"}
LOAN = {
    "kind": "loan",
    "loan_kind": "installment",
    "external_id": "imported-l1",
    "borrower_external_id": "imported-1",
    "product_code": "imported",
    "currency": "CNY",
    "principal_minor": 10_000,
    "opened_on": "2026-11-01",
    "status": "active",
    "dpd_source": "computed",
    "installments": [
        {"number": 1, "due_on": "2026-12-01", "principal_minor": 10_000, "interest_minor": 0}
    ],
}


def send(client_api, *lines):
    answer = client_api.post(
        "/v1/ingest/batch?backfill=true",
        data="\n".join(json.dumps(line) for line in lines),
        headers={"Content-Type": "application/x-ndjson"},
    )
    answers = [json.loads(line) for line in answer.data.splitlines()]
    assert {each["status"] for each in answers} == {"stored"}, answers
    return answers


def find_told(session, event):
    return session.execute(
        select(EventRow.payload["borrower_ids"]).where(EventRow.name == event.__name__)
    ).scalars()


def test_an_imported_borrower_without_a_loan_has_facts_and_a_tier(session, client_api, deliver):
    send(client_api, PERSON | {"monthly_income_minor": 500})
    deliver()

    ((told,),) = find_told(session, BorrowersStored)
    facts = queries.get_facts(session, borrower_id=UUID(told), now=NOW)
    assert facts["income_monthly"] == 500
    assert session.execute(
        select(TierState.tier).where(TierState.borrower_id == UUID(told))
    ).scalar_one()


def test_a_change_that_is_imported_again_reaches_her_facts(session, client_api, deliver):
    borrower_id = make_borrower(session, external_id="imported-1")
    make_loan(session, borrower="imported-1")
    deliver()

    send(client_api, PERSON | {"monthly_income_minor": 700})
    deliver()

    facts = queries.get_facts(session, borrower_id=borrower_id, now=NOW)
    assert facts["income_monthly"] == 700


def test_whose_loans_are_to_be_settled_waits_for_that(session, client_api, deliver):
    send(client_api, PERSON, LOAN)
    (handler,) = [each for each in HANDLERS if BorrowersStored in each.hears]

    assert deliver_batch(handler, now=NOW) == 1
    assert list(find_told(session, FactsRebuilt)) == []

    deliver()
    assert list(find_told(session, FactsRebuilt)) == list(find_told(session, BorrowersStored))


def test_her_first_facts_are_noted_from_her_past_and_once(session, client_api, deliver):
    send(client_api, PERSON, LOAN)
    (settle,) = LOAN_HANDLERS
    (handler,) = [each for each in HANDLERS if BorrowersStored in each.hears]
    assert deliver_batch(settle, now=NOW) == 1

    assert deliver_batch(handler, now=NOW) == 1
    assert list(find_told(session, FactsRebuilt)) == []

    deliver()
    assert list(find_told(session, FactsRebuilt)) == list(find_told(session, BorrowersStored))
    noted = session.execute(select(FactChange.fact, FactChange.is_rebuilt)).all()
    # The tier is no fact of the past: she was given it today.
    assert {fact for fact, is_rebuilt in noted if not is_rebuilt} == {"tier"}
