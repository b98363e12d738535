"""One option as staff choose it, and what was agreed before."""

import threading

import pytest
from sqlalchemy import func, select

from backend.kit.db import transaction
from backend.kit.ports import PastPlans
from backend.kit.problems import Invalid
from backend.plan_quotes import ports, queries, service
from backend.plan_quotes.errors import OptionNotPossible
from backend.plan_quotes.models import PlanQuote
from backend.plan_quotes.rules import Kind, Wishes, why_a_person_decides
from tests.clock import NOW, TODAY
from tests.plan_quotes.test_quotes import penalty


def offer(session, case, kind, **terms):
    return service.quote_counter_offer(
        session,
        borrower_id=case.borrower_id,
        loan_id=case.loan_id,
        kind=Kind(kind),
        terms=terms,
        now=NOW,
    )


@pytest.fixture
def agreed():
    """`agreed(has_open=True)`: what the feature above would tell of each loan."""
    forecast = ports.forecast()
    kept = ports.plans_so_far()

    def say(**past):
        ports.configure(forecast=forecast, plans_so_far=lambda *_, **__: PastPlans(**past))

    yield say
    ports.configure(forecast=forecast, plans_so_far=kept)


def test_staff_choose_within_wider_bounds(make_case, session):
    case = make_case(paid=6)
    assert case.ask(months=100)["longer_term"]["reasons"][0]["code"] == "too_many_months"
    quote = offer(session, case, "longer_term", months=100)
    assert (quote.source, quote.terms["months"], len(quote.rows)) == ("staff", 100, 112)
    assert queries.is_genuine(quote)
    # She reads it as one of hers.
    assert case.api.get(f"/v1/me/plan-quotes/{quote.id}").status_code == 200


def test_staff_choose_rate_and_amount(make_case, session):
    case = make_case(paid=9)
    quote = offer(session, case, "lower_rate", months=2, annual_rate="0")
    assert quote.terms == {"months": 2, "annual_rate": "0"}
    assert [row["interest_minor"] for row in quote.rows[9:11]] == [0, 0]
    assert quote.rows[11]["interest_minor"] > 0
    token = offer(session, case, "token_payment", months=2, amount_minor=777)
    assert token.first_installment_minor == 777


def test_an_old_quotes_terms_are_quoted_anew(make_case, session):
    case = make_case(paid=6)
    for option in case.ask().values():
        if option["eligible"]:
            again = offer(session, case, option["kind"], **option["terms"])
            assert again.terms == option["terms"]
            assert again.total_cost_minor == option["total_cost_minor"]


@pytest.mark.parametrize(
    ("kind", "terms", "pointers"),
    [
        ("skip", {"months": 1}, ["#/terms/months"]),
        ("skip", {"installments": 0}, ["#/terms/installments"]),
        ("skip", {"installments": True}, ["#/terms/installments"]),
        ("lower_rate", {"annual_rate": 0.1, "months": "x"},
         ["#/terms/annual_rate", "#/terms/months"]),
        ("lower_rate", {"annual_rate": "11"}, ["#/terms/annual_rate"]),
        ("re_amortize", {"on": "2026-01-01"}, ["#/terms/on"]),
        ("move_due_day", {"due_day": 32}, ["#/terms/due_day"]),
    ],
)  # fmt: skip
def test_terms_that_no_option_has_are_refused(make_case, session, kind, terms, pointers):
    with pytest.raises(Invalid) as refusal:
        offer(session, make_case(paid=6), kind, **terms)
    assert [error.pointer for error in refusal.value.errors] == pointers


def test_what_is_not_possible_says_why(make_case, session):
    with pytest.raises(OptionNotPossible) as refusal:
        offer(session, make_case(paid=6), "skip", installments=13)
    assert [reason.code for reason in refusal.value.reasons] == ["too_many_skipped"]
    assert refusal.value.would_change[0]["value"] == 3


def test_an_open_plan_bars_her_and_not_the_answer_to_it(make_case, session, agreed):
    case = make_case(paid=6)
    agreed(has_open=True)
    assert {o["reasons"][0]["code"] for o in case.ask().values()} == {"plan_open"}
    assert offer(session, case, "skip", installments=1).terms == {"installments": 1}


def test_penalty_is_taken_off_once(make_case, session, agreed):
    case = make_case(paid=6)
    penalty(case, 900, TODAY)
    assert case.ask()["waive_penalty"]["eligible"]
    agreed(is_negotiated=True)
    assert case.ask()["waive_penalty"]["reasons"][0]["code"] == "waived_on_first_only"


def test_a_third_move_within_a_year_is_decided_by_a_person(make_case, agreed):
    case = make_case(paid=9)
    agreed(due_day_moves_12m=1)
    assert case.ask()["move_due_day"]["effects"]["needs_person"] is False
    agreed(due_day_moves_12m=2)
    assert case.ask()["move_due_day"]["effects"]["person_reasons"][0]["code"] == (
        "due_day_moves_used"
    )


@pytest.mark.parametrize(
    ("tier", "periods", "why"),
    [
        ("potential", 3, ()),
        ("stable", 2, ()),
        ("stable", 3, ("waiver_above_level",)),
        ("high_risk", 1, ()),
        ("high_risk", 2, ("waiver_above_level",)),
        ("current", 1, ("waiver_above_level",)),
        (None, 1, ("waiver_above_level",)),
    ],
)
def test_waivers_are_agreed_at_once_by_tier(tier, periods, why):
    found = why_a_person_decides(
        Kind.WAIVE_PENALTY, {"periods": periods}, tier=tier, past=PastPlans()
    )
    assert found == why


@pytest.mark.parametrize(("extra", "at_once"), [(5, True), (6, False)])
def test_half_of_what_is_left_may_be_added_at_once(extra, at_once):
    terms = {"remaining_installments": 10, "extra_installments": extra}
    found = why_a_person_decides(Kind.LONGER_TERM, terms, tier="current", past=PastPlans())
    assert (found == ()) is at_once


@pytest.mark.commits
def test_questions_at_the_same_moment_share_their_quotes(make_case, session):
    case = make_case(paid=6)
    session.commit()
    found = []

    def ask():
        with transaction() as own:
            made = service.quote_options(
                own,
                borrower_id=case.borrower_id,
                loan_id=case.loan_id,
                wishes=Wishes(),
                now=NOW,
            )
        found.append({option.quote.id for option in made.options if option.quote})

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(ids == found[0] for ids in found)
    kept = session.execute(select(func.count()).select_from(PlanQuote)).scalar_one()
    assert kept == len(found[0])
