"""Policies over HTTP: tried on everybody, published by another person, undone by nobody."""

import pytest
from sqlalchemy import insert, select

from backend.borrowers.models import AccessLog
from backend.profile.models import ProtectedAttributes
from backend.tiers import policies
from tests.clock import NOW
from tests.factories.policies import compare, make_dpd_policy
from tests.factories.profile import make_profile, make_profiles
from tests.fixtures.api import new_key

AMONG = compare("product", "eq", "tried")


@pytest.fixture
def officer(staff_api):
    return staff_api("risk_officer")


def post_draft(officer, policy=None):
    return officer.post("/v1/tier-policies", json={"policy": policy or make_dpd_policy()})


def publish(officer, version):
    return officer.post(f"/v1/tier-policies/{version}/publish", headers=new_key())


def make_crowd(session, *, late=3, soon=2, fine=5):
    days = [40] * late + [10] * soon + [0] * fine
    return make_profiles(
        session,
        *({"dpd_base": n, "product": "tried", "open_balance": 1, "currency": "CNY"} for n in days),
    )


def test_a_policy_is_tried_on_everybody_and_nothing_of_it_is_stored(officer, session):
    ids = make_crowd(session)
    make_profile(session, dpd_base=40, product="other")
    draft = make_dpd_policy(with_ranks=False)

    answer = officer.post("/v1/tier-policies/preview", json={"policy": draft, "among": AMONG})

    assert answer.status_code == 200
    assert answer.json["counts"] == {"late": 3, "soon": 2, "fine": 5}
    assert {"from": "stable", "to": "late", "borrowers": 3} in answer.json["moves"]
    samples = answer.json["samples"]
    assert len(samples) == 10
    assert {sample["borrower_id"] for sample in samples} == {str(each) for each in ids}
    late = next(sample for sample in samples if sample["to"] == "late")
    assert late["reasons"] == [{"code": "days_past_due", "text": "Days past due: 40 days"}]
    assert len(officer.get("/v1/tier-policies").json["items"]) == 1
    seen = session.execute(select(AccessLog.what).where(AccessLog.borrower_id == ids[0])).scalars()
    assert list(seen) == ["preview"]


def test_without_among_everybody_is_counted_and_a_tier_of_nobody_is_named(officer, session):
    make_crowd(session, late=0, soon=1, fine=1)

    answer = officer.post("/v1/tier-policies/preview", json={"policy": make_dpd_policy()})

    assert answer.json["counts"] == {"late": 0, "soon": 1, "fine": 1}


def test_the_live_policy_against_itself_moves_nobody(officer, session):
    make_crowd(session)
    live = officer.get("/v1/tier-policies").json["items"][0]["policy"]

    answer = officer.post("/v1/tier-policies/preview", json={"policy": live})

    assert answer.json["moves"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"policy": {"tiers": []}}, "#/policy/tiers"),
        ({"policy": make_dpd_policy(), "among": {"some": 1}}, "#/among"),
        ({"policy": make_dpd_policy(), "among": compare("sex", "eq", "f")}, "#/among/fact"),
        ({}, "#/policy"),
        ({"policy": make_dpd_policy(), "surprise": 1}, "#/surprise"),
    ],
)
def test_a_faulty_preview_is_refused_by_pointer(officer, body, pointer):
    answer = officer.post("/v1/tier-policies/preview", json=body)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_fairness_is_reported_in_cells_of_thirty_or_more(officer, session):
    ids = make_crowd(session, late=60, soon=0, fine=100)
    groups = ["f"] * 40 + ["m"] * 20 + ["f"] * 30 + ["m"] * 65 + ["x"] * 5
    session.execute(
        insert(ProtectedAttributes),
        [
            {"borrower_id": each, "sex": sex, "updated_at": NOW}
            for each, sex in zip(ids, groups, strict=True)
        ],
    )

    answer = officer.post(
        "/v1/tier-policies/preview", json={"policy": make_dpd_policy(), "among": AMONG}
    )

    report = {each["attribute"]: each["groups"] for each in answer.json["fairness"]}
    assert set(report) == {"sex", "age_band", "education", "marital_status"}
    women, men, others = report["sex"]
    late = women["rates"][0]
    assert (women["borrowers"], late["tier"]) == (70, "late")
    assert late["rate"] == pytest.approx(40 / 70)
    assert late["ratio"] is None  # of the rest, fewer than thirty are late
    assert men["rates"][0]["rate"] is None  # twenty late men are too few to tell
    assert others == {"value": "x", "borrowers": None, "rates": []}


def test_a_second_person_publishes(staff_api, session):
    author, other = staff_api("risk_officer"), staff_api("risk_officer")
    version = post_draft(author).json["version"]

    own = publish(author, version)
    published = publish(other, version)
    again = publish(other, version)

    assert (own.status_code, own.json["code"]) == (403, "second-person-needed")
    assert (published.status_code, published.json["state"]) == (200, "published")
    assert (again.status_code, again.json["code"]) == (409, "policy-not-draft")
    assert policies.get_live_version(session) == version


def test_what_a_preview_may_lack_a_published_policy_may_not(staff_api):
    author, other = staff_api("risk_officer"), staff_api("risk_officer")
    version = post_draft(author, make_dpd_policy(with_ranks=False)).json["version"]

    answer = publish(other, version)

    assert answer.status_code == 422
    assert "#/policy/tiers/0/name" in [error["pointer"] for error in answer.json["errors"]]


def test_versions_are_listed_newest_first_and_read_one_by_one(officer):
    version = post_draft(officer).json["version"]

    listed = officer.get("/v1/tier-policies?limit=1")
    one = officer.get(f"/v1/tier-policies/{version}")

    assert [item["version"] for item in listed.json["items"]] == [version]
    assert listed.json["next_cursor"]
    assert one.json["policy"] == make_dpd_policy()
    assert officer.get("/v1/tier-policies/99999").status_code == 404
    assert publish(officer, 99999).status_code == 404


@pytest.mark.parametrize("role", ["account_manager", "auditor", "marketer", "moderator"])
def test_only_risk_officers_write_and_try_policies(staff_api, role):
    other = staff_api(role)

    assert post_draft(other).status_code == 403
    assert other.post("/v1/tier-policies/preview", json={}).status_code == 403
    assert publish(other, 1).status_code == 403
