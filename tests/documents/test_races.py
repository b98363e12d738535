"""Two at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from backend.documents import queries, service
from backend.kit.db import transaction
from tests.clock import NOW
from tests.factories.documents import make_document, make_suspicion
from tests.factories.loans import make_borrower
from tests.factories.locks import wait_until_blocked

pytestmark = pytest.mark.commits


def test_replies_about_two_documents_that_hand_in_one_another_both_count(session, staff_api):
    borrower_id = make_borrower(session)
    proof, one, other = (make_document(session, borrower_id, shade=n) for n in (1, 2, 3))
    staff_id = staff_api("risk_officer").id
    for each in (one, other):
        make_suspicion(session, borrower_id, each, suspected_by=staff_id)
    session.commit()
    held, go_on = Event(), Event()

    def hold_proof():
        with transaction() as own:
            queries.get_for_update(own, borrower_id=borrower_id, document_id=proof)
            held.set()
            go_on.wait(timeout=20)

    def reply(document_id, *document_ids):
        with transaction() as own:
            service.reply(
                own, borrower_id=borrower_id, document_id=document_id, words="It is real.",
                document_ids=document_ids, now=NOW,
            )  # fmt: skip

    with ThreadPoolExecutor(3) as pool:
        holding = pool.submit(hold_proof)
        held.wait(timeout=20)
        replying = [pool.submit(reply, one, proof, other), pool.submit(reply, other, proof, one)]
        wait_until_blocked(session, at_least=2)
        go_on.set()
        for each in (holding, *replying):
            each.result()
    asked = queries.list_suspicions(session, borrower_id=borrower_id, document_ids=[one, other])
    assert all(each.replied_at == NOW for each in asked)
