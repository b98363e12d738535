"""The bundle over HTTP."""

import pytest

from backend.configuration.bundle import hash_of, read_bundle
from tests.configuration.moving import contents, text_of
from tests.factories.badges import make_document
from tests.fixtures.api import new_key

PATH = "/v1/staff/configuration"


@pytest.fixture
def admin(staff_api):
    return staff_api("admin")


def test_it_is_a_file_with_its_hash(admin):
    answer = admin.get(PATH)
    assert (answer.status_code, answer.mimetype) == (200, "application/yaml")
    assert "attachment" in answer.headers["Content-Disposition"]
    bundle = read_bundle(answer.text)
    assert bundle.hash == hash_of(bundle.contents)
    assert "three_in_a_row" in bundle.contents["badges"]
    assert admin.get(f"{PATH}?drafts=true").status_code == 200


def test_a_check_says_what_an_import_would_do(admin):
    given = {"badges": {"two_in_a_row": make_document()}}
    answer = admin.post(f"{PATH}/check", json={"bundle": text_of(given)})
    assert answer.status_code == 200, answer.text
    assert answer.json["hash"] == hash_of(given)
    assert [(each["key"], each["state"]) for each in answer.json["things"]] == [
        ("two_in_a_row", "new")
    ]
    assert answer.json["problems"] == []
    assert admin.get(f"{PATH}?drafts=true").text.count("two_in_a_row") == 0
    given["badges"]["two_in_a_row"]["picture"] = "a dragon"
    body = {"bundle": text_of(given)}
    shown = admin.post(f"{PATH}/check", json=body, headers={"Accept-Language": "zh-CN"})
    (problem,) = shown.json["problems"]
    assert problem["pointer"] == "#/contents/badges/two_in_a_row/picture"
    assert problem["detail"].startswith("应为以下之一")


def test_an_import_writes_drafts_once_for_a_key(admin, staff_api):
    body = {"bundle": text_of(contents()), "reason": "From the test installation."}
    key = new_key()
    first = admin.post(f"{PATH}/import", json=body, headers=key)
    assert first.status_code == 200, first.text
    again = admin.post(f"{PATH}/import", json=body, headers=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    badge = staff_api("marketer").get("/v1/badge-definitions/two_in_a_row").json
    assert (badge["live_version"], badge["newest_version"]) == (None, 1)
    assert badge["newest"]["author_id"] == str(admin.id)


def test_a_faulty_bundle_is_refused_whole(admin):
    given = contents()
    given["badges"]["two_in_a_row"]["picture"] = "a dragon"
    body = {"bundle": text_of(given), "reason": "A slip."}
    answer = admin.post(f"{PATH}/import", json=body, headers=new_key())
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json["errors"]] == [
        "#/contents/badges/two_in_a_row/picture"
    ]
    broken = admin.post(f"{PATH}/check", json={"bundle": "a: !!x b"})
    assert (broken.status_code, broken.json["errors"][0]["pointer"]) == (422, "#")


@pytest.mark.parametrize("role", ["risk_officer", "campaign_approver", "auditor"])
def test_those_who_approve_may_take_it_out_and_not_bring_it_in(staff_api, role):
    api = staff_api(role)
    assert api.get(PATH).status_code == 200
    assert api.post(f"{PATH}/check", json={"bundle": "x"}).status_code == 403
