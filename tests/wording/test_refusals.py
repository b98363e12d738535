"""Staff's own words to a borrower are refused where they threaten, wherever they are written."""

from itertools import count

import pytest

from backend.kit.ids import new_id
from tests.fixtures.api import new_key

BAD, BETTER = "We will sue you.", "Let us find a way together; tell us what you can manage."
BAD_ZH = "我们会联系您的单位。"
TEXTS = {"en": BAD, "zh-CN": BAD_ZH}
HER, ID = new_id(), new_id()
OF_HER = f"/v1/staff/borrowers/{HER}"
NAMED = {"names": TEXTS, "about": TEXTS}

PLACES = [
    ("account_manager", f"{OF_HER}/disputes/{ID}/ask", {"text": BAD}, "#/text"),
    ("account_manager", f"{OF_HER}/disputes/{ID}/decide", {"answer": BAD}, "#/answer"),
    ("account_manager", f"{OF_HER}/waiver-requests/{ID}/decide", {"answer": BAD}, "#/answer"),
    ("account_manager", f"{OF_HER}/hardship-applications/{ID}/questions", {"question": BAD},
     "#/question"),
    ("account_manager", f"{OF_HER}/hardship-applications/{ID}/decide", {"answer": BAD},
     "#/answer"),
    ("account_manager", f"{OF_HER}/documents/{ID}/suspicions", {"grounds": BAD}, "#/grounds"),
    ("account_manager", f"/v1/staff/plan-requests/{ID}/decide",
     {"outcome": "reject", "reasons": [{"text": TEXTS}]}, "#/reasons/0/text/en"),
    ("risk_officer", f"{OF_HER}/tier-reviews/{ID}/decide", {"answer": BAD}, "#/answer"),
    ("marketer", "/v1/badge-definitions", {"description": TEXTS}, "#/description/en"),
    ("marketer", "/v1/catalogue-items", NAMED, "#/about/en"),
]  # fmt: skip


# Ids are made anew each time, and every worker must name its tests alike.
@pytest.mark.parametrize(("role", "path", "body", "pointer"), PLACES, ids=count())
def test_a_threat_to_a_borrower_is_refused_with_its_place(staff_api, role, path, body, pointer):
    headers = {**new_key(), "X-Access-Purpose": "dispute"}
    answer = staff_api(role).post(path, json=body, headers=headers)
    assert answer.status_code == 422, answer.text
    found = {each["pointer"]: each for each in answer.json["errors"]}
    assert found[pointer] == {
        "pointer": pointer,
        "detail": f"“will sue” threatens. Better: {BETTER}",
        "category": "threat",
        "phrase": "will sue",
        "start": 3,
        "end": 11,
        "better": BETTER,
    }


def test_each_language_is_answered_in_its_own(staff_api):
    answer = staff_api("marketer").post(
        "/v1/badge-definitions",
        json={"description": TEXTS},
        headers={"Accept-Language": "zh-CN"},
    )
    found = {each["pointer"]: each for each in answer.json["errors"]}
    chinese = found["#/description/zh-CN"]
    assert (chinese["category"], chinese["phrase"]) == ("third_party", "联系您的单位")
    assert chinese["better"] == "此事我们只与您本人沟通。"
    assert "牵涉他人" in chinese["detail"]


def test_the_words_of_a_tier_are_checked_too(staff_api):
    tier = {
        "code": "late", "public_code": "late", "rank": 1, "when": {"all": []},
        "name": {"en": "Deadbeats", "zh-CN": "老赖"}, "about": {"en": "You.", "zh-CN": "您。"},
    }  # fmt: skip
    answer = staff_api("risk_officer").post("/v1/tier-policies", json={"policy": {"tiers": [tier]}})
    found = {each["pointer"]: each.get("category") for each in answer.json["errors"]}
    assert found["#/policy/tiers/0/name/en"] == found["#/policy/tiers/0/name/zh-CN"] == "shame"
