"""The demo's core system books what it is told, and restores what is taken back."""

from datetime import timedelta

import pytest

from backend.commands.demo_core import Speaker
from backend.core_instructions import service as instructions
from backend.core_instructions.rules import Kind
from backend.demo import core
from tests.clock import NOW
from tests.factories.loans import make_borrower
from tests.fakes.receiver import receiving


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
        payload = {"loan_external_id": "nobody-s", "plan_id": "one", "kind": "defer", "rows": [1]}
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
