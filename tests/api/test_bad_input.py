"""Whatever comes in: a clear refusal, in our own words, and nothing stored."""
# ruff: noqa: RUF001 - lookalikes of letters and digits are what is tried here

import json

import orjson
import pytest

from tests.api.refusals import assert_refused
from tests.clock import TODAY
from tests.factories.policies import make_dpd_policy
from tests.fixtures.api import Api, new_key

PAYMENT = {
    "external_id": "bad-1",
    "loan_external_id": "ann-loan",
    "amount_minor": 100,
    "received_on": str(TODAY),
}
BORROWER = {"locale": "en", "timezone": "Asia/Shanghai"}
LOAN = {
    "kind": "installment",
    "borrower_external_id": "ann",
    "product_code": "personal",
    "currency": "CNY",
    "annual_rate": "0.12",
    "opened_on": "2026-01-01",
    "status": "active",
    "dpd_source": "computed",
    "installments": [
        {"number": 1, "due_on": "2026-02-01", "principal_minor": 100, "interest_minor": 1}
    ],
}
HUGE = 2 * 1024 * 1024
JSON = {"Content-Type": "application/json"}
BODIES = {
    "nothing": b"",
    "half": b'{"external_id": "bad-1"',
    "single quotes": b"{'external_id': 'bad-1'}",
    "a comma too many": b'{"external_id": "bad-1",}',
    "a comment": b'{"external_id": "bad-1" /* x */}',
    "two values": b"{} {}",
    "not utf-8": b'{"external_id": "\xff\xfe"}',
    "utf-16": '{"external_id": "bad-1"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + orjson.dumps(PAYMENT),
    "a number that is none": orjson.dumps(PAYMENT).replace(b":100", b":NaN"),
    "infinity": orjson.dumps(PAYMENT).replace(b":100", b":Infinity"),
    "an unpaired surrogate": orjson.dumps(PAYMENT).replace(b'"bad-1"', b'"\\ud800"'),
    "a raw control character": orjson.dumps(PAYMENT).replace(b"bad-1", b"bad\x01"),
    "a deep hole": b"[" * 100_000,
    "a deep well-formed hole": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "a key twice": orjson.dumps(PAYMENT)[:-1] + b',"amount_minor":900}',
}
SHAPES = {
    "null": b"null",
    "a list": orjson.dumps([PAYMENT]),
    "a text": b'"payment"',
    "a number": b"1",
    "an unknown field": orjson.dumps(PAYMENT | {"amount": 1}),
    "a field of the class": orjson.dumps(PAYMENT | {"__class__": "x", "__proto__": {}}),
    "a missing field": b'{"external_id": "bad-1"}',
    "nested deep": orjson.dumps(PAYMENT).replace(b'"bad-1"', b"[" * 900 + b"]" * 900),
}
AMOUNTS = (
    *(0, -1, 10**15 + 1, 2**63, 10**400, 1.5, 1e300, 100.0, True, None, [], {}),
    *("100", "１００", "٣", "1e3", "0x10", " 1", ""),
)
# What nobody can mean, and what looks like a day, a currency or a word of ours and is not.
ABSURD_DAYS = (
    *("0000-01-01", "0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "10000-01-01"),
    *("2026-02-30", "2026-13-01", "2026-1-1", "20260101", "2026-W05-6", "01/02/2026", "today"),
    *(
        "２０２６-01-01",
        "2026‐01‐01",
        " 2026-01-01",
        "2026-01-01\n",
        "2026-01-01T00:00:00Z",
        20260101,
    ),
)
LOOKALIKES = {
    "currency": ("СNY", "CNＹ", "cny", "CNY\n", "CN", "CNYX", ""),
    "annual_rate": (
        "٠.12",
        "0,12",
        "0.12\n",
        "1e-2",
        "-0.1",
        "NaN",
        "Infinity",
        ".12",
        0.12,
        "1000",
    ),
    "status": ("aсtive", "ACTIVE", "active\n", ""),
    "kind": ("іnstallment", "loan"),
    "opened_on": ABSURD_DAYS,
    "plan_id": ("1", "00000000-0000-0000-0000-00000000000g", "../../etc/passwd"),
    "product_code": ("", "a\x00b", "a\nb", "a\n", "x" * 101),
    "borrower_external_id": ("", "ann\x00", "ann\n", "x" * 201, {"$ne": ""}),
}
INJECTIONS = (
    "'; DROP TABLE payment; --",
    "' OR '1'='1",
    "ann' UNION SELECT * FROM borrower --",
    "%' OR 1=1 /*",
    "{{7*7}}${7*7}#{7*7}<%= 7*7 %>",
    "%(id)s %s :id $1 {0} {borrower}",
    "${jndi:ldap://127.0.0.1/x}",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "../../../../etc/passwd",
    "ａｎｎ",
    "аnn",
    "a\u202enna",
)


def post(api: Api, path: str, value: object):
    """Written by a library that knows no bounds."""
    return api.post(path, data=json.dumps(value), headers=JSON)


@pytest.mark.parametrize("name", BODIES)
def test_what_is_no_json_is_refused(name, client_api, world, unchanged):
    answer = client_api.post("/v1/ingest/payments", data=BODIES[name], headers=JSON)
    assert_refused(answer, 400)


@pytest.mark.parametrize("name", SHAPES)
def test_json_of_another_shape_is_refused(name, client_api, world, unchanged):
    answer = client_api.post("/v1/ingest/payments", data=SHAPES[name], headers=JSON)
    assert_refused(answer, 422)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "text/xml", ""]
)
def test_another_content_type_is_refused(kind, client_api, world, unchanged):
    headers = {"Content-Type": kind}
    body = orjson.dumps(PAYMENT)
    assert_refused(client_api.post("/v1/ingest/payments", data=body, headers=headers), 415)
    assert_refused(client_api.post("/v1/ingest/batch", data=body, headers=headers), 415)


def test_a_huge_body_is_refused_before_it_is_read(client_api, borrower_api, world, unchanged):
    body = b'{"external_id": "' + b"x" * HUGE + b'"}'
    assert_refused(client_api.post("/v1/ingest/payments", data=body, headers=JSON), 413)
    me = borrower_api(world.ann.id)
    assert_refused(me.patch("/v1/me", data=body, headers=JSON), 413)
    huge = me.post("/v1/me/tier/reviews", data=body, headers={**JSON, **new_key()})
    assert_refused(huge, 413)


def test_an_amount_that_is_none_is_refused(client_api, world, unchanged):
    for amount in AMOUNTS:
        body = json.dumps(PAYMENT | {"amount_minor": amount})
        answer = client_api.post("/v1/ingest/payments", data=body, headers=JSON)
        problem = assert_refused(answer, 422, 400)
        if answer.status_code == 422:
            assert problem["errors"][0]["pointer"] == "#/amount_minor", amount


def test_an_absurd_day_is_refused(client_api, borrower_api, world, unchanged):
    for day in ABSURD_DAYS:
        answer = client_api.post("/v1/ingest/payments", json=PAYMENT | {"received_on": day})
        assert assert_refused(answer, 422)["errors"][0]["pointer"] == "#/received_on", day
    me = borrower_api(world.ann.id)
    for day in ABSURD_DAYS:
        answer = me.get(f"/v1/me/loans/{world.ann.loan_id}", query_string={"as_of": day})
        assert_refused(answer, 422)
    for month in ("0000-01", "9999-12", "2026-13", "2026-1", "２０２６-01", "2026-01-01", "x"):
        path = f"/v1/ingest/loans/ann-card/statements/{month}"
        body = {"closed_on": "2026-01-01", "due_on": "2026-01-02", "balance_minor": 1}
        assert_refused(client_api.put(path, json=body), 422)


@pytest.mark.parametrize("field", LOOKALIKES)
def test_what_only_looks_like_a_value_is_refused(field, client_api, world, unchanged):
    for value in LOOKALIKES[field]:
        answer = client_api.put("/v1/ingest/loans/bad-loan", json=LOAN | {field: value})
        problem = assert_refused(answer, 422)
        assert {error["pointer"] for error in problem["errors"]} == {f"#/{field}"}, value


@pytest.mark.parametrize("where", ["name", "phone", "employment"])
def test_control_characters_are_refused(where, client_api, world, unchanged):
    for text in ("a\x00b", "\x00", "a\x1bb", "a\nb", "a\x7f"):
        answer = client_api.put("/v1/ingest/borrowers/bad", json=BORROWER | {where: text})
        assert_refused(answer, 422)


def test_ids_in_addresses_are_printable_and_short(client_api, world, unchanged):
    for name in ("a%00b", "a%0Ab", "a%1B", "x" * 201, "%E2%80%AE", "%FF%FE"):
        answer = client_api.put(f"/v1/ingest/borrowers/{name}", json=BORROWER)
        assert_refused(answer, 422)


@pytest.mark.parametrize("text", INJECTIONS)
def test_statements_and_templates_in_text_are_only_text(
    text, client_api, borrower_api, staff_api, world, count_rows
):
    before = count_rows()
    stored = client_api.put("/v1/ingest/borrowers/odd", json=BORROWER | {"name": text})
    assert stored.status_code == 201
    assert borrower_api(stored.json["id"]).get("/v1/me").json["name"] == text
    unknown = PAYMENT | {"external_id": text, "loan_external_id": text}
    assert_refused(client_api.post("/v1/ingest/payments", json=unknown), 404, 409, 422)
    risk = staff_api("risk_officer")
    headers = {"X-Access-Purpose": "complaint"}
    found = risk.get("/v1/staff/borrowers", query_string={"q": text}, headers=headers)
    if found.status_code == 200:
        assert [item["external_id"] for item in found.json["items"]] in ([], ["odd"])
    else:
        assert_refused(found, 422)
    after = count_rows()
    assert after["borrower"] == before["borrower"] + 1
    assert all(after[name] >= before[name] for name in before)


def test_conditions_and_policies_of_any_shape_are_refused_with_a_pointer(staff_api, unchanged_by):
    api = staff_api("risk_officer")
    deep: object = {"fact": "days_past_due", "op": "gt", "value": 1}
    for _ in range(400):
        deep = {"not": deep}
    wide = {"any": [{"fact": "days_past_due", "op": "eq", "value": 1}] * 20_000}
    odd = (
        *(None, [], "x", 1, {"all": None}, {"all": [None]}, {"not": []}, {"fact": "x"}),
        {"fact": "nothing", "op": "gt", "value": 1},
        {"fact": "days_past_due; DROP TABLE profile", "op": "gt", "value": 1},
        {"fact": "days_past_due", "op": "gt", "value": 10**30},
        {"fact": "days_past_due", "op": "gt", "value": "1) OR (1=1"},
        {"fact": "days_past_due", "op": "in", "value": []},
        {"fact": "days_past_due", "op": "in", "value": list(range(100_000))},
        {"fact": "product", "op": "eq", "value": "a\x00b"},
        {"fact": "product", "op": "in", "value": ["x" * 100_000]},
        *(deep, wide),
    )
    with unchanged_by():
        for predicate in odd:
            answer = post(api, "/v1/audiences/count", {"predicate": predicate})
            assert_refused(answer, 422)
            policy = make_dpd_policy()
            policy["tiers"][0]["when"] = predicate
            for path in ("/v1/tier-policies", "/v1/tier-policies/preview"):
                problem = assert_refused(post(api, path, {"policy": policy}), 422)
                assert problem["errors"][0]["pointer"].startswith("#/policy")


@pytest.mark.parametrize("policy", [None, [], 1, "x", {"tiers": []}, {"tiers": [1]}, {"tiers": {}}])
def test_a_policy_of_another_shape_is_refused(policy, staff_api, unchanged_by):
    api = staff_api("risk_officer")
    with unchanged_by():
        for path in ("/v1/tier-policies", "/v1/tier-policies/preview"):
            assert_refused(api.post(path, json={"policy": policy}), 422)
