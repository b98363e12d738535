"""What a borrower sees of her points, and what staff may do about them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.borrowers.models import AccessLog
from backend.kit import clock
from backend.kit.ids import new_id
from rewards.points import audit, service
from rewards.points.rules import Kind
from rewards.points.wording import in_words
from tests.clock import NOW, TODAY
from tests.factories.loans import make_payment
from tests.factories.points import INSTALLMENT_MINOR, days, give, make_member, make_schedule
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key

CAUSE = service.Cause("redemption", None, {"text": {"en": "A mug.", "zh-CN": "一个杯子。"}})


@pytest.fixture
def who(session):
    _, borrower_id = make_member(session)
    return borrower_id


def test_before_the_first_point_all_is_zero(who, borrower_api):
    api = borrower_api(who)
    nothing = {"available": 0, "pending": 0, "held": 0, "expiring": []}
    assert api.get("/v1/me/points").json == nothing
    assert api.get("/v1/me/points/entries").json == {"items": [], "next_cursor": None}


def test_she_sees_what_she_can_use_and_until_when(session, who, borrower_api):
    give(session, who, 100, now=NOW - timedelta(days=200))
    give(session, who, 60)
    give(session, who, 200, is_pending=True)
    service.hold(
        session,
        borrower_id=who,
        points=30,
        deadline_at=NOW + timedelta(days=3),
        cause=CAUSE,
        now=NOW,
    )
    assert borrower_api(who).get("/v1/me/points").json == {
        "available": 130,
        "pending": 200,
        "held": 30,
        "expiring": [{"on": "2027-05-31", "points": 70}, {"on": "2027-11-30", "points": 60}],
    }


def test_after_its_day_she_sees_it_no_more_though_nobody_has_posted_it(session, who, borrower_api):
    give(session, who, 100)
    api = borrower_api(who)
    last = NOW.replace(year=2027, month=11, day=30)
    with clock.fixed(last):
        assert api.get("/v1/me/points").json["available"] == 100
    with clock.fixed(last + timedelta(days=1)):
        own = api.get("/v1/me/points").json
    assert own == {"available": 0, "pending": 0, "held": 0, "expiring": []}


def test_her_history_is_paged_and_stable_while_it_grows(session, who, borrower_api):
    for points in (1, 2, 3):
        give(session, who, points)
    api = borrower_api(who)

    first = api.get("/v1/me/points/entries", query_string={"limit": 2}).json
    give(session, who, 4)
    rest = api.get("/v1/me/points/entries", query_string={"cursor": first["next_cursor"]}).json

    assert [each["points"] for each in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["A mug.", "Instalment 1, due on 2026-11-23, was paid on time."]),
        ("zh-CN", ["一个杯子。", "第 1 期（2026-11-23 到期）已按时还款。"]),
    ],
)
def test_each_entry_tells_its_cause_in_her_language(
    session, borrower_api, deliver, language, words
):
    name, who = make_member(session)
    loan, loan_id = make_schedule(session, name, days(0, 40))
    make_payment(session, loan=loan, amount_minor=INSTALLMENT_MINOR)
    deliver()
    service.spend(session, borrower_id=who, points=40, cause=CAUSE, now=NOW)

    answer = borrower_api(who).get("/v1/me/points/entries", headers={"Accept-Language": language})

    items = answer.json["items"]
    assert [each["cause"]["text"] for each in items] == words
    assert [each["points"] for each in items] == [-40, 100]
    assert items[1]["cause"] | {"text": ""} == {"type": "on_time", "id": str(loan_id), "text": ""}


def test_every_kind_of_entry_has_words_in_both_languages(session, who):
    class Entry:
        points, occurred_at, cause_id, details = 1, NOW, None, {}
        cause_type = "anything"

    for kind in Kind:
        entry = Entry()
        entry.kind = kind
        en, zh = (in_words(entry, locale=each)["cause"]["text"] for each in ("en", "zh-CN"))
        assert en.isascii()
        assert not zh.isascii()


def ask(api, who, points, *, reason="Promised by phone."):
    return api.post(
        f"/v1/staff/borrowers/{who}/points-adjustments",
        json={"points": points, "reason": reason},
        headers=new_key(),
    )


def decide(api, who, adjustment_id, how):
    return api.post(
        f"/v1/staff/borrowers/{who}/points-adjustments/{adjustment_id}/{how}", headers=new_key()
    )


def test_an_adjustment_counts_once_another_person_has_confirmed_it(
    session, who, staff_api, borrower_api
):
    first, second = staff_api("account_manager"), staff_api("risk_officer")
    make_assignment(session, staff_id=first.id, borrower_id=who)
    own = borrower_api(who)

    asked = ask(first, who, 50)
    alone = decide(first, who, asked.json["id"], "confirm")
    before = own.get("/v1/me/points").json["available"]
    confirmed = decide(second, who, asked.json["id"], "confirm")
    again = decide(second, who, asked.json["id"], "confirm")

    assert (asked.status_code, asked.json["state"]) == (201, "open")
    assert (alone.status_code, alone.json["code"]) == (403, "second-person-needed")
    assert (confirmed.status_code, confirmed.json["state"]) == (200, "confirmed")
    assert (again.status_code, again.json["code"]) == (409, "adjustment-decided")
    assert (before, own.get("/v1/me/points").json["available"]) == (0, 50)
    [entry] = own.get("/v1/me/points/entries").json["items"]
    assert (entry["kind"], entry["points"]) == ("adjusted", 50)
    assert "phone" not in str(entry)
    assert list(audit.check_points(session)) == []


def test_a_rejected_one_changes_nothing(who, staff_api, borrower_api):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    asked = ask(first, who, 50)

    assert decide(first, who, asked.json["id"], "reject").status_code == 403
    rejected = decide(second, who, asked.json["id"], "reject")

    assert (rejected.status_code, rejected.json["state"]) == (200, "rejected")
    assert decide(second, who, asked.json["id"], "confirm").json["code"] == "adjustment-decided"
    assert borrower_api(who).get("/v1/me/points").json["available"] == 0


def test_more_than_she_has_is_not_taken_and_the_balance_is_told(session, who, staff_api):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    give(session, who, 30)
    too_much, all_of_it = ask(first, who, -31), ask(first, who, -30)

    refused = decide(second, who, too_much.json["id"], "confirm")
    taken = decide(second, who, all_of_it.json["id"], "confirm")

    assert (refused.status_code, refused.json["code"]) == (409, "not-enough-points")
    assert refused.json["balance"] == 30
    assert taken.status_code == 200


def test_a_retry_of_an_adjustment_asks_for_it_once(who, staff_api):
    api = staff_api("risk_officer")
    key = new_key()
    path, body = f"/v1/staff/borrowers/{who}/points-adjustments", {"points": 5, "reason": "x"}

    first, again = (api.post(path, json=body, headers=key) for _ in range(2))

    assert first.json == again.json
    assert len(api.get("/v1/staff/points/adjustments").json["items"]) == 1


@pytest.mark.parametrize("points", [0, 100_001, -100_001, 1.5, "5", None, True])
def test_an_adjustment_is_a_whole_number_within_reason(who, staff_api, points):
    answer = ask(staff_api("risk_officer"), who, points)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/points"


def test_of_nobody_there_is_nothing_to_adjust(who, staff_api):
    api = staff_api("risk_officer")
    assert ask(api, new_id(), 5).status_code == 404
    assert decide(api, who, new_id(), "confirm").status_code == 404
    asked = ask(staff_api("risk_officer"), who, 5)
    assert decide(api, new_id(), asked.json["id"], "confirm").status_code == 404


def test_looking_at_what_waits_is_on_her_access_log(session, who, staff_api, borrower_api):
    api = staff_api("risk_officer")
    asked = ask(api, who, 5)

    [waiting] = api.get("/v1/staff/points/adjustments").json["items"]

    assert waiting["id"] == asked.json["id"]
    # Asking for it was the first look, reading what waits the second.
    looks = session.execute(select(AccessLog).where(AccessLog.borrower_id == who)).scalars()
    assert [(look.staff_id, look.what) for look in looks] == [(api.id, "points")] * 2
    seen = borrower_api(who).get("/v1/me/access-log").json["items"]
    assert {each["what_text"] for each in seen} == {"Looked after a correction of your points"}


def test_staff_see_her_points_beside_the_rest_of_her(session, who, staff_api):
    give(session, who, 40)
    api = staff_api("risk_officer")
    asked = ask(api, who, 5)

    panels = api.get(
        f"/v1/staff/borrowers/{who}", headers={"X-Access-Purpose": "account_care"}
    ).json["panels"]

    assert panels["points"]["available"] == 40
    assert [each["id"] for each in panels["points"]["adjustments"]] == [asked.json["id"]]


def test_the_liability_report_adds_up(session, staff_api, deliver):
    name, who = make_member(session)
    loan, _ = make_schedule(session, name, days(-30, 3))
    make_payment(session, loan=loan, amount_minor=2 * INSTALLMENT_MINOR)
    deliver()
    give(session, who, 50, now=NOW - timedelta(days=200))
    give(session, who, 200, is_pending=True)
    give(session, who, 7, now=NOW - timedelta(days=500))
    service.expire_chunk(
        session,
        expired_on=TODAY.replace(month=7, day=31),
        after=service.FIRST,
        limit=10,
        now=NOW,
    )
    service.spend(session, borrower_id=who, points=28, cause=CAUSE, now=NOW)

    report = staff_api("auditor").get("/v1/staff/points/liability").json

    # 60 for the cure, 120 for the one three days early, 50, and 200 on their way; 28 are spent.
    assert report["outstanding_points"] == 60 + 120 + 50 + 200 - 28
    assert (report["available"], report["pending"], report["held"]) == (202, 200, 0)
    assert report["by_expiry_month"] == [
        {"month": "2027-05", "points": 22},
        {"month": "2027-11", "points": 380},
    ]
    assert report["by_earned_month"] == [
        {"month": "2026-05", "points": 22},
        {"month": "2026-11", "points": 380},
    ]
    assert report["by_tier"] == [{"tier": "current", "borrowers": 1, "points": 402}]
    assert report["breakage"] == {
        "expired_points": 7,
        "redeemed_points": 28,
        "rate": "0.2000",
        "expected_points": 80,
    }
    assert report["cured"]["borrowers"] == 1
    assert report["cured"]["points_per_borrower"] == report["cured"]["issued_points"] == 430


def test_an_empty_programme_owes_nothing(staff_api):
    report = staff_api("auditor").get("/v1/staff/points/liability").json
    assert report["outstanding_points"] == 0
    assert report["breakage"]["rate"] is None
    assert report["cured"]["points_per_borrower"] is None
