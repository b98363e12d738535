"""Cursors, addresses, methods and headers that are not ours lead nowhere."""
# ruff: noqa: RUF001 - lookalikes of letters and digits are what is tried here

import base64
import json

import pytest

from backend.kit.ids import new_id
from tests.api.refusals import assert_refused


def _cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_cursor_that_is_not_ours_is_refused(borrower_api, world, unchanged):
    me = borrower_api(world.ann.id)
    uuid = str(new_id())
    cursors = (
        *(
            "x",
            "====",
            "\x00",
            "%00",
            "ａｂ",
            "a" * 1_001,
            "A" * 999,
            base64.b64encode(b"[").decode(),
        ),
        *map(_cursor, (None, [], {}, 1, "x", [None], [uuid, uuid, uuid, uuid], [["x"]], [{}])),
        *map(_cursor, ([10**30], ["9999-99-99", 1], [-1, "\x00"], ["'; DROP TABLE loan; --"])),
        base64.urlsafe_b64encode(b"[" * 900).decode(),
    )
    for path in ("/v1/me/loans", f"/v1/me/loans/{world.ann.loan_id}/payments", "/v1/me/access-log"):
        for cursor in cursors:
            answer = me.get(path, query_string={"cursor": cursor})
            assert_refused(answer, 422)
        for limit in ("0", "101", "-1", "1.5", "x", "１", "1e1", "9" * 400):
            assert_refused(me.get(path, query_string={"limit": limit}), 422)
        assert_refused(me.get(path, query_string={"unknown": "1"}), 422)


PATHS = (
    "/v1/me/loans/../../staff/actions",
    "/v1/me/loans/%2e%2e/%2e%2e/jobs",
    "/v1/me/loans/..%2f..%2fjobs",
    "/v1//me",
    "/v1/me/",
    "/v1/me;x=1",
    "/v1/me%00",
    "/V1/ME",
    "/v1/me/loans/1",
    "/v1/me/loans/{loan_id}",
    "/v1/me/loans/00000000-0000-0000-0000-00000000000g",
    "/v1/me/loans/" + "x" * 8_000,
    "/docs/assets/../../../settings.py",
    "/docs/assets/%2e%2e/%2e%2e/__init__.py",
    "/docs/assets//etc/passwd",
    "/.git/config",
    "/static/x",
)


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_addresses_lead_nowhere_else(path, borrower_api, world, unchanged):
    answer = borrower_api(world.ann.id).get(path)
    assert_refused(answer, 404)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "LOCK", "DELETE", "PUT"])
def test_another_method_is_refused(method, borrower_api, world, unchanged):
    answer = borrower_api(world.ann.id).call(method, "/v1/me")
    assert_refused(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_key_that_is_none_is_refused(borrower_api, world, unchanged):
    me = borrower_api(world.ann.id)
    for key in (
        {},
        *({"Idempotency-Key": value} for value in ("", " ", "x" * 256, "a b", "é", "a\tb")),
    ):
        answer = me.post("/v1/me/tier/reviews", json={"reason": "Please look."}, headers=key)
        assert_refused(answer, 400, 422)


def test_a_request_id_that_is_none_is_replaced(public_api):
    for given in ("", "a b", "x" * 200, "<script>", "é"):
        answer = public_api.get("/healthz", headers={"X-Request-ID": given})
        assert answer.headers["X-Request-ID"] not in ("", given)


def test_odd_languages_are_answered_in_english(public_api):
    for wanted in ("", "xx", "*", "zh-CN;q=abc", "en" * 4_000, ";;;,,,", "'\"\\", "en;q=-1"):
        answer = public_api.get("/v1/me", headers={"Accept-Language": wanted})
        assert assert_refused(answer, 401)["title"] == "A valid access token is needed."
