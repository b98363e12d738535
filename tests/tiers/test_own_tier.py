"""What a borrower reads of her tier."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from backend.kit import clock
from backend.kit.ids import new_id
from backend.loans.models import Installment, LoanProduct
from backend.profile import service as profile
from backend.profile.models import ExtraFact, Profile
from backend.tiers import policies, service
from backend.tiers.retier import Occasion, retier
from tests.clock import NOW, TODAY
from tests.factories.policies import compare, make_dpd_policy, make_tier, publish_policy
from tests.factories.profile import make_profile
from tests.factories.raw_loans import add_installments, make_product, make_raw_loan
from tests.fixtures.api import new_key

INTERNAL = ("high_risk", "dormant", "potential", '"stable"')


def place(session, *borrower_ids, on=0):
    today = TODAY + timedelta(days=on)
    retier(
        session,
        borrower_ids=borrower_ids,
        loaded=policies.get_live(session),
        occasion=Occasion(today=today, now=NOW + timedelta(days=on), cause="test"),
    )


@pytest.fixture
def late(session):
    return make_late(session, 40, 30, 5)


def make_late(session, *days):
    """Placed with one loan, of which an instalment of 10.00 is open for so many days each."""
    borrower_id = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=max(days)))
    if not session.get(LoanProduct, "tested"):
        make_product(session)
    add_late_loan(session, borrower_id, *days)
    place(session, borrower_id)
    return borrower_id


def add_late_loan(session, borrower_id, *days, **values):
    oldest_on = TODAY - timedelta(days=max(days))
    owner = make_raw_loan(
        session, borrower_id=borrower_id, oldest_unpaid_due_on=oldest_on, **values
    )
    open_rows = [(TODAY - timedelta(days=each), None, False) for each in days]
    add_installments(session, owner, open_rows)


def test_she_reads_public_names_reasons_and_what_would_change_it(borrower_api, late):
    answer = borrower_api(late).get("/v1/me/tier")

    assert answer.status_code == 200
    assert answer.json["tier"]["code"] == "step_by_step"
    assert answer.json["tier"]["name"] == "Step by step"
    assert {"code": "days_past_due", "text": "Days past due: 40 days"} in answer.json["reasons"]
    assert answer.json["next"]["tier"]["code"] == "nearly_there"
    way = answer.json["next"]["would_change"][0]
    assert way["kind"] == "action"
    assert [(c["fact"], c["from"], c["to"]) for c in way["changes"]] == [("days_past_due", 40, 30)]
    assert way["changes"][0]["amount_minor"] == 1_000
    assert way["changes"][0]["currency"] == "CNY"
    assert way["changes"][0]["on"] == str(TODAY)
    assert set(answer.json["scores"]) == {"capacity", "willingness", "value"}


def test_she_reads_it_in_chinese(borrower_api, late):
    answer = borrower_api(late).get("/v1/me/tier", headers={"Accept-Language": "zh-CN"})

    assert answer.json["tier"]["name"] == "稳步恢复"
    assert {"code": "days_past_due", "text": "逾期天数：40 天"} in answer.json["reasons"]
    assert "补上" in answer.json["next"]["would_change"][0]["text"]


@pytest.mark.parametrize("days", [0, 15, 60, 120])
def test_no_internal_code_leaves_staff_screens(session, borrower_api, days):
    borrower_id = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=days))
    place(session, borrower_id)
    api = borrower_api(borrower_id)

    shown = api.get("/v1/me/tier").text + api.get("/v1/me/tier/history").text

    assert not [code for code in INTERNAL if code in shown]


def test_at_the_top_there_is_no_next_tier(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier")

    assert answer.json["tier"]["code"] == "in_good_standing"
    assert answer.json["next"] is None
    assert answer.json["reasons"]


def test_before_the_first_evaluation_there_is_nothing_to_read(session, borrower_api):
    borrower_id = make_profile(session)

    assert borrower_api(borrower_id).get("/v1/me/tier").status_code == 404
    review = borrower_api(borrower_id).post(
        "/v1/me/tier/reviews", json={"reason": "Why?"}, headers=new_key()
    )
    assert (review.status_code, review.json["code"]) == (409, "no-tier-yet")


def test_a_worse_tier_that_waits_is_told_with_its_day(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    owe_since(session, borrower_id, TODAY - timedelta(days=3))
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier")

    assert answer.json["tier"]["code"] == "in_good_standing"
    assert answer.json["pending"]["tier"]["code"] == "nearly_there"
    assert answer.json["pending"]["on"] == str(TODAY + timedelta(days=7))


@pytest.mark.parametrize(
    ("language", "coming"),
    [
        ("en", "Nothing has changed yet. If things stay as they are, a change comes on {day}."),
        ("zh-CN", "目前等级保持不变。若情况依旧，将于 {day} 变更。"),
    ],
)
def test_while_a_worse_tier_waits_she_reads_why_and_what_would_avert_it(
    session, borrower_api, language, coming
):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    make_product(session)
    add_late_loan(session, borrower_id, 53)
    owe_since(session, borrower_id, TODAY - timedelta(days=53))
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier", headers={"Accept-Language": language})

    words = coming.replace("{day}", str(TODAY + timedelta(days=7)))
    assert answer.json["reasons"][0] == {"code": "grace", "text": words}
    assert answer.json["reasons"][1]["code"] == "days_past_due"
    assert answer.json["next"] is None
    way = answer.json["pending"]["would_change"][0]
    assert [(c["fact"], c["to"], c["amount_minor"]) for c in way["changes"]] == [
        ("days_past_due", 0, 1_000)
    ]


def test_time_that_comes_too_late_averts_nothing(session, borrower_api):
    policy = make_dpd_policy() | {
        "tiers": [
            make_tier("low", compare("overdue_count_12m", "gte", 1), rank=0),
            make_tier("top", {"all": []}, rank=1),
        ]
    }
    publish_policy(session, policy)
    borrower_id = make_profile(session)
    place(session, borrower_id)
    session.execute(
        update(Profile).where(Profile.borrower_id == borrower_id).values(overdue_count_12m=1)
    )
    place(session, borrower_id)

    pending = borrower_api(borrower_id).get("/v1/me/tier").json["pending"]

    assert [way["kind"] for way in pending["would_change"]] == ["person"]


def test_a_tier_kept_by_a_freeze_is_told_as_kept(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    until_on = TODAY + timedelta(days=30)
    service.freeze(session, borrower_id=borrower_id, cause="dispute", until_on=until_on, now=NOW)
    owe_since(session, borrower_id, TODAY - timedelta(days=3))
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier")

    assert next(each["code"] for each in answer.json["reasons"]) == "kept"
    assert answer.json["pending"] is None


def first_step(answer):
    return answer.json["next"]["would_change"][0]["changes"][0]


def test_the_amount_is_the_least_that_reaches_the_goal(session, borrower_api):
    borrower_id = make_late(session, 100, 91, 90, 60, 5, 0)

    step = first_step(borrower_api(borrower_id).get("/v1/me/tier"))

    assert (step["to"], step["amount_minor"], step["on"]) == (90, 2_000, str(TODAY))


def test_to_be_up_to_date_all_that_is_overdue_counts_over_all_loans(session, borrower_api):
    borrower_id = make_late(session, 20, 5, 0)
    add_late_loan(session, borrower_id, 7)
    add_late_loan(session, borrower_id, 9, status="closed")

    step = first_step(borrower_api(borrower_id).get("/v1/me/tier"))

    assert (step["to"], step["amount_minor"]) == (0, 3_000)


def test_amounts_in_two_currencies_are_no_amount(session, borrower_api):
    borrower_id = make_late(session, 20)
    add_late_loan(session, borrower_id, 7, currency="USD")

    step = first_step(borrower_api(borrower_id).get("/v1/me/tier"))

    assert (step["amount_minor"], step["currency"], step["on"]) == (None, None, None)


@pytest.mark.parametrize("amount", [7_700, None])
def test_of_a_card_the_last_statement_says_amount_and_day(session, borrower_api, amount):
    make_product(session)
    due_on = TODAY - timedelta(days=12)
    borrower_id = make_profile(session, dpd_base=20)
    make_raw_loan(
        session,
        borrower_id=borrower_id,
        kind="revolving",
        reported_dpd=20,
        reported_as_of=TODAY,
        next_amount_minor=amount,
        next_due_on=due_on if amount else None,
    )
    place(session, borrower_id)

    step = first_step(borrower_api(borrower_id).get("/v1/me/tier"))

    expected = (amount, "CNY", str(due_on)) if amount else (None, None, None)
    assert (step["amount_minor"], step["currency"], step["on"]) == expected


def test_a_payment_in_part_changes_the_amount_at_once(session, borrower_api):
    borrower_id = make_late(session, 20)
    before = first_step(borrower_api(borrower_id).get("/v1/me/tier"))
    session.execute(
        update(Installment).where(Installment.borrower_id == borrower_id).values(open_minor=400)
    )
    session.execute(
        update(Profile)
        .where(Profile.borrower_id == borrower_id)
        .values(repaid_total=600, refreshed_at=NOW + timedelta(hours=1))
    )

    after = first_step(borrower_api(borrower_id).get("/v1/me/tier"))

    assert (before["amount_minor"], after["amount_minor"]) == (1_000, 400)


def owe_since(session, borrower_id, day):
    session.execute(
        update(Profile).where(Profile.borrower_id == borrower_id).values(oldest_unpaid_due_on=day)
    )


def test_her_history_is_her_moves_newest_first(session, borrower_api):
    borrower_id = make_profile(session)
    place(session, borrower_id)
    owe_since(session, borrower_id, TODAY - timedelta(days=3))
    place(session, borrower_id)
    place(session, borrower_id, on=7)

    answer = borrower_api(borrower_id).get("/v1/me/tier/history")

    moves = [(item["tier"]["code"], item["since"]) for item in answer.json["items"]]
    assert moves == [
        ("nearly_there", str(TODAY + timedelta(days=7))),
        ("in_good_standing", str(TODAY)),
    ]
    assert answer.json["next_cursor"] is None


def test_where_two_things_must_change_both_are_named(session, borrower_api):
    bad = {"any": [compare("days_past_due", "gt", 0), compare("on_time_streak", "lt", 2)]}
    policy = make_dpd_policy() | {
        "tiers": [make_tier("low", bad, rank=0), make_tier("top", {"all": []}, rank=1)]
    }
    publish_policy(session, policy)
    borrower_id = make_profile(session, dpd_base=5, on_time_streak=0)
    place(session, borrower_id)

    ways = borrower_api(borrower_id).get("/v1/me/tier").json["next"]["would_change"]

    assert [[(c["fact"], c["to"]) for c in way["changes"]] for way in ways] == [
        [("days_past_due", 0), ("on_time_streak", 2)]
    ]


def test_where_nothing_she_does_would_help_time_or_a_person_is_named(session, borrower_api):
    policy = make_dpd_policy() | {
        "tiers": [
            make_tier("low", compare("open_loans", "gte", 1), rank=0),
            make_tier("mid", compare("relationship_months", "lt", 3), rank=1),
            make_tier("top", {"all": []}, rank=2),
        ]
    }
    publish_policy(session, policy)
    borrower_id = make_profile(session)
    place(session, borrower_id)

    ways = borrower_api(borrower_id).get("/v1/me/tier").json["next"]["would_change"]

    assert [way["kind"] for way in ways] in (["person"], ["time"])


def test_where_time_alone_helps_its_day_is_told(session, borrower_api):
    policy = make_dpd_policy() | {
        "tiers": [
            make_tier("low", compare("overdue_count_12m", "gte", 1), rank=0),
            make_tier("top", {"all": []}, rank=1),
        ]
    }
    publish_policy(session, policy)
    make_product(session)
    owner = make_raw_loan(session)
    due_on = TODAY - timedelta(days=300)
    add_installments(session, owner, [(due_on, due_on + timedelta(days=10), False)])
    profile.refresh(session, seqs={owner[0]: 1}, now=NOW, today=TODAY)
    place(session, owner[0])

    answer = borrower_api(owner[0]).get("/v1/me/tier")

    assert [(way["kind"], way["on"]) for way in answer.json["next"]["would_change"]] == [
        ("time", str(TODAY + timedelta(days=90)))
    ]


def test_answers_remembered_are_those_of_the_same_facts_only(session, borrower_api, late):
    other = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=41))
    place(session, other)

    texts = [
        json.dumps(borrower_api(each).get("/v1/me/tier").json["reasons"]) for each in (late, other)
    ]
    again = borrower_api(late).get("/v1/me/tier").json

    assert "40 days" in texts[0]
    assert "41 days" in texts[1]
    assert "40 days" in json.dumps(again["reasons"])
    with clock.fixed(NOW + timedelta(days=1)):
        tomorrow = borrower_api(late).get("/v1/me/tier").json
    changes = tomorrow["next"]["would_change"][0]["changes"]
    assert changes[0]["on"] == str(TODAY + timedelta(days=1))


def test_she_asks_once_for_a_person_to_look_and_reads_the_answer(
    session, borrower_api, staff_api, late
):
    api, officer = borrower_api(late), staff_api("risk_officer")
    body = {"reason": "I was ill.", "refuses_automation": True}

    asked = api.post("/v1/me/tier/reviews", json=body, headers=new_key())
    second = api.post("/v1/me/tier/reviews", json=body, headers=new_key())
    queue = officer.get("/v1/tier-reviews")
    path = f"/v1/staff/borrowers/{late}/tier-reviews/{asked.json['id']}/decide"
    verdict = {"outcome": "changed", "answer": "You are right."}
    unanswered = api.get("/v1/me/tier/reviews")
    decided = officer.post(path, json=verdict, headers=new_key())
    answered = api.get("/v1/me/tier/reviews")
    others = borrower_api(make_profile(session)).get("/v1/me/tier/reviews")
    again = officer.post(path, json=verdict, headers=new_key())

    assert (asked.status_code, asked.json["state"]) == (201, "open")
    assert (second.status_code, second.json["code"]) == (409, "review-open")
    assert [item["id"] for item in queue.json["items"]] == [asked.json["id"]]
    assert decided.json["state"] == "changed"
    assert unanswered.json["items"] == [asked.json]
    assert answered.json["items"] == [
        asked.json
        | {"state": "changed", "answer": "You are right.", "decided_at": decided.json["decided_at"]}
    ]
    assert others.json == {"items": [], "next_cursor": None}
    assert (again.status_code, again.json["code"]) == (409, "review-decided")


def test_nobody_reads_another_s_tier(borrower_api, staff_api, late):
    stranger = borrower_api(new_id())

    assert stranger.get("/v1/me/tier").status_code == 404
    assert staff_api("risk_officer").get("/v1/me/tier").status_code == 403


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        ("Do {goal} lessons.", "Do 3 lessons."),
        ("Do {lessons} lessons, {} or {0!r}: {goal}", "Do {lessons} lessons, {} or {0!r}: 3"),
    ],
)
def test_words_that_staff_wrote_are_shown_as_they_are_with_the_goal_in_them(
    session, borrower_api, action, shown
):
    session.execute(
        insert(ExtraFact).values(
            name="lessons_done",
            type="integer",
            unit="count",
            labels={"en": "Lessons", "zh-CN": "课程"},
            actionable="up",
            action_texts={"en": action, "zh-CN": action},
            created_by=new_id(),
            created_at=NOW,
        )
    )
    policy = make_dpd_policy() | {
        "tiers": [
            make_tier("low", compare("lessons_done", "lt", 3), rank=0),
            make_tier("top", {"all": []}, rank=1),
        ]
    }
    publish_policy(session, policy)
    borrower_id = make_profile(session, extra={"lessons_done": 1})
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier")

    assert answer.status_code == 200
    assert answer.json["next"]["would_change"][0]["text"] == shown


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Bring your payments up to date."), ("zh-CN", "把欠款全部补上。")],
)
def test_to_be_up_to_date_is_said_without_a_number(session, borrower_api, language, words):
    borrower_id = make_profile(session, oldest_unpaid_due_on=TODAY - timedelta(days=5))
    place(session, borrower_id)

    answer = borrower_api(borrower_id).get("/v1/me/tier", headers={"Accept-Language": language})

    assert answer.json["next"]["would_change"][0]["changes"][0]["text"] == words
