"""An answer speaks the language that was asked for, else the one that she chose, else English."""

import pytest

from tests.factories.loans import make_borrower


@pytest.mark.parametrize(
    ("chosen", "header", "spoken"),
    [
        ("zh-CN", None, "zh-CN"),
        ("zh-CN", "en", "en"),
        ("zh-CN", "fr", "zh-CN"),
        ("en", None, "en"),
        ("en", "zh-TW, en;q=0.5", "zh-CN"),
    ],
)
def test_a_borrower_is_answered_in_her_language(session, borrower_api, chosen, header, spoken):
    borrower_id = make_borrower(session, external_id="speaks")
    api = borrower_api(borrower_id)
    assert api.patch("/v1/me", json={"locale": chosen}).status_code == 200
    headers = {} if header is None else {"Accept-Language": header}
    refusal = api.get("/v1/me/loans/01a20925-51e3-7296-a0f7-dbb55700ebb8", headers=headers)
    assert refusal.status_code == 404
    assert refusal.headers["Content-Language"] == spoken


def test_a_wrong_field_is_named_in_her_language(session, borrower_api):
    api = borrower_api(make_borrower(session, external_id="speaks"))
    answer = api.patch("/v1/me", json={"timezone": "Moon"}, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["detail"].startswith("应为 IANA 时区")
