"""The core system takes out what it is asked to do, and says once that it has it."""

from datetime import timedelta

from backend.core_instructions import service
from backend.core_instructions.rules import Kind
from backend.kit.ids import new_id
from tests.clock import NOW
from tests.factories.loans import make_borrower

ADDRESS = "/v1/ingest/core-instructions"


def instruct(session, *, borrower_id, occasion="one", at=NOW) -> bool:
    return service.instruct(
        session,
        borrower_id=borrower_id,
        kind=Kind.PENALTY_FREEZE,
        occasion=occasion,
        payload={"loan_external_id": "loan-1"},
        now=at,
    )


def test_the_core_system_reads_what_it_is_asked_to_do(session, client_api):
    instruct(session, borrower_id=make_borrower(session, external_id="asked"))
    (item,) = client_api.get(ADDRESS).json["items"]
    assert (item["borrower_external_id"], item["kind"]) == ("asked", "penalty.freeze")
    assert item["payload"] == {"loan_external_id": "loan-1"}
    assert item["acknowledged_at"] is None


def test_one_occasion_asks_once(session, client_api):
    borrower_id = make_borrower(session)
    assert instruct(session, borrower_id=borrower_id)
    assert not instruct(session, borrower_id=borrower_id)
    assert instruct(session, borrower_id=borrower_id, occasion="another")
    assert len(client_api.get(ADDRESS).json["items"]) == 2


def test_what_is_acknowledged_is_open_no_more(session, client_api):
    borrower_id = make_borrower(session)
    for place in range(3):
        instruct(
            session,
            borrower_id=borrower_id,
            occasion=str(place),
            at=NOW + timedelta(minutes=place),
        )
    first, *rest = client_api.get(ADDRESS).json["items"]
    acked = client_api.post(f"{ADDRESS}/{first['id']}/ack")
    again = client_api.post(f"{ADDRESS}/{first['id']}/ack")
    assert (acked.status_code, acked.json) == (200, again.json)
    still = client_api.get(ADDRESS, query_string={"open": "true"}).json["items"]
    assert [item["id"] for item in still] == [item["id"] for item in rest]
    since = (NOW + timedelta(minutes=2)).isoformat().replace("+00:00", "Z")
    (newest,) = client_api.get(ADDRESS, query_string={"since": since}).json["items"]
    assert newest["id"] == rest[-1]["id"]


def test_an_instruction_that_is_none_is_not_found(client_api):
    answer = client_api.post(f"{ADDRESS}/{new_id()}/ack")
    assert (answer.status_code, answer.json["code"]) == (404, "instruction-unknown")
