"""Webhook endpoints as a machine client makes them."""

from tests.fixtures import leaks
from tests.fixtures.api import Api, new_key

URL = "https://core.bank.example/hooks"


def endpoint_of(client_api: Api, *, url: str = URL) -> dict[str, str]:
    """One with a test message that waits: their ids, by their names in addresses."""
    made = client_api.post(
        "/v1/webhook-endpoints", json={"url": url, "event_types": ["penalty.freeze"]}
    )
    assert made.status_code == 201, made.text
    leaks.watch(secret=made.json["secret"])
    endpoint_id = made.json["id"]
    tested = client_api.post(f"/v1/webhook-endpoints/{endpoint_id}/test", headers=new_key())
    assert tested.status_code == 202, tested.text
    return {"endpoint_id": endpoint_id, "message_id": tested.json["message_id"]}
