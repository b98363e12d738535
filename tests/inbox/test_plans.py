"""What devices, preferences, the inbox and messages ask finds its rows by an index."""

import pytest

from backend.kit.db import Database
from notifications.deliveries import service as deliveries
from notifications.devices.service import rehash
from tests.api.explained import Plans
from tests.api.statements import heard
from tests.clock import NOW
from tests.factories.devices import make_device
from tests.factories.inbox import put_message
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent

pytestmark = pytest.mark.commits
PREFERENCES = "/v1/me/notification-preferences"


def test_everything_is_found_by_an_index(session, borrower_api, own_database: Database):
    who = make_borrower(session)
    item = put_message(session, who)
    make_device(session, who)
    message = make_intent(session, borrower_id=who)
    deliveries.plan_due(session, now=NOW)
    session.commit()
    me = borrower_api(who)
    body = {
        "platform": "ios", "address": "another-address", "address_kind": "fid",
        "app_version": "1", "timezone": "Asia/Shanghai",
    }  # fmt: skip
    cells = [{"purpose": "plan", "channel": "sms", "allowed": False}]
    calls = (
        ("GET", "/v1/me/devices", None),
        ("PUT", "/v1/me/devices/phone-1", body),
        ("PUT", "/v1/me/devices/phone-2", body),
        ("GET", PREFERENCES, None),
        ("PUT", PREFERENCES, {"preferences": cells, "personalised": False}),
        ("POST", f"{PREFERENCES}/opt-out", {"channel": "push"}),
        ("GET", "/v1/me/inbox", None),
        ("GET", "/v1/me/inbox?unread=true", None),
        ("POST", f"/v1/me/inbox/{item}/read", None),
        ("POST", "/v1/me/inbox/read-all", None),
        ("POST", f"/v1/me/inbox/read-all?up_to={item}", None),
        ("GET", "/v1/me/messages?purpose=receipt&from=2026-01-01", None),
        ("GET", f"/v1/me/messages/{message}", None),
        ("DELETE", "/v1/me/devices/phone-2", None),
    )
    with heard(own_database.writes, own_database.reads) as found:
        for method, path, sent in calls:
            answer = me.call(method, path, json=sent)
            assert answer.status_code in (200, 204), (path, answer.text)
        rehash(session, None, 10)
    assert found
    plans = Plans(own_database)
    # What is sent for many rows at once only inserts.
    plans.explain([each for each in found if not isinstance(each.parameters, list)])
    assert plans.faults == []
    assert plans.explained > 20
