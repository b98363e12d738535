"""Whether a number is known shows in nothing, and a code is in the message alone."""

import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.auth import sending
from backend.auth import service as auth
from backend.kit import clock
from backend.kit.db import Base
from backend.kit.ids import new_id
from tests.api.statements import Statement, heard
from tests.auth.conftest import ANN, NOBODY, SECONDS_MAX
from tests.auth.test_codes import other_than

# What is left of a minute depends on the second in which it is asked, and on nothing else.
VARYING = ("Date", "X-Request-ID", "Content-Length", "RateLimit")


@pytest.fixture
def asked(session) -> Callable:
    """`asked(call)`: the answer and the statements that it took."""

    def hear(call):
        with heard(session.connection()) as found:
            answer = call()
        return answer, found

    return hear


def shape_of(answer) -> tuple:
    """All but what is new each time."""
    body = {name: type(value).__name__ for name, value in answer.json.items()}
    headers = sorted((name, value) for name, value in answer.headers if name not in VARYING)
    return answer.status_code, body, headers, len(answer.data)


def shapes_of(statements: list[Statement]) -> list[tuple]:
    """The words of each, and of what kind and length its values are."""
    return [
        (each.sql, [(type(v).__name__, len(str(v)) if isinstance(v, str) else 0) for v in values])
        for each in statements
        for values in [list(dict(each.parameters or {}).values())]
    ]


def test_a_known_and_an_unknown_number_lead_to_the_same_work(people, telephones, ask, show, asked):
    code_of = {}
    seen = {}
    for phone in (ANN, NOBODY, ANN, NOBODY):
        answer, statements = asked(lambda phone=phone: ask(phone))
        seen.setdefault(phone, []).append((shape_of(answer), shapes_of(statements)))
        code_of[phone] = answer.json["challenge_id"]
    assert seen[ANN][1] == seen[NOBODY][1]
    wrong = other_than(telephones.next_code())
    shown = [asked(lambda phone=phone: show(code_of[phone], wrong)) for phone in (ANN, NOBODY)]
    (known, of_known), (unknown, of_unknown) = shown
    assert known.json | {"request_id": ""} == unknown.json | {"request_id": ""}
    assert shapes_of(of_known) == shapes_of(of_unknown)
    assert len(of_known) == 2


def test_a_limit_says_the_same_of_both(people, telephones, ask, asked):
    refusals = []
    for phone in (ANN, NOBODY):
        for _ in range(5):
            assert ask(phone).status_code == 202
        answer, statements = asked(lambda phone=phone: ask(phone))
        assert answer.status_code == 429
        refusals.append((answer.json | {"request_id": ""}, shapes_of(statements)))
    assert refusals[0] == refusals[1]


def test_only_a_known_number_is_sent_anything(people, telephones, ask):
    ask(NOBODY)
    ask(ANN)
    assert telephones.sent.get(timeout=5)[0] == "+8613900004711"
    assert telephones.sent.empty()


def test_a_code_is_in_no_row_and_no_log(people, telephones, ask, show, session, caplog):
    caplog.set_level(logging.DEBUG)
    answer = ask(ANN)
    code = telephones.next_code()
    tokens = show(answer.json["challenge_id"], code).json
    secrets = (code, "13900004711", "39 0000 4711", tokens["refresh_token"], tokens["access_token"])
    session.flush()
    for name in Base.metadata.tables:
        rows = session.execute(text(f'SELECT t::text FROM "{name}" AS t')).scalars()  # noqa: S608
        for row in rows:
            assert [secret for secret in secrets if secret in row] == [], name
    said = caplog.text + json.dumps([vars(record) for record in caplog.records], default=str)
    assert [secret for secret in secrets if secret in said] == []


def challenge(*, is_known: bool = True) -> auth.Challenge:
    return auth.Challenge(
        challenge_id=new_id(),
        expires_at=clock.wall() + timedelta(minutes=5),
        code="271828",
        is_known=is_known,
    )


def test_a_gateway_that_fails_is_reported_without_the_message(telephones, caplog):
    def fail(phone: str, code: str, locale: str) -> None:
        message = f"could not send {code} to {phone}"
        raise OSError(message)

    sending.configure(fail)
    lost = challenge()
    sending.send_later(lost, phone="+8613900004711", locale="en")
    give_up_at = time.monotonic() + SECONDS_MAX
    while str(lost.challenge_id) not in (said := str([vars(each) for each in caplog.records])):
        assert time.monotonic() < give_up_at
        time.sleep(0.01)
    assert "271828" not in said
    assert "3900004711" not in said
    sending.configure(telephones)
    sending.send_later(challenge(), phone="+8613900004711", locale="en")
    assert telephones.next_code() == "271828"


def test_a_code_that_comes_too_late_is_not_sent(telephones, monkeypatch):
    monkeypatch.setattr(sending, "LATE_SECONDS", -1.0)
    sending.send_later(challenge(), phone="+8613900004711", locale="en")
    with pytest.raises(queue.Empty):
        telephones.sent.get(timeout=0.3)


def test_what_does_not_fit_the_queue_is_dropped_and_room_comes_back(telephones, monkeypatch):
    monkeypatch.setattr(sending, "WAITING_MAX", 1)
    gate = threading.Event()
    sending.configure(lambda *_: gate.wait(SECONDS_MAX) and telephones(*_))
    for phone in ("+8613900004711", "+8613900004712"):
        sending.send_later(challenge(), phone=phone, locale="en")
    gate.set()
    assert telephones.sent.get(timeout=SECONDS_MAX)[0] == "+8613900004711"
    with pytest.raises(queue.Empty):
        telephones.sent.get(timeout=0.3)


def test_a_challenge_shows_its_code_to_no_log():
    assert "271828" not in repr(challenge())
