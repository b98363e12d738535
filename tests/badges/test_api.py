"""Badges over HTTP: what a borrower reads, what staff write, and what both may not."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from backend.borrowers.models import AccessLog
from backend.kit import clock
from backend.staff.models import StaffAction
from rewards.badges.jobs import award_all
from rewards.badges.models import BadgeAward, BadgeVersion
from rewards.badges.pictures import FOLDER, NAMES
from rewards.badges.rules import names_arrears
from tests.badges.conftest import noon
from tests.factories.badges import make_document
from tests.factories.profile import make_profile
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key

OURS = ["first_step", "promise_kept", "six_in_a_row", "three_in_a_row", "twelve_in_a_row"]
SVG = "{http://www.w3.org/2000/svg}"


def read(api, *, locale="en", **query):
    answer = api.get("/v1/me/badges", headers={"Accept-Language": locale}, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_she_reads_what_she_holds_and_how_far_the_next_one_is(payer, borrower_api):
    payer.begin().pay(1, 2, 3, 4, 5)
    found = read(borrower_api(payer.id))
    held = found["items"][0]
    assert (held["code"], held["name"], held["state"]) == (
        "three_in_a_row",
        "Three in a row",
        "standing",
    )
    assert held["earned_on"] == str(payer.days[2])
    assert held["picture_url"] == "/v1/badges/three_in_a_row/picture.svg"
    assert held["revoked_because"] is None
    assert [each["code"] for each in found["next"]] == [
        "six_in_a_row",
        "twelve_in_a_row",
        "first_step",
        "promise_kept",
    ]
    assert found["next"][0]["progress"] == [
        {"fact": "on_time_streak", "current": 5, "goal": 6, "text": "5 of 6"}
    ]
    assert found["next"][3]["progress"] == []
    chinese = read(borrower_api(payer.id), locale="zh-CN")
    assert chinese["items"][0]["name"] == "三次守约"
    assert chinese["next"][0]["progress"][0]["text"] == "5/6"


def test_what_was_taken_back_stays_with_a_kind_reason(payer, borrower_api):
    payer.begin().pay(1, 2, 3).reverse(3, at=noon(payer.days[2] + timedelta(days=1)))
    found = read(borrower_api(payer.id))
    assert found["items"][0]["state"] == "revoked"
    assert "You can earn the badge again" in found["items"][0]["revoked_because"]
    assert "再次获得" in read(borrower_api(payer.id), locale="zh-CN")["items"][0]["revoked_because"]
    assert "three_in_a_row" in {each["code"] for each in found["next"]}


def test_who_is_not_enrolled_is_promised_nothing(payer, borrower_api):
    payer.begin(enrolled=False).pay(1, 2, 3)
    assert read(borrower_api(payer.id)) == {"items": [], "next_cursor": None, "next": []}


def test_awards_come_in_pages_the_newest_first(payer, borrower_api, publish):
    publish(repeats="monthly")
    payer.begin().pay(1, 2, 3, 4)
    api = borrower_api(payer.id)
    first = read(api, limit=3)
    rest = read(api, cursor=first["next_cursor"])
    days = [each["earned_on"] for each in first["items"] + rest["items"]]
    assert days == sorted(days, reverse=True)
    assert (len(days), rest["next_cursor"]) == (4, None)


@pytest.mark.parametrize("code", OURS)
def test_a_picture_is_drawn_for_everybody_and_read_aloud(public_api, code):
    answer = public_api.get(f"/v1/badges/{code}/picture.svg", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 200
    assert answer.content_type == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Accept-Language" in answer.headers["Vary"]
    drawing = ElementTree.fromstring(answer.text)  # noqa: S314 - our own drawing
    title, words = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    assert "约" in title.text
    assert words.text

    again = public_api.get(
        f"/v1/badges/{code}/picture.svg",
        headers={"Accept-Language": "zh-CN", "If-None-Match": answer.headers["ETag"]},
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("code", ["nothing", "%00", "SIX", "six_in_a_row%0A", "../x"])
def test_of_what_is_no_badge_there_is_no_picture(public_api, code):
    assert public_api.get(f"/v1/badges/{code}/picture.svg").status_code == 404


def test_the_words_of_a_picture_cannot_be_markup(public_api, publish):
    publish(name={"en": '<script>1</script> & "more"', "zh-CN": "两次"})
    answer = public_api.get("/v1/badges/two_in_a_row/picture.svg")
    assert "<script" not in answer.text
    title = ElementTree.fromstring(answer.text).find(f"{SVG}title")  # noqa: S314
    assert title.text == '<script>1</script> & "more"'


def test_drawings_hold_shapes_alone():
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == sorted(NAMES)
    allowed = {"svg", "defs", "radialGradient", "stop", "circle", "path", "g"}
    for path in FOLDER.glob("*.svg"):
        nodes = list(ElementTree.fromstring(path.read_text()).iter())  # noqa: S314
        assert {node.tag.removeprefix(SVG) for node in nodes} <= allowed
        names = {name for node in nodes for name in node.attrib}
        assert not {name for name in names if name.startswith("on") or "href" in name}


def test_ours_say_nothing_of_arrears_and_speak_both_languages(session):
    documents = session.execute(select(BadgeVersion.code, BadgeVersion.document)).all()
    assert sorted(code for code, _ in documents) == OURS
    for _, document in documents:
        for field in ("name", "description", "how_to_earn"):
            assert not any(names_arrears(words) for words in document[field].values())
            assert any("\u4e00" <= char <= "\u9fff" for char in document[field]["zh-CN"])


def test_staff_write_a_badge_and_another_person_publishes_it(staff_api, borrower_api, payer):
    author, approver = staff_api("marketer"), staff_api("campaign_approver", "marketer")
    written = author.post(
        "/v1/badge-definitions", json=make_document(code="two_in_a_row", note="For spring.")
    )
    assert written.status_code == 201, written.text
    assert written.headers["ETag"] == '"1"'
    assert (written.json["live_version"], written.json["newest_version"]) == (None, 1)
    payer.begin().pay(1, 2)
    assert payer.holds() == set()

    publish = "/v1/badge-definitions/two_in_a_row/versions/1/publish"
    key = new_key()
    answer = approver.post(publish, headers=key)
    assert answer.status_code == 200, answer.text
    assert (answer.json["live_version"], answer.headers["ETag"]) == (1, '"2"')
    assert approver.post(publish, headers=key).json == answer.json
    again = approver.post(publish, headers=new_key())
    assert (again.status_code, again.json["code"]) == (409, "badge-not-draft")
    award_all(make_job_context())
    assert payer.holds() == {"two_in_a_row"}
    assert author.get("/v1/badge-definitions/two_in_a_row").json["holders"] == 1
    assert author.get("/v1/badge-definitions/two_in_a_row/versions/1").json["note"] == "For spring."


def test_who_wrote_it_does_not_publish_it(staff_api):
    both = staff_api("marketer", "campaign_approver")
    both.post("/v1/badge-definitions", json=make_document(code="mine"))
    answer = both.post("/v1/badge-definitions/mine/versions/1/publish", headers=new_key())
    assert (answer.status_code, answer.json["code"]) == (403, "second-person-needed")


def test_a_new_version_counts_once_published_and_awards_keep_theirs(staff_api, publish, payer):
    publish()
    payer.begin().pay(1, 2)
    author, approver = staff_api("marketer"), staff_api("campaign_approver")
    address = "/v1/badge-definitions/two_in_a_row"
    harder = make_document(counters=[{"fact": "on_time_streak", "goal": 4}])
    assert author.put(address, json=harder).status_code == 428
    assert author.put(address, json=harder, headers={"If-Match": '"1"'}).status_code == 412
    written = author.put(address, json=harder, headers={"If-Match": '"2"'})
    assert (written.status_code, written.headers["ETag"]) == (200, '"3"')
    assert (written.json["live_version"], written.json["newest_version"]) == (1, 2)
    newer = author.put(address, json=harder, headers={"If-Match": '"3"'})
    assert newer.json["newest_version"] == 3
    old = approver.post(f"{address}/versions/2/publish", headers=new_key())
    assert (old.status_code, old.json["code"]) == (409, "badge-superseded")
    live = approver.post(f"{address}/versions/3/publish", headers=new_key())
    assert live.json["live_version"] == 3
    payer.pay(3, 4)
    assert payer.holds() == {"two_in_a_row", "three_in_a_row"}
    award = payer.session.execute(
        select(BadgeAward.version).where(BadgeAward.code == "two_in_a_row")
    ).scalar_one()
    assert award == 1


def test_a_retired_badge_is_given_no_more_and_kept_by_who_holds_it(
    staff_api, publish, payer, borrower_api
):
    publish()
    payer.begin().pay(1, 2)
    approver, author = staff_api("campaign_approver"), staff_api("marketer")
    address = "/v1/badge-definitions/two_in_a_row"
    assert approver.delete(address, headers={"If-Match": '"2"'}).status_code == 204
    assert approver.delete(address, headers={"If-Match": '"3"'}).json["code"] == "badge-retired"
    edit = author.put(address, json=make_document(), headers={"If-Match": '"3"'})
    assert edit.json["code"] == "badge-retired"
    assert author.get(address).json["retired_at"] is not None
    found = read(borrower_api(payer.id))
    assert [each["code"] for each in found["items"]] == ["two_in_a_row"]
    payer.session.execute(BadgeAward.__table__.delete())
    award_all(make_job_context())
    assert payer.holds() == set()


def test_a_code_is_given_once(staff_api, publish):
    publish()
    author = staff_api("marketer")
    taken = author.post("/v1/badge-definitions", json=make_document(code="two_in_a_row"))
    assert (taken.status_code, taken.json["code"]) == (409, "badge-code-taken")
    word = author.post("/v1/badge-definitions", json=make_document(code="preview"))
    assert [each["pointer"] for each in word.json["errors"]] == ["#/code"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        (
            {"predicate": {"all": [{"fact": "sex", "op": "eq", "value": "f"}]}},
            "/predicate/all/0/fact",
        ),
        ({"predicate": {"fact": "education", "op": "known"}}, "/predicate/fact"),
        ({"predicate": {"fact": "on_time_streak", "op": "like", "value": 1}}, "/predicate/op"),
        ({"predicate": {"fact": "on_time_streak", "op": "gte", "value": "1"}}, "/predicate/value"),
        ({"predicate": []}, "/predicate"),
        ({"predicate": {"all": []}, "counters": []}, "/predicate"),
        ({"counters": [{"fact": "age_band", "goal": 1}]}, "/counters/0/fact"),
        ({"counters": [{"fact": "employment", "goal": 1}]}, "/counters/0/fact"),
        ({"counters": [{"fact": "open_loans", "goal": 1}] * 2}, "/counters/1/fact"),
        ({"counters": [{"fact": "open_loans", "goal": 0}]}, "/counters/0/goal"),
        ({"picture": "http://example.org/x.svg"}, "/picture"),
        ({"repeats": "daily"}, "/repeats"),
        ({"name": {"en": "Never late", "zh-CN": "守约"}}, "/name/en"),
        ({"name": {"en": "Kept", "zh-CN": "告别逾期"}}, "/name/zh-CN"),
        ({"name": {"en": "Kept"}}, "/name/zh-CN"),
        ({"code": "No Such"}, "/code"),
        ({"extra": 1}, "/extra"),
    ],
)
def test_every_fault_is_named_and_nothing_stored(staff_api, session, changes, pointer):
    body = make_document(code="faulty") | changes
    answer = staff_api("marketer").post("/v1/badge-definitions", json=body)
    assert answer.status_code == 422, answer.text
    assert f"#{pointer}" in [each["pointer"] for each in answer.json["errors"]]
    found = session.execute(select(BadgeVersion.code).where(BadgeVersion.code == "faulty"))
    assert found.first() is None


def test_a_preview_counts_the_enrolled_and_logs_whom_it_shows(session, staff_api):
    for streak in (5, 6, 7):
        make_profile(session, on_time_streak=streak, programme_status="enrolled")
    make_profile(session, on_time_streak=9, programme_status="paused")
    make_profile(session, on_time_streak=9)
    api = staff_api("marketer", "risk_officer")
    condition = {"fact": "on_time_streak", "op": "gte", "value": 6}
    answer = api.post("/v1/badge-definitions/preview", json={"predicate": condition})
    assert answer.status_code == 200, answer.text
    assert answer.json["borrowers"] == 2
    samples = answer.json["samples"]
    assert sorted(each["facts"]["on_time_streak"] for each in samples) == [6, 7]
    seen = session.execute(
        select(AccessLog.borrower_id, AccessLog.what).where(AccessLog.staff_id == api.id)
    ).all()
    assert {(str(who), what) for who, what in seen} == {
        (each["borrower_id"], "badge preview") for each in samples
    }
    counted = api.post(
        "/v1/badge-definitions/preview",
        json={"predicate": {"all": []}, "counters": [{"fact": "on_time_streak", "goal": 7}]},
    )
    assert counted.json["borrowers"] == 1


def test_who_may_not_see_borrowers_is_told_their_number_alone(session, staff_api):
    make_profile(session, programme_status="enrolled")
    shown = staff_api("marketer").post(
        "/v1/badge-definitions/preview", json={"predicate": {"all": []}}
    )
    assert shown.json == {"borrowers": 1, "samples": []}
    assert session.execute(select(AccessLog.borrower_id)).first() is None


def test_a_preview_shows_ten_at_most_and_names_what_is_no_fact(session, staff_api):
    for _ in range(12):
        make_profile(session, programme_status="enrolled")
    api = staff_api("marketer", "risk_officer")
    everybody = api.post("/v1/badge-definitions/preview", json={"predicate": {"all": []}})
    assert (everybody.json["borrowers"], len(everybody.json["samples"])) == (12, 10)
    wrong = api.post(
        "/v1/badge-definitions/preview",
        json={"predicate": {"not": {"fact": "marital_status", "op": "eq", "value": "single"}}},
    )
    assert [each["pointer"] for each in wrong.json["errors"]] == ["#/predicate/not/fact"]


def revoke(api, payer, award_id, *, cause="awarded_in_error", key=None):
    return api.post(
        f"/v1/staff/borrowers/{payer.id}/badges/{award_id}/revoke",
        json={"cause": cause, "note": "A test payment of ours."},
        headers=key or new_key(),
    )


def award_of(payer):
    return payer.session.execute(
        select(BadgeAward.id).where(
            BadgeAward.borrower_id == payer.id, BadgeAward.state == "standing"
        )
    ).scalar_one()


def test_a_person_takes_one_award_back_and_it_is_not_given_again_for_the_same(
    session, payer, staff_api, borrower_api, deliver
):
    payer.begin().pay(1, 2, 3)
    api, award_id = staff_api("risk_officer"), award_of(payer)
    key = new_key()
    answer = revoke(api, payer, award_id, key=key)
    assert answer.status_code == 200, answer.text
    assert (answer.json["state"], answer.json["revoked_cause"]) == ("revoked", "awarded_in_error")
    assert revoke(api, payer, award_id, key=key).json == answer.json
    again = revoke(api, payer, award_id)
    assert (again.status_code, again.json["code"]) == (409, "award-revoked")
    trail = session.execute(
        select(StaffAction.action, StaffAction.reason, StaffAction.subject).where(
            StaffAction.staff_id == api.id
        )
    ).all()
    assert trail == [("badges.revoke", "A test payment of ours.", f"borrower:{payer.id}")]
    shown = read(borrower_api(payer.id))["items"][0]
    assert shown["revoked_because"].startswith("We gave you this badge by mistake")
    assert "test payment" not in str(shown)
    award_all(make_job_context())
    assert payer.holds() == set()


def test_after_that_it_can_be_earned_anew(session, payer, staff_api):
    payer.begin().pay(1, 2, 3)
    with clock.fixed(noon(payer.days[2] + timedelta(days=1))):
        revoke(staff_api("risk_officer"), payer, award_of(payer))
    payer.pay(4)
    assert payer.holds() == set()
    payer.pay(5, late=20)
    payer.pay(6, 7)
    assert payer.holds() == set()
    payer.pay(8)
    assert payer.holds() == {"three_in_a_row"}


def test_an_award_is_taken_back_from_its_own_holder_alone(payer, staff_api, session):
    payer.begin().pay(1, 2, 3)
    award_id, api = award_of(payer), staff_api("risk_officer")
    payer.id, hers = make_profile(session), payer.id
    assert revoke(api, payer, award_id).status_code == 404
    payer.id = hers
    assert revoke(api, payer, award_id, cause="payment_reversed").status_code == 422
    assert payer.holds() == {"three_in_a_row"}


def test_staff_see_her_awards_beside_her_particulars(payer, staff_api):
    payer.begin().pay(1, 2, 3)
    answer = staff_api("risk_officer").get(
        f"/v1/staff/borrowers/{payer.id}", headers={"X-Access-Purpose": "account_care"}
    )
    shown = answer.json["panels"]["badges"]["items"]
    assert [(each["code"], each["state"]) for each in shown] == [("three_in_a_row", "standing")]
    assert shown[0]["id"] == str(award_of(payer))


def test_definitions_come_in_pages(staff_api):
    api = staff_api("auditor")
    first = api.get("/v1/badge-definitions", query_string={"limit": 3}).json
    rest = api.get("/v1/badge-definitions", query_string={"cursor": first["next_cursor"]}).json
    assert [each["code"] for each in first["items"] + rest["items"]] == OURS
    assert rest["next_cursor"] is None
    six = api.get("/v1/badge-definitions/six_in_a_row")
    assert (six.headers["ETag"], six.json["live"]["definition"]["picture"]) == ('"1"', "shield")
