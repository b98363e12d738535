"""What is quoted is what is booked, row for row: the core system sends the rows of a quote."""

import hashlib
import json

import pytest

from backend.loans import service as loans
from backend.plan_quotes import queries
from backend.plan_quotes.rules import rows_hash
from tests.clock import NOW, TODAY
from tests.plan_quotes.test_quotes import penalty, statement

ROW = ("number", "due_on", "principal_minor", "interest_minor", "fee_minor", "penalty_minor")
RELAID = ["longer_term", "lower_rate", "skip", "re_amortize", "token_payment"]


def book(case, quote, *, into=None, **more):
    body = {
        "kind": "installment",
        "borrower_external_id": case.borrower,
        "product_code": "personal",
        "currency": "CNY",
        "annual_rate": "0.12",
        "opened_on": "2026-01-31",
        "status": "active",
        "dpd_source": "computed",
        "installments": quote.rows,
    } | more
    return case.core.put(f"/v1/ingest/loans/{into or case.loan}", json=body)


def get_quote(session, case, option):
    return queries.get_quote(session, borrower_id=case.borrower_id, quote_id=option["quote_id"])


@pytest.mark.parametrize(("kind", "paid"), [(kind, 6) for kind in RELAID] + [("move_due_day", 9)])
def test_a_quote_is_booked_row_for_row_and_then_costs_what_it_said(make_case, session, kind, paid):
    case = make_case(paid=paid)
    penalty(case, 1_500, TODAY.replace(day=5))
    option = case.ask()[kind]
    quote = get_quote(session, case, option)

    assert book(case, quote).status_code == 200

    shown = case.api.get(f"/v1/me/loans/{case.loan_id}/schedule?limit=100").json["items"]
    late_charge = 1_500  # came after opening, and stands on the row that was open then
    assert [{name: row[name] for name in ROW} | {"penalty_minor": 0} for row in shown] == quote.rows
    assert sum(row["penalty_minor"] for row in shown) == late_charge
    loan = case.look()
    assert loan["outstanding"]["total_minor"] == option["total_cost_minor"]
    assert loan["days_past_due"] == 0
    assert loan["next_due"]["amount_minor"] == option["first_installment_minor"]
    assert loan["next_due"]["due_on"] == option["first_due_on"]
    assert queries.find_basis(
        session, borrower_id=case.borrower_id, loan_id=case.loan_id, now=NOW
    ) != quote.basis  # fmt: skip


def test_a_cards_quote_is_booked_as_a_loan_of_its_own(make_case, session):
    case = make_case(paid=9)
    loans.put_product(session, product={"code": "card", "plan_rate": "0.12"}, now=NOW)
    _, card_id = statement(session, case.borrower)
    path = f"/v1/me/loans/{card_id}/plan-quotes"
    [option] = case.api.post(path, json={"kinds": ["convert"]}).json["options"]
    quote = get_quote(session, case, option)

    booked = book(case, quote, opened_on=str(TODAY), product_code="card", into="converted")
    assert booked.status_code == 201, booked.json
    loan = case.api.get(f"/v1/me/loans/{booked.json['id']}").json
    assert loan["principal_minor"] == 250_000
    assert loan["outstanding"]["total_minor"] == option["total_cost_minor"]


def test_waivers_book_to_the_cost_that_was_said(make_case, session):
    case = make_case(paid=6)
    penalty(case, 1_500, TODAY.replace(day=5))
    option = case.ask()["waive_penalty"]
    quote = get_quote(session, case, option)
    for waiver in quote.waivers:
        row = {
            "external_id": f"{case.loan}-{waiver['period']}",
            "loan_external_id": case.loan,
            "kind": "waiver",
            "amount_minor": waiver["amount_minor"],
            "on": str(TODAY),
        }
        assert case.core.post("/v1/ingest/adjustments", json=row).status_code == 201
    assert case.look()["outstanding"]["total_minor"] == option["total_cost_minor"]
    assert case.look()["outstanding"]["penalty_minor"] == 0


def test_the_core_system_can_reckon_the_hash_of_the_rows(make_case, session):
    case = make_case(paid=6)
    option = case.ask()["skip"]
    quote = get_quote(session, case, option)
    shown = case.api.get(f"/v1/me/plan-quotes/{quote.id}").json
    rows = [{name: row[name] for name in ROW} for row in reversed(shown["schedule"])]
    told = rows_hash(loan_external_id=case.loan, currency="CNY", rows=rows, waivers=[])
    assert told == shown["rows_hash"]
    # And by hand, as the guide says: sorted names, no spaces.
    content = {
        "loan": case.loan,
        "currency": "CNY",
        "rows": sorted(rows, key=lambda row: row["number"]),
        "waivers": [],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == told
