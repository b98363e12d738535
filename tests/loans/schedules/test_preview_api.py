"""The route: who may ask, what is answered, and what is refused in which words."""

import pytest

from tests.loans.schedules.making import make_request, paid

PATH = "/v1/staff/loan-schedules/preview"
MOVE = {"kind": "move_due_date", "from": "2024-03-01", "to": "2024-03-15"}


@pytest.fixture
def preview(staff_api):
    api = staff_api("account_manager")
    return lambda body, **kwargs: api.post(PATH, json=body, **kwargs)


@pytest.mark.parametrize("role", ["account_manager", "risk_officer"])
def test_a_schedule_is_answered_row_by_row_with_its_totals(staff_api, role):
    answer = staff_api(role).post(PATH, json=make_request(payments=paid(("2024-02-01", 1_701))))
    assert answer.status_code == 200, answer.json
    shown = answer.json
    assert (shown["currency"], shown["rounding"], shown["as_of"]) == (
        "EUR",
        "half_even",
        "2024-02-01",
    )
    assert shown["rows"][0] == {
        "number": 1,
        "due_on": "2024-02-01",
        "principal_minor": 1_643,
        "interest_minor": 58,
        "fee_minor": 0,
        "penalty_minor": 0,
        "paid_minor": 1_701,
        "balance_minor": 8_357,
    }
    assert [row["due_on"][5:] for row in shown["rows"]] == [f"0{month}-01" for month in range(2, 8)]
    assert shown["totals"] == {
        "principal_minor": 10_000,
        "interest_minor": 205,
        "fee_minor": 0,
        "penalty_minor": 0,
        "paid_minor": 1_701,
        "outstanding_minor": 8_504,
        "credit_minor": 0,
        "total_cost_minor": 205,
        "total_payable_minor": 10_205,
    }


def test_what_may_be_absent_has_the_published_defaults(preview):
    body = make_request()
    terms = {name: body["terms"][name] for name in body["terms"] if name != "rounding"}
    given = {
        "first_due_on": None,
        "day_count": "30/360",
        "rounding": "half_up",
        "installment_multiple_minor": 1,
        "down_payment_rate": "0",
        "principal_grace": 0,
        "interest_grace": 0,
        "recalculate_interest": "none",
    }
    short = preview({"terms": terms}).json
    whole = preview({"terms": terms | given, "changes": [], "payments": [], "as_of": None}).json
    assert short == whole
    assert short["rounding"] == "half_up"


def test_a_re_ageing_that_names_no_frequency_keeps_the_loans(preview):
    change = {"kind": "re_age", "on": "2024-01-10", "first_due_on": "2024-02-01", "installments": 2}
    weekly = {"n": 2, "unit": "week"}
    bare = preview(make_request(change, every=weekly)).json
    named = preview(make_request(change | {"every": weekly}, every=weekly)).json
    assert bare["rows"] == named["rows"]
    assert [row["due_on"] for row in bare["rows"][-2:]] == ["2024-02-01", "2024-02-15"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "move_due_date", "from": "2024-03-01"}, "#/changes/0/to"),
        ({"kind": "extend", "from": "2024-03-01", "by": 0}, "#/changes/0/by"),
        ({"kind": "payoff", "on": "2024-03-01", "by": 1}, "#/changes/0/by"),
        ({"kind": "forgive", "on": "2024-03-01"}, "#/changes/0/kind"),
        ({"on": "2024-03-01"}, "#/changes/0/kind"),
        ({"kind": "fee", "on": "2024-03-01", "amount_minor": -1}, "#/changes/0/amount_minor"),
        ({"kind": "new_rate", "from": "2024-03-01", "annual_rate": 0.1}, "#/changes/0/annual_rate"),
    ],
)
def test_a_malformed_change_is_refused_with_a_pointer_to_it(preview, change, pointer):
    answer = preview(make_request(change))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


PAID_UP = {"payments": paid(("2024-02-01", 1_701), ("2024-03-01", 1_701))}
OFF = {"kind": "payoff", "on": "2024-02-10"}


@pytest.mark.parametrize(
    ("changes", "terms", "pointer", "code"),
    [
        ([], {"principal_minor": 299}, "#/terms/principal_minor", "principal_too_small"),
        ([], {"annual_rate": "10.01"}, "#/terms/annual_rate", "rate_too_high"),
        ([], {"first_due_on": "2024-01-01"}, "#/terms/first_due_on", "before_start"),
        ([], {"principal_grace": 6}, "#/terms/principal_grace", "grace_too_long"),
        ([], {"interest_grace": 6}, "#/terms/interest_grace", "grace_too_long"),
        ([], {"down_payment_rate": "1"}, "#/terms/down_payment_rate", "down_payment_too_large"),
        ([], {"disbursed_on": "2199-11-01"}, "#/terms/installments", "beyond_calendar"),
        ([], {"as_of": "2023-12-31"}, "#/as_of", "outside"),
        ([], {"payments": paid(("2023-12-31", 1))}, "#/payments/0/on", "outside"),
        ([MOVE | {"from": "2024-03-02"}], {}, "#/changes/0/from", "no_such_due_date"),
        ([MOVE | {"from": "2025-03-01"}], {}, "#/changes/0/from", "no_such_due_date"),
        ([MOVE | {"to": "2024-02-01"}], {}, "#/changes/0/to", "before_previous"),
        ([MOVE | {"to": "2024-03-01"}], {}, "#/changes/0/to", "nothing_changes"),
        ([MOVE | {"to": "2199-12-01"}], {}, "#/changes/0", "beyond_calendar"),
        (
            [{"kind": "move_due_date", "from": "2024-03-01", "to": "2024-03-02"}],
            {"payments": paid(("2024-02-01", 3_500)), "recalculate_interest": "daily"},
            "#/changes/0/from",
            "already_paid",
        ),
        ([{"kind": "extend", "from": "2024-07-02", "by": 1}], {}, "#/changes/0/from", "outside"),
        ([{"kind": "extend", "from": "2024-07-01", "by": 595}], {}, "#/changes/0/by", "too_many"),
        (
            [{"kind": "new_rate", "from": "2023-12-31", "annual_rate": "0.1"}],
            {},
            "#/changes/0/from",
            "outside",
        ),
        (
            [{"kind": "new_rate", "from": "2024-02-02", "annual_rate": "11"}],
            {},
            "#/changes/0/annual_rate",
            "rate_too_high",
        ),
        (
            [
                {"kind": "new_rate", "from": "2024-02-02", "annual_rate": "0.1"},
                {"kind": "new_rate", "from": "2024-02-02", "annual_rate": "0.2"},
            ],
            {},
            "#/changes/1/from",
            "two_on_one_day",
        ),
        (
            [{"kind": "pause_interest", "from": "2024-03-02", "to": "2024-03-01"}],
            {},
            "#/changes/0/to",
            "ends_before_start",
        ),
        (
            [{"kind": "pause_interest", "from": "2023-12-31", "to": "2024-03-01"}],
            {},
            "#/changes/0/from",
            "outside",
        ),
        (
            [{"kind": "pause_interest", "from": "2024-07-02", "to": "2024-08-01"}],
            {},
            "#/changes/0/from",
            "outside",
        ),
        (
            [
                {"kind": "pause_interest", "from": "2024-03-01", "to": "2024-03-10"},
                {"kind": "pause_interest", "from": "2024-03-10", "to": "2024-03-11"},
            ],
            {},
            "#/changes/1/from",
            "overlaps",
        ),
        ([{"kind": "skip", "from": "2024-06-02", "count": 2}], {}, "#/changes/0/count", "too_many"),
        (
            [{"kind": "skip", "from": "2024-03-01", "count": 1}],
            {"payments": paid(("2024-02-01", 3_402))},
            "#/changes/0/from",
            "already_paid",
        ),
        ([{"kind": "re_amortize", "on": "2024-07-01"}], {}, "#/changes/0/on", "outside"),
        ([{"kind": "re_amortize", "on": "2023-12-31"}], {}, "#/changes/0/on", "outside"),
        (
            [
                {
                    "kind": "re_age",
                    "on": "2024-02-10",
                    "first_due_on": "2024-02-09",
                    "installments": 3,
                }
            ],
            {},
            "#/changes/0/first_due_on",
            "before_start",
        ),
        (
            [
                {
                    "kind": "re_age",
                    "on": "2023-12-10",
                    "first_due_on": "2024-02-09",
                    "installments": 3,
                }
            ],
            {},
            "#/changes/0/on",
            "outside",
        ),
        (
            [
                {
                    "kind": "re_age",
                    "on": "2024-02-10",
                    "first_due_on": "2024-03-01",
                    "installments": 600,
                }
            ],
            {},
            "#/changes/0/installments",
            "too_many",
        ),
        ([{"kind": "fee", "on": "2023-12-31", "amount_minor": 1}], {}, "#/changes/0/on", "outside"),
        ([OFF, OFF], {}, "#/changes/1", "paid_off"),
        ([OFF, MOVE], {}, "#/changes/1", "paid_off"),
        ([OFF, {"kind": "extend", "from": "2024-03-01", "by": 1}], {}, "#/changes/1", "paid_off"),
        (
            [
                OFF,
                {
                    "kind": "re_age",
                    "on": "2024-02-11",
                    "first_due_on": "2024-03-01",
                    "installments": 6,
                },
            ],
            {},
            "#/changes/1",
            "paid_off",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_pointer_and_reason_in_both_languages(
    preview, changes, terms, pointer, code
):
    body = make_request(*changes, **terms)
    english, chinese = (
        preview(body, headers={"Accept-Language": language}) for language in ("en", "zh-CN")
    )
    for answer in (english, chinese):
        assert answer.status_code == 422, answer.json
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
        (reason,) = answer.json["reasons"]
        assert (reason["code"], reason["text"]) == (code, answer.json["errors"][0]["detail"])
    assert english.json["reasons"] != chinese.json["reasons"]
    assert chinese.json["reasons"][0]["text"].isascii() is False


def test_the_least_principal_is_taken(preview):
    assert preview(make_request(principal_minor=300)).status_code == 200


def test_too_many_changes_or_payments_are_refused(preview):
    fee = {"kind": "fee", "on": "2024-02-01", "amount_minor": 1}
    assert preview(make_request(*[fee] * 51)).json["errors"][0]["pointer"] == "#/changes"
    many = paid(*[("2024-02-01", 1)] * 601)
    assert preview(make_request(payments=many)).json["errors"][0]["pointer"] == "#/payments"


def test_the_largest_amounts_are_answered(preview):
    body = make_request(
        principal_minor=10**15, annual_rate="10", installments=170, every={"n": 12, "unit": "month"}
    )
    answer = preview(body)
    assert answer.status_code == 200
    assert answer.json["totals"]["principal_minor"] == 10**15
