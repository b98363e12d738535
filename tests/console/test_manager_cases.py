"""Waivers, disputes, hardship, promises and documents, worked on in the console."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.benefits.models import WaiverRequest
from backend.borrowers.models import AccessLog
from backend.disputes.models import Dispute
from backend.hardship.models import HardshipApplication
from backend.promises.models import Promise
from tests.clock import TODAY
from tests.factories.cases import dispute_of, waiver_request_of
from tests.factories.documents import make_document
from tests.factories.hardship import make_application
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.viewers import make_assignment

KINDS = ("waivers", "disputes", "hardship")
TABLES = {"waivers": WaiverRequest, "disputes": Dispute, "hardship": HardshipApplication}
ANSWERS = {
    "waivers": {"outcome": "rejected", "grounds": ["proof_missing"]},
    "disputes": {"outcome": "rejected", "grounds": ["charge_in_contract"]},
    "hardship": {
        "outcome": "granted",
        "grounds": ["needed"],
        "relief_until_on": str(TODAY + timedelta(days=60)),
    },
}
DECIDED = {"waivers": "rejected", "disputes": "rejected", "hardship": "granted"}


@pytest.fixture
def manager(console_client):
    return console_client("account_manager")


@pytest.fixture
def ana(session, manager):
    borrower_id = make_borrower(session, external_id="ana", name="Ana Lee")
    make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)
    session.commit()
    return borrower_id


@pytest.fixture
def loan_id(session, ana) -> str:
    rows = make_installments(first_due_on=TODAY - timedelta(days=9))
    _, found = make_loan(session, borrower="ana", installments=rows)
    session.commit()
    return str(found)


@pytest.fixture
def cases(session, ana, loan_id) -> dict[str, str]:
    """One open case of each kind, by where its page is."""
    found = {
        "waivers": waiver_request_of(session, ana, loan_id=loan_id),
        "disputes": dispute_of(session, ana, loan_id=loan_id),
        "hardship": str(make_application(session, ana)),
    }
    session.commit()
    return {kind: f"/console/borrowers/{ana}/{kind}/{case_id}" for kind, case_id in found.items()}


def state_of(session, kind, url):
    table = TABLES[kind]
    return session.scalars(select(table.state).where(table.id == UUID(url[-36:]))).one()


def decide(client, kind, url, **more):
    form = {"idempotency_key": f"{kind}-once", "answer": "Thank you. This is why."}
    return client.post(f"{url}/decide", form | ANSWERS[kind] | more)


@pytest.mark.parametrize("kind", KINDS)
def test_a_queue_leads_to_its_cases(manager, cases, kind):
    page = manager.get(f"/console/{kind}")
    assert page.status_code == 200, page.text
    assert cases[kind] in page.text
    assert manager.get(cases[kind]).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_is_decided_once_with_words_that_she_reads(manager, cases, session, kind):
    answer = decide(manager, kind, cases[kind])
    assert answer.status_code == 303, answer.text
    assert decide(manager, kind, cases[kind]).status_code == 303
    assert state_of(session, kind, cases[kind]) == DECIDED[kind]
    page = manager.follow(answer).text
    assert "Decided. She can read it now." in page
    assert "There is nothing to decide here now." in page
    again = decide(manager, kind, cases[kind], idempotency_key="another")
    assert again.status_code == 409


@pytest.mark.parametrize("kind", KINDS)
def test_words_that_threaten_decide_nothing(manager, cases, session, kind):
    page = decide(manager, kind, cases[kind], answer="Pay now or we will sue you.")
    assert page.status_code == 422
    assert 'href="#f-answer"' in page.text
    assert state_of(session, kind, cases[kind]) not in DECIDED.values()


@pytest.mark.parametrize("kind", KINDS)
def test_anothers_case_is_not_there(console_client, cases, session, kind):
    other = console_client("account_manager")
    assert cases[kind] not in other.get(f"/console/{kind}").text
    assert other.get(cases[kind]).status_code == 404
    assert decide(other, kind, cases[kind]).status_code == 404
    assert session.scalars(select(AccessLog.id).where(AccessLog.staff_id == other.id)).all() == []


@pytest.mark.parametrize("kind", KINDS)
def test_who_sees_everybody_says_why_before_a_case_opens(console_client, cases, kind):
    officer = console_client("risk_officer")
    assert "Ana Lee" not in officer.get(cases[kind]).text
    assert "Ana Lee" in officer.get(f"{cases[kind]}?purpose=audit").text
    auditor = console_client("auditor")
    page = auditor.get(f"{cases[kind]}?purpose=audit")
    assert 'name="outcome"' not in page.text
    assert decide(auditor, kind, cases[kind]).status_code == 403


@pytest.mark.parametrize("kind", ["disputes", "hardship"])
def test_a_case_is_taken_up_and_she_is_asked(manager, cases, session, kind):
    assert manager.post(f"{cases[kind]}/take", {"idempotency_key": "take"}).status_code == 303
    assert state_of(session, kind, cases[kind]) == "under_review"
    form = {"idempotency_key": "ask", "question": "On which day was it?"}
    asked = manager.post(f"{cases[kind]}/ask", form)
    assert asked.status_code == 303, asked.text
    assert state_of(session, kind, cases[kind]) == "info_requested"
    assert "On which day was it?" in manager.follow(asked).text
    unkind = manager.post(f"{cases[kind]}/ask", form | {"question": "Pay now or we will sue you."})
    assert unkind.status_code == 422


def test_what_she_says_by_telephone_is_noted_to_the_cent(manager, ana, loan_id, session):
    form = {
        "idempotency_key": "heard",
        "loan_id": loan_id,
        "amount": "50.25",
        "on": str(TODAY + timedelta(days=5)),
    }
    answer = manager.post(f"/console/borrowers/{ana}/promises", form)
    assert answer.status_code == 303, answer.text
    made = session.execute(select(Promise.__table__)).one()
    assert (made.amount_minor, made.given_by, made.recorded_by) == (5_025, "phone", manager.id)
    assert "CN¥50.25" in manager.follow(answer).text
    second = manager.post(f"/console/borrowers/{ana}/promises", form | {"idempotency_key": "b"})
    assert second.status_code == 409


@pytest.mark.parametrize("amount", ["0", "-5", "1.005", "much", "NaN", "1e30"])
def test_what_is_no_amount_is_not_noted(manager, ana, loan_id, session, amount):
    form = {
        "idempotency_key": "heard",
        "loan_id": loan_id,
        "amount": amount,
        "on": str(TODAY + timedelta(days=5)),
    }
    page = manager.post(f"/console/borrowers/{ana}/promises", form)
    assert page.status_code == 422
    assert 'href="#f-amount"' in page.text
    assert session.execute(select(Promise.id)).all() == []


def test_a_document_is_saved_and_never_shown_in_place(manager, ana, session, console_client):
    document_id = make_document(session, ana)
    session.commit()
    page = manager.get(f"/console/borrowers/{ana}/documents")
    path = f"/console/borrowers/{ana}/documents/{document_id}/content"
    assert path in page.text
    answer = manager.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    whats = session.scalars(select(AccessLog.what).where(AccessLog.borrower_id == ana)).all()
    assert {"documents", f"document {document_id}"} <= set(whats)
    assert console_client("account_manager").get(path).status_code == 404
