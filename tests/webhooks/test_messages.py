"""What is told of each event: the schema of the interface, the lender's ids, and no more."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from backend.benefits import service as benefits
from backend.benefits.rules import Kind as Benefit
from backend.core_instructions.rules import Kind as Instruction
from backend.events.badges import BadgeAwarded
from backend.events.points import PointsExpiringSoon
from backend.events.programme import EnrolmentChanged
from backend.events.tiers import TierChanged
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.tiers.policies import get_live
from backend.webhooks.message_schemas import MESSAGES
from backend.webhooks.models import WebhookDelivery, WebhookMessage
from backend.webhooks.rules import TYPES
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower
from tests.fixtures.api import new_key
from tests.webhooks.conftest import checked, instruct, send_all

INTERNAL_TIERS = ("current", "potential", "stable", "high_risk", "dormant")
ABOUT = "borrower_external_id"


@pytest.fixture
def told(session, deliver, sender, receiver, add):
    """`told(type, event)`: what a receiver reads once this has happened."""

    def told(kind: str, *events: Any) -> list[dict[str, Any]]:
        endpoint = add(event_types=[kind])
        for event in events:
            announce(session, event)
        session.commit()
        deliver()
        send_all(sender)
        found = [checked(call, endpoint.secret) for call in receiver.calls]
        for message in found:
            MESSAGES[kind].schema().load(message)
        return found

    return told


@pytest.fixture
def ann(session, deliver):
    borrower_id = make_borrower(session, external_id="ann-1", name="Ann Qianxun")
    deliver()
    return borrower_id


def test_every_type_has_a_schema_and_stands_in_the_document(public_api):
    document = public_api.get("/openapi.json").json
    assert set(document["webhooks"]) == {*TYPES, "endpoint.test"} == set(MESSAGES)
    for sent in document["webhooks"].values():
        [schema] = sent["post"]["requestBody"]["content"].values()
        name = schema["schema"]["$ref"].rpartition("/")[2]
        assert {"type", "timestamp", "data"} == set(
            document["components"]["schemas"][name]["properties"]
        )


def test_a_changed_tier_is_told_by_its_public_code(session, told, ann):
    version = get_live(session).version
    event = TierChanged(
        ann, NOW, from_tier="potential", to_tier="high_risk", from_rank=2, to_rank=0,
        policy_version=version,
    )  # fmt: skip
    first = TierChanged(
        ann, NOW, from_tier=None, to_tier="stable", from_rank=None, to_rank=1,
        policy_version=version,
    )  # fmt: skip
    changed, entered = told("tier.changed", event, first)
    assert changed == {
        "type": "tier.changed",
        "timestamp": "2026-11-23T06:00:00Z",
        "data": {
            ABOUT: "ann-1",
            "tier": "fresh_start",
            "previous_tier": "nearly_there",
            "policy_version": version,
        },
    }
    assert entered["data"]["previous_tier"] is None
    assert [word for word in INTERNAL_TIERS if f'"{word}"' in json.dumps(changed)] == []


def test_a_badge_is_told(told, ann):
    award_id = new_id()
    event = BadgeAwarded(ann, NOW, award_id=award_id, code="first_step", version=2, earned_on=TODAY)
    [message] = told("badge.awarded", event)
    assert message["data"] == {
        ABOUT: "ann-1",
        "award_id": str(award_id),
        "code": "first_step",
        "version": 2,
        "earned_on": str(TODAY),
    }


def test_an_enrolment_and_points_are_told(told, ann, client_api, receiver):
    [message] = told("enrolment.changed", EnrolmentChanged(ann, NOW, status="paused"))
    assert message["data"] == {ABOUT: "ann-1", "status": "paused"}


def test_points_that_expire_are_told(told, ann):
    [message] = told("points.expiring", PointsExpiringSoon(ann, NOW, points=40, expires_on=TODAY))
    assert message["data"] == {ABOUT: "ann-1", "points": 40, "expires_on": str(TODAY)}


def test_a_benefit_is_told_when_it_is_given_and_when_it_is_taken_up(
    session, add, deliver, sender, receiver, ann, borrower_api
):
    endpoint = add(event_types=["benefit.granted", "benefit.changed"])
    terms = {"percent": 20}
    grant_id = benefits.grant_benefit(
        session, borrower_id=ann, kind=Benefit.LIMIT_INCREASE, terms=terms, cause="test", now=NOW
    )
    session.commit()
    deliver()
    send_all(sender)
    taken = borrower_api(ann).post(f"/v1/me/benefits/{grant_id}/activate", headers=new_key())
    assert taken.status_code == 200
    deliver()
    send_all(sender)
    given, changed = (checked(call, endpoint.secret) for call in receiver.calls)
    hers = {ABOUT: "ann-1", "grant_id": str(grant_id), "kind": "limit_increase", "terms": terms}
    assert (given["type"], given["data"]) == ("benefit.granted", hers | {"state": "offered"})
    assert (changed["type"], changed["data"]) == ("benefit.changed", hers | {"state": "activated"})
    for message in (given, changed):
        MESSAGES[message["type"]].schema().load(message)


@pytest.mark.parametrize("kind", Instruction)
def test_an_instruction_is_told_as_what_it_asks_for(
    kind, session, add, deliver, sender, receiver, ann, client_api
):
    from_list = "/v1/ingest/core-instructions?open=true"
    endpoint = add(event_types=[str(kind)])
    payload = {"quote_hash": "ab" * 32, "rows": [{"number": 1, "principal_minor": 5}]}
    instruct(session, borrower_id=ann, occasion="one", kind=kind, **payload)
    session.commit()
    deliver()
    send_all(sender)
    [call] = receiver.calls
    message = checked(call, endpoint.secret)
    [listed] = client_api.get(from_list).json["items"]
    assert message["type"] == listed["kind"] == kind
    assert message["data"] == {
        ABOUT: "ann-1",
        "instruction_id": listed["id"],
        "payload": listed["payload"],
    }
    MESSAGES[kind].schema().load(message)
    acked = client_api.post(f"/v1/ingest/core-instructions/{message['data']['instruction_id']}/ack")
    assert acked.status_code == 200


def test_a_test_message_says_nothing_and_cannot_be_chosen(client_api, endpoint, sender, receiver):
    asked = client_api.post(f"{endpoint.path}/test", headers=new_key())
    assert asked.status_code == 202
    send_all(sender)
    [call] = receiver.calls
    message = checked(call, endpoint.secret)
    assert message["data"] == {"endpoint_id": endpoint.id}
    assert call.headers["webhook-id"] == asked.json["message_id"]
    MESSAGES["endpoint.test"].schema().load(message)


def test_history_is_told_to_nobody(session, add, deliver, ann):
    add(event_types=["badge.awarded"])
    event = BadgeAwarded(
        ann, NOW, award_id=new_id(), code="first_step", version=1, earned_on=TODAY, backfill=True
    )
    announce(session, event)
    session.commit()
    deliver()
    assert session.execute(select(WebhookMessage.id)).all() == []


def test_a_message_is_one_whoever_wants_it_and_none_where_nobody_does(session, add, tell, receiver):
    both = ["penalty.freeze", "plan.accepted"]
    first, second = add(url=receiver.url(path="/1")), add(url=receiver.url(path="/2"))
    third = add(url=receiver.url(path="/3"), event_types=["plan.accepted"])
    add(url=receiver.url(path="/4"), event_types=both)
    tell(3)
    rows = session.execute(select(WebhookDelivery.endpoint_id, WebhookDelivery.message_id)).all()
    by_endpoint = {
        each.id: {row.message_id for row in rows if str(row.endpoint_id) == each.id}
        for each in (first, second, third)
    }
    assert by_endpoint[first.id] == by_endpoint[second.id]
    assert (len(by_endpoint[first.id]), len(by_endpoint[third.id]), len(rows)) == (3, 0, 9)
    stored = session.execute(select(WebhookMessage.type)).scalars().all()
    assert stored == ["penalty.freeze"] * 3


def test_nothing_is_kept_for_an_endpoint_or_a_client_that_is_gone(
    session, add, tell, client_api, staff_api, endpoint
):
    assert client_api.delete(endpoint.path).status_code == 204
    tell(external_id="before")
    add()
    disabled = staff_api("admin").post(f"/v1/clients/{client_api.id}/disable")
    assert disabled.status_code == 200
    tell(external_id="after")
    assert session.execute(select(WebhookMessage.id)).all() == []


def test_no_message_holds_her_particulars(session, add, deliver):
    add(event_types=list(TYPES))
    ann = make_borrower(session, external_id="ann-1", name="Ann Qianxun", phone="+86 139 0000 4711")
    instruct(session, borrower_id=ann, occasion="one")
    benefits.grant_benefit(
        session, borrower_id=ann, kind=Benefit.GREETING, terms={}, cause="test", now=NOW
    )
    session.commit()
    deliver()
    told = [json.dumps(row) for row in session.execute(select(WebhookMessage.data)).scalars()]
    assert len(told) >= 2
    for words in ("Ann", "4711", str(ann)):
        assert [each for each in told if words in each] == []
