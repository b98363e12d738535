"""Answers that name each other's documents wait in one order."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from backend.documents import service
from backend.documents.models import Document
from backend.kit.db import transaction
from tests.clock import NOW
from tests.factories.contacts import make_writer
from tests.factories.documents import make_document, make_suspicion
from tests.factories.loans import make_borrower

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def wait_for_waiter(session) -> None:
    until = time.monotonic() + 10
    while not session.execute(text(WAITING)).scalar_one():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.commits
def test_an_answer_holds_no_document_while_it_waits_for_one_before_it(session, own_database):
    ann = make_borrower(session)
    first, second = sorted(make_document(session, ann, shade=shade) for shade in (3, 4))
    make_suspicion(session, ann, second, suspected_by=make_writer(session))
    session.commit()

    def reply() -> None:
        with transaction() as own:
            service.reply(
                own,
                borrower_id=ann,
                document_id=second,
                words="It is mine.",
                document_ids=[first],
                now=NOW,
            )

    def locked(document_id):
        return select(Document.id).where(Document.id == document_id).with_for_update()

    with ThreadPoolExecutor(1) as pool:
        session.execute(locked(first))
        answered = pool.submit(reply)
        wait_for_waiter(session)
        free = session.execute(locked(second).with_for_update(skip_locked=True)).all()
        session.commit()
        answered.result(10)
    assert len(free) == 1
