"""The private names of the vendor's client that push depends on must stay where they are."""

import requests
from google.auth._regional_access_boundary_utils import is_regional_access_boundary_lookup_enabled

from backend.kit.providers import FCM_URL
from notifications.channels.fcm import TIMEOUT_SECONDS, Fcm, _Adapter, session_of


def test_the_client_sends_by_our_adapter_once_and_within_ten_seconds(fcm):
    channel = Fcm(fcm.settings())
    try:
        session = session_of(channel._app)
        assert isinstance(session, requests.Session)
        adapter = session.get_adapter(f"{FCM_URL}/v1/projects/goodfaith-test/messages:send")
        assert isinstance(adapter, _Adapter)
        assert adapter.max_retries.total == 0
        assert channel._app.options.get("httpTimeout") == TIMEOUT_SECONDS == 10
        assert not is_regional_access_boundary_lookup_enabled()
    finally:
        channel.close()
