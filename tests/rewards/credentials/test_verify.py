"""Anybody may have a badge checked, and nobody can make that costly."""

import time
from copy import deepcopy
from datetime import timedelta
from typing import Any

import orjson
import pytest

from backend.kit import clock
from rewards.credentials import documents, integrity, origin
from rewards.credentials.service import signers
from rewards.credentials.shape import BYTES_MAX
from tests.rewards.credentials.formats.samples import KEY, signed
from tests.rewards.credentials.formats.tangles import TANGLES

PATH = "/v1/credentials/verify"
JSON = {"Content-Type": "application/json"}
ALL = ["issuer", "proof", "dates", "status"]


@pytest.fixture
def check(public_api):
    def post(document: dict[str, Any], **kwargs: Any) -> dict[str, bool]:
        answer = public_api.post(PATH, json=document, **kwargs)
        assert answer.status_code == 200, answer.text
        steps = {each["check"]: each["passed"] for each in answer.json["checks"]}
        assert answer.json["verified"] == (list(steps) == ALL and all(steps.values()))
        return steps

    return post


def _refusal(public_api, body: bytes, status: int = 422) -> str:
    answer = public_api.post(PATH, data=body, headers=JSON)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    reasons = answer.json.get("reasons")
    return reasons[0]["code"] if reasons else answer.json["code"]


def _sign(session, document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """By the issuer's own key, whatever the document says."""
    signer = signers.get_signing(session, at=clock.wall())
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return integrity.sign(
        {**unsigned, **changes},
        key=signer.private_key,
        verification_method=origin.method_of(signer.name),
        created=clock.wall(),
    )


def test_a_badge_of_ours_is_verified(holder, check):
    assert check(holder.issue()) == dict.fromkeys(ALL, True)


def test_it_is_verified_as_json_ld_too_and_told_in_the_readers_language(holder, public_api):
    headers = {"Content-Type": "application/ld+json", "Accept-Language": "zh-CN"}
    answer = public_api.post(PATH, data=orjson.dumps(holder.issue()), headers=headers)
    assert answer.json["verified"] is True
    assert answer.json["checks"][0]["text"] == "由我们签发。"


def test_a_changed_word_is_found(holder, check):
    document = holder.issue() | {"name": "Twelve in a row"}
    assert check(document) == {"issuer": True, "proof": False}


def test_a_badge_that_was_ended_is_not_verified(holder, check):
    document = holder.issue()
    holder.end()
    assert check(document) == dict.fromkeys(ALL, True) | {"status": False}


def test_a_former_key_still_counts_and_one_that_was_withdrawn_does_not(holder, check, session):
    document = holder.issue()
    name = document["proof"]["verificationMethod"].partition("#")[2]
    later = clock.wall() + timedelta(days=1)
    signers.rotate(session, now=clock.wall())
    signers.retire(session, name=name, now=later)
    assert check(document) == dict.fromkeys(ALL, True)
    signers.withdraw(session, name=name, now=later)
    assert check(document) == {"issuer": True, "proof": False}


def test_of_another_issuer_only_that_is_said(check, public_api):
    assert check(signed()) == {"issuer": False}
    answer = public_api.post(PATH, json=signed()).json
    assert "another issuer" in answer["checks"][0]["text"]


def test_who_signs_in_our_name_is_found(holder, check):
    ours = holder.issue()
    unsigned = {name: value for name, value in ours.items() if name != "proof"}
    method = ours["proof"]["verificationMethod"]
    assert check(unsigned) == {"issuer": True, "proof": False}
    for name in (method, origin.method_of("z6MkUnknown"), "did:web:elsewhere.example#key"):
        forged = integrity.sign(unsigned, key=KEY, verification_method=name, created=clock.wall())
        assert check(forged) == {"issuer": True, "proof": False}


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({"validUntil": "2999-01-01T00:00:00Z"}, True),
        ({"validUntil": "2020-01-01T00:00:00Z"}, False),
        ({"validUntil": "one day"}, False),
        ({"validFrom": "2999-01-01T00:00:00Z"}, False),
        ({"validFrom": "2020-01-01T00:00:00"}, False),
    ],
    ids=str,
)
def test_a_badge_is_in_force_between_its_dates(holder, check, session, changes, passed):
    document = _sign(session, holder.issue(), **changes)
    assert check(document) == dict.fromkeys(ALL, True) | {"dates": passed}


@pytest.mark.parametrize(
    "changes",
    [
        {"statusListIndex": "131072"},
        {"statusListIndex": "-1"},
        {"statusListIndex": "9" * 5_000},
        {"statusListCredential": "https://elsewhere.example/status-lists/1"},
        {"statusPurpose": "suspension"},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_what_names_no_place_in_our_lists_is_no_badge_of_ours(holder, check, session, changes):
    document = deepcopy(holder.issue())
    document["credentialStatus"] |= changes
    document = _sign(session, document)
    assert check(document) == dict.fromkeys(ALL, True) | {"status": False}


def test_our_status_list_is_no_badge(holder, check):
    url = holder.issue()["credentialStatus"]["statusListCredential"]
    steps = check(orjson.loads(holder.read(url).data))
    assert (steps["proof"], steps["status"]) == (True, False)


def test_what_cannot_be_read_is_refused_and_says_why(holder, public_api):
    document = holder.issue()
    text = orjson.dumps(document)
    assert _refusal(public_api, orjson.dumps(document | {"score": 1})) == "unknown-term"
    elsewhere = ["https://www.w3.org/ns/credentials/v2", "https://elsewhere.example/c.json"]
    unlisted = orjson.dumps(document | {"@context": elsewhere})
    assert _refusal(public_api, unlisted) == "unlisted-context"
    deep = b'{"evidence":' * 900 + b"1" + b"}" * 900
    assert _refusal(public_api, deep) == "too-deep"
    assert _refusal(public_api, b"[]") == "not-an-object"
    twice = text[:-1] + b',"name":"Another"}'
    assert _refusal(public_api, twice, 400) == "bad-request"
    for wrong in (b"NaN", b'"\\ud800"', b'"\xff"', b"1e999", b"{"):
        broken = text.replace(b'"Six in a row', wrong + b',"x":"Six')
        assert _refusal(public_api, broken, 400) == "bad-request"
    answer = public_api.post(PATH, data=text, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_document_is_no_larger_than_a_badge_could_be(public_api):
    body = b'{"name":"' + b"x" * (BYTES_MAX - 11) + b'"}'
    assert len(body) == BYTES_MAX
    assert _refusal(public_api, body) == "unlisted-context"
    assert _refusal(public_api, body + b" ", 413) == "credential-too-large"


@pytest.mark.parametrize("tangle", ["eight that all point at each other", "a ring both ways"])
def test_a_graph_made_to_take_for_ever_is_answered_within_a_second(public_api, tangle):
    contexts = documents.with_contexts(TANGLES[tangle]())
    began = time.thread_time()
    assert _refusal(public_api, orjson.dumps(contexts)) == "too-tangled"
    assert time.thread_time() - began < 1
