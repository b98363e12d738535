"""A document shows a reason: checked, it counts; whoever checked it does not decide."""

from datetime import timedelta

import pytest

from backend.documents import service as documents
from backend.documents.rules import Outcome
from tests.clock import NOW, TODAY
from tests.factories.documents import make_document
from tests.fixtures.api import new_key
from tests.repayment_plans.test_deciding import decide


@pytest.fixture
def checker(staff_api):
    return staff_api("risk_officer")


def ask_with(case, *document_ids):
    return case.api.post(
        "/v1/me/plan-requests",
        json={
            "quote_id": case.quote("move_due_day", due_day=15),
            "reason": "job_loss",
            "document_ids": [str(each) for each in document_ids],
        },
        headers=new_key(),
    )


def check(session, case, document_id, *, checked_by) -> None:
    documents.verify(
        session,
        borrower_id=case.borrower_id,
        document_id=document_id,
        found=documents.Found(
            Outcome.VERIFIED,
            "compared",
            issuer="Employer",
            expires_on=TODAY + timedelta(days=90),
        ),
        unscanned_is_shown=False,
        checked_by=checked_by,
        today=TODAY,
        now=NOW,
    )


def test_a_document_that_was_checked_settles_the_reason(case, session, checker):
    document_id = make_document(session, case.borrower_id)
    check(session, case, document_id, checked_by=checker.id)
    assert ask_with(case, document_id).json["state"] == "offered"


def test_one_that_nobody_checked_is_for_a_person(case, session, checker):
    checked, unchecked = (make_document(session, case.borrower_id, shade=n) for n in (1, 2))
    check(session, case, checked, checked_by=checker.id)
    assert ask_with(case, checked, unchecked).json["state"] == "under_review"


def test_anothers_document_is_not_there_and_nothing_is_stored(case, make_case, session):
    document_id = make_document(session, make_case().borrower_id)
    answer = ask_with(case, document_id)
    assert (answer.status_code, answer.json["code"]) == (404, "document-unknown")
    assert case.api.get("/v1/me/plan-requests").json["items"] == []


def test_a_document_that_was_handed_in_stays(case, session):
    document_id = make_document(session, case.borrower_id)
    assert ask_with(case, document_id).status_code == 201
    kept = case.api.delete(f"/v1/me/documents/{document_id}")
    assert kept.status_code == 409, kept.json


def test_whoever_checked_the_document_does_not_decide(case, session, checker, staff_api):
    document_id = make_document(session, case.borrower_id)
    plan = ask_with(case, document_id).json["id"]
    check(session, case, document_id, checked_by=checker.id)
    answer = decide(checker, plan)
    assert (answer.status_code, answer.json["code"]) == (403, "second-person-needed")
    assert decide(staff_api("risk_officer"), plan).status_code == 200
