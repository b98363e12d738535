"""A delivery is signed, tried until it is taken, and its log tells what came of it."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from standardwebhooks.webhooks import WebhookVerificationError

from backend.kit import clock
from backend.kit.calls_out import Guard
from backend.kit.outbox import EventRow
from backend.webhooks import service
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import (
    FAILING_FOR_MAX,
    FAILURES_MIN,
    IN_FLIGHT_MAX,
    TRIED_FOR,
    Result,
)
from tests.fixtures.api import new_key
from tests.webhooks.conftest import checked, make_due, make_sender, send_all


def test_a_delivery_is_signed_in_the_published_way(endpoint, tell, sender, receiver, log):
    tell()
    assert [result.status for result in send_all(sender)] == [200]
    [call] = receiver.calls
    checked(call, endpoint.secret)
    [item] = log()
    assert call.headers["webhook-id"] == item["message_id"]
    assert abs(int(call.headers["webhook-timestamp"]) - time.time()) < 60
    assert call.headers["content-type"] == "application/json"
    assert (item["state"], item["attempts"], item["last_status"]) == ("delivered", 1, 200)
    assert item["last_took_ms"] >= 0
    other = "whsec_" + "b" * 43 + "="
    with pytest.raises(WebhookVerificationError):
        checked(call, other)
    call.body += b" "
    with pytest.raises(WebhookVerificationError):
        checked(call, endpoint.secret)


def test_what_was_taken_is_not_sent_again(endpoint, tell, sender, receiver):
    tell(3)
    assert len(send_all(sender)) == 3
    assert send_all(sender) == []
    assert len(receiver.calls) == 3


def test_old_and_new_secret_sign_side_by_side_until_the_overlap_ends(
    client_api, endpoint, tell, sender, receiver, session
):
    newer = client_api.post(f"{endpoint.path}/rotate", json={"overlap_hours": 1}).json["secret"]
    tell(external_id="during")
    send_all(sender)
    [call] = receiver.calls
    assert len(call.headers["webhook-signature"].split(" ")) == 2
    assert checked(call, endpoint.secret) == checked(call, newer)
    session.execute(text("UPDATE webhook_secret SET ends_at = now() WHERE ends_at IS NOT NULL"))
    tell(external_id="after")
    send_all(sender)
    checked(receiver.calls[1], newer)
    with pytest.raises(WebhookVerificationError):
        checked(receiver.calls[1], endpoint.secret)


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500, 503])
def test_what_is_not_taken_is_tried_again_under_the_same_id(
    status, endpoint, tell, sender, receiver, session, log
):
    receiver.says(status, Location=receiver.url(path="/elsewhere"))
    tell()
    send_all(sender)
    [item] = log(state="pending")
    assert (item["attempts"], item["last_status"], item["done_at"]) == (1, status, None)
    waiting = session.execute(select(WebhookDelivery.due_at)).scalar_one() - clock.wall()
    assert timedelta(seconds=8) < waiting <= timedelta(seconds=10)
    assert send_all(sender) == []
    make_due(session)
    receiver.says(204)
    send_all(sender)
    first, second = receiver.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (first.body, second.target) == (second.body, "/hooks")
    assert [each["state"] for each in log()] == ["delivered"]


@pytest.mark.parametrize(
    ("behave", "failure"),
    [
        (lambda receiver: receiver.waits(), "timed_out"),
        (lambda receiver: receiver.drips(every_seconds=0.05), "timed_out"),
        (lambda receiver: receiver.resets(), "cut_off"),
    ],
    ids=["silent", "dripping", "reset"],
)
def test_a_receiver_that_does_not_answer_is_tried_again(
    behave, failure, endpoint, tell, sender, receiver, client_api, log
):
    behave(receiver)
    tell()
    assert send_all(sender) == [Result(None, failure)]
    [item] = log()
    assert (item["state"], item["last_status"], item["last_failure"]) == ("pending", None, failure)
    whole = client_api.get(f"{endpoint.path}/deliveries/{item['message_id']}").json
    [attempt] = whole["tries"]
    assert (attempt["number"], attempt["status"], attempt["failure"]) == (1, None, failure)
    assert whole["data"]["borrower_external_id"]
    assert endpoint.secret not in str(whole)


def test_an_address_that_leads_inside_is_never_called(tell, endpoint, receiver, log):
    tell()
    send_all(make_sender(guard=Guard(ports=None, may_use_http=True)))
    assert receiver.calls == []
    assert log()[0]["last_failure"] == "address_refused"


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_time_gets_it_for_everything(
    status, endpoint, tell, receiver, sender, session, client_api
):
    tell(3)
    receiver.says(status, Retry_After="3600")
    assert len(receiver.calls) < len(send_all(sender)) + 1
    called = len(receiver.calls)
    assert called <= IN_FLIGHT_MAX
    paused = client_api.get(endpoint.path).json["paused_until"]
    assert paused is not None
    tell(2, external_id="more")
    assert send_all(sender) == []
    assert len(receiver.calls) == called
    in_an_hour = clock.wall() + timedelta(hours=1, seconds=30)
    with_more = service.lease_due(session, limit=100, now=in_an_hour)
    assert len(with_more) == 1  # one at a time while it fails


def test_whoever_takes_something_rests_no_longer(
    endpoint, tell, receiver, sender, session, client_api
):
    tell(2)
    first, second = sender.take(2)
    receiver.says(503, Retry_After="3600")
    sender.send(first)
    assert client_api.get(endpoint.path).json["paused_until"] is not None
    receiver.says(200)
    sender.send(second)
    assert client_api.get(endpoint.path).json["paused_until"] is None


def test_enabling_ends_a_rest(endpoint, tell, receiver, sender, client_api):
    receiver.says(503, Retry_After="3600")
    tell()
    send_all(sender)
    shown = client_api.post(f"{endpoint.path}/enable").json
    assert (shown["paused_until"], shown["failures"]) == (None, 1)


def test_what_was_never_begun_is_tried_again_and_held_against_nobody(
    endpoint, tell, receiver, sender, session, client_api, log
):
    tell()
    [lease] = sender.take(1)
    long_ago = clock.wall() - TRIED_FOR - timedelta(hours=1)
    service.record_result(
        session,
        replace(lease, tried_from=long_ago),
        result=Result(None, "not_begun"),
        began_at=clock.wall(),
        took_ms=5_000,
        share=1.0,
        now=clock.wall(),
    )
    session.commit()
    assert client_api.get(endpoint.path).json["failures"] == 0
    [item] = log()
    assert (item["state"], item["last_failure"]) == ("pending", "not_begun")
    make_due(session)
    send_all(sender)
    assert log()[0]["state"] == "delivered"


def test_who_is_gone_is_told_nothing_more_until_it_is_enabled(
    endpoint, tell, receiver, sender, client_api, session, log
):
    receiver.says(410)
    tell(2)
    send_all(sender)
    shown = client_api.get(endpoint.path).json
    assert shown["disabled_why"] == "gone"
    told = session.execute(
        select(EventRow.payload).where(EventRow.name == "WebhookEndpointDisabled")
    ).scalar_one()
    assert told == {"endpoint_id": endpoint.id, "why": "gone"}
    called = len(receiver.calls)
    tell(3, external_id="meanwhile")
    make_due(session)
    assert send_all(sender) == []
    receiver.says(200)
    assert client_api.post(f"{endpoint.path}/enable").json["disabled_at"] is None
    send_all(sender)
    assert len(receiver.calls) == called + 5
    assert {each["state"] for each in log()} == {"delivered"}


def test_nothing_taken_for_three_days_disables_with_a_notice(
    endpoint, tell, receiver, sender, session, client_api, staff_api
):
    receiver.says(500)
    tell()
    for _ in range(FAILURES_MIN - 1):
        make_due(session)
        send_all(sender)
    since = clock.wall() - FAILING_FOR_MAX
    session.execute(update(WebhookEndpoint).values(failing_since=since))
    make_due(session)
    assert client_api.get(endpoint.path).json["disabled_at"] is None
    send_all(sender)
    shown = client_api.get(endpoint.path).json
    assert (shown["disabled_why"], shown["failures"]) == ("failing", FAILURES_MIN)
    names = session.execute(select(EventRow.name)).scalars().all()
    assert names.count("WebhookEndpointDisabled") == 1
    [item] = staff_api("admin").get("/v1/staff/webhook-endpoints").json["items"]
    assert (item["disabled_why"], item["pending"]) == ("failing", 1)
    enabled = client_api.post(f"{endpoint.path}/enable").json
    assert (enabled["failing_since"], enabled["failures"]) == (None, 0)


def test_one_that_is_taken_ends_a_row_of_failures(
    endpoint, tell, receiver, sender, session, client_api
):
    receiver.says(500)
    tell()
    send_all(sender)
    assert client_api.get(endpoint.path).json["failures"] == 1
    receiver.says(200)
    make_due(session)
    send_all(sender)
    shown = client_api.get(endpoint.path).json
    assert (shown["failures"], shown["failing_since"]) == (0, None)


def test_what_was_kept_while_disabled_gets_its_three_days_anew(
    endpoint, tell, receiver, sender, session, client_api, log
):
    receiver.says(500)
    tell()
    send_all(sender)
    client_api.post(f"{endpoint.path}/disable")
    session.execute(update(WebhookDelivery).values(tried_from=clock.wall() - 2 * TRIED_FOR))
    make_due(session)
    client_api.post(f"{endpoint.path}/enable")
    send_all(sender)
    assert [each["state"] for each in log()] == ["pending"]


def test_a_disabled_endpoint_keeps_what_comes_and_takes_no_tests(
    endpoint, tell, sender, receiver, client_api, log
):
    assert client_api.post(f"{endpoint.path}/disable").json["disabled_why"] == "by_client"
    assert client_api.post(f"{endpoint.path}/disable").status_code == 200
    tell(2)
    assert send_all(sender) == []
    refused = [
        client_api.post(f"{endpoint.path}/test", headers=new_key()),
        client_api.post(
            f"{endpoint.path}/deliveries/{log()[0]['message_id']}/replay", headers=new_key()
        ),
        client_api.post(
            f"{endpoint.path}/replays",
            json={"since": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"},
            headers=new_key(),
        ),
    ]
    assert {each.json["code"] for each in refused} == {"webhook-endpoint-disabled"}
    client_api.post(f"{endpoint.path}/enable")
    assert client_api.post(f"{endpoint.path}/enable").status_code == 200
    assert len(send_all(sender)) == 2
