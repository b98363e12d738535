"""What nobody scanned is shown to nobody, unless there is no scanner and the house says so."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text, update

from backend.documents import service
from backend.documents.jobs import scan_documents
from backend.documents.models import Document
from backend.documents.rules import Scan
from backend.documents.scanning import ClamdScanner, ScanError
from backend.documents.service.scans import Claimed
from tests.factories.documents import make_document, pdf, send
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key
from tests.fixtures.settings import make_settings

WHY = {"X-Access-Purpose": "hardship"}


def opened(desk, document_id):
    return desk.manager.get(desk.path(f"documents/{document_id}/content"))


def scan_of(session) -> str:
    return session.execute(select(Document.scan)).scalar_one()


@contextmanager
def clamd(answer: bytes | None) -> Iterator[tuple[ClamdScanner, list[bytes]]]:
    """A daemon on loopback that speaks INSTREAM and has one thing to say."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as lines:
                assert lines.read(10) == b"zINSTREAM\0"
                while size := struct.unpack("!L", lines.read(4))[0]:
                    heard.append(lines.read(size))
                if answer:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield ClamdScanner("127.0.0.1", server.getsockname()[1]), heard
        thread.join()


@pytest.mark.parametrize(
    ("answer", "is_clean"),
    [(b"stream: OK\0", True), (b"stream: Eicar-Test-Signature FOUND\0", False)],
)
def test_clamd_is_asked_in_its_own_words(answer, is_clean):
    data = pdf() * 400
    with clamd(answer) as (scanner, heard):
        assert scanner(data) is is_clean
    assert b"".join(heard) == data
    assert len(heard) > 1


@pytest.mark.parametrize("answer", [None, b"INSTREAM size limit exceeded. ERROR\0", b"OK"])
def test_what_is_no_verdict_is_none(answer):
    with clamd(answer) as (scanner, _), pytest.raises(ScanError):
        scanner(b"x")


def test_a_scanner_that_is_not_there_is_an_error_of_the_scan():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ScanError):
        ClamdScanner("127.0.0.1", port)(b"x")


def test_what_is_clean_is_saved_and_never_shown_in_place(desk, session, scanned_by):
    seen: list[bytes] = []
    scanned_by(lambda content: seen.append(content) is None)
    sent = send(desk.own, pdf(), name='"; x="../a.html')
    waiting = opened(desk, sent.json["id"])
    assert (waiting.status_code, waiting.json["code"]) == (409, "document-not-shown")
    assert scan_documents(make_job_context()) == {"clean": 1}
    assert seen == [pdf()]
    answer = opened(desk, sent.json["id"])
    assert (answer.status_code, answer.data) == (200, pdf())
    headers = answer.headers
    assert headers["Content-Disposition"] == (
        f'attachment; filename="document-{sent.json["id"]}.pdf"'
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox;")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Cache-Control"] == "no-store"
    assert scan_documents(make_job_context()) == {}


def test_what_is_infected_is_shown_to_nobody(desk, session, scanned_by):
    scanned_by(lambda _: False, shown=True)
    sent = send(desk.own, pdf())
    scan_documents(make_job_context())
    assert scan_of(session) == "infected"
    assert opened(desk, sent.json["id"]).status_code == 409
    refused = desk.manager.post(
        desk.path(f"documents/{sent.json['id']}/verifications"),
        json={"outcome": "not_verified", "method": "compared"},
        headers=new_key(),
    )
    assert refused.json["code"] == "document-not-shown"


def test_a_scan_that_failed_is_tried_again_later_each_time(desk, session, scanned_by):
    def fail(_: bytes) -> bool:
        raise ScanError("away")

    scanned_by(fail, shown=True)
    document_id = make_document(session, desk.ann, scan=Scan.WAITING)
    waits = []
    for _ in range(3):
        session.execute(update(Document).values(scan_due_at=text("now()")))
        assert scan_documents(make_job_context()) == {"failed": 1}
        assert scan_documents(make_job_context()) == {}
        wait = session.execute(text("SELECT scan_due_at - now() FROM document")).scalar_one()
        waits.append(wait)
    assert waits == sorted(set(waits))
    assert opened(desk, document_id).status_code == 409
    scanned_by(lambda _: True)
    session.execute(update(Document).values(scan_due_at=text("now()")))
    assert scan_documents(make_job_context()) == {"clean": 1}


@pytest.mark.parametrize(("shown", "status"), [(True, 200), (False, 409)])
def test_without_a_scanner_the_house_decides(desk, session, scanned_by, shown, status):
    scanned_by(None, shown=shown)
    document_id = make_document(session, desk.ann, scan=Scan.WAITING)
    assert opened(desk, document_id).status_code == 409
    assert scan_documents(make_job_context()) == {"not_configured": 1}
    assert scan_documents(make_job_context()) == {}
    answer = opened(desk, document_id)
    assert answer.status_code == status
    if shown:
        assert answer.headers["X-Document-Scan"] == "not_configured"
    (listed,) = desk.manager.get(desk.path("documents")).json["items"]
    assert (listed["scan"], listed["is_shown"]) == ("not_configured", shown)
    # Once there is a scanner, it makes up for it.
    scanned_by(lambda _: True)
    assert scan_documents(make_job_context()) == {"clean": 1}


def test_what_she_took_back_while_it_was_scanned_is_gone(desk, session, scanned_by):
    document_id = make_document(session, desk.ann, scan=Scan.WAITING)

    def take_back(_: bytes) -> bool:
        assert desk.own.delete(f"/v1/me/documents/{document_id}").status_code == 204
        return True

    scanned_by(take_back)
    assert scan_documents(make_job_context()) == {"clean": 1}
    assert desk.own.get("/v1/me/documents").json["items"] == []


@pytest.mark.parametrize("late", [Scan.CLEAN, Scan.FAILED])
def test_who_is_late_does_not_undo_what_another_found(desk, session, late):
    document_id = make_document(session, desk.ann, scan=Scan.WAITING)
    claimed = Claimed(desk.ann, document_id)
    for outcome in (Scan.INFECTED, late):
        service.record_scan(session, claimed=claimed, scan=outcome)
    assert scan_of(session) == "infected"


def test_each_look_at_a_file_is_known_to_her(desk, session):
    document_id = make_document(session, desk.ann)
    path = desk.path(f"documents/{document_id}/content")
    assert desk.officer.get(path).json["code"] == "access-purpose-required"
    assert desk.officer.get(path, headers=WHY).status_code == 200
    (seen,) = desk.own.get("/v1/me/access-log").json["items"]
    assert seen["purpose"] == "hardship"


@pytest.fixture
def load(server_url: str) -> Callable[..., object]:
    return lambda **changes: make_settings(server_url, **changes)


def test_the_settings_name_a_scanner_and_say_what_is_shown_without(load):
    plain = load()
    assert (plain.document_scanner, plain.documents_unscanned_shown) == (None, False)
    named = load(DOCUMENT_SCANNER_URL="clamd://scanner:3310", DOCUMENTS_UNSCANNED_SHOWN="1")
    assert (named.document_scanner, named.documents_unscanned_shown) == (("scanner", 3310), True)
    assert load(GOODFAITH_DEMO="1").documents_unscanned_shown is True
