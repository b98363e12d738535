"""What a borrower sends is kept for her alone, sealed, and bounded."""

import io
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from backend.documents import queries, rules, service
from backend.documents.inspection import inspect
from backend.documents.models import Document, DocumentContent
from backend.documents.rules import Kind
from backend.documents.service import Upload
from backend.kit import resealing
from backend.kit.db import transaction
from backend.kit.problems import Problem
from tests.clock import NOW
from tests.factories.documents import make_document, pdf, picture, send
from tests.factories.loans import make_borrower
from tests.factories.runs import make_job_context
from tests.fixtures.keys import keys, ring


def test_she_sends_sees_and_takes_back_a_proof(desk):
    sent = send(
        desk.own, pdf(), name="slip.pdf", issuer="Blue Mill", period_from_on="2026-10-01",
        period_to_on="2026-10-31",
    )  # fmt: skip
    assert sent.status_code == 201, sent.text
    assert sent.json["media_type"] == "application/pdf"
    assert (sent.json["state"], sent.json["issuer"]) == ("received", "Blue Mill")
    assert sent.json["period_to_on"] == "2026-10-31"
    assert desk.own.get("/v1/me/documents").json["items"] == [sent.json]
    path = f"/v1/me/documents/{sent.json['id']}"
    assert desk.own.get(path).json == sent.json
    assert desk.own.delete(path).status_code == 204
    assert desk.own.get(path).json["code"] == "document-unknown"
    assert desk.own.get("/v1/me/documents").json["items"] == []


def test_what_the_client_says_of_the_file_counts_for_nothing(desk, session):
    name = "..\\..//../etc/passwd\0.pdf; <b>%00%2e.exe"
    body = {"file": (io.BytesIO(picture()), name, "application/pdf"), "kind": "other"}
    sent = desk.own.post("/v1/me/documents", data=body, content_type="multipart/form-data")
    assert sent.status_code == 201, sent.text
    assert sent.json["media_type"] == "image/png"
    assert "passwd" not in sent.text
    stored = session.execute(text("SELECT to_jsonb(d)::text FROM document d")).scalar_one()
    assert "passwd" not in stored


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"MZ", 422, "document-not-read"),
        (b"", 422, "document-not-read"),
        (b"%PDF-" + b"0" * rules.BYTES_MAX, 413, "document-too-large"),
        (b"0" * (rules.BYTES_MAX + 200_000), 413, "document-too-large"),
    ],
)
def test_what_cannot_be_taken_says_what_would_help(desk, data, status, code):
    refused = send(desk.own, data)
    assert (refused.status_code, refused.json["code"]) == (status, code)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "selfie"},
        {"issuer": "x" * 201},
        {"colour": "red"},
        {"period_from_on": "2026-02-01", "period_to_on": "2026-01-01"},
        {"period_from_on": "yesterday"},
    ],
)
def test_a_form_with_something_wrong_is_refused_by_field(desk, form):
    refused = send(desk.own, picture(), **form)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")
    assert refused.json["errors"]


def test_one_file_and_a_form_or_nothing(desk):
    address, form = "/v1/me/documents", "multipart/form-data"
    assert desk.own.post(address, json={"kind": "other"}).status_code == 415
    assert desk.own.post(address, data={"kind": "other"}, content_type=form).status_code == 422
    two = {"kind": "other", "file": [(io.BytesIO(picture()), "a"), (io.BytesIO(pdf()), "b")]}
    assert desk.own.post(address, data=two, content_type=form).status_code == 422


def test_the_same_file_again_is_the_same_document(desk):
    first = send(desk.own, picture("JPEG"))
    again = send(desk.own, picture("JPEG"))
    assert (again.status_code, again.json["id"]) == (201, first.json["id"])
    other = send(desk.own, picture("JPEG"), kind="other")
    assert (other.status_code, other.json["code"]) == (409, "document-sent-before")


@pytest.mark.parametrize("kind", sorted(rules.SENSITIVE))
def test_a_sensitive_proof_needs_her_separate_consent(desk, consent, kind):
    refused = send(desk.own, picture(), kind=kind)
    assert (refused.status_code, refused.json["code"]) == (409, "document-consent-needed")
    consent(desk.ann)
    assert send(desk.own, picture(), kind=kind).status_code == 201


def test_there_is_room_for_so_many_and_no_more(desk, session):
    for shade in range(rules.OPEN_MAX):
        make_document(session, desk.ann, shade=shade)
    full = send(desk.own, pdf())
    assert (full.status_code, full.json["code"]) == (409, "document-limit")
    session.execute(update(Document).values(state="verified"))
    assert send(desk.own, pdf()).status_code == 201
    session.execute(update(Document).values(size_bytes=rules.BYTES_MAX))
    assert send(desk.own, picture(shade=99)).json["code"] == "document-limit"


def test_another_borrowers_document_is_not_there(desk, session, borrower_api):
    document_id = make_document(session, desk.ann)
    other = borrower_api(make_borrower(session))
    for answer in (
        other.get(f"/v1/me/documents/{document_id}"),
        other.delete(f"/v1/me/documents/{document_id}"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "document-unknown")
    assert other.get("/v1/me/documents").json["items"] == []
    # What another sent before is hers as well: whether it is known tells her nothing.
    assert send(other, picture(shade=7)).status_code == 201


def test_what_is_handed_in_stays(desk, session):
    document_id = make_document(session, desk.ann)
    service.use_documents(
        session, borrower_id=desk.ann, document_ids=[document_id], used_for="hardship:1", now=NOW
    )
    kept = desk.own.delete(f"/v1/me/documents/{document_id}")
    assert (kept.status_code, kept.json["code"]) == (409, "document-in-use")


def test_what_is_stored_is_sealed_and_opens_again(desk, session):
    sent = send(desk.own, pdf(), issuer="Blue Mill")
    row = session.execute(select(DocumentContent)).scalar_one()
    stored = session.execute(text("SELECT to_jsonb(d)::text FROM document d")).scalar_one()
    assert b"PDF" not in row.content
    assert "Blue" not in stored
    document_id = UUID(sent.json["id"])
    opened = queries.get_content(session, borrower_id=desk.ann, document_id=document_id)
    assert opened == pdf()


@pytest.mark.commits
def test_a_rotation_seals_the_key_anew_and_leaves_the_bytes(session, own_database):
    with keys(field=ring("old")):
        ann = make_borrower(session)
        document_id = make_document(session, ann)
        session.commit()
    before = session.execute(select(DocumentContent.content)).scalar_one()
    with keys(field=ring("new", "old")):
        resealing.run(make_job_context())
    session.expire_all()
    with keys(field=ring("new")):
        assert queries.get_content(session, borrower_id=ann, document_id=document_id)
    assert session.execute(select(DocumentContent.content)).scalar_one() == before


@pytest.mark.commits
def test_many_uploads_at_once_do_not_pass_the_limit(session, own_database):
    ann = make_borrower(session)
    session.commit()
    files = [inspect(picture(shade=shade)) for shade in range(rules.OPEN_MAX + 10)]

    def upload(file) -> bool:
        try:
            with transaction() as own:
                service.add_document(
                    own, borrower_id=ann, upload=Upload(kind=Kind.OTHER), file=file, now=NOW
                )
        except Problem:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        kept = sum(pool.map(upload, files))
    assert kept == rules.OPEN_MAX
    assert session.execute(select(func.count()).select_from(Document)).scalar_one() == kept


def test_a_document_cannot_be_used_by_who_does_not_own_it(desk, session):
    document_id = make_document(session, desk.ann)
    with pytest.raises(Problem) as refused:
        service.use_documents(
            session,
            borrower_id=make_borrower(session),
            document_ids=[document_id],
            used_for="hardship:1",
            now=NOW,
        )
    assert refused.value.code == "document-unknown"
