"""Two stories of plans: one that is kept to its end, and one that breaks and is offered anew."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kit import clock
from backend.tiers import own_tier, policies
from notifications.deliveries.models import NotificationIntent
from notifications.reminders import jobs as reminder_jobs
from notifications.reminders.rules import is_held_out
from tests.clock import TODAY
from tests.factories.plans import BOTH, Case, noon, open_case, run_night
from tests.factories.programme import enrol
from tests.factories.runs import make_job_context
from tests.fixtures.api import Api, new_key

PURPOSE = {"X-Access-Purpose": "plan_request"}


@pytest.fixture(autouse=True)
def nothing_is_remembered_of_other_tests() -> Iterator[None]:
    yield
    policies.forget()
    own_tier.forget()


@pytest.fixture
def officer(staff_api) -> Api:
    return staff_api("risk_officer")


def tier_of(case: Case) -> str:
    return str(case.api.get("/v1/me/tier").json["tier"]["code"])


def points_of(case: Case) -> int:
    return int(case.api.get("/v1/me/points").json["available"])


def nights(deliver, first: date, last: date) -> None:
    for number in range((last - first).days + 1):
        run_night(deliver, first + timedelta(days=number))


def counter_offer(officer: Api, plan: str, kind: str, **terms: int) -> None:
    answer = officer.post(
        f"/v1/staff/plan-requests/{plan}/decide",
        json={
            "outcome": "counter_offer",
            "reasons": [{"text": BOTH}],
            "counter_offer": {"kind": kind, "terms": terms},
        },
        headers=new_key(),
    )
    assert (answer.status_code, answer.json["state"]) == (200, "offered"), answer.json


def core_carries_out(case: Case) -> None:
    """The core system reads what it is asked, books and confirms it."""
    address = "/v1/ingest/core-instructions"
    for item in case.core.get(f"{address}?open=true").json["items"]:
        if item["kind"] == "plan.accepted":
            case.book(item["payload"]["rows"], plan=item["payload"]["plan_id"])
        assert case.core.post(f"{address}/{item['id']}/ack").status_code == 200


AGREED_ON = date(2026, 12, 10)


def ask_and_be_left_in_peace(case: Case, other: Case, *, officer: Api, deliver) -> str:
    """A person is to look; the lender is late, and she does not pay for that."""
    asked = case.ask("re_amortize", reason="income_cut")
    assert (asked.status_code, asked.json["state"]) == (201, "under_review")
    plan = str(asked.json["id"])
    core_carries_out(case)
    seen = officer.get(f"/v1/staff/borrowers/{case.borrower_id}", headers=PURPOSE).json
    held = seen["panels"]["contacts"]["holds"]
    assert [each["cause"] for each in held] == [f"plan-request:{plan}"]
    for one in (case, other):
        one.charge(450, TODAY)
    deliver()
    [disputed] = case.see(plan)["disputed_penalties"]
    assert (disputed["amount_minor"], disputed["is_offset"]) == (450, True)
    nights(deliver, TODAY + timedelta(days=1), AGREED_ON)
    assert case.see(plan)["relief"] is not None
    return plan


def agree_on_another_offer(case: Case, plan: str, *, officer: Api, deliver) -> None:
    """Priced on the loan of that day; she agrees, the core system books, the days pass."""
    with clock.fixed(noon(AGREED_ON)):
        assert officer.get("/v1/staff/plan-requests", headers=PURPOSE).json["items"]
        counter_offer(officer, plan, "re_amortize")
        accepted = case.act(plan, "accept")
        assert (accepted.status_code, accepted.json["state"]) == (200, "cooling_off")
        core_carries_out(case)
        deliver()
    assert case.see(plan)["state"] == "active"
    last = AGREED_ON + timedelta(days=8)
    nights(deliver, AGREED_ON + timedelta(days=1), last)
    with clock.fixed(noon(last)):
        assert case.act(plan, "withdraw").json["code"] == "plan-cooling-off-over"


def keep_it(case: Case, plan: str, *, deliver) -> date:
    """Every instalment on its day; answers the day after the last."""
    rows = [r for r in case.see(plan)["quote"]["schedule"] if r["due_on"] > "2026-12-10"]
    assert len(rows) == 3
    for row in rows:
        on = date.fromisoformat(row["due_on"])
        with clock.fixed(noon(on)):
            case.pay(row["principal_minor"] + row["interest_minor"] + row["fee_minor"], on)
            deliver()
        run_night(deliver, on + timedelta(days=1))
    return on + timedelta(days=1)


def test_she_falls_behind_asks_and_keeps_her_plan(
    session, borrower_api, client_api, officer, deliver
):
    case, other = (
        open_case(session, borrower_api, client_api, paid=8, installments=13) for _ in range(2)
    )
    enrol(session, case.borrower_id)
    run_night(deliver, TODAY)
    assert (tier_of(case), tier_of(other)) == ("nearly_there", "nearly_there")

    plan = ask_and_be_left_in_peace(case, other, officer=officer, deliver=deliver)
    # Another in her place, who did not ask, is a tier lower by now.
    assert (tier_of(case), tier_of(other)) == ("nearly_there", "step_by_step")
    agree_on_another_offer(case, plan, officer=officer, deliver=deliver)

    before = points_of(case)
    day = keep_it(case, plan, deliver=deliver)
    seen = case.see(plan)
    assert (seen["state"], len(seen["kept"])) == ("completed", 3)
    assert points_of(case) == before + 300
    with clock.fixed(noon(day)):
        [streak] = case.api.get("/v1/me/streaks").json["items"]
        # What the plan spread over the rest neither breaks the row nor counts.
        assert streak["current"] == 11
        assert tier_of(case) == "in_good_standing"
        badges = [b["code"] for b in case.api.get("/v1/me/badges").json["items"]]
    assert "promise_kept" in badges


def test_a_plan_that_breaks_is_mended_or_offered_anew(
    session, borrower_api, client_api, officer, deliver
):
    case = open_case(session, borrower_api, client_api, installments=13)
    enrol(session, case.borrower_id)
    run_night(deliver, TODAY)
    plan = case.ask(due_day=15).json["id"]
    assert case.act(plan, "accept").json["state"] == "cooling_off"
    core_carries_out(case)
    deliver()
    rows = [r for r in case.see(plan)["quote"]["schedule"] if r["due_on"] > TODAY.isoformat()]

    # The first is kept: she had asked before anything was missed.
    first, second = (date.fromisoformat(row["due_on"]) for row in rows[:2])
    before = points_of(case)
    with clock.fixed(noon(first)):
        case.pay(rows[0]["principal_minor"] + rows[0]["interest_minor"], first)
        deliver()
    assert points_of(case) == before + 100 + 80
    badges = [badge["code"] for badge in case.api.get("/v1/me/badges").json["items"]]
    assert "first_step" in badges

    # The second is not, and the seven days pass.
    nights(deliver, second + timedelta(days=1), second + timedelta(days=8))
    assert case.see(plan)["state"] == "breached"
    run_night(deliver, second + timedelta(days=9))
    offered = case.see(plan)
    assert (offered["state"], offered["kind"], offered["may"]) == (
        "offered",
        "re_amortize",
        ["accept"],
    )
    with clock.fixed(noon(second + timedelta(days=9))):
        assert case.act(plan, "accept").json["state"] == "cooling_off"
        core_carries_out(case)
        deliver()
    assert case.see(plan)["state"] == "active"
    states = [move["state"] for move in case.see(plan)["history"]]
    assert states[-5:] == ["breached", "offered", "accepted", "cooling_off", "active"]


def open_reminded_case(session: Session, borrower_api, client_api) -> Case:
    """One whom the holdout of reminders leaves in: that she gets none means something."""
    while True:
        case = open_case(session, borrower_api, client_api)
        if not is_held_out(case.borrower_id, percent=5):
            return case


def reminders_of(session: Session, case: Case) -> int:
    return session.execute(
        select(func.count()).where(
            NotificationIntent.borrower_id == case.borrower_id,
            NotificationIntent.purpose == "reminder",
        )
    ).scalar_one()


def test_who_asked_is_not_reminded_of_what_falls_due(session, borrower_api, client_api, deliver):
    case, other = (open_reminded_case(session, borrower_api, client_api) for _ in range(2))
    assert case.ask("lower_rate", reason="income_cut").json["state"] == "under_review"
    for number in range(9):  # until the day after that on which it falls due
        day = TODAY + timedelta(days=number)
        run_night(deliver, day)
        reminder_jobs.plan_reminders(make_job_context(now=noon(day)))
    assert reminders_of(session, case) == 0 < reminders_of(session, other)
