"""A tier set by hand: two people, a reason, ninety days at most."""

from datetime import timedelta

import pytest

from backend.kit.ids import new_id
from backend.tiers import policies, service
from backend.tiers.models import TierFreeze
from backend.tiers.retier import Occasion, retier
from tests.clock import NOW, TODAY
from tests.factories.profile import make_profile
from tests.fixtures.api import new_key
from tests.tiers.standing import standing_for_long
from tests.tiers.test_rules import read_state

PURPOSE = {"X-Access-Purpose": "risk_review"}
LATE = {"oldest_unpaid_due_on": TODAY - timedelta(days=40)}


@pytest.fixture
def borrower_id(session):
    borrower_id = make_profile(session, **LATE)
    place(session, borrower_id)
    return borrower_id


def place(session, borrower_id, *, on=0):
    retier(
        session,
        borrower_ids=[borrower_id],
        loaded=policies.get_live(session),
        occasion=Occasion(today=TODAY + timedelta(days=on), now=NOW, cause="test"),
    )
    standing_for_long(session)


def ask(officer, borrower_id, *, days=30, tier="current"):
    return officer.post(
        f"/v1/staff/borrowers/{borrower_id}/tier-override",
        json={"tier": tier, "reason": "Bank error.", "expires_on": str(TODAY + timedelta(days))},
        headers=new_key() | PURPOSE,
    )


def act(officer, borrower_id, override_id, action):
    return officer.post(
        f"/v1/staff/borrowers/{borrower_id}/tier-override/{override_id}/{action}",
        headers=new_key() | PURPOSE,
    )


def tier_of(session, borrower_id):
    return read_state(session, borrower_id)[0].tier


def test_it_counts_once_another_person_has_confirmed(session, staff_api, borrower_id):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")

    asked = ask(first, borrower_id)
    own = act(first, borrower_id, asked.json["id"], "confirm")
    before = tier_of(session, borrower_id)
    confirmed = act(second, borrower_id, asked.json["id"], "confirm")
    again = act(second, borrower_id, asked.json["id"], "confirm")

    assert (own.status_code, own.json["code"]) == (403, "second-person-needed")
    assert before == "stable"
    assert confirmed.status_code == 200
    assert tier_of(session, borrower_id) == "current"
    assert (again.status_code, again.json["code"]) == (409, "override-settled")


def test_after_its_last_day_the_policy_decides_again_with_grace(session, staff_api, borrower_id):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    asked = ask(first, borrower_id, days=30)
    act(second, borrower_id, asked.json["id"], "confirm")

    place(session, borrower_id, on=30)
    last_day = tier_of(session, borrower_id)
    place(session, borrower_id, on=31)
    waiting = tier_of(session, borrower_id)
    place(session, borrower_id, on=38)

    assert (last_day, waiting, tier_of(session, borrower_id)) == ("current", "current", "stable")


def test_a_newer_one_takes_the_place_of_the_older_and_may_be_ended(session, staff_api, borrower_id):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    ids = [ask(first, borrower_id, tier=tier).json["id"] for tier in ("current", "high_risk")]
    for override_id in ids:
        act(second, borrower_id, override_id, "confirm")
    replaced = tier_of(session, borrower_id)

    ended = act(second, borrower_id, ids[1], "end")

    assert replaced == "high_risk"
    assert ended.status_code == 200
    assert tier_of(session, borrower_id) == "stable"
    assert act(second, borrower_id, ids[0], "end").json["code"] == "override-settled"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "A member of our team set this for you"), ("zh-CN", "由我们的工作人员为您设定")],
)
def test_she_reads_that_a_person_set_it_and_until_when_but_no_internal_reason(
    session, staff_api, borrower_api, borrower_id, language, words
):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    asked = ask(first, borrower_id, days=30)
    act(second, borrower_id, asked.json["id"], "confirm")
    until = str(TODAY + timedelta(days=30))

    api, spoken = borrower_api(borrower_id), {"Accept-Language": language}
    own = api.get("/v1/me/tier", headers=spoken)
    moves = api.get("/v1/me/tier/history", headers=spoken)
    act(second, borrower_id, asked.json["id"], "end")
    ended = api.get("/v1/me/tier", headers=spoken)

    assert own.json["override_until"] == until
    [reason] = own.json["reasons"]
    assert (reason["code"], words in reason["text"], until in reason["text"]) == (
        "set_by_a_person",
        True,
        True,
    )
    [reason] = moves.json["items"][0]["reasons"]
    assert (reason["code"], words in reason["text"]) == ("set_by_a_person", True)
    assert "Bank error" not in own.text + moves.text
    assert ended.json["override_until"] is None
    assert next(each["code"] for each in ended.json["reasons"]) == "grace"


def test_where_only_the_hand_holds_her_it_is_told_when_that_ends(session, staff_api, borrower_api):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    borrower_id = make_profile(session)
    place(session, borrower_id)
    asked = ask(first, borrower_id, days=30, tier="high_risk")
    act(second, borrower_id, asked.json["id"], "confirm")

    ways = borrower_api(borrower_id).get("/v1/me/tier").json["next"]["would_change"]

    assert [(w["kind"], w["on"]) for w in ways] == [("time", str(TODAY + timedelta(days=31)))]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [({"days": 91}, "#/expires_on"), ({"days": 0}, "#/expires_on"), ({"tier": "gold"}, "#/tier")],
)
def test_a_faulty_one_is_refused(staff_api, borrower_id, change, pointer):
    answer = ask(staff_api("risk_officer"), borrower_id, **change)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_of_nobody_there_is_nothing_to_override(staff_api, borrower_id):
    officer = staff_api("risk_officer")

    assert ask(officer, new_id()).status_code == 404
    assert act(officer, borrower_id, new_id(), "confirm").status_code == 404


def test_a_freeze_lifted_early_lets_the_grace_begin(session):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    service.freeze(
        session,
        borrower_id=borrower_id,
        cause="plan_request",
        until_on=TODAY + timedelta(days=30),
        now=NOW,
    )
    service.lift_freeze(session, borrower_id=borrower_id, cause="plan_request", today=TODAY)

    freezes = TierFreeze.__table__
    row = session.execute(freezes.select().where(freezes.c.borrower_id == borrower_id)).one()
    assert row.until_on == TODAY - timedelta(days=1)
