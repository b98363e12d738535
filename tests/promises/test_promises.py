"""Promises to pay: said, kept, kept in part, not kept, taken back, and never held against her."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.contacts import queries as contacts
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.kit.wiring import JobContext
from backend.loans import service as loans
from backend.promises.jobs import judge_all
from tests.clock import NOW, TODAY
from tests.factories.loans import make_loan
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key

ZH = {"Accept-Language": "zh-CN"}


def run_job():
    return judge_all(
        JobContext(
            as_of=clock.day_in_zone(clock.now(), "Asia/Shanghai"), now=clock.now(), run_id=new_id(),
            heartbeat=lambda: None,
        )
    )  # fmt: skip


def holds(session, debtor, *, days=0):
    day = TODAY + timedelta(days=days)
    return [r.cause for r in contacts.list_holds(session, borrower_id=debtor.id, today=day)]


def moves(session, promise_id):
    rows = session.execute(
        select(EventRow.payload)
        .where(EventRow.name == "PromiseStateChanged")
        .order_by(EventRow.seq)
    ).scalars()
    return [row["after"] for row in rows if row["promise_id"] == promise_id]


def break_one(debtor, after_days, start):
    with after_days(start):
        made = debtor.promise(days=1)
        assert made.status_code == 201, made.json
    with after_days(start + 4):
        run_job()
        assert debtor.read(made.json["id"])["state"] == "broken"
    return made.json["id"]


def test_a_promise_is_taken_and_stops_reminders_until_its_day(session, debtor):
    made = debtor.promise(10_000, 7)

    assert made.status_code == 201
    assert (made.json["state"], made.json["paid_minor"]) == ("open", 0)
    assert made.json["on"] == str(TODAY + timedelta(days=7))
    assert holds(session, debtor, days=9) == [f"promise:{made.json['id']}"]
    assert holds(session, debtor, days=10) == []
    listed = debtor.api.get(f"/v1/me/loans/{debtor.loan_id}/promises").json["items"]
    assert listed == debtor.api.get("/v1/me/promises").json["items"] == [made.json]


def test_it_changes_neither_schedule_nor_lateness(debtor):
    address = f"/v1/me/loans/{debtor.loan_id}"
    before = debtor.api.get(address).json, debtor.api.get(f"{address}/schedule").json
    debtor.promise()
    assert (debtor.api.get(address).json, debtor.api.get(f"{address}/schedule").json) == before


def test_a_repeat_with_its_key_is_the_same_promise(debtor):
    key = new_key()
    first, again = debtor.promise(key=key), debtor.promise(key=key)
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert len(debtor.api.get("/v1/me/promises").json["items"]) == 1


def test_paying_it_keeps_it_and_reminders_may_come_again(session, debtor, pay):
    promise_id = debtor.promise(10_000).json["id"]

    pay(debtor, 6_000, external_id="a")
    assert debtor.read(promise_id)["paid_minor"] == 6_000
    assert debtor.read(promise_id)["state"] == "open"
    pay(debtor, 4_000, external_id="b")

    shown = debtor.read(promise_id)
    assert (shown["state"], shown["paid_minor"]) == ("kept", 10_000)
    assert "Thank you" in shown["text"]
    assert holds(session, debtor) == []
    assert moves(session, promise_id) == ["open", "kept"]


def test_what_was_paid_before_keeps_no_promise(debtor, pay):
    pay(debtor, 10_000, external_id="before")
    promise_id = debtor.promise(10_000).json["id"]
    pay(debtor, 1, external_id="after")
    assert debtor.read(promise_id)["paid_minor"] == 1


def test_a_payment_told_late_counts_by_its_day(debtor, pay, after_days):
    promise_id = debtor.promise(10_000, 3).json["id"]
    with after_days(20):
        run_job()
        assert debtor.read(promise_id)["state"] == "broken"
        pay(debtor, 10_000, days=3, external_id="late-news")
        assert debtor.read(promise_id)["state"] == "kept"


def test_history_that_was_imported_tells_nobody_and_is_found_at_night(session, debtor, after_days):
    promise_id = debtor.promise(10_000, 3).json["id"]
    with after_days(20):
        run_job()
        row = {
            "external_id": "old", "loan_external_id": debtor.loan, "amount_minor": 10_000,
            "received_on": TODAY + timedelta(days=2), "date_precision": "day",
        }  # fmt: skip
        loans.add_payments(session, [row], now=clock.now(), settled=True, backfill=True)
        assert debtor.read(promise_id)["state"] == "broken"
        assert run_job()["moved"] == 1
        assert debtor.read(promise_id)["state"] == "kept"


def test_a_payment_after_the_day_does_not_count(debtor, pay, after_days):
    promise_id = debtor.promise(10_000, 3).json["id"]
    with after_days(4):
        pay(debtor, 10_000, days=4, external_id="day-after")
        assert debtor.read(promise_id)["state"] == "open"
    with after_days(6):
        run_job()
        assert debtor.read(promise_id)["state"] == "broken"


def test_two_days_of_grace_for_the_bank_and_no_more(debtor, after_days):
    promise_id = debtor.promise(days=3).json["id"]
    with after_days(5):
        assert run_job()["moved"] == 0
    with after_days(6):
        assert run_job()["moved"] == 1
        assert run_job() == {"promises": 1, "moved": 0}
        assert debtor.read(promise_id)["state"] == "broken"


def test_part_of_it_is_kept_in_part_and_holds_nothing_against_her(debtor, pay, after_days):
    promise_id = debtor.promise(10_000, 3).json["id"]
    pay(debtor, 1_000, external_id="part")
    with after_days(6):
        run_job()
    shown = debtor.read(promise_id)
    assert (shown["state"], shown["paid_minor"]) == ("partly_kept", 1_000)
    assert shown["help"] == ["plan", "other_day", "talk"]


@pytest.mark.parametrize("headers", [{}, ZH])
def test_one_that_did_not_work_out_is_never_blamed(debtor, after_days, headers):
    promise_id = break_one(debtor, after_days, 0)
    shown = debtor.api.get(f"/v1/me/promises/{promise_id}", headers=headers).json
    words = (shown["text"] + shown["state_text"]).lower()
    assert [w for w in ("broke", "fail", "must", "违约", "失信", "未履行") if w in words] == []
    assert shown["help"]


def test_a_reversal_opens_it_again_before_its_day_and_breaks_it_after(
    session, debtor, pay, take_back, after_days
):
    promise_id = debtor.promise(10_000, 7).json["id"]
    pay(debtor, 10_000, external_id="bounced")
    assert debtor.read(promise_id)["state"] == "kept"
    take_back("bounced")
    assert debtor.read(promise_id)["state"] == "open"
    assert holds(session, debtor) == [f"promise:{promise_id}"]

    pay(debtor, 10_000, external_id="bounced-too")
    with after_days(30):
        take_back("bounced-too")
    assert debtor.read(promise_id)["state"] == "broken"
    assert moves(session, promise_id) == ["open", "kept", "open", "kept", "broken"]


def test_a_kept_one_taken_back_beside_a_new_one_does_not_open_beside_it(
    debtor, pay, take_back, after_days
):
    old = debtor.promise(10_000, 9).json["id"]
    pay(debtor, 10_000, external_id="one")
    with after_days(1):
        new = debtor.promise(5_000, 9).json["id"]
        take_back("one")
    assert (debtor.read(old)["state"], debtor.read(new)["state"]) == ("broken", "open")
    assert debtor.withdraw(new).status_code == 200
    with after_days(2):
        pay(debtor, 10, days=2, external_id="two")
        assert debtor.read(old)["state"] == "open"


def test_one_is_open_at_a_time_on_a_loan(session, debtor):
    first = debtor.promise().json
    refused = debtor.promise()
    assert (refused.status_code, refused.json["code"]) == (409, "promise-open")
    assert refused.json["would_change"] == [{"kind": "withdraw", "promise_id": first["id"]}]
    _, other = make_loan(session, borrower="debtor")
    assert debtor.promise(loan_id=other).status_code == 201

    assert debtor.withdraw(first["id"]).json["state"] == "withdrawn"
    assert debtor.promise().status_code == 201


def test_taking_it_back_brings_reminders_back_and_is_done_once(session, debtor, pay):
    promise_id = debtor.promise().json["id"]
    debtor.withdraw(promise_id)
    assert holds(session, debtor) == []
    again = debtor.withdraw(promise_id)
    assert (again.status_code, again.json["code"]) == (409, "promise-not-open")
    pay(debtor, 10_000, external_id="x")
    assert debtor.read(promise_id)["state"] == "withdrawn"


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_a_day_outside_is_refused_with_the_days_that_there_are(debtor, days):
    refused = debtor.promise(days=days)
    assert (refused.status_code, refused.json["code"]) == (422, "promise-day-outside")
    assert refused.json["errors"][0]["pointer"] == "#/on"
    (way,) = refused.json["would_change"]
    assert way["from_on"] == str(TODAY + timedelta(days=1))
    assert way["until_on"] == str(TODAY + timedelta(days=30))
    assert way["until_on"] in refused.json["reasons"][0]["text"]
    assert debtor.promise(days=1).status_code == 201


def test_her_own_zone_says_what_day_it_is(make_debtor):
    with clock.fixed(datetime(2026, 11, 24, 3, tzinfo=UTC)):  # still the 23rd in New York
        there = make_debtor("ny", timezone="America/New_York")
        on_the_24th = {"amount_minor": 100, "on": "2026-11-24"}
        address = f"/v1/me/loans/{there.loan_id}/promises"
        assert there.api.post(address, json=on_the_24th, headers=new_key()).status_code == 201


@pytest.mark.parametrize("headers", [{}, ZH])
def test_more_than_is_open_is_refused_with_the_amount(debtor, headers):
    refused = debtor.promise(30_301, **headers)
    assert (refused.status_code, refused.json["code"]) == (409, "promise-refused")
    assert refused.json["reasons"][0]["code"] == "promise-amount-above-open"
    assert "303.00" in refused.json["reasons"][0]["text"]
    assert refused.json["would_change"] == [
        {"kind": "amount", "amount_minor_max": 30_300, "currency": "CNY"}
    ]
    assert debtor.promise(30_300).status_code == 201


@pytest.mark.parametrize("amount", [0, -5, 1.5, "100", None, 10**16])
def test_no_amount_is_malformed(debtor, amount):
    assert debtor.promise(amount).status_code == 422


def test_where_nothing_is_open_nothing_is_promised(debtor, pay):
    pay(debtor, 30_300, external_id="all")
    refused = debtor.promise(1)
    assert refused.json["reasons"][0]["code"] == "promise-nothing-open"


def test_one_that_has_nothing_left_to_keep_lapses(session, debtor):
    promise_id = debtor.promise(10_000).json["id"]
    loans.add_payments(
        session,
        [
            {
                "external_id": "early", "loan_external_id": debtor.loan, "amount_minor": 30_300,
                "received_on": TODAY - timedelta(days=1), "date_precision": "day",
            }
        ],
        now=NOW, settled=True,
    )  # fmt: skip
    run_job()
    assert debtor.read(promise_id)["state"] == "lapsed"
    assert holds(session, debtor) == []


@pytest.mark.parametrize("headers", [{}, ZH])
def test_twice_not_kept_in_ninety_days_points_to_a_plan_until_time_has_passed(
    debtor, after_days, headers
):
    break_one(debtor, after_days, 0)
    break_one(debtor, after_days, 5)
    with after_days(10):
        refused = debtor.promise(**headers)
    assert (refused.status_code, refused.json["code"]) == (409, "promise-refused")
    (reason,) = refused.json["reasons"]
    assert reason["code"] == "promise-too-many-broken"
    free_on = str(TODAY + timedelta(days=1 + 90))
    assert "90" in reason["text"]
    assert free_on in reason["text"]
    assert refused.json["would_change"] == [
        {"kind": "plan", "loan_id": str(debtor.loan_id)},
        {"kind": "time", "from_on": free_on},
    ]
    with after_days(90):
        assert debtor.promise().status_code == 409
    with after_days(91):
        assert debtor.promise().status_code == 201


def test_taking_back_again_and_again_ends_too(debtor):
    for _ in range(6):
        assert debtor.withdraw(debtor.promise().json["id"]).status_code == 200
    refused = debtor.promise()
    assert refused.json["reasons"][0]["code"] == "promise-too-often"


def test_anothers_promise_and_loan_are_not_there(debtor, make_debtor):
    other = make_debtor("other")
    promise_id = debtor.promise().json["id"]
    for answer in (
        other.api.get(f"/v1/me/promises/{promise_id}"),
        other.withdraw(promise_id),
        other.promise(loan_id=debtor.loan_id),
        other.api.get(f"/v1/me/loans/{debtor.loan_id}/promises"),
    ):
        assert answer.status_code == 404
    assert debtor.read(promise_id)["state"] == "open"


def test_a_month_is_counted_in_her_favour(debtor, pay):
    promise_id = debtor.promise(10_000, 2).json["id"]
    month_start = TODAY.replace(day=1)
    pay(debtor, 10_000, days=(month_start - TODAY).days, external_id="m", precision="month")
    assert debtor.read(promise_id)["state"] == "kept"


def test_staff_note_what_was_said_on_the_telephone(session, debtor, staff_api):
    manager = staff_api("account_manager")
    address = f"/v1/staff/borrowers/{debtor.id}/promises"
    body = {
        "loan_id": str(debtor.loan_id), "amount_minor": 500, "on": str(TODAY + timedelta(days=3))
    }  # fmt: skip
    assert manager.post(address, json=body, headers=new_key()).status_code == 404
    make_assignment(session, staff_id=manager.id, borrower_id=debtor.id)

    made = manager.post(address, json=body, headers=new_key())

    assert made.status_code == 201, made.json
    shown = debtor.read(made.json["id"])
    assert (shown["given_by"], shown["state"]) == ("phone", "open")
    panel = manager.get(f"/v1/staff/borrowers/{debtor.id}").json
    assert [p["id"] for p in panel["panels"]["promises"]["promises"]] == [made.json["id"]]
    again = manager.post(address, json=body, headers=new_key())
    assert again.json["code"] == "promise-open"
