"""The demo's core system books what it is told, and restores what is taken back."""

import pytest

from backend.demo import core


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
