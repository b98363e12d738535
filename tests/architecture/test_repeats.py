"""Which POSTs may be repeated without harm, and why: by their key, or by what they are."""

import json
import re
from typing import Any

import pytest

from backend.commands.operate import openapi_document

DOCUMENT = json.loads(openapi_document())
POSTS = {
    path: operations["post"]
    for path, operations in DOCUMENT["paths"].items()
    if "post" in operations
}

# Those that the interface promises a key for, as far as there are such addresses yet.
WITH_A_KEY = (
    "/v1/me/tier/reviews",
    "/v1/me/badges/{award_id}/credential",
    "/v1/me/redemptions",
    "/v1/me/redemptions/{id}/cancel",
    "/v1/me/benefits/{grant_id}/activate",
    "/v1/me/benefits/{grant_id}/decline",
    "/v1/me/referral/accept",
    "/v1/me/plan-requests",
    "/v1/me/plan-requests/{id}/accept",
    "/v1/me/plan-requests/{id}/withdraw",
    "/v1/me/plan-requests/{id}/appeal",
    "/v1/me/waiver-requests",
    "/v1/me/waiver-requests/{request_id}/withdraw",
    "/v1/me/promises/{promise_id}/withdraw",
    "/v1/me/disputes/{dispute_id}/reply",
    "/v1/me/disputes/{dispute_id}/withdraw",
    "/v1/me/hardship-applications",
    "/v1/me/loans/{id}/promises",
    "/v1/me/disputes",
    "/v1/staff/plan-requests/{id}/decide",
    "/v1/community/posts",
    "/v1/community/posts/{id}/comments",
    "/v1/community/reports",
    "/v1/me/community/appeals",
    "/v1/campaigns/{id}/submit",
    "/v1/campaigns/{id}/approve",
    "/v1/campaigns/{id}/reject",
    "/v1/campaigns/{id}/launch",
    "/v1/campaigns/{id}/pause",
    "/v1/campaigns/{id}/end",
    "/v1/tier-policies/{version}/publish",
    "/v1/staff/borrowers/{id}/tier-override",
    "/v1/me/complaints",
    "/v1/me/data-exports",
    "/v1/me/erasure-requests",
)
# POSTs of staff that need no key, each with the reason.
WITHOUT_A_KEY = {
    "/v1/audiences/count": "moves nothing",
    "/v1/campaigns": "a draft more, which is for nobody yet",
    "/v1/campaigns/{campaign_id}/versions": "there is one draft: a repeat is refused",
    "/v1/campaigns/{campaign_id}/check": "moves nothing",
    "/v1/campaigns/{campaign_id}/replay": "of a replay more nobody is given anything",
    "/v1/tier-policies/preview": "moves nothing",
    "/v1/facts/extra": "its name is unique: a repeat is refused",
    "/v1/tier-policies": "a draft counts for nothing until another person publishes it",
    "/v1/plan-policies": "a draft counts for nothing until another person publishes it",
    "/v1/badge-definitions/preview": "moves nothing",
    "/v1/badge-definitions": "its code is unique: a repeat is refused",
    "/v1/message-templates": "its code is unique: a repeat is refused",
    "/v1/reminder-plans": "a draft counts for nothing until another person publishes it",
    "/v1/message-templates/preview": "moves nothing",
    "/v1/benefit-packs": "its code is unique: a repeat is refused",
    "/v1/benefit-packs/{code}/versions": "a draft counts for nothing until another publishes it",
    "/v1/staff/points/earn-rules": "a draft counts for nothing until another publishes it",
    "/v1/catalogue-items": "its code is unique: a repeat is refused",
    "/v1/catalogue-items/{item_id}/codes": "codes that are there already are left out",
    "/v1/staff/loan-schedules/preview": "it only reckons",
    "/v1/staff/contact-check": "moves nothing",
    "/v1/staff/configuration/check": "moves nothing",
    "/v1/staff/evidence/verify": "moves nothing",
    "/v1/jobs/parked-deliveries/retry": "a repeat finds it parked no more and is refused",
    "/v1/auth/logout": "who is logged out stays so",
    "/v1/clients": "its answer holds a secret, which no stored answer may; a name is given once",
    "/v1/clients/{client_id}/rotate": "its answer holds a secret; a repeat replaces the unused one",
    "/v1/clients/{client_id}/disable": "a repeat finds it disabled and changes nothing",
    "/v1/staff/accounts/{staff_id}/enrolment-codes": "a secret in its answer; the last counts",
    "/v1/moderation/queues/{queue}/next": "a repeat takes another case; a lease ends by itself",
    **dict.fromkeys(
        (
            f"/v1/moderation/cases/{{case_id}}/{verb}"
            for verb in ("heartbeat", "release", "skip", "escalate", "decide")
        ),
        "its claim token holds the case once",
    ),
    "/v1/moderation/cases/{case_id}/unmask": "each time it is told is kept, and looked at",
    "/v1/moderation/decisions/{decision_id}/confirm": "a repeat finds it confirmed, and is refused",
    "/v1/moderation/decisions/{decision_id}/undo": "a repeat finds it undone, and is refused",
    "/v1/moderation/unmaskings/{unmasking_id}/look": "a repeat finds it seen, and is refused",
    "/v1/staff/me/password": "a repeat shows a password that is no longer hers, and is refused",
}
# Field names of what only its owner may hold: it would stand in the stored answer for a day.
SECRET = re.compile(
    r"(^|_)(tokens?|secrets?|passwords?|passcodes?|otp|totp|otpauth|vouchers?|pins?|seed)(_|$)"
    r"|recovery_codes?(?!s?_left)|private_key|api_key"
)


def same(path: str) -> str:
    """Whatever the id in it is called."""
    return re.sub(r"\{\w+\}", "{}", path)


def has_a_key(operation: dict[str, Any]) -> bool:
    return any(each.get("name") == "Idempotency-Key" for each in operation.get("parameters", ()))


def names_in(part: Any) -> set[str]:
    """Every property name in a schema, references followed."""
    if isinstance(part, list):
        return set().union(*(names_in(each) for each in part))
    if not isinstance(part, dict):
        return set()
    found = set(part.get("properties", {}))
    if "$ref" in part:
        found |= names_in(DOCUMENT["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    return found.union(*(names_in(each) for each in part.values()))


def secrets_in(operation: dict[str, Any]) -> list[str]:
    answers = {s: each for s, each in operation["responses"].items() if s < "300"}
    return sorted(name for name in names_in(answers) if SECRET.search(name))


def test_what_is_promised_a_key_takes_one():
    promised = {same(path) for path in WITH_A_KEY}
    found = {path: has_a_key(each) for path, each in POSTS.items() if same(path) in promised}
    assert found
    assert [path for path, takes in found.items() if not takes] == []


def test_what_staff_move_takes_a_key_or_says_why_not():
    of_staff = {path: each for path, each in POSTS.items() if {"staff": []} in each["security"]}
    without = {path for path, each in of_staff.items() if not has_a_key(each)}
    assert without == set(WITHOUT_A_KEY)


@pytest.mark.parametrize("path", [path for path, each in POSTS.items() if has_a_key(each)])
def test_no_stored_answer_holds_a_secret(path):
    assert secrets_in(POSTS[path]) == []


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("refresh_token", True),
        ("client_secret", True),
        ("recovery_codes", True),
        ("recovery_codes_left", False),
        ("voucher_code", True),
        ("otpauth_url", True),
        ("code", False),
        ("tokenised_on", False),
        ("pinned", False),
        ("next_cursor", False),
    ],
)
def test_a_secret_is_known_by_its_name(name, is_secret):
    schema = {"content": {"application/json": {"schema": {"properties": {name: {}}}}}}
    assert secrets_in({"responses": {"201": schema}}) == ([name] if is_secret else [])
