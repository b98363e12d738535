"""A document that somebody verified may prove what a benefit needs."""

from datetime import timedelta

from sqlalchemy import select

from backend.benefits.models import BenefitProof
from tests.clock import TODAY
from tests.factories.documents import make_document
from tests.factories.loans import make_borrower
from tests.fixtures.api import new_key

GOOD = {
    "outcome": "verified",
    "method": "issuer_asked",
    "issuer": "Blue Mill",
    "expires_on": str(TODAY + timedelta(days=30)),
}


def test_a_verified_document_becomes_a_proof_once_and_for_one_person(session, staff_api):
    checker, officer = staff_api("risk_officer"), staff_api("account_manager", "risk_officer")
    ann, bea = make_borrower(session), make_borrower(session)
    documents = {each: make_document(session, each) for each in (ann, bea)}

    def prove(borrower_id, document_id):
        path = f"/v1/staff/borrowers/{borrower_id}/documents/{document_id}/benefit-proof"
        return officer.post(path, json={"kind": "income"}, headers=new_key())

    def check(borrower_id):
        path = f"/v1/staff/borrowers/{borrower_id}/documents/{documents[borrower_id]}"
        made = checker.post(f"{path}/verifications", json=GOOD, headers=new_key())
        assert made.status_code == 201

    early = prove(ann, documents[ann])
    assert (early.status_code, early.json["code"]) == (409, "document-not-verified")
    for each in (ann, bea):
        check(each)
    assert prove(ann, documents[bea]).json["code"] == "document-not-verified"
    assert prove(ann, documents[ann]).status_code == 201
    proof = session.execute(select(BenefitProof)).scalar_one()
    assert (proof.checked_by, proof.issuer) == (checker.id, "Blue Mill")
    assert proof.expires_on == TODAY + timedelta(days=30)
    # The same picture, sent by another: it proves one person's case.
    taken = prove(bea, documents[bea])
    assert (taken.status_code, taken.json["code"]) == (409, "proof-already-used")
