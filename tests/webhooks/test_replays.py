"""What was told is told once more on request, and forgotten in time."""

from datetime import timedelta

from sqlalchemy import text, update

from backend.kit import clock
from backend.webhooks import service
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import (
    TRIED_FOR,
)
from backend.webhooks.service.purge import PURGE_BATCH
from tests.fixtures.api import new_key
from tests.webhooks.conftest import make_due, send_all


def test_after_three_days_a_delivery_is_given_up_and_a_replay_begins_anew(
    endpoint, tell, receiver, sender, session, client_api, log
):
    receiver.says(500)
    tell()
    send_all(sender)
    long_ago = clock.wall() - TRIED_FOR
    session.execute(update(WebhookDelivery).values(tried_from=long_ago))
    session.execute(update(WebhookEndpoint).values(enabled_at=long_ago))
    make_due(session)
    send_all(sender)
    [item] = log(state="failed")
    assert item["attempts"] == 2
    make_due(session)
    assert send_all(sender) == []
    receiver.says(200)
    path = f"{endpoint.path}/deliveries/{item['message_id']}/replay"
    assert client_api.post(path, headers=new_key()).status_code == 202
    send_all(sender)
    [item] = log()
    assert (item["state"], item["attempts"]) == ("delivered", 3)
    numbers = client_api.get(f"{endpoint.path}/deliveries/{item['message_id']}").json["tries"]
    assert [each["number"] for each in numbers] == [3, 2, 1]


def test_a_range_of_time_is_replayed_failed_ones_alone_or_all(
    endpoint, tell, sender, receiver, session, client_api, log
):
    tell(4)
    send_all(sender)
    ids = [item["message_id"] for item in log()]
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.message_id == ids[0])
        .values(state="failed", last_status=500)
    )
    span = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    key = new_key()
    path = f"{endpoint.path}/replays"
    failed = client_api.post(path, json=span, headers=key)
    assert (failed.status_code, failed.json) == (202, {"count": 1, "continue_from": None})
    again = client_api.post(path, json=span, headers=key)
    assert (again.json, again.headers["Idempotency-Replayed"]) == (failed.json, "true")
    assert len(send_all(sender)) == 1
    every = client_api.post(path, json=span | {"only_failed": False}, headers=new_key())
    assert every.json["count"] == 4
    assert len(send_all(sender)) == 4
    sent = [call.headers["webhook-id"] for call in receiver.calls]
    assert {sent.count(each) for each in ids[1:]} == {2}
    assert sent.count(ids[0]) == 3
    none = span | {"until": "2020-01-02T00:00:00Z"}
    assert client_api.post(path, json=none, headers=new_key()).json["count"] == 0
    backwards = span | {"until": span["since"]}
    assert client_api.post(path, json=backwards, headers=new_key()).status_code == 422
    assert client_api.post(path, json=span).status_code == 400


def test_a_large_range_is_replayed_part_by_part(
    endpoint, tell, session, sender, client_api, monkeypatch
):
    monkeypatch.setattr(service.replays, "REPLAYED_AT_ONCE_MAX", 2)
    for place in range(5):
        tell(external_id=f"b-{place}")
    send_all(sender)
    since, total = "2020-01-01T00:00:00Z", 0
    for _ in range(5):
        body = {"since": since, "until": "2100-01-01T00:00:00Z", "only_failed": False}
        answer = client_api.post(f"{endpoint.path}/replays", json=body, headers=new_key()).json
        total += answer["count"]
        if answer["continue_from"] is None:
            break
        since = answer["continue_from"]
    assert total == 5
    assert len(send_all(sender)) == 5


def test_a_delivery_that_is_none_is_not_there(client_api, endpoint):
    nothing = f"{endpoint.path}/deliveries/{endpoint.id}"
    answers = [
        client_api.get(nothing),
        client_api.post(f"{nothing}/replay", headers=new_key()),
    ]
    assert {(each.status_code, each.json["code"]) for each in answers} == {
        (404, "webhook-delivery-unknown")
    }


def test_the_log_comes_page_by_page(endpoint, tell, client_api):
    tell(5)
    seen, cursor = [], None
    while True:
        args = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client_api.get(f"{endpoint.path}/deliveries", query_string=args).json
        seen += [item["message_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(set(seen)) == len(seen) == 5


def test_what_is_older_than_thirty_days_is_forgotten(
    endpoint, tell, sender, session, client_api, log
):
    tell(2)
    send_all(sender)
    ids = [item["message_id"] for item in log()]
    old = clock.wall() - timedelta(days=30)
    session.execute(
        text("UPDATE webhook_message SET created_at = :old WHERE id = :id"),
        {"old": old, "id": ids[0]},
    )
    assert service.purge_messages(session, now=clock.wall()) == 1
    assert service.purge_messages(session, now=clock.wall()) == 0
    assert [item["message_id"] for item in log()] == [ids[1]]
    client_api.delete(endpoint.path)
    session.execute(text("UPDATE webhook_endpoint SET deleted_at = :old"), {"old": old})
    assert service.purge_endpoints(session, now=clock.wall()) == 0
    session.execute(text("UPDATE webhook_message SET created_at = :old"), {"old": old})
    assert service.purge_messages(session, now=clock.wall()) == 1
    assert service.purge_endpoints(session, now=clock.wall()) == 1


def test_a_batch_of_old_messages_is_forgotten_at_however_many_endpoints(endpoint, session):
    old = clock.wall() - timedelta(days=31)
    session.execute(
        text(
            """
            INSERT INTO webhook_endpoint (id, client_id, url, description, event_types,
                                          created_at, enabled_at)
            SELECT gen_random_uuid(), client_id, url || n, '', event_types, created_at, enabled_at
              FROM webhook_endpoint, generate_series(1, 16) AS n
            """
        )
    )
    session.execute(
        text(
            """
            INSERT INTO webhook_message (id, type, occurred_at, created_at, data)
            SELECT gen_random_uuid(), 'endpoint.test', :old, :old, '{}'
              FROM generate_series(1, :count)
            """
        ),
        {"old": old, "count": PURGE_BATCH},
    )
    session.execute(
        text(
            """
            INSERT INTO webhook_delivery (endpoint_id, message_id, state, created_at, due_at)
            SELECT e.id, m.id, 'pending', :old, :old FROM webhook_endpoint e, webhook_message m
            """
        ),
        {"old": old},
    )
    session.execute(
        text(
            """
            INSERT INTO webhook_attempt (endpoint_id, message_id, number, began_at, took_ms, status)
            SELECT endpoint_id, message_id, 1, :old, 1, 500 FROM webhook_delivery
            """
        ),
        {"old": old},
    )
    assert service.purge_messages(session, now=clock.wall()) == PURGE_BATCH
    assert session.execute(text("SELECT count(*) FROM webhook_attempt")).scalar_one() == 0
