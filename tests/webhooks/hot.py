"""The statements of webhooks, as calls for whoever explains them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from backend.kit import clock
from backend.kit.db import transaction
from backend.webhooks import service as webhooks
from backend.webhooks.rules import Result
from tests.factories.webhooks import endpoint_of
from tests.fixtures.api import Api, new_key


def webhook_calls(api: Api, admin: Api) -> tuple[Callable[[], Any], ...]:
    """An endpoint's log and replays, and a sender's work; nobody is called."""
    ids = endpoint_of(api)
    path = f"/v1/webhook-endpoints/{ids['endpoint_id']}"
    span = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}

    def send() -> None:
        with transaction() as own:
            for lease in webhooks.lease_due(own, limit=10, now=clock.wall()):
                webhooks.record_result(
                    own,
                    lease,
                    result=Result(500),
                    began_at=clock.wall(),
                    took_ms=1,
                    share=1.0,
                    now=clock.wall(),
                )

    def purge_old() -> None:
        with transaction() as own:
            webhooks.purge_messages(own, now=clock.wall() + timedelta(days=40))
            webhooks.purge_endpoints(own, now=clock.wall() + timedelta(days=40))

    return (
        send,
        *(
            lambda state=state: api.get(f"{path}/deliveries", query_string=state)
            for state in ({}, {"state": "pending"}, {"state": "failed"}, {"state": "delivered"})
        ),
        lambda: admin.get("/v1/staff/webhook-endpoints"),
        lambda: api.get(f"{path}/deliveries/{ids['message_id']}"),
        lambda: api.post(f"{path}/replays", json=span, headers=new_key()),
        lambda: api.post(f"{path}/replays", json=span | {"only_failed": False}, headers=new_key()),
        purge_old,
    )
