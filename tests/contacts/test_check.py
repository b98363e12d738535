"""The check before somebody dials: the law to the second, of a borrower or of a described case."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from backend.borrowers.models import AccessLog
from backend.contacts.models import ContactEntry
from tests.factories.contacts import make_contact
from tests.factories.loans import make_borrower, make_loan
from tests.factories.viewers import make_assignment

CHECK = "/v1/staff/contact-check"
SHANGHAI, NEW_YORK, LOS_ANGELES = "Asia/Shanghai", "America/New_York", "America/Los_Angeles"
CN, US = ("CN", SHANGHAI), ("US", NEW_YORK)
# Local times of 2026-11-24 as UTC: Shanghai is eight hours ahead, New York five behind.
CN_AT = "2026-11-24T{}+08:00"
US_AT = "2026-11-24T{}-05:00"


@pytest.fixture
def manager(staff_api):
    return staff_api("account_manager")


@pytest.fixture
def ask(manager):
    def ask(law=CN, at="12:00:00", *, history=(), place=None, case=None, **more):
        regime, zone = law
        told = place or {"timezone": zone}
        at = at if "T" in at else (CN_AT if regime == "CN" else US_AT).format(at)
        body = {"channel": "push", "purpose": "reminder", "at": at, "regime": regime} | more
        described = told | {"history": list(history)} | (case or {})
        return manager.post(CHECK, json=body | {"case": described})

    return ask


def blocks(answer):
    assert answer.status_code == 200, answer.json
    found = [rule["id"] for rule in answer.json["rules"] if rule["effect"] == "block"]
    assert answer.json["allowed"] is (not found)
    return found


def past(day, time, kind="attempt", *, offset="-05:00", channel="call", **more):
    at = f"2026-11-{day:02}T{time}{offset}"
    return {"at": at, "channel": channel, "kind": kind, "debt": "A"} | more


@pytest.mark.parametrize(
    ("law", "at", "purpose", "expected"),
    [
        (CN, "07:59:59", "reminder", ["CN.hours"]),
        (CN, "08:00:00", "reminder", []),
        (CN, "21:59:59", "collection", []),
        (CN, "22:00:00", "collection", ["CN.hours"]),
        (CN, "22:00:00", "greeting", ["CN.hours"]),
        (CN, "23:30:00", "receipt", []),
        (CN, "03:00:00", "security", []),
        (US, "07:59:59", "reminder", ["US.hours"]),
        (US, "08:00:00", "reminder", []),
        (US, "20:59:59.999999", "reminder", []),
        (US, "21:00:00", "reminder", ["US.hours"]),
        (US, "21:00:00", "remedy_notice", ["US.hours"]),
        (US, "21:30:00", "receipt", []),
    ],
)
def test_hours_hold_to_the_second(ask, law, at, purpose, expected):
    assert blocks(ask(law, at, purpose=purpose)) == expected


def test_the_shape_is_what_was_promised(ask):
    answer = ask(CN, "22:00:00").json
    assert set(answer) == {"allowed", "rules", "allowed_from"}
    law, own = answer["rules"]
    assert set(law) == {"id", "effect", "citation", "text"}
    assert (law["id"], law["effect"]) == ("CN.hours", "block")
    assert law["citation"] == "GB/T 45251-2025; CBA guideline 2026-01-30"
    assert (own["id"], own["effect"]) == ("OWN.hours", "defer")
    # 08:00 in Shanghai: the law's, not our own later hour.
    assert answer["allowed_from"] == "2026-11-25T00:00:00Z"


def test_our_own_hours_postpone_and_never_forbid(ask):
    answer = ask(CN, "08:30:00").json
    assert answer["allowed"] is True
    assert [(rule["id"], rule["effect"]) for rule in answer["rules"]] == [("OWN.hours", "defer")]
    assert answer["allowed_from"] == "2026-11-24T00:30:00Z"
    assert ask(CN, "08:30:00", purpose="plan").json["rules"] == []


def test_an_agreed_window_lifts_the_night_of_one_law_and_ends_to_the_second(ask):
    agreed = {"agreed_windows": [["22:00", "23:00"], ["23:30", "00:30"]]}
    assert blocks(ask(CN, "22:59:59", case=agreed)) == []
    ended = ask(CN, "23:00:00", case=agreed)
    assert blocks(ended) == ["CN.hours"]
    assert ended.json["allowed_from"] == "2026-11-24T15:30:00Z"
    assert blocks(ask(CN, "00:29:59", case=agreed)) == []
    assert blocks(ask(US, "22:30:00", case=agreed)) == ["US.hours"]


def test_what_she_called_inconvenient_blocks_until_its_end(ask):
    case = {"inconvenient_windows": [["11:00", "13:00"]]}
    inside = ask(US, "11:00:00", case=case)
    assert blocks(inside) == ["US.borrower_window"]
    assert inside.json["allowed_from"] == "2026-11-24T18:00:00Z"
    assert blocks(ask(US, "13:00:00", case=case)) == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("10:59:59", ["US.hours.conflicting_location"]),  # 07:59:59 in Los Angeles
        ("11:00:00", []),
        ("20:59:59", []),
        ("21:00:00", ["US.hours.conflicting_location"]),
        ("03:00:00", ["US.hours", "US.hours.conflicting_location"]),
    ],
)
def test_every_place_where_she_may_be_must_allow(ask, at, expected):
    place = {"candidate_zones": [NEW_YORK, LOS_ANGELES]}
    assert blocks(ask(US, at, place=place)) == expected


def test_three_answered_calls_a_day_are_the_most(ask):
    three = [
        past(24, f"1{hour}:00:00", kind, offset="+08:00", actor=actor)
        for hour, (kind, actor) in enumerate(
            [("connected", "lender"), ("conversation", "agency"), ("connected", "agency")]
        )
    ]
    rule = ["CN.voice.connected_3_per_day"]
    assert blocks(ask(CN, "18:00:00", channel="call", history=three[:2])) == []
    fourth = ask(CN, "18:00:00", channel="call", history=three)
    assert blocks(fourth) == rule
    assert fourth.json["allowed_from"] == "2026-11-25T00:00:00Z"
    assert blocks(ask(CN, "18:00:00", channel="sms", history=three)) == []
    next_day = CN_AT.replace("24T", "25T").format("08:00:00")
    assert blocks(ask(CN, next_day, channel="call", history=three)) == []
    inbound = [past(24, "09:00:00", "inbound_conversation", offset="+08:00")] * 4
    assert blocks(ask(CN, "18:00:00", channel="call", history=inbound)) == []


def test_six_unanswered_calls_a_day_to_one_telephone_are_the_most(ask):
    six = [past(24, f"1{n}:00:00", offset="+08:00", contact="m1") for n in range(6)]
    rule = ["CN.voice.unanswered_6_per_contact_per_day"]
    assert blocks(ask(CN, "18:00:00", channel="call", contact="m1", history=six[:5])) == []
    assert blocks(ask(CN, "18:00:00", channel="call", contact="m1", history=six)) == rule
    assert blocks(ask(CN, "18:00:00", channel="call", contact="m2", history=six)) == []


@pytest.mark.parametrize(
    ("reason", "discloses", "refused", "is_allowed"),
    [
        ("debtor_unreachable", False, False, True),
        ("debtor_reachable", False, False, False),
        ("debtor_unreachable", True, False, False),
        ("debtor_unreachable", False, True, False),
    ],
)
def test_another_person_is_asked_on_three_conditions(ask, reason, discloses, refused, is_allowed):
    other = {"reason": reason, "discloses_debt": discloses, "refused_before": refused}
    answer = ask(CN, channel="call", third_party=other)
    assert blocks(answer) == ([] if is_allowed else ["CN.third_party"])
    assert (answer.json["allowed_from"] is None) is not is_allowed


def test_seven_calls_in_seven_days_about_one_debt_are_the_most(ask):
    calls = [past(day, "10:00:00") for day in range(17, 24)]
    assert blocks(ask(US, channel="call", debt="A", history=calls[1:])) == []
    # From the 18th to the 24th there are six; one more on the 24th is the seventh.
    seven = [*calls[1:], past(24, "11:00:00", "connected")]
    eighth = ask(US, channel="call", debt="A", history=seven)
    assert blocks(eighth) == ["US.calls.7in7"]
    assert eighth.json["allowed_from"] == "2026-11-25T13:00:00Z"
    assert blocks(ask(US, channel="call", debt="B", history=seven)) == []
    assert blocks(ask(US, channel="email", debt="A", history=seven)) == []


@pytest.mark.parametrize("kind", ["conversation", "inbound_conversation"])
def test_after_a_talk_its_day_is_the_first_of_seven(ask, kind):
    talk = [past(18, "20:30:00", kind)]
    seventh = ask(US, "20:00:00", channel="call", debt="A", history=talk)
    assert blocks(seventh) == ["US.calls.after_conversation"]
    assert seventh.json["allowed_from"] == "2026-11-25T13:00:00Z"
    eighth = US_AT.replace("24T", "25T").format("08:00:00")
    assert blocks(ask(US, eighth, channel="call", debt="A", history=talk)) == []
    assert blocks(ask(US, channel="call", debt="B", history=talk)) == []
    assert blocks(ask(US, channel="sms", debt="A", history=talk)) == []


def test_an_inbound_talk_is_none_of_the_seven_calls(ask):
    came = [past(17, "10:00:00", "inbound_conversation")] + [
        past(day, "10:00:00") for day in range(18, 24)
    ]
    assert blocks(ask(US, channel="call", debt="A", history=came)) == []


def test_an_opt_out_closes_one_channel_and_lets_one_confirmation_pass(ask):
    out = past(23, "10:00:00", "opt_out", channel="sms")
    rule = ["US.medium_opt_out"]
    refused = ask(US, channel="sms", history=[out])
    assert (blocks(refused), refused.json["allowed_from"]) == (rule, None)
    assert blocks(ask(US, channel="email", history=[out])) == []
    confirm = {"channel": "sms", "purpose": "opt_out_confirmation"}
    assert blocks(ask(US, history=[out], **confirm)) == []
    sent = past(23, "10:01:00", channel="sms")
    assert blocks(ask(US, history=[out, sent], **confirm)) == rule
    earlier = past(22, "10:01:00", channel="sms")
    assert blocks(ask(US, history=[earlier, out], **confirm)) == []


def test_a_cease_lets_a_remedy_notice_pass_and_nothing_else(ask):
    cease = [past(23, "10:00:00", "cease", channel="email")]
    for purpose in ("reminder", "receipt", "opt_out_confirmation", "greeting"):
        assert blocks(ask(US, channel="push", purpose=purpose, history=cease)) == ["US.cease"]
    assert blocks(ask(US, channel="email", purpose="remedy_notice", history=cease)) == []
    assert blocks(ask(US, "2026-11-23T09:59:59-05:00", history=cease)) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"case": {}}, "#/case/timezone"),
        ({"case": {"timezone": "Mars/Olympus"}}, "#/case/timezone"),
        ({"case": {"candidate_zones": []}}, "#/case/candidate_zones"),
        ({"case": {"timezone": SHANGHAI, "candidate_zones": [NEW_YORK]}}, "#/case/timezone"),
        ({"case": None}, "#/borrower_id"),
        ({"regime": None}, "#/regime"),
        ({"regime": "EU"}, "#/regime"),
        ({"channel": "fax"}, "#/channel"),
        ({"purpose": "rumour"}, "#/purpose"),
        ({"at": "2026-11-24T12:00:00"}, "#/at"),
        ({"at": "9999-12-31T23:59:59Z"}, "#/at"),
        ({"contact": "139 0000 4711"}, "#/contact"),
        ({"third_party": {"reason": "rumour"}}, "#/third_party/reason"),
        (
            {"case": {"timezone": SHANGHAI, "agreed_windows": [["22:00"]]}},
            "#/case/agreed_windows/0",
        ),
        (
            {"case": {"timezone": SHANGHAI, "agreed_windows": [["8:00", "09:00"]]}},
            "#/case/agreed_windows/0/0",
        ),
        (
            {"case": {"timezone": SHANGHAI, "inconvenient_windows": [["09:00", "09:00"]]}},
            "#/case/inconvenient_windows/0",
        ),
        (
            {"case": {"timezone": SHANGHAI, "history": [{"at": "2026-11-24T12:00:00Z"}]}},
            "#/case/history/0/channel",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(manager, changes, pointer):
    body = {
        "case": {"timezone": SHANGHAI},
        "regime": "CN",
        "channel": "push",
        "purpose": "reminder",
        "at": "2026-11-24T12:00:00Z",
    }
    sent = {name: value for name, value in (body | changes).items() if value is not None}
    refused = manager.post(CHECK, json=sent)
    assert refused.status_code == 422
    assert pointer in [each["pointer"] for each in refused.json["errors"]]


def test_a_described_case_leaves_nothing_behind(ask, session):
    ask(CN, history=[past(23, "10:00:00")])
    for table in (ContactEntry, AccessLog):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_of_a_borrower_her_own_ledger_and_loans_speak(manager, session):
    borrower_id = make_borrower(session, external_id="dialled", timezone=NEW_YORK)
    _, loan_id = make_loan(session, borrower="dialled", currency="USD")
    body = {"borrower_id": str(borrower_id), "channel": "call", "purpose": "collection"}
    at = datetime(2026, 11, 24, 17, tzinfo=UTC)
    asked = body | {"at": at.isoformat(), "debt": str(loan_id)}
    assert manager.post(CHECK, json=asked).status_code == 404
    make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)
    assert blocks(manager.post(CHECK, json=asked)) == []
    assert session.scalar(select(func.count()).select_from(AccessLog)) == 1
    make_contact(session, borrower_id, kind="conversation", at=at - timedelta(days=6))
    assert blocks(manager.post(CHECK, json=asked)) == ["US.calls.after_conversation"]
    assert blocks(manager.post(CHECK, json=asked | {"regime": "CN"})) == []
    strange = manager.post(CHECK, json=asked | {"debt": "B"})
    assert [each["pointer"] for each in strange.json["errors"]] == ["#/debt"]


def test_she_names_her_own_hours(session, borrower_api):
    borrower_id = make_borrower(session, external_id="early")
    own = borrower_api(borrower_id)
    assert own.get("/v1/me/contact-windows").json == {"agreed": [], "inconvenient": []}
    said = {"agreed": [["22:00", "24:00"]], "inconvenient": [["12:00", "13:30"]]}
    assert own.call("PUT", "/v1/me/contact-windows", json=said).json == said
    assert own.get("/v1/me/contact-windows").json == said


def test_the_rules_are_data_that_staff_can_read(manager):
    items = manager.get("/v1/staff/contact-rules").json["items"]
    older, newer = (each for each in items if each["id"] == "CN.hours")
    assert (older["valid_from"], newer["valid_from"]) == ("2025-02-28", "2026-01-30")
    assert (newer["regime"], newer["channels"], newer["certainty"]) == ("CN", None, "adopted")
    assert "reminder" in newer["purposes"]
    assert "receipt" not in newer["purposes"]
    night = {"window": ["22:00", "08:00"], "zones": "any", "lifted_by_agreement": True}
    assert newer["predicate"] == {"kind": "InWindow"} | night
