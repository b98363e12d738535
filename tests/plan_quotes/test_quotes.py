"""Asking for quotes over HTTP: what is answered, kept, refused."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from backend.kit import clock
from backend.kit.ids import new_id
from backend.loans import service as loans
from backend.plan_quotes import queries
from backend.plan_quotes.models import PlanQuote
from tests.clock import NOW, TODAY
from tests.factories.loans import make_account, make_borrower, make_loan
from tests.factories.programme import enrol
from tests.plan_quotes.conftest import OPENED_ON, planned

KINDS = [
    "move_due_day", "longer_term", "lower_rate", "skip", "re_amortize", "waive_penalty",
    "token_payment", "convert",
]  # fmt: skip


def penalty(case, amount_minor, on, *, number=1):
    row = {
        "external_id": f"{case.loan}-penalty-{number}",
        "loan_external_id": case.loan,
        "kind": "penalty",
        "amount_minor": amount_minor,
        "on": on,
    }
    assert case.core.post("/v1/ingest/adjustments", json=row | {"on": str(on)}).status_code == 201


def statement(session, who, *, balance_minor=250_000, product="card"):
    card, card_id = make_account(session, borrower=who, product_code=product, annual_rate=None)
    row = {
        "loan_external_id": card,
        "month": TODAY.replace(day=1),
        "closed_on": TODAY - timedelta(days=3),
        "due_on": TODAY + timedelta(days=17),
        "balance_minor": balance_minor,
        "minimum_due_minor": None,
        "date_precision": "day",
        "assumed": [],
    }
    loans.put_statements(session, [row], now=NOW, settled=True)[0].unwrap()
    return card, card_id


def test_every_option_is_answered_and_nothing_on_the_loan_moves(make_case):
    case = make_case(paid=6)
    before = case.look()
    options = case.ask()
    assert list(options) == KINDS
    assert case.look() == before
    for option in options.values():
        assert (option["quote_id"] is not None) is option["eligible"]
        assert option["eligible"] or [*option["reasons"]] != []


def test_only_what_was_asked_for_is_priced(make_case):
    assert list(make_case().ask(kinds=["skip", "skip"])) == ["skip"]


def test_what_is_past_due_is_spread_over_what_is_to_come(make_case):
    case = make_case(paid=6)
    option = case.ask()["re_amortize"]
    rows = option["schedule"]
    # August to October fell due unpaid: their interest is asked for first, and bears none.
    assert [row["total_minor"] for row in rows[6:9]] == [0, 0, 0]
    assert [row["principal_minor"] for row in rows[:6]] == [
        row["principal_minor"] for row in case.rows[:6]
    ]
    assert sum(row["principal_minor"] for row in rows) == 1_200_000
    assert option["first_installment_minor"] == rows[9]["total_minor"]
    assert option["total_cost_minor"] == sum(row["total_minor"] for row in rows[9:])
    assert option["effects"]["days_past_due"] == {"now": 84, "with_plan": 0}
    # 12 % a year on 303,582 of arrears for 8 of November's 30 days is all that it adds.
    assert 0 < option["versus_now_minor"] < 5_000


def test_a_moved_due_day_keeps_the_instalment_and_never_drifts(make_case):
    case = make_case(paid=9)
    option = case.ask(due_day=30)["move_due_day"]
    later = option["schedule"][9:]
    assert [row["due_on"] for row in later] == ["2026-12-30", "2027-01-30", "2027-02-28"]
    level = case.rows[9]["principal_minor"] + case.rows[9]["interest_minor"]
    assert {row["total_minor"] for row in later[:-1]} == {level}
    assert option["effects"]["needs_person"] is False
    assert option["versus_now_minor"] > 0


def test_a_move_starts_from_a_loan_that_is_up_to_date(make_case):
    option = make_case(paid=8).ask()["move_due_day"]
    assert option["reasons"][0]["code"] == "past_due"
    assert option["would_change"][0]["text"] == "Pay CN¥1,066.19 first."


def test_a_longer_term_asks_for_less_a_month(make_case):
    case = make_case(paid=9)
    option = case.ask(months=6)["longer_term"]
    assert option["ends_on"] == "2027-07-31"
    assert option["first_installment_minor"] < case.rows[9]["principal_minor"]
    assert option["effects"]["needs_person"] is True
    [why] = option["effects"]["person_reasons"]
    assert why["code"] == "extension_too_long"


def test_a_limit_is_told_with_the_value_that_passes(make_case):
    case = make_case(paid=3)
    option = case.ask(months=9)["skip"]
    assert option["reasons"][0] == {
        "code": "too_many_skipped",
        "value": 9,
        "text": "9 instalments are more than can be left out.",
    }
    [way] = option["would_change"]
    assert case.ask(months=way["value"])["skip"]["reasons"] != option["reasons"]


def test_small_payments_stay_within_what_is_left_of_a_month(make_case):
    case = make_case(paid=9)
    month = {"income_minor": 500_000, "fixed_costs_minor": 499_000, "other_debts_minor": 500}
    option = case.ask(affordability=month)["token_payment"]
    assert [row["total_minor"] for row in option["schedule"][9:12]] == [500, 500, 500]
    nothing = case.ask(affordability=month | {"flexible_costs_minor": 500})["token_payment"]
    assert nothing["reasons"][0]["code"] == "nothing_left"
    assert nothing["would_change"][0]["code"] == "skip_instead"


def test_penalty_is_taken_off_by_the_months_in_which_it_arose(make_case, session):
    case = make_case(paid=6)
    for number, (amount, on) in enumerate(
        [(900, OPENED_ON.replace(month=9, day=5)), (700, TODAY.replace(month=10, day=5)),
         (500, TODAY.replace(day=5))]
    ):  # fmt: skip
        penalty(case, amount, on, number=number)
    option = case.ask()["waive_penalty"]
    assert option["waivers"] == [
        {"period": "2026-09", "amount_minor": 900},
        {"period": "2026-10", "amount_minor": 700},
        {"period": "2026-11", "amount_minor": 500},
    ]
    assert option["schedule"] == []
    assert option["versus_now_minor"] == -2_100
    # Without a tier that allows it at once, a person looks at it.
    assert option["effects"]["needs_person"] is True


def test_a_month_that_had_a_waiver_has_no_second_one(make_case):
    case = make_case(paid=6)
    penalty(case, 900, TODAY.replace(day=5))
    waiver = {
        "external_id": f"{case.loan}-waiver",
        "loan_external_id": case.loan,
        "kind": "waiver",
        "amount_minor": 100,
        "on": str(TODAY.replace(day=6)),
    }
    assert case.core.post("/v1/ingest/adjustments", json=waiver).status_code == 201
    assert case.ask()["waive_penalty"]["reasons"][0]["code"] == "no_open_penalty"


def test_without_a_rate_only_what_needs_none_is_quoted(make_case, session):
    case = make_case(paid=6, annual_rate=None)
    penalty(case, 900, TODAY.replace(day=5))
    options = case.ask()
    assert [kind for kind, option in options.items() if option["eligible"]] == ["waive_penalty"]
    assert options["skip"]["reasons"][0]["code"] == "rate_unknown"


def test_a_schedule_that_ends_beyond_the_calendar_is_not_quoted(make_case):
    rows = [row | {"due_on": row["due_on"].replace(year=2199)} for row in planned(11)]
    options = make_case(paid=0, rows=rows).ask(months=12, due_day=15)
    for kind in ("longer_term", "move_due_day"):
        assert options[kind]["reasons"][0]["code"] == "beyond_calendar"


def test_a_schedule_without_a_rhythm_is_still_laid_anew(make_case):
    days = ["2026-09-10", "2026-09-30", "2026-12-01", "2026-12-24", "2027-03-03"]
    rows = [
        row | {"due_on": date.fromisoformat(day)} for row, day in zip(planned(5), days, strict=True)
    ]
    options = make_case(paid=1, rows=rows).ask()
    # The days to come stay as the core system told them.
    assert [row["due_on"] for row in options["re_amortize"]["schedule"]] == days
    assert options["longer_term"]["eligible"]


def test_a_loan_without_a_schedule_says_so(make_case):
    case = make_case(paid=0, rows=[], principal_minor=100_000)
    options = case.ask()
    assert options["longer_term"]["reasons"][0]["code"] == "no_schedule"


@pytest.mark.parametrize("status", ["closed", "written_off"])
def test_a_loan_that_is_over_has_no_options(make_case, status):
    case = make_case(paid=6, status=status)
    assert {o["reasons"][0]["code"] for o in case.ask().values()} == {"not_active"}


def test_a_paid_loan_has_no_options(make_case):
    assert {o["reasons"][0]["code"] for o in make_case(paid=12).ask().values()} == {"nothing_open"}


def test_a_cards_balance_becomes_a_loan_at_the_products_plan_rate(session, borrower_api):
    who = make_borrower(session, external_id="card-holder")
    _, card_id = statement(session, "card-holder")
    api = borrower_api(who)
    path = f"/v1/me/loans/{card_id}/plan-quotes"

    unknown = api.post(path, json={"kinds": ["convert"]}).json["options"][0]
    assert unknown["reasons"][0]["code"] == "plan_rate_unknown"

    loans.put_product(session, product={"code": "card", "plan_rate": "0.12"}, now=NOW)
    option = api.post(path, json={"kinds": ["convert"], "months": 6}).json["options"][0]
    assert option["terms"] == {"months": 6, "annual_rate": "0.12", "balance_minor": 250_000}
    assert sum(row["principal_minor"] for row in option["schedule"]) == 250_000
    assert option["schedule"][0]["due_on"] == "2026-12-10"
    assert option["total_cost_minor"] == 250_000 + option["versus_payoff_minor"]


def test_the_same_question_on_the_same_day_has_the_same_quotes(make_case, session):
    case = make_case(paid=6)
    first, again = case.ask(months=3), case.ask(months=3)
    assert first == again
    kept = select(func.count()).select_from(PlanQuote).where(PlanQuote.loan_id == case.loan_id)
    assert session.execute(kept).scalar_one() == sum(o["eligible"] for o in first.values())
    with clock.fixed(NOW + timedelta(days=2)):
        later = case.ask(months=3)
    assert later["re_amortize"]["quote_id"] != first["re_amortize"]["quote_id"]


def test_a_quote_is_genuine_until_a_word_of_it_changes(make_case, session):
    case = make_case(paid=6)
    option = case.ask()["skip"]
    quote = queries.get_quote(session, borrower_id=case.borrower_id, quote_id=option["quote_id"])
    assert queries.is_genuine(quote)
    for change in (
        {"total_cost_minor": quote.total_cost_minor - 1},
        {"terms": quote.terms | {"installments": 2}},
        {"rows": [*quote.rows[:-1], quote.rows[-1] | {"interest_minor": 0}]},
        {"expires_at": quote.expires_at + timedelta(days=1)},
        {"borrower_id": new_id()},
        {"signature": b"\x01" + quote.signature[1:-1] + b"\x00"},
    ):
        assert not queries.is_genuine(queries.Quote(**{**vars(quote), **change}))


def test_a_payment_makes_a_quote_stale(make_case, session):
    case = make_case(paid=6)
    option = case.ask()["skip"]
    path = f"/v1/me/plan-quotes/{option['quote_id']}"
    assert case.api.get(path).json["is_current"] is True
    payment = {
        "external_id": f"{case.loan}-late",
        "loan_external_id": case.loan,
        "amount_minor": 1,
        "received_on": str(TODAY),
    }
    assert case.core.post("/v1/ingest/payments", json=payment).status_code == 201
    assert case.api.get(path).json["is_current"] is False


def test_a_quote_ends_after_two_weeks(make_case):
    case = make_case(paid=10)
    option = case.ask()["skip"]
    path = f"/v1/me/plan-quotes/{option['quote_id']}"
    with clock.fixed(NOW + timedelta(days=14) - timedelta(seconds=1)):
        assert case.api.get(path).json["is_current"] is True
    with clock.fixed(NOW + timedelta(days=14)):
        assert case.api.get(path).json["is_current"] is False


def test_a_kept_quote_reads_as_it_was_given(make_case):
    case = make_case(paid=6)
    for option in case.ask().values():
        if option["eligible"]:
            found = case.api.get(f"/v1/me/plan-quotes/{option['quote_id']}").json
            assert {name: found[name] for name in option} == option


def test_anothers_loan_and_quote_are_not_there(make_case, borrower_api, session):
    case = make_case(paid=6)
    quote_id = case.ask()["skip"]["quote_id"]
    stranger = borrower_api(make_borrower(session))
    assert stranger.post(f"/v1/me/loans/{case.loan_id}/plan-quotes", json={}).status_code == 404
    for tail in ("", "/schedule.csv", "/schedule.pdf"):
        assert stranger.get(f"/v1/me/plan-quotes/{quote_id}{tail}").status_code == 404


def test_points_are_told_to_those_who_earn_them(make_case, session):
    case = make_case(paid=9)
    assert case.ask()["longer_term"]["effects"]["points"] is None
    enrol(session, case.borrower_id)
    # Three months to come, and one more with the longer term: 100 for each.
    assert case.ask(months=1)["longer_term"]["effects"]["points"] == {
        "now": 300,
        "with_plan": 400,
    }


def test_her_tier_is_judged_as_it_would_be_and_never_worse(make_case, session, deliver):
    case = make_case(paid=6)
    deliver()
    effects = case.ask()["re_amortize"]["effects"]
    assert effects["tier"]["now"]["code"] == "step_by_step"
    assert effects["tier"]["with_plan"]["code"] == "in_good_standing"
    assert case.ask()["skip"]["effects"]["tier"]["with_plan"]["code"] == "in_good_standing"


def test_late_on_another_loan_stays_late(make_case, session, deliver):
    case = make_case(paid=6)
    make_loan(session, borrower=case.borrower, installments=planned(), opened_on=OPENED_ON)
    deliver()
    effects = case.ask()["re_amortize"]["effects"]
    assert effects["tier"]["with_plan"] == effects["tier"]["now"]


def test_both_languages_are_spoken(make_case):
    case = make_case(paid=6)
    path = f"/v1/me/loans/{case.loan_id}/plan-quotes"
    found = case.api.post(path, json={}, headers={"Accept-Language": "zh-CN"}).json
    [move] = [o for o in found["options"] if o["kind"] == "move_due_day"]
    assert move["name"] == "调整还款日"
    assert move["would_change"][0]["text"] == "先还 ¥3,198.57。"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kinds": ["free_money"]}, "#/kinds/0"),
        ({"kinds": []}, "#/kinds"),
        ({"months": 0}, "#/months"),
        ({"due_day": 32}, "#/due_day"),
        ({"affordability": {}}, "#/affordability/income_minor"),
        ({"rate": "0"}, "#/rate"),
    ],
)
def test_a_malformed_question_is_answered_with_the_field(make_case, body, pointer):
    case = make_case()
    found = case.api.post(f"/v1/me/loans/{case.loan_id}/plan-quotes", json=body)
    assert found.status_code == 422
    assert [error["pointer"] for error in found.json["errors"]] == [pointer]
