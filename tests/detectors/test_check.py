"""The check before posting, over HTTP."""

import pytest
from sqlalchemy import func, select

from backend.kit.db import WalledBase
from tests.factories.loans import make_borrower

CHECK = "/v1/community/posts/check"


@pytest.fixture
def api(session, borrower_api):
    return borrower_api(make_borrower(session))


def check(api, title="Hello", body="A clean word.", **headers):
    return api.post(CHECK, json={"title": title, "body": body}, headers=headers)


def test_a_clean_post_may_be_published(api):
    answer = check(api)
    assert answer.status_code == 200, answer.json
    assert answer.json == {"verdict": "publish", "findings": [], "help": None}


def test_a_phone_number_is_refused_with_its_place_and_the_reason_in_her_language(api):
    for language, words in (("en", "phone number"), ("zh-CN", "电话号码")):
        answer = check(api, "Hi", "打 138 0013 8000", **{"Accept-Language": language})
        [found] = answer.json["findings"]
        assert answer.json["verdict"] == "refuse"
        assert (found["kind"], found["certainty"]) == ("phone", "certain")
        assert "Hi\n打 138 0013 8000"[found["start"] : found["end"]] == "138 0013 8000"
        assert words in found["text"]


def test_what_is_suspected_and_every_link_is_held(api):
    assert check(api, body="家里电话 62345678").json["verdict"] == "hold"
    assert check(api, body="see https://example.com/x").json["verdict"] == "hold"


def test_words_of_despair_bring_help_at_once_and_stop_nothing(api):
    for language, name in (("en", "National mental-health helpline"), ("zh-CN", "心理援助热线")):
        answer = check(api, body="我不想活了", **{"Accept-Language": language}).json
        assert answer["verdict"] == "publish"
        assert [each["kind"] for each in answer["findings"]] == ["crisis"]
        assert name in answer["help"]["lines"][0]["name"]
        assert answer["help"]["lines"][0]["reach"] == "12356"


def test_a_complaint_about_the_lender_is_no_finding(api):
    answer = check(api, body="催收员就是畜生，平台太垃圾了，利息高得离谱，我要投诉")
    assert answer.json == {"verdict": "publish", "findings": [], "help": None}


def test_a_check_stores_nothing(behind_the_wall, api):
    tables = WalledBase.metadata.sorted_tables

    def rows():
        counts = [select(func.count()).select_from(table) for table in tables]
        return [behind_the_wall.execute(count).scalar_one() for count in counts]

    before = rows()
    assert check(api, body="加我微信 abc12345，我不想活了").json["verdict"] == "refuse"
    assert rows() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "", "body": "x"},
        {"title": "x", "body": ""},
        {"title": "x" * 201, "body": "x"},
        {"title": "x", "body": "x" * 5_001},
        {"title": "x\0", "body": "x"},
        {"title": "x", "body": "x\0y"},
        {"title": "x"},
        {"title": "x", "body": "x", "topic": "y"},
    ],
)
def test_what_cannot_be_a_post_is_refused_by_field(api, wrong):
    assert api.post(CHECK, json=wrong).status_code == 422


def test_two_hundred_and_five_thousand_code_points_fit(api):
    assert check(api, "𠮷" * 200, "𠮷" * 5_000).status_code == 200


def test_half_a_character_is_refused_and_not_guessed(api):
    body = b'{"title": "x", "body": "\\ud800"}'
    answer = api.post(CHECK, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "surrogate" in answer.json["detail"]
