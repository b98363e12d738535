"""How often a code may be asked for: counted in the database, for all processes together."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.app import Process, create_app
from backend.auth import service as auth
from backend.auth.errors import CodeNotAccepted, TooManyCodes
from backend.auth.models import LoginSession, OtpChallenge, OtpDay
from backend.auth.rules import network_of
from backend.auth.service import purge
from backend.kit import clock
from backend.kit.db import transaction
from backend.settings import Settings
from tests.auth.conftest import ANN, BEA, NOBODY
from tests.auth.test_codes import grow_older, other_than


def is_refused(answer) -> bool:
    if answer.status_code == 202:
        return False
    assert (answer.status_code, answer.json["code"]) == (429, "too-many-codes")
    assert int(answer.headers["Retry-After"]) > 0
    return True


@pytest.mark.parametrize("phone", [ANN, NOBODY])
def test_the_sixth_code_in_an_hour_is_refused(phone, people, telephones, ask, session):
    assert [is_refused(ask(phone)) for _ in range(6)] == [False] * 5 + [True]
    grow_older(session, timedelta(minutes=40))
    answer = ask(phone)
    assert is_refused(answer)
    assert 19 * 60 < int(answer.headers["Retry-After"]) <= 20 * 60
    grow_older(session, timedelta(minutes=20))
    assert not is_refused(ask(phone))


def test_a_number_is_the_same_however_it_is_written(people, telephones, ask):
    ways = (ANN, "+8613900004711", "+86-139-0000-4711", "0086 139 0000 4711", "(+86) 13900004711")
    zh = {"Accept-Language": "zh-CN"}
    assert [is_refused(ask(way, headers=zh)) for way in ways] == [False] * 5
    assert is_refused(ask("139 0000 4711", headers=zh))


def test_the_twenty_first_code_for_an_address_is_refused(people, telephones, ask):
    here = [is_refused(ask(f"+86 139 0000 {n}", address="192.0.2.1")) for n in range(5000, 5021)]
    assert here == [False] * 20 + [True]
    assert is_refused(ask(ANN, address="192.0.2.1"))
    assert not is_refused(ask(ANN, address="192.0.2.2"))


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("", "", True),
        ("unix:", "192.0.2.7", False),
    ],
)
def test_an_address_is_counted_with_what_comes_with_it(one, other, are_one):
    assert (network_of(one) == network_of(other)) is are_one


@pytest.mark.parametrize("phone", [ANN, NOBODY])
def test_at_the_days_ceiling_everybody_is_refused(phone, app, people, telephones, ask, monkeypatch):
    monkeypatch.setitem(app.config, "OTP_PER_DAY", 2)
    assert [is_refused(ask(each)) for each in (ANN, NOBODY, NOBODY, BEA)] == [False] * 4
    answer = ask(phone)
    assert is_refused(answer)
    assert int(answer.headers["Retry-After"]) <= 86_400


def test_a_refusal_leaves_no_row(people, telephones, ask, session, app, monkeypatch):
    for _ in range(6):
        ask(ANN)
    assert len(session.execute(select(OtpChallenge)).all()) == 5
    assert session.execute(select(OtpDay.sent)).scalar_one() == 5
    monkeypatch.setitem(app.config, "OTP_PER_DAY", 5)
    assert is_refused(ask(BEA))
    assert len(session.execute(select(OtpChallenge)).all()) == 5


def test_old_codes_and_counts_are_forgotten(people, telephones, ask, session):
    ask(ANN)
    grow_older(session, timedelta(hours=2))
    ask(BEA)
    session.add(OtpDay(day=date(2020, 1, 1), sent=9))
    session.flush()
    assert purge.purge_challenges(session, now=clock.wall()) == 1
    assert purge.purge_challenges(session, now=clock.wall()) == 0
    assert len(session.execute(select(OtpChallenge)).all()) == 1
    assert session.execute(select(OtpDay.sent)).scalars().all() == [2]


@pytest.fixture
def servers(app: Flask, process: Process, settings: Settings) -> list[Flask]:
    """Two API processes without a shared counter, as far as the limits are concerned."""
    assert settings.redis_url is None
    return [create_app(process), create_app(process)]


@pytest.mark.commits
def test_two_processes_let_no_more_through_than_one(servers, people, telephones, session):
    def one(number: int) -> int:
        by_phone = number % 2 == 0
        answer = (
            servers[number // 2 % 2]
            .test_client()
            .post(
                "/v1/auth/otp",
                json={"phone": ANN if by_phone else f"+86 139 0000 {6000 + number}"},
                environ_overrides={"REMOTE_ADDR": f"10.0.0.{number}" if by_phone else "192.0.2.9"},
            )
        )
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(60)))
    assert sorted(answers[::2]) == [202] * 5 + [429] * 25
    assert sorted(answers[1::2]) == [202] * 20 + [429] * 10
    assert session.execute(select(OtpDay.sent)).scalar_one() == 5


@pytest.mark.commits
def test_who_asks_second_waits_until_the_first_is_counted(app, people, session):
    """The fifth is open in one process while another wants the sixth."""
    now = clock.wall()

    def ask(own, address: str) -> auth.Challenge:
        return auth.request_code(own, phone="+8613900004711", address=address, per_day=9, now=now)

    for number in range(4):
        with transaction() as own:
            ask(own, f"10.0.0.{number}")
    began, outcome = threading.Event(), []

    def sixth() -> None:
        began.set()
        try:
            with transaction() as own:
                ask(own, "10.0.0.6")
            outcome.append("made")
        except TooManyCodes:
            outcome.append("refused")

    other = threading.Thread(target=sixth)
    with transaction() as own:
        ask(own, "10.0.0.5")
        other.start()
        began.wait()
        other.join(timeout=0.3)
        assert outcome == []
    other.join(timeout=5)
    assert outcome == ["refused"]


@pytest.mark.commits
def test_the_last_code_of_the_day_is_sent_once(servers, people, telephones, session, monkeypatch):
    for server in servers:
        monkeypatch.setitem(server.config, "OTP_PER_DAY", 3)

    def one(number: int) -> int:
        return (
            servers[number % 2]
            .test_client()
            .post(
                "/v1/auth/otp",
                json={"phone": (ANN, BEA)[number // 2 % 2]},
                environ_overrides={"REMOTE_ADDR": f"10.0.1.{number}"},
            )
            .status_code
        )

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(one, range(10)))
    assert answers == [202] * 3 + [429] * 7


@pytest.mark.commits
def test_of_many_who_show_one_code_one_is_let_in(servers, people, telephones, session):
    asked = servers[0].test_client().post("/v1/auth/otp", json={"phone": ANN})
    body = {"challenge_id": asked.json["challenge_id"], "code": telephones.next_code()}

    def one(number: int) -> int:
        client = servers[number % 2].test_client()
        return client.post("/v1/auth/otp/verify", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(one, range(20)))
    assert answers == [200] + [403] * 19
    assert len(session.execute(select(LoginSession)).all()) == 1


@pytest.mark.commits
def test_many_guesses_at_once_are_five_tries(servers, people, telephones, session):
    asked = servers[0].test_client().post("/v1/auth/otp", json={"phone": ANN})
    code = telephones.next_code()
    challenge_id = asked.json["challenge_id"]

    def guess(number: int) -> int:
        wrong = f"{(int(code) + 1 + number) % 1_000_000:06}"
        body = {"challenge_id": challenge_id, "code": wrong}
        client = servers[number % 2].test_client()
        return client.post("/v1/auth/otp/verify", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(guess, range(30))) == {403}
    assert session.execute(select(OtpChallenge.tries)).scalar_one() == 5
    right = {"challenge_id": challenge_id, "code": code}
    last = servers[0].test_client().post("/v1/auth/otp/verify", json=right)
    assert last.status_code == 403
    session.execute(update(OtpChallenge).values(tries=4))
    session.commit()
    assert servers[0].test_client().post("/v1/auth/otp/verify", json=right).status_code == 200


@pytest.mark.commits
def test_a_guess_waits_until_the_one_before_is_counted(
    app: Flask, process: Process, session, people
):
    """The fifth is being judged in one process while the sixth, and right one, comes to another."""
    now = clock.wall()
    with transaction() as own:
        asked = auth.request_code(own, phone="+8613900004711", address="", per_day=9, now=now)
    session.execute(update(OtpChallenge).values(tries=4))
    session.commit()
    wrong = other_than(asked.code)
    outcomes = []

    def show(own, code: str) -> None:
        outcome = auth.verify_code(
            own,
            process.token_keys,
            challenge_id=asked.challenge_id,
            code=code,
            born_on=None,
            label=None,
            now=now,
        )
        outcomes.append(type(outcome))

    def sixth() -> None:
        with transaction() as own:
            show(own, asked.code)

    other = threading.Thread(target=sixth)
    with transaction() as own:
        show(own, wrong)
        other.start()
        other.join(timeout=0.3)
        assert outcomes == [CodeNotAccepted]
    other.join(timeout=5)
    assert outcomes == [CodeNotAccepted, CodeNotAccepted]
