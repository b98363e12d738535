"""Why she got a message, or did not: from what was kept, for her and for staff."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.borrowers.models import AccessLog
from backend.events.contacts import Purpose
from backend.kit.ids import new_id
from notifications.deliveries import service as deliveries
from notifications.deliveries.models import NotificationDelivery
from notifications.deliveries.rules import Reason, State
from notifications.messages.rules import Standing, Way, codes_in, standing_of
from notifications.messages.wording import REASONS, STANDINGS
from notifications.preferences import service as preferences
from tests.clock import NOW
from tests.factories.devices import make_device
from tests.factories.loans import make_borrower
from tests.factories.notifications import make_intent
from tests.factories.viewers import make_assignment

PATH = "/v1/me/messages"
PAID = {"day": "2026-11-23", "amount_minor": 8_605, "currency": "CNY"}


@pytest.fixture
def me(session, borrower_api):
    return borrower_api(make_borrower(session))


def intend(session, who, **more):
    return make_intent(
        session,
        borrower_id=who.id,
        **({"template": "notice.payment_received", "variables": PAID} | more),
    )


def only(answer):
    assert answer.status_code == 200, answer.text
    [item] = answer.json["items"]
    return item


def test_a_message_tells_how_far_it_came_on_each_way(session, me):
    make_device(session, me.id)
    message_id = intend(session, me)
    waiting = only(me.get(PATH))
    assert (waiting["standing"], waiting["is_in_inbox"], waiting["ways"]) == ("waiting", False, [])
    assert waiting["title"] == "Payment received"
    deliveries.plan_due(session, now=NOW)
    planned = me.get(f"{PATH}/{message_id}").json
    assert (planned["standing"], planned["is_in_inbox"]) == ("waiting", True)
    [way] = planned["ways"]
    assert (way["channel"], way["platform"], way["standing"]) == ("push", "android", "waiting")
    session.execute(
        update(NotificationDelivery).values(state=State.ACCEPTED, done_at=NOW, received_at=NOW)
    )
    received = me.get(PATH, headers={"Accept-Language": "zh-CN"})
    assert only(received)["standing_text"] == "已送达您的设备。"
    assert only(received)["title"] == "已收到您的付款"


@pytest.mark.parametrize(
    ("happened", "code"),
    [
        (lambda *_: None, "no_device"),
        (
            lambda session, who: preferences.opt_out(
                session, borrower_id=who.id, purpose=Purpose.RECEIPT, now=NOW
            ),
            "switched_off",
        ),
        (
            lambda session, who: deliveries.withdraw(
                session, borrower_id=who.id, subject=f"borrower:{who.id}", reason="moved_on",
                now=NOW,
            ),
            "moved_on",
        ),
    ],
    ids=["no device", "switched off", "moved on"],
)  # fmt: skip
def test_why_not_is_told_in_her_words(session, me, happened, code):
    intend(session, me)
    happened(session, me)
    deliveries.plan_due(session, now=NOW)
    item = only(me.get(PATH))
    assert [reason["code"] for reason in item["reasons"]] == [code]
    assert item["reasons"][0]["text"] == REASONS[code].en
    assert item["standing"] == ("not_sent" if code == "moved_on" else "in_the_inbox")


@pytest.mark.parametrize(
    ("state", "why", "codes"),
    [
        (State.ACCEPTED, None, []),
        (State.FAILED, Reason.REFUSED, []),
        (State.PLANNED, None, ["moved_on"]),
        (State.PREVENTED, Reason.WITHDRAWN, ["moved_on"]),
    ],
)
def test_what_ended_after_it_had_gone_out_is_no_reason_of_it(session, me, state, why, codes):
    make_device(session, me.id)
    intend(session, me)
    deliveries.plan_due(session, now=NOW)
    done_at = None if state is State.PLANNED else NOW
    session.execute(update(NotificationDelivery).values(state=state, why=why, done_at=done_at))
    deliveries.withdraw(
        session, borrower_id=me.id, subject=f"borrower:{me.id}", reason="moved_on", now=NOW
    )
    assert [reason["code"] for reason in only(me.get(PATH))["reasons"]] == codes


def test_a_rule_of_contact_is_told_with_its_source(session, me):
    make_device(session, me.id)
    intend(session, me)
    deliveries.plan_due(session, now=NOW)
    session.execute(
        update(NotificationDelivery).values(
            state=State.PREVENTED, why="not_allowed CN.hours", done_at=NOW
        )
    )
    item = only(me.get(PATH))
    assert item["standing"] == "in_the_inbox"
    known, law = item["ways"][0]["reasons"]
    assert (known["code"], known["citation"]) == ("not_allowed", None)
    assert law["code"] == "CN.hours"
    assert law["text"]
    assert law["citation"]


def test_messages_are_asked_for_by_what_they_were_about_and_when(session, me):
    loan = f"loan:{new_id()}"
    intend(session, me, now=NOW - timedelta(days=2), subject=loan, purpose=Purpose.PLAN)
    intend(session, me)

    def found(**asked):
        answer = me.get(PATH, query_string=asked)
        assert answer.status_code == 200, answer.text
        return len(answer.json["items"])

    assert (found(), found(subject=loan), found(purpose="plan")) == (2, 1, 1)
    assert (found(**{"from": "2026-11-22"}), found(to="2026-11-22")) == (1, 1)
    assert found(**{"from": "2026-11-21", "to": "2026-11-23"}) == 2
    for wrong in ({"subject": "x"}, {"purpose": "gossip"}, {"from": "yesterday"}):
        assert me.get(PATH, query_string=wrong).status_code == 422


def test_another_persons_message_is_not_there(session, me, borrower_api):
    message_id = intend(session, me)
    other = borrower_api(make_borrower(session))
    assert other.get(f"{PATH}/{message_id}").json["code"] == "message-unknown"
    assert other.get(PATH).json["items"] == []


def test_staff_read_the_same_and_she_knows_it(session, me, staff_api):
    intend(session, me)
    manager = staff_api("account_manager")
    path = f"/v1/staff/borrowers/{me.id}/messages"
    assert manager.get(path).status_code == 404
    make_assignment(session, staff_id=manager.id, borrower_id=me.id)
    assert only(manager.get(path))["title"] == "Payment received"
    looked = session.execute(select(AccessLog.what).where(AccessLog.borrower_id == me.id))
    assert looked.scalars().all() == ["messages"]
    profile = manager.get(f"/v1/staff/borrowers/{me.id}").json
    panel = profile["panels"]["notifications"]
    assert [message["title"] for message in panel["messages"]] == ["Payment received"]


def test_staff_see_a_device_without_its_address(session, me, staff_api):
    make_device(session, me.id, address="an-address-of-hers")
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=me.id)
    answer = manager.get(f"/v1/staff/borrowers/{me.id}")
    [device] = answer.json["panels"]["notifications"]["devices"]
    assert device["platform"] == "android"
    assert "an-address-of-hers" not in answer.text


def test_every_reason_and_standing_has_words():
    assert set(REASONS) >= set(Reason)
    assert set(STANDINGS) == set(Standing)
    assert codes_in("not_allowed, CN.hours  OWN.caps") == ["not_allowed", "CN.hours", "OWN.caps"]


@pytest.mark.parametrize(
    ("states", "standing"),
    [
        ([], Standing.IN_THE_INBOX),
        ([State.FAILED, State.ACCEPTED], Standing.SENT),
        ([State.PREVENTED, State.DROPPED], Standing.IN_THE_INBOX),
        ([State.PLANNED, State.FAILED], Standing.WAITING),
        ([State.UNKNOWN, State.PLANNED], Standing.UNCERTAIN),
    ],
)
def test_the_way_that_came_furthest_tells_how_a_message_stands(states, standing):
    ways = [Way(state, None) for state in states]
    assert standing_of(ways, is_waiting=False, is_in_inbox=True) == standing
    received = [*ways, Way(State.ACCEPTED, NOW)]
    assert standing_of(received, is_waiting=False, is_in_inbox=True) == Standing.RECEIVED
