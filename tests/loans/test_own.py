"""What a borrower reads of her loans."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from backend.loans import service as loans
from backend.loans.models import Loan
from backend.loans.queries import get_own_loan
from backend.loans.schemas import LoanSchema
from tests.clock import NOW, TODAY
from tests.factories.loans import (
    make_account,
    make_borrower,
    make_installments,
    make_loan,
    make_payment,
)


@pytest.fixture
def own(session, borrower_api):
    """Three instalments of 100.00 + 1.00: the first 40 days ago, then every 30 days."""
    who = make_borrower(session, external_id="ana")
    rows = make_installments(3, first_due_on=TODAY - timedelta(days=40))
    _, loan_id = make_loan(session, borrower="ana", installments=rows, external_id="loan")
    api = borrower_api(who)
    api.loan = f"/v1/me/loans/{loan_id}"
    return api


def adjust(session, kind, amount_minor, *, on, loan="loan"):
    row = {
        "external_id": f"{kind}-{on}",
        "loan_external_id": loan,
        "kind": kind,
        "amount_minor": amount_minor,
        "on": on,
    }
    return loans.add_adjustments(session, [row], now=NOW, settled=True)[0].unwrap()


@pytest.mark.parametrize("kind", ["installment", "installment, paid", "revolving"])
def test_a_loan_is_answered_as_its_schema_says(session, borrower_api, kind):
    who = make_borrower(session, external_id="eve")
    if kind == "revolving":
        make_account(session, borrower="eve", external_id="eves")
    else:
        make_loan(session, borrower="eve", installments=make_installments(2), external_id="eves")
    if kind == "installment, paid":
        make_payment(session, loan="eves", amount_minor=50_000)
    view = get_own_loan(
        session,
        borrower_id=who,
        loan_id=session.execute(select(Loan.id).where(Loan.borrower_id == who)).scalar_one(),
        now=NOW,
        as_of=None,
    )
    shown = borrower_api(who).get(f"/v1/me/loans/{view['id']}").json
    assert shown == LoanSchema().dump(view)
    assert shown.keys() == LoanSchema().fields.keys()


def test_a_loan_to_the_cent(own, session):
    make_payment(session, loan="loan", amount_minor=10_150, received_on=TODAY)
    adjust(session, "penalty", 30, on=TODAY - timedelta(days=5))
    shown = own.get(own.loan).json
    # The penalty hangs on the first instalment and is paid first; 20 cents are left for the next.
    assert shown["outstanding"] == {
        "principal_minor": 20_000,
        "interest_minor": 180,
        "fee_minor": 0,
        "penalty_minor": 0,
        "total_minor": 20_180,
    }
    assert shown["next_due"] == {
        "number": 2,
        "due_on": (TODAY - timedelta(days=10)).isoformat(),
        "date_precision": "day",
        "amount_minor": 10_080,
        "minimum_due_minor": None,
        "assumed": [],
    }
    assert (shown["days_past_due"], shown["dpd_source"]) == (10, "computed")
    assert (shown["paid_ratio"], shown["currency"]) == ("0.3333", "CNY")
    assert shown["as_of"] == TODAY.isoformat()


@pytest.mark.parametrize(
    ("days_ago", "days_late", "next_number"), [(41, 0, 1), (39, 1, 1), (20, 20, 1), (0, 10, 2)]
)
def test_the_state_of_an_earlier_day(own, session, days_ago, days_late, next_number):
    make_payment(session, loan="loan", amount_minor=10_100, received_on=TODAY - timedelta(days=9))
    as_of = (TODAY - timedelta(days=days_ago)).isoformat()
    shown = own.get(f"{own.loan}?as_of={as_of}").json
    assert (shown["days_past_due"], shown["next_due"]["number"]) == (days_late, next_number)
    assert shown["as_of"] == as_of


def test_a_backdated_payment_changes_the_past(own, session):
    late = own.get(f"{own.loan}?as_of={TODAY - timedelta(days=20)}").json
    make_payment(session, loan="loan", amount_minor=10_100, received_on=TODAY - timedelta(days=40))
    after = own.get(f"{own.loan}?as_of={TODAY - timedelta(days=20)}").json
    assert (late["days_past_due"], after["days_past_due"]) == (20, 0)


@pytest.mark.parametrize("as_of", ["yesterday", "20261101", "2026-11-31", ""])
def test_a_day_that_is_none_is_refused(own, as_of):
    assert own.get(f"{own.loan}?as_of={as_of}").status_code == 422


@pytest.mark.parametrize(("days_ago", "word"), [(-1, "不能晚于"), (91, "不能早于")])
def test_a_day_outside_the_loan_s_life_is_refused_in_her_language(own, days_ago, word):
    day = TODAY - timedelta(days=days_ago)
    answer = own.get(f"{own.loan}?as_of={day}", headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert error["pointer"] == "#/as_of"
    assert error["detail"].startswith(word)
    inside = TODAY - timedelta(days=min(max(days_ago, 0), 90))
    assert own.get(f"{own.loan}?as_of={inside}").status_code == 200


@pytest.mark.parametrize(
    ("status", "days_late", "number"), [("closed", 0, None), ("written_off", 10, 1)]
)
def test_a_closed_loan_asks_for_nothing(session, borrower_api, status, days_late, number):
    who = make_borrower(session, external_id="cy")
    make_loan(session, borrower="cy", status=status)
    (shown,) = borrower_api(who).get("/v1/me/loans").json["items"]
    assert shown["days_past_due"] == days_late
    assert (shown["next_due"] or {}).get("number") == number
    assert shown["outstanding"]["total_minor"] == 30_300


def test_another_borrowers_loan_is_not_there(own, session, borrower_api):
    stranger = borrower_api(make_borrower(session))
    for tail in ("", "/schedule", "/statements", "/payments", "/fees"):
        assert own.get(own.loan + tail).status_code == 200
        assert stranger.get(own.loan + tail).status_code == 404
    assert stranger.get("/v1/me/loans").json == {"items": [], "next_cursor": None}


def test_one_select_shows_a_settled_loan(own, session):
    statements = []
    bind = session.connection()
    event.listen(bind, "before_cursor_execute", lambda *args: statements.append(args[2]))
    own.get(own.loan)
    assert len([text for text in statements if text.lstrip().startswith("SELECT")]) == 1


def test_a_schedule_row_shows_what_was_paid_and_waived(own, session):
    adjust(session, "penalty", 50, on=TODAY - timedelta(days=30))
    adjust(session, "waiver", 20, on=TODAY - timedelta(days=29))
    make_payment(session, loan="loan", amount_minor=10_130, received_on=TODAY - timedelta(days=28))
    make_payment(session, loan="loan", amount_minor=10, received_on=TODAY - timedelta(days=2))
    answer = own.get(f"{own.loan}/schedule").json
    assert answer["currency"] == "CNY"
    first, second, third = answer["items"]
    assert (first["state"], first["paid_on"]) == ("paid", (TODAY - timedelta(days=28)).isoformat())
    assert (first["penalty_minor"], first["waived_minor"], first["paid_minor"]) == (50, 20, 10_130)
    assert (second["state"], second["open_minor"]) == ("overdue", 10_090)
    assert (third["state"], third["balance_minor"]) == ("open", 0)


def test_payments_show_where_they_went(own, session):
    make_payment(
        session, loan="loan", amount_minor=10_200, received_on=date(2026, 11, 15),
        date_precision="month",
    )  # fmt: skip
    make_payment(session, loan="loan", amount_minor=30_000, received_on=TODAY)
    newest, oldest = own.get(f"{own.loan}/payments").json["items"]
    assert oldest["date_precision"] == "month"
    assert [(a["installment"], a["total_minor"]) for a in oldest["allocations"]] == [
        (1, 10_100),
        (2, 100),
    ]
    assert newest["credit_minor"] == 40_200 - 30_300
    for shown in (newest, oldest):
        total = sum(a["total_minor"] for a in shown["allocations"]) + shown["credit_minor"]
        assert total == shown["amount_minor"]


def test_a_reversed_payment_is_shown_as_such_and_pays_nothing(own, session):
    make_payment(session, loan="loan", amount_minor=500, external_id="gone")
    loans.reverse_payment(session, external_id="gone", reason="bounced", now=NOW)
    (shown,) = own.get(f"{own.loan}/payments").json["items"]
    assert (shown["reversed_on"], shown["allocations"]) == (TODAY.isoformat(), [])


def test_every_fee_is_listed(session, borrower_api):
    api = borrower_api(make_borrower(session, external_id="fay"))
    row = make_installments(1)[0] | {"fee_minor": 40, "penalty_minor": 3}
    _, loan_id = make_loan(session, borrower="fay", installments=[row], external_id="fees")
    adjust(session, "penalty", 60, on=TODAY - timedelta(days=3), loan="fees")
    adjust(session, "waiver", 63, on=TODAY, loan="fees")
    answer = api.get(f"/v1/me/loans/{loan_id}/fees?limit=3").json
    assert [(f["kind"], f["amount_minor"], f["installment"]) for f in answer["items"]] == [
        ("waiver", 63, None),
        ("penalty", 60, None),
        ("penalty", 3, 1),
    ]
    assert answer["outstanding"] == {"fee_minor": 40, "penalty_minor": 0}
    assert answer["waived_minor"] == 63
    rest = api.get(f"/v1/me/loans/{loan_id}/fees?limit=3&cursor={answer['next_cursor']}").json
    assert [(f["kind"], f["amount_minor"]) for f in rest["items"]] == [("fee", 40)]


def test_a_card_shows_its_statement_and_how_old_the_report_is(session, borrower_api):
    api = borrower_api(make_borrower(session, external_id="cara"))
    _, loan_id = make_account(session, borrower="cara", external_id="card")
    statement = {
        "loan_external_id": "card",
        "month": date(2026, 10, 1),
        "closed_on": date(2026, 10, 31),
        "due_on": date(2026, 11, 30),
        "balance_minor": 90_000,
        "minimum_due_minor": 2_700,
        "date_precision": "month",
        "assumed": ["minimum_due_minor"],
    }
    report = {
        "loan_external_id": "card",
        "as_of": date(2026, 10, 31),
        "days_past_due": 30,
        "activity": "carried",
    }
    loans.put_statements(session, [statement], now=NOW, settled=True)
    loans.put_delinquencies(session, [report], now=NOW, settled=True)
    make_payment(session, loan="card", amount_minor=1_000, received_on=date(2026, 11, 15))
    shown = api.get(f"/v1/me/loans/{loan_id}").json
    assert shown["outstanding"]["total_minor"] == 89_000
    assert shown["next_due"] == {
        "number": None,
        "due_on": "2026-11-30",
        "date_precision": "month",
        "amount_minor": 89_000,
        "minimum_due_minor": 1_700,
        "assumed": ["minimum_due_minor"],
    }
    assert (shown["days_past_due"], shown["reported_as_of"]) == (30, "2026-10-31")
    assert (shown["reported_age_days"], shown["activity"]) == (23, "carried")
    (row,) = api.get(f"/v1/me/loans/{loan_id}/statements").json["items"]
    assert (row["month"], row["paid_minor"], row["assumed"]) == (
        "2026-10", 1_000, ["minimum_due_minor"],
    )  # fmt: skip


@pytest.mark.parametrize("stale", [False, True])
def test_a_day_that_is_only_a_convention_says_so(own, session, stale):
    assert own.get(own.loan).json["last_payment_precision"] is None
    day = date(2026, 11, 15)
    for external_id, precision in [("guess", "month"), ("sure", "day")]:
        make_payment(
            session, loan="loan", amount_minor=10_100, received_on=day,
            external_id=external_id, date_precision=precision,
        )  # fmt: skip
        session.execute(update(Loan).values(stale=stale))
        shown = own.get(own.loan).json
        assert shown["last_payment_on"] == day.isoformat()
        assert shown["last_payment_precision"] == precision
        assert own.get(f"{own.loan}?as_of={TODAY}").json["last_payment_precision"] == precision
    first, second, third = own.get(f"{own.loan}/schedule").json["items"]
    assert [row["paid_precision"] for row in (first, second, third)] == ["month", "day", None]


@pytest.mark.parametrize("tail", ["schedule", "statements", "payments"])
def test_pages_of_what_a_loan_holds_do_not_overlap(session, borrower_api, tail):
    api = borrower_api(make_borrower(session, external_id="pam"))
    name, loan_id = make_loan(session, borrower="pam", installments=make_installments(5))
    if tail == "statements":
        name, loan_id = make_account(session, borrower="pam")
    for month in range(4, 9):
        make_payment(session, loan=name, amount_minor=100, received_on=date(2026, month, 10))
        if tail == "statements":
            row = {
                "loan_external_id": name, "month": date(2026, month, 1),
                "closed_on": date(2026, month, 5), "due_on": date(2026, month, 25),
                "balance_minor": 1_000, "minimum_due_minor": None,
                "date_precision": "day", "assumed": [],
            }  # fmt: skip
            loans.put_statements(session, [row], now=NOW, settled=True)
    key = {"schedule": "number", "statements": "month", "payments": "received_on"}[tail]
    seen, cursor = [], ""
    while cursor is not None:
        answer = api.get(f"/v1/me/loans/{loan_id}/{tail}?limit=2{cursor and '&cursor=' + cursor}")
        seen += [item[key] for item in answer.json["items"]]
        cursor = answer.json["next_cursor"]
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=tail != "schedule")
    assert api.get(f"/v1/me/loans/{loan_id}/{tail}?cursor=nonsense").status_code == 422


def test_pages_of_loans_do_not_overlap(session, borrower_api):
    api = borrower_api(make_borrower(session, external_id="many"))
    ids = {str(make_loan(session, borrower="many")[1]) for _ in range(5)}
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/v1/me/loans?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == 5
    assert set(seen) == ids
    assert api.get("/v1/me/loans?limit=101").status_code == 422
    assert api.get("/v1/me/loans?cursor=nonsense").status_code == 422
