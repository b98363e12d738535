"""Receipts of her own messages alone; dead letters that staff may send once more."""

import pytest
from sqlalchemy import select

from backend.kit.ids import new_id
from notifications.deliveries.models import NotificationDelivery
from tests.deliveries.conftest import at, send_due
from tests.factories.loans import make_borrower
from tests.fixtures.api import new_key

DEAD = "/v1/staff/dead-letters"


def test_what_her_app_says_first_stays_and_nobody_else_may_say_it(session, planned, borrower_api):
    who, other = planned("hers"), make_borrower(session)
    delivery = session.execute(select(NotificationDelivery)).scalar_one()
    path = f"/v1/me/deliveries/{delivery.id}/receipt"
    assert borrower_api(other).post(path, json={"event": "opened"}).status_code == 404
    assert borrower_api(who).post(path, json={"event": "read"}).status_code == 422
    with at(minutes=1):
        assert borrower_api(who).post(path, json={"event": "opened"}).status_code == 204
    with at(minutes=5):
        for event in ("delivered", "opened", "dismissed"):
            assert borrower_api(who).post(path, json={"event": event}).status_code == 204
    delivery = session.execute(select(NotificationDelivery)).scalar_one()
    assert delivery.received_at == delivery.opened_at < delivery.dismissed_at


@pytest.fixture
def dead(session, planned, push):
    who = planned("fake-invalid")
    send_due(push)
    delivery_id = session.execute(select(NotificationDelivery.id)).scalar_one()
    return {"borrower_id": str(who), "id": str(delivery_id)}


def test_staff_see_a_dead_letter_and_send_it_once_more(session, push, dead, staff_api, planned):
    admin = staff_api("admin")
    (item,) = admin.get(DEAD).json["items"]
    assert item.items() >= {**dead, "why": "refused", "channel": "push", "attempts": 1}.items()
    assert "fake-invalid" not in str(item)
    key = new_key()
    for _ in range(2):
        assert admin.post(f"{DEAD}/retry", json=dead, headers=key).status_code == 204
    assert admin.get(DEAD).json["items"] == []
    assert send_due(push) == 1
    assert len(admin.get(DEAD).json["items"]) == 1


def test_a_message_that_did_not_fail_or_is_stale_is_not_sent_again(
    session, dead, staff_api, planned
):
    admin = staff_api("admin")

    def retry(body):
        answer = admin.post(f"{DEAD}/retry", json=body, headers=new_key())
        return answer.json and answer.json["code"]

    assert retry({**dead, "id": str(new_id())}) == "delivery-not-found"
    other = planned("well")
    delivery_id = session.execute(
        select(NotificationDelivery.id).where(NotificationDelivery.borrower_id == other)
    ).scalar_one()
    well = {"borrower_id": str(other), "id": str(delivery_id)}
    assert retry(well) == "delivery-not-failed"
    with at(days=3):
        assert retry(dead) == "delivery-stale"
