"""What would bring a borrower to a better tier: acts with their amounts, time, a person."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from backend.kit.ids import new_id
from backend.loans.models import Installment
from backend.profile import service as profile
from backend.profile.models import ExtraFact, Profile
from tests.clock import NOW, TODAY
from tests.factories.policies import compare, make_dpd_policy, make_tier, publish_policy
from tests.factories.profile import make_profile
from tests.factories.raw_loans import add_installments, make_product, make_raw_loan
from tests.tiers.standing import add_late_loan, make_late, place


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
