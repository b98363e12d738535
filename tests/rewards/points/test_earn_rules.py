"""Earn rules as data: two people, months to come, and nothing that pays for being late."""

from datetime import date

import pytest

from tests.clock import TODAY
from tests.factories.loans import make_payment
from tests.factories.points import INSTALLMENT_MINOR, make_member, make_schedule
from tests.fixtures.api import new_key

NEXT_MONTH = "2026-12-01"
ON_TIME = {"kind": "on_time", "points": 150}


def draft(api, *rules, since=NEXT_MONTH):
    return api.post(
        "/v1/staff/points/earn-rules",
        json={"rules": {"rules": list(rules)}, "effective_from": since, "note": "Try."},
    )


def publish(api, version):
    return api.post(f"/v1/staff/points/earn-rules/{version}/publish", headers=new_key())


@pytest.fixture
def author(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


def test_the_product_ships_with_a_version(author):
    [shipped] = author.get("/v1/staff/points/earn-rules").json["items"]
    assert (shipped["version"], shipped["state"]) == (1, "published")
    kinds = {rule["kind"]: rule["points"] for rule in shipped["rules"]["rules"]}
    assert kinds == {
        "on_time": 100,
        "early": 20,
        "cured": 60,
        "asked_first": 80,
        "referral": 200,
        "helpful_answer": 10,
    }


def test_a_second_person_publishes(staff_api, author, approver):
    both = staff_api("marketer", "campaign_approver")
    version = draft(both, ON_TIME).json["version"]

    own = publish(both, version)
    other = publish(approver, version)
    again = publish(approver, version)

    assert (own.status_code, own.json["code"]) == (403, "second-person-needed")
    assert (other.status_code, other.json["state"]) == (200, "published")
    assert (again.status_code, again.json["code"]) == (409, "earn-rules-not-draft")
    assert author.get(f"/v1/staff/points/earn-rules/{version}").json["state"] == "published"
    assert author.get("/v1/staff/points/earn-rules/99").status_code == 404
    assert publish(approver, 99).status_code == 404


@pytest.mark.parametrize("since", ["2026-11-01", "2026-10-01"])
def test_no_rule_reaches_back(author, approver, since):
    late = publish(approver, draft(author, ON_TIME, since=since).json["version"])
    assert (late.status_code, late.json["code"]) == (409, "earn-rules-too-late")


def test_what_was_published_for_a_month_stays(author, approver):
    first, second = (draft(author, ON_TIME).json["version"] for _ in range(2))
    assert publish(approver, first).status_code == 200
    assert publish(approver, second).json["code"] == "earn-rules-too-late"


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"kind": "borrowing", "points": 5}, "#/rules/rules/0/kind"),
        ("on_time", "#/rules/rules/0/kind"),
        ({"kind": "on_time"}, "#/rules/rules/0/points"),
        ({"kind": "on_time", "points": 0}, "#/rules/rules/0/points"),
        ({"kind": "on_time", "points": True}, "#/rules/rules/0/points"),
        ({"kind": "on_time", "points": 5, "days_early": 3}, "#/rules/rules/0/days_early"),
        ({"kind": "on_time", "points": 5, "a/b": 3}, "#/rules/rules/0/a~1b"),
        ({"kind": ["on_time"], "points": 5}, "#/rules/rules/0/kind"),
        ({"kind": "early", "points": 5}, "#/rules/rules/0/days_early"),
        ({"kind": "referral", "points": 5, "per_month": 3, "when": {"all": []}}, "/0/when"),
        (
            {"kind": "on_time", "points": 5, "when": {"fact": "tier", "op": "eq", "value": "x"}},
            "#/rules/rules/0/when/fact",
        ),
        (
            {"kind": "cured", "points": 5, "days_past_due": 15, "months_between": 12},
            "#/rules/rules/0/points",
        ),
    ],
)
def test_a_faulty_rule_is_named_with_its_place(author, rule, pointer):
    answer = draft(author, rule)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].endswith(pointer.removeprefix("#"))


@pytest.mark.parametrize(
    ("rules", "since", "pointer"),
    [
        ([], NEXT_MONTH, "#/rules"),
        ({"rules": {}}, NEXT_MONTH, "#/rules/rules"),
        ({"rules": [], "more": 1}, NEXT_MONTH, "#/rules"),
        ({"rules": []}, "2026-12-02", "#/effective_from"),
        ({"rules": []}, "2027-12-01", "#/effective_from"),
    ],
)
def test_a_faulty_document_is_refused(author, rules, since, pointer):
    answer = author.post(
        "/v1/staff/points/earn-rules", json={"rules": rules, "effective_from": since}
    )
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer


def test_a_cure_that_earns_more_than_being_on_time_is_refused(author):
    cure = {"kind": "cured", "points": 151, "days_past_due": 15, "months_between": 12}
    answer = draft(author, ON_TIME, cure)
    assert answer.status_code == 422
    assert "being late would pay" in answer.json["errors"][0]["detail"]


def test_each_month_has_the_rules_that_were_in_force_and_keeps_what_it_gave(
    session, author, approver, deliver, borrower_api
):
    publish(approver, draft(author, ON_TIME).json["version"])
    name, who = make_member(session)
    loan, _ = make_schedule(session, name, [TODAY, date(2026, 12, 20)])
    make_payment(session, loan=loan, amount_minor=2 * INSTALLMENT_MINOR)
    deliver()

    items = borrower_api(who).get("/v1/me/points/entries").json["items"]

    # November by the old rules; December by the new ones, which have no bonus for being early.
    assert sorted(each["points"] for each in items) == [100, 150]


def test_a_condition_may_ask_about_the_loan(session, author, approver, deliver, borrower_api):
    only_personal = {"fact": "product", "op": "eq", "value": "personal"}
    rules = (
        {"kind": "on_time", "points": 300, "when": only_personal},
        {"kind": "on_time", "points": 10},
    )
    publish(approver, draft(author, *rules).json["version"])
    name, who = make_member(session)
    due_on = [date(2026, 12, 20)]
    for product in ("personal", "car"):
        loan, _ = make_schedule(session, name, due_on, product_code=product)
        make_payment(session, loan=loan, amount_minor=INSTALLMENT_MINOR)
    deliver()

    items = borrower_api(who).get("/v1/me/points/entries").json["items"]

    assert sorted(each["points"] for each in items) == [10, 300]
