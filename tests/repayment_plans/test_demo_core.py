"""The demo's core system books what it is told, and restores what is taken back."""

from datetime import timedelta

import pytest

from backend.commands.demo_core import Speaker
from backend.core_instructions import service as instructions
from backend.core_instructions.rules import Kind
from backend.demo import core
from backend.loans import service as loans
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.fakes.receiver import receiving
from tests.plan_quotes.test_quotes import statement
from tests.repayment_plans.test_deciding import decide


@pytest.fixture
def call(case):
    """HTTP as the core system's process speaks it."""

    def speak(method, path, body):
        answer = case.core.call(method, path, **({"json": body} if body is not None else {}))
        return answer.status_code, answer.json

    return speak


def test_it_books_and_confirms_and_then_there_is_nothing_left(case, call, deliver):
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")
    assert core.carry_out(call) == 2  # the freeze of penalties, and the plan
    deliver()
    assert case.see(plan)["state"] == "active"
    assert core.carry_out(call) == 1
    assert core.carry_out(call) == 0


def test_it_restores_what_is_taken_back(case, call, deliver):
    before = case.api.get(f"/v1/me/loans/{case.loan_id}/schedule").json["items"]
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")
    core.carry_out(call)
    deliver()
    case.act(plan, "withdraw")
    core.carry_out(call)
    deliver()
    after = case.api.get(f"/v1/me/loans/{case.loan_id}/schedule").json["items"]
    assert after == before


def test_what_is_refused_is_tried_again_and_keeps_nothing_else_waiting(case, call):
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")

    def forgetful(method, path, body):
        return (503, None) if method == "PUT" else call(method, path, body)

    assert core.carry_out(forgetful) == 1
    assert core.carry_out(call) == 1


def test_a_page_of_what_is_refused_keeps_nothing_that_came_later_waiting(session, case, call):
    borrower_id = make_borrower(session)
    kinds = [Kind.PLAN_WITHDRAWN] * core.PAGE + [Kind.PENALTY_FREEZE]
    for place, kind in enumerate(kinds):
        payload = {
            "loan_external_id": "nobody-s",
            "plan_id": str(place),
            "kind": "defer",
            "rows": [1],
        }
        instructions.instruct(
            session,
            borrower_id=borrower_id,
            kind=kind,
            occasion=str(place),
            payload=payload,
            now=NOW + timedelta(seconds=place),
        )
    session.commit()
    assert core.carry_out(call) == 1


@pytest.mark.parametrize("body", ["<html>", "\xff"])
def test_an_answer_that_is_no_json_is_a_refusal(session, process, body):
    sent = body.encode("latin-1")
    with receiving() as proxy:
        proxy.respond = lambda wire: wire.sendall(
            b"HTTP/1.1 502 Bad\r\nContent-Length: %d\r\n\r\n" % len(sent) + sent
        )
        speak = Speaker(process, port=proxy.port)
        with pytest.raises(core.RefusedError):
            core.carry_out(speak)


def test_what_is_taken_back_is_never_booked_after(case, call, deliver):
    before = case.api.get(f"/v1/me/loans/{case.loan_id}/schedule").json["items"]
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")
    sent = []

    def failing_once(method, path, body):
        sent.append(method)
        is_first = method == "PUT" and sent.count("PUT") == 1
        return (503, None) if is_first else call(method, path, body)

    case.act(plan, "withdraw")
    core.carry_out(failing_once)
    core.carry_out(call)
    deliver()
    after = case.api.get(f"/v1/me/loans/{case.loan_id}/schedule").json["items"]
    assert after == before


def test_what_fails_keeps_what_follows_of_its_plan_waiting(case, call):
    case.act(case.ask(due_day=15).json["id"], "accept")
    sent = []

    def deaf(method, path, body):
        sent.append(method)
        return (503, None) if method == "POST" else call(method, path, body)

    assert core.carry_out(deaf) == 0
    assert "PUT" not in sent
    assert core.carry_out(call) == 2


def card_of(case, session, deliver):
    loans.put_product(session, product={"code": "card", "plan_rate": "0.12"}, now=NOW)
    _, card_id = statement(session, case.borrower)
    session.commit()
    deliver()
    return card_id


def test_a_converted_card_closes_and_opens_again_when_she_steps_back(
    case, call, deliver, staff_api, session
):
    card_id = card_of(case, session, deliver)
    path = f"/v1/me/loans/{card_id}/plan-quotes"
    [option] = case.api.post(path, json={"kinds": ["convert"]}).json["options"]
    plan = case.ask(quote=option["quote_id"]).json["id"]
    decide(staff_api("risk_officer"), plan)
    case.act(plan, "accept")

    def stand():
        items = case.api.get("/v1/me/loans").json["items"]
        found = {each["id"]: each["status"] for each in items if each["id"] != str(case.loan_id)}
        return found.pop(str(card_id)), list(found.values())

    core.carry_out(call)
    deliver()
    assert (case.see(plan)["state"], stand()) == ("active", ("closed", ["active"]))
    case.act(plan, "withdraw")
    core.carry_out(call)
    deliver()
    assert stand() == ("active", ["closed"])


def test_a_plan_booked_after_she_stepped_back_is_an_alarm(case, call, deliver, caplog):
    plan = case.ask(due_day=15).json["id"]
    case.act(plan, "accept")
    case.act(plan, "withdraw")
    core.carry_out(call)
    deliver()
    assert "plan_booked_after_withdrawal" not in caplog.text
    case.confirm(plan)
    deliver()
    assert "plan_booked_after_withdrawal" in caplog.text
