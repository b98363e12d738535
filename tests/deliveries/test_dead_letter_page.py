"""Operators see in the console what was not taken, and send it once more."""

import re

from sqlalchemy import select

from notifications.deliveries.models import NotificationDelivery
from tests.console.kit import signed_in_client
from tests.deliveries.conftest import send_due

DEAD = "/console/dead-letters"
FIELD = re.compile(r'name="(borrower_id|id|idempotency_key)" value="([^"]+)"')


def test_a_dead_letter_is_shown_and_sent_once_more(app, session, planned, push):
    planned("fake-invalid")
    send_due(push)
    delivery = session.execute(select(NotificationDelivery)).scalar_one()
    admin, auditor = (signed_in_client(app, session, role) for role in ("admin", "auditor"))
    assert '<span class="figure">1</span>' in admin.get("/console").text
    assert "Send once more" not in auditor.get(DEAD).text
    form = dict(FIELD.findall(admin.get(DEAD).text))
    assert form["id"] == str(delivery.id)
    assert auditor.post(f"{DEAD}/retry", form).status_code == 403
    for _ in range(2):
        answer = admin.post(f"{DEAD}/retry", form)
        assert answer.status_code == 303
    page = admin.follow(answer).text
    assert "It waits to be sent once more." in page
    assert "Every message was taken." in page
    fresh = admin.post(f"{DEAD}/retry", form | {"idempotency_key": "another"})
    assert fresh.status_code == 409
    assert 'role="alert"' in fresh.text
