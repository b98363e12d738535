"""The core system reads what was granted and says once that it has it."""

from datetime import timedelta
from uuid import UUID

from backend.benefits import service
from backend.benefits.rules import Kind
from backend.kit.ids import new_id
from tests.clock import NOW
from tests.factories.loans import make_borrower

ADDRESS = "/v1/ingest/benefit-grants"


def grant(session, *, external_id, at=NOW) -> UUID:
    return service.grant_benefit(
        session,
        borrower_id=make_borrower(session, external_id=external_id),
        kind=Kind.RATE_DISCOUNT,
        terms={"points": "-1.00"},
        cause="six_in_a_row",
        now=at,
    )


def test_grants_are_read_from_an_instant_on(session, client_api):
    grant(session, external_id="early", at=NOW - timedelta(days=2))
    later = grant(session, external_id="late")
    everything = client_api.get(ADDRESS).json
    assert [item["borrower_external_id"] for item in everything["items"]] == ["early", "late"]
    since = (NOW - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    (item,) = client_api.get(ADDRESS, query_string={"since": since}).json["items"]
    assert (item["id"], item["kind"], item["state"]) == (str(later), "rate_discount", "offered")
    assert item["terms"] == {"points": "-1.00"}
    assert item["acknowledged_at"] is None


def test_pages_follow_one_another(session, client_api):
    for place in range(3):
        grant(session, external_id=f"paged-{place}")
    first = client_api.get(ADDRESS, query_string={"limit": 2}).json
    rest = client_api.get(ADDRESS, query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    names = [item["borrower_external_id"] for item in first["items"] + rest["items"]]
    assert names == ["paged-0", "paged-1", "paged-2"]
    assert rest["next_cursor"] is None


def test_an_acknowledgement_counts_once(session, client_api):
    grant_id = grant(session, external_id="acked")
    first = client_api.post(f"{ADDRESS}/{grant_id}/ack")
    again = client_api.post(f"{ADDRESS}/{grant_id}/ack")
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json
    (item,) = client_api.get(ADDRESS).json["items"]
    assert item["acknowledged_at"] == first.json["acknowledged_at"]


def test_a_grant_that_is_none_is_not_found(client_api):
    answer = client_api.post(f"{ADDRESS}/{new_id()}/ack")
    assert (answer.status_code, answer.json["code"]) == (404, "benefit-grant-unknown")


def test_a_bad_instant_is_named(client_api):
    answer = client_api.get(ADDRESS, query_string={"since": "yesterday"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/since"
