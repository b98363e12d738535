import pytest

from backend.profile.catalogue import FACTS
from tests.factories.loans import make_borrower
from tests.factories.policies import compare
from tests.factories.profile import make_profile

EXTRA = {
    "name": "occupation_stability",
    "type": "decimal",
    "unit": "ratio",
    "labels": {"en": "Stability of occupation", "zh-CN": "职业稳定性"},
}


def say_how(en, zh_cn):
    return {"actionable": "up", "action_texts": {"en": en, "zh-CN": zh_cn}}


@pytest.fixture
def officer(staff_api):
    return staff_api("risk_officer")


@pytest.mark.parametrize(("language", "label"), [("en", "Days past due"), ("zh-CN", "逾期天数")])
def test_the_catalogue_speaks_the_reader_s_language(officer, language, label):
    answer = officer.get("/v1/facts", headers={"Accept-Language": language})

    items = {item["name"]: item for item in answer.json["items"]}
    assert set(items) == set(FACTS)
    assert items["days_past_due"]["label"] == label
    assert items["days_past_due"]["actionable"] == "down"
    assert items["tier"]["actionable"] == "no"


def test_a_declared_fact_is_sent_with_a_borrower_and_read_by_conditions(
    officer, client_api, session, deliver
):
    before = officer.post(
        "/v1/audiences/count", json={"predicate": compare("occupation_stability", "known")}
    )
    assert officer.post("/v1/facts/extra", json=EXTRA).status_code == 201

    make_borrower(session, external_id="stable-1", facts={"occupation_stability": "0.75"})
    deliver()
    counted = officer.post(
        "/v1/audiences/count", json={"predicate": compare("occupation_stability", "gte", "0.7")}
    )

    assert before.status_code == 422
    assert before.json["errors"][0]["pointer"] == "#/predicate/fact"
    assert counted.json == {"borrowers": 1}


def test_the_words_of_a_declared_fact_may_change_its_type_may_not(officer):
    made = officer.post("/v1/facts/extra", json=EXTRA)
    words = {key: EXTRA[key] for key in ("unit", "labels")} | {"unit": "share"}
    path = "/v1/facts/extra/occupation_stability"

    unnamed = officer.put(path, json=words)
    changed = officer.put(path, json=words, headers={"If-Match": made.headers["ETag"]})
    stale = officer.put(path, json=words, headers={"If-Match": made.headers["ETag"]})
    retyped = officer.put(
        path, json=words | {"type": "text"}, headers={"If-Match": changed.headers["ETag"]}
    )

    statuses = [each.status_code for each in (unnamed, changed, stale, retyped)]
    assert statuses == [428, 200, 412, 422]
    assert changed.json["unit"] == "share"


def test_a_retired_fact_is_named_by_no_new_condition(officer):
    made = officer.post("/v1/facts/extra", json=EXTRA)
    path = "/v1/facts/extra/occupation_stability"

    gone = officer.delete(path, headers={"If-Match": made.headers["ETag"]})

    assert gone.status_code == 204
    assert officer.delete("/v1/facts/extra/%00", headers={"If-Match": '"1"'}).status_code == 404
    assert officer.get(path).status_code == 404
    refused = officer.post(
        "/v1/audiences/count", json={"predicate": compare("occupation_stability", "known")}
    )
    assert refused.status_code == 422


@pytest.mark.parametrize("name", ["days_past_due", "occupation_stability", "willingness"])
def test_a_name_is_given_once(officer, name):
    officer.post("/v1/facts/extra", json=EXTRA)

    answer = officer.post("/v1/facts/extra", json=EXTRA | {"name": name})

    assert (answer.status_code, answer.json["code"]) == (409, "fact-name-taken")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": "Bad Name"}, "#/name"),
        ({"name": "a\x00b"}, "#/name"),
        ({"type": "float"}, "#/type"),
        ({"labels": {"en": "only"}}, "#/labels/zh-CN"),
        ({"actionable": "up"}, "#/action_texts"),
        (say_how("Do {lessons} lessons.", "完成课程。"), "#/action_texts/en"),
        (say_how("Do {goal} lessons.", "完成 {goal} 课}。"), "#/action_texts/zh-CN"),
        ({"surprise": 1}, "#/surprise"),
    ],
)
def test_a_faulty_declaration_is_refused_by_pointer(officer, change, pointer):
    answer = officer.post("/v1/facts/extra", json=EXTRA | change)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_an_audience_is_counted_by_today_s_facts(officer, session):
    make_profile(session, dpd_base=12, product="counted")
    make_profile(session, dpd_base=0, product="counted")
    late = {"all": [compare("product", "eq", "counted"), compare("days_past_due", "gt", 0)]}

    assert officer.post("/v1/audiences/count", json={"predicate": late}).json == {"borrowers": 1}


def test_who_lacks_the_permission_learns_nothing(staff_api):
    moderator = staff_api("moderator")

    assert moderator.get("/v1/facts").status_code == 403
    assert staff_api("marketer").post("/v1/facts/extra", json=EXTRA).status_code == 403
    assert moderator.post("/v1/audiences/count", json={}).status_code == 403
