"""A client names where it wants to be told; nobody else sees or changes it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from backend.auth.rules import CLIENT_SCOPES
from backend.kit import clock
from backend.kit.calls_out import Guard
from backend.kit.ids import new_id
from backend.webhooks import sender as sending
from backend.webhooks import service
from backend.webhooks.models import WebhookEndpoint, WebhookSecret
from backend.webhooks.rules import ENDPOINTS_MAX, SECRETS_MAX, TYPES
from tests.factories.clients import make_client
from tests.fixtures.api import Api, bearer, new_key, token_for
from tests.webhooks.conftest import ADDRESS

URL = "https://core.bank.example/hooks"
BODY = {"url": URL, "event_types": ["plan.accepted", "tier.changed"]}


@pytest.fixture
def other_client(app, session, settings) -> Api:
    """Another machine of the lender's."""
    client_id = make_client(session)
    token = token_for(
        settings, audience="client", subject_id=client_id, scopes=sorted(CLIENT_SCOPES)
    )
    return Api(client=app.test_client(), session=session, headers=bearer(token), id=client_id)


def test_an_endpoint_is_answered_with_its_secret_once(client_api, session):
    made = client_api.post(ADDRESS, json=BODY | {"description": "the core"})
    assert made.status_code == 201
    secret = made.json["secret"]
    assert secret.startswith("whsec_")
    shown = client_api.get(f"{ADDRESS}/{made.json['id']}")
    listed = client_api.get(ADDRESS)
    assert shown.json == {k: v for k, v in made.json.items() if k != "secret"}
    assert listed.json["items"] == [shown.json]
    assert (shown.json["url"], shown.json["description"]) == (URL, "the core")
    assert shown.json["event_types"] == ["plan.accepted", "tier.changed"]
    assert [each["ends_at"] for each in shown.json["secrets"]] == [None]
    stored = session.execute(select(WebhookSecret.secret_cipher)).scalar_one()
    assert secret.encode() not in stored


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"url": "http://core.bank.example/"}, "#/url"),
        ({"url": "https://user:pw@core.bank.example/"}, "#/url"),
        ({"url": "https://10.0.0.1/"}, "#/url"),
        ({"url": "https://169.254.169.254/latest"}, "#/url"),
        ({"url": "https://core.bank.example:22/"}, "#/url"),
        ({"url": "https://core.bank.example/" + "a" * 2_000}, "#/url"),
        ({"url": ""}, "#/url"),
        ({"event_types": []}, "#/event_types"),
        ({"event_types": ["everything"]}, "#/event_types/0"),
        ({"event_types": ["endpoint.test"]}, "#/event_types/0"),
        ({"event_types": ["tier.changed", "tier.changed"]}, "#/event_types"),
        ({"description": "a" * 201}, "#/description"),
        ({"description": "a\x00b"}, "#/description"),
        ({"secret": "whsec_mine"}, "#/secret"),
    ],
)
def test_what_is_no_endpoint_is_refused_and_nothing_is_kept(client_api, session, changes, pointer):
    sending.configure(Guard())
    answer = client_api.post(ADDRESS, json=BODY | changes)
    assert answer.status_code == 422
    assert pointer in {error["pointer"] for error in answer.json["errors"]}
    assert session.execute(select(func.count()).select_from(WebhookEndpoint)).scalar_one() == 0


def test_the_same_address_is_one_endpoint_until_it_is_deleted(client_api, other_client):
    made = client_api.post(ADDRESS, json=BODY)
    again = client_api.post(ADDRESS, json=BODY)
    assert (again.status_code, again.json["code"]) == (409, "webhook-endpoint-taken")
    assert other_client.post(ADDRESS, json=BODY).status_code == 201
    assert client_api.delete(f"{ADDRESS}/{made.json['id']}").status_code == 204
    assert client_api.post(ADDRESS, json=BODY).status_code == 201


def test_a_client_has_so_many_at_most(client_api, other_client):
    for place in range(ENDPOINTS_MAX):
        assert client_api.post(ADDRESS, json=BODY | {"url": f"{URL}/{place}"}).status_code == 201
    full = client_api.post(ADDRESS, json=BODY)
    assert (full.status_code, full.json["code"]) == (409, "webhook-endpoints-full")
    assert other_client.post(ADDRESS, json=BODY).status_code == 201
    first = client_api.get(ADDRESS, query_string={"limit": 1})
    rest = client_api.get(ADDRESS, query_string={"cursor": first.json["next_cursor"]})
    ids = [item["id"] for item in first.json["items"] + rest.json["items"]]
    assert len(set(ids)) == ENDPOINTS_MAX


@pytest.mark.commits
def test_many_at_once_are_no_more_than_may_be(session, own_database):
    client_id = make_client(session)

    def add(place: int) -> bool:
        with sending.transaction() as own:
            try:
                service.add_endpoint(
                    own,
                    client_id=client_id,
                    url=f"{URL}/{place}",
                    event_types=["tier.changed"],
                    description="",
                    now=clock.wall(),
                )
            except service.endpoints.TooManyEndpoints:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        made = sum(pool.map(add, range(ENDPOINTS_MAX + 6)))
    assert made == ENDPOINTS_MAX


def test_anothers_endpoint_is_not_there(client_api, other_client, tell, add):
    endpoint = add()
    tell()
    (delivery,) = client_api.get(f"{endpoint.path}/deliveries").json["items"]
    message = f"{endpoint.path}/deliveries/{delivery['message_id']}"
    span = {"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}
    tries = [
        other_client.get(endpoint.path),
        other_client.patch(endpoint.path, json={"description": "mine"}),
        other_client.post(f"{endpoint.path}/rotate", json={}),
        other_client.post(f"{endpoint.path}/disable"),
        other_client.post(f"{endpoint.path}/enable"),
        other_client.post(f"{endpoint.path}/test", headers=new_key()),
        other_client.get(f"{endpoint.path}/deliveries"),
        other_client.get(message),
        other_client.post(f"{message}/replay", headers=new_key()),
        other_client.post(f"{endpoint.path}/replays", json=span, headers=new_key()),
        other_client.delete(endpoint.path),
    ]
    assert {(each.status_code, each.json["code"]) for each in tries} == {
        (404, "webhook-endpoint-unknown")
    }
    assert other_client.get(ADDRESS).json["items"] == []
    assert client_api.get(endpoint.path).json["disabled_at"] is None
    assert client_api.get(message).status_code == 200


def test_a_scope_opens_what_it_says(app, session, settings, client_api):
    reading = token_for(
        settings, audience="client", subject_id=client_api.id, scopes=["webhooks.read"]
    )
    feeding = token_for(
        settings, audience="client", subject_id=client_api.id, scopes=["ingest.write"]
    )
    reader, feeder = (
        Api(client=app.test_client(), session=session, headers=bearer(token))
        for token in (reading, feeding)
    )
    assert reader.get(ADDRESS).status_code == 200
    assert reader.post(ADDRESS, json=BODY).status_code == 403
    assert feeder.get(ADDRESS).status_code == 403


def test_a_token_of_a_client_that_is_gone_makes_no_endpoint(app, session, settings):
    token = token_for(settings, audience="client", subject_id=new_id(), scopes=["webhooks.write"])
    api = Api(client=app.test_client(), session=session, headers=bearer(token))
    answer = api.post(ADDRESS, json=BODY)
    assert (answer.status_code, answer.json["code"]) == (401, "client-gone")


def test_types_and_description_may_change_and_the_rest_stays(client_api, endpoint):
    before = client_api.get(endpoint.path).json
    changed = client_api.patch(endpoint.path, json={"event_types": ["badge.awarded"]})
    assert changed.json == before | {"event_types": ["badge.awarded"]}
    described = client_api.patch(endpoint.path, json={"description": "new"})
    assert described.json == changed.json | {"description": "new"}
    assert client_api.patch(endpoint.path, json={}).json == described.json
    for wrong in ({"url": URL}, {"event_types": []}, {"event_types": list(TYPES) * 2}):
        assert client_api.patch(endpoint.path, json=wrong).status_code == 422


def test_what_is_deleted_is_gone_with_its_secrets(client_api, endpoint, session):
    assert client_api.delete(endpoint.path).status_code == 204
    assert client_api.get(endpoint.path).status_code == 404
    assert client_api.delete(endpoint.path).status_code == 404
    assert client_api.get(ADDRESS).json["items"] == []
    assert session.execute(select(func.count()).select_from(WebhookSecret)).scalar_one() == 0


def test_secrets_overlap_and_are_no_more_than_a_few(client_api, endpoint):
    for number in range(2, SECRETS_MAX + 1):
        rotated = client_api.post(f"{endpoint.path}/rotate", json={"overlap_hours": 2})
        assert len(rotated.json["secrets"]) == number
    assert [each["ends_at"] is None for each in rotated.json["secrets"]].count(True) == 1
    full = client_api.post(f"{endpoint.path}/rotate", json={})
    assert (full.status_code, full.json["code"]) == (409, "webhook-secrets-full")
    at_once = client_api.post(f"{endpoint.path}/rotate", json={"overlap_hours": 0})
    assert len(at_once.json["secrets"]) == 1
    for hours in (-1, 169, "2"):
        wrong = client_api.post(f"{endpoint.path}/rotate", json={"overlap_hours": hours})
        assert wrong.status_code == 422


def test_a_secret_that_ended_makes_room(client_api, endpoint, session):
    for _ in range(SECRETS_MAX - 1):
        client_api.post(f"{endpoint.path}/rotate", json={})
    session.execute(text("UPDATE webhook_secret SET ends_at = '2026-01-01' WHERE ends_at > now()"))
    assert len(client_api.get(endpoint.path).json["secrets"]) == 1
    assert client_api.post(f"{endpoint.path}/rotate", json={}).status_code == 200


def test_staff_see_hosts_and_health_and_no_whole_address(staff_api, client_api, endpoint, tell):
    tell(2)
    client_api.post(f"{endpoint.path}/disable")
    admin, marketer = staff_api("admin"), staff_api("marketer")
    (item,) = admin.get("/v1/staff/webhook-endpoints").json["items"]
    assert (item["id"], item["host"], item["pending"]) == (endpoint.id, "localhost", 2)
    assert (item["client"], item["disabled_why"]) == (f"core-{client_api.id}", "by_client")
    assert "/hooks" not in admin.get("/v1/staff/webhook-endpoints").text
    assert marketer.get("/v1/staff/webhook-endpoints").status_code == 403
