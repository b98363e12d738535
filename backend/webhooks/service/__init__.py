"""Use cases of webhooks: endpoints, messages, sending, replays."""

from backend.webhooks.service.endpoints import (
    NewSecret,
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    disable_endpoint,
    enable_endpoint,
    rotate_secret,
)
from backend.webhooks.service.messages import News, list_wanted, send_test, write_messages
from backend.webhooks.service.purge import purge_endpoints, purge_messages
from backend.webhooks.service.replays import Replay, replay_one, replay_range
from backend.webhooks.service.sending import Lease, lease_due, record_result

__all__ = [
    "Lease",
    "NewSecret",
    "News",
    "Replay",
    "add_endpoint",
    "change_endpoint",
    "delete_endpoint",
    "disable_endpoint",
    "enable_endpoint",
    "lease_due",
    "list_wanted",
    "purge_endpoints",
    "purge_messages",
    "record_result",
    "replay_one",
    "replay_range",
    "rotate_secret",
    "send_test",
    "write_messages",
]
