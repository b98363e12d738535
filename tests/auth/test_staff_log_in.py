"""Password and second factor: one refusal for all that is wrong, and a lock-out that holds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import func, select, update

from backend.app import create_app
from backend.kit import clock
from backend.staff import passwords
from backend.staff.models import StaffAccount, StaffAction, StaffLogInFailures
from backend.staff.service import failures
from tests.api.statements import heard
from tests.clock import NOW
from tests.factories.staff import PASSWORD, forget_last_step, make_colleague
from tests.fixtures.api import Api, bearer

LOG_IN = "/v1/auth/staff/login"
ME = "/v1/staff/me"
WRONG = "seven grey herons left"


@pytest.fixture
def anna(session):
    return make_colleague(session, "auditor")


def log_in(api, body):
    return api.post(LOG_IN, json=body)


def outcome(answer):
    return answer.status_code, answer.json.get("code")


def let_pass(session, by):
    """As if that much time had passed since everybody's failures."""
    for row in session.scalars(select(StaffLogInFailures)):
        row.since_at -= by
        row.last_at -= by
        row.locked_until = row.locked_until and row.locked_until - by
    session.commit()


def test_both_factors_open_a_session_with_the_roles(public_api, anna):
    answer = log_in(public_api, anna.log_in())
    assert answer.status_code == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "refresh_token"}
    me = public_api.get(ME, headers=bearer(answer.json["access_token"]))
    assert (me.json["email"], me.json["roles"]) == (anna.email, ["auditor"])
    assert "jobs.read" in me.json["permissions"]
    renewed = public_api.post(
        "/v1/auth/refresh", json={"refresh_token": answer.json["refresh_token"]}
    )
    assert renewed.status_code == 200


def test_whatever_is_wrong_is_refused_alike(public_api, session, anna):
    gone = make_colleague(session, "auditor")
    session.execute(update(StaffAccount).where(StaffAccount.id == gone.id).values(disabled_at=NOW))
    tried = [
        log_in(public_api, anna.log_in(password=WRONG)),
        log_in(public_api, anna.log_in(totp_code="000000")),
        log_in(public_api, anna.log_in(totp_code="twelve")),
        log_in(public_api, anna.log_in(totp_code=None, recovery_code="aaaaa-aaaaa-aaaaa")),
        log_in(public_api, anna.log_in(email="nobody@lender.test")),
        log_in(public_api, gone.log_in()),
    ]
    bodies = [{**answer.json, "request_id": ""} for answer in tried]
    assert [outcome(answer) for answer in tried] == [(401, "log-in-refused")] * len(tried)
    assert bodies == [bodies[0]] * len(bodies)
    assert log_in(public_api, anna.log_in()).status_code == 200


def test_an_account_that_is_not_enrolled_is_refused(public_api, staff_api, session):
    invited = staff_api("auditor")
    email = session.get(StaffAccount, invited.id).email
    body = {"email": email, "password": PASSWORD, "totp_code": "123456"}
    assert outcome(log_in(public_api, body)) == (401, "log-in-refused")


@pytest.mark.parametrize("changes", [{"totp_code": None}, {"recovery_code": "aaaaa"}])
def test_one_second_factor_is_named(public_api, anna, changes):
    assert outcome(log_in(public_api, anna.log_in(**changes))) == (422, "invalid")


def test_a_code_of_the_app_is_accepted_once(public_api, anna):
    body = anna.log_in()
    assert log_in(public_api, body).status_code == 200
    assert outcome(log_in(public_api, body)) == (401, "log-in-refused")


def test_a_code_older_than_one_that_was_used_is_refused(public_api, anna):
    assert log_in(public_api, anna.log_in(totp_code=anna.totp_code(steps=1))).status_code == 200
    assert outcome(log_in(public_api, anna.log_in())) == (401, "log-in-refused")


@pytest.mark.parametrize(("steps", "status"), [(-3, 401), (-1, 200), (1, 200), (3, 401)])
def test_a_clock_may_be_half_a_minute_off(public_api, anna, steps, status):
    answer = log_in(public_api, anna.log_in(totp_code=anna.totp_code(steps=steps)))
    assert answer.status_code == status


def test_a_wrong_password_does_not_use_up_a_code(public_api, anna):
    body = anna.log_in()
    assert outcome(log_in(public_api, body | {"password": WRONG})) == (401, "log-in-refused")
    assert log_in(public_api, body).status_code == 200


def test_a_recovery_code_opens_once_and_is_counted(public_api, session, anna):
    body = anna.log_in(totp_code=None, recovery_code=anna.recovery_codes[3])
    wrong = log_in(public_api, body | {"password": WRONG})
    first = log_in(public_api, body)
    again = log_in(public_api, body)
    assert [answer.status_code for answer in (wrong, first, again)] == [401, 200, 401]
    me = public_api.get(ME, headers=bearer(first.json["access_token"]))
    assert me.json["recovery_codes_left"] == 9


def test_five_failures_lock_for_a_minute_then_for_two(public_api, session, anna):
    for _ in range(5):
        assert log_in(public_api, anna.log_in(password=WRONG)).status_code == 401
    locked = log_in(public_api, anna.log_in())
    assert outcome(locked) == (429, "log-in-locked")
    assert 50 <= int(locked.headers["Retry-After"]) <= 61

    let_pass(session, timedelta(seconds=61))
    assert log_in(public_api, anna.log_in(password=WRONG)).status_code == 401
    locked = log_in(public_api, anna.log_in())
    assert 110 <= int(locked.headers["Retry-After"]) <= 121

    let_pass(session, timedelta(seconds=121))
    assert log_in(public_api, anna.log_in()).status_code == 200
    for _ in range(4):
        assert log_in(public_api, anna.log_in(password=WRONG)).status_code == 401
    forget_last_step(session, anna.id)
    assert log_in(public_api, anna.log_in()).status_code == 200


def test_an_unknown_address_is_locked_alike(public_api, anna):
    nobody = anna.log_in(email="nobody@lender.test")
    for body in (nobody, anna.log_in(password=WRONG)):
        statuses = [log_in(public_api, body).status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
    one, other = (log_in(public_api, body) for body in (nobody, anna.log_in()))
    assert one.json | {"request_id": ""} == other.json | {"request_id": ""}
    assert set(one.headers.keys()) == set(other.headers.keys())


def test_an_address_that_tries_fifty_accounts_waits(public_api, session, anna):
    now = clock.wall()
    for number in range(49):
        failures.Guard(session, email=f"{number}@lender.test", address="127.0.0.1", now=now).fail()
    session.commit()
    assert log_in(public_api, anna.log_in(password=WRONG)).status_code == 401
    assert outcome(log_in(public_api, anna.log_in())) == (429, "log-in-locked")
    let_pass(session, timedelta(hours=1))
    assert log_in(public_api, anna.log_in()).status_code == 200


def test_a_network_of_ipv6_is_one_address(public_api, session, anna):
    def from_host(number):
        environ = {"REMOTE_ADDR": f"2001:db8:0:1::{number:x}"}
        return public_api.post(LOG_IN, json=anna.log_in(password=WRONG), environ_overrides=environ)

    assert [from_host(number).status_code for number in (1, 2)] == [401, 401]
    counts = session.scalars(select(StaffLogInFailures.failures)).all()
    assert counts == [2, 2]  # the account's, and one for both hosts


def test_a_lock_out_survives_a_restart(process, app: Flask, session, anna):
    before = Api(client=app.test_client(), session=session)
    for _ in range(5):
        log_in(before, anna.log_in(password=WRONG))
    after = Api(client=create_app(process).test_client(), session=session)
    assert outcome(log_in(after, anna.log_in())) == (429, "log-in-locked")


def test_a_password_is_hashed_anew_when_the_parameters_change(public_api, session, anna):
    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    session.execute(
        update(StaffAccount).where(StaffAccount.id == anna.id).values(password_hash=weak)
    )
    session.commit()
    assert log_in(public_api, anna.log_in()).status_code == 200
    stored = session.get(StaffAccount, anna.id, populate_existing=True).password_hash
    assert stored != weak
    assert "m=19456,t=2,p=1" in stored
    forget_last_step(session, anna.id)
    assert log_in(public_api, anna.log_in()).status_code == 200


def test_log_ins_and_locks_are_on_the_trail_without_a_secret(public_api, session, anna):
    body = anna.log_in()
    log_in(public_api, body)
    for _ in range(5):
        log_in(public_api, anna.log_in(password=WRONG))
    trail = session.scalars(select(StaffAction)).all()
    actions = [row.action for row in trail]
    assert actions.count("staff.log_in") == 1
    assert actions.count("staff.log_in.lock") == 1
    told = " ".join(f"{row.action} {row.subject} {row.reason} {row.details}" for row in trail)
    secrets = (PASSWORD, WRONG, body["totp_code"], anna.totp_secret, *anna.recovery_codes)
    assert [secret for secret in secrets if secret in told] == []


def test_old_failures_are_forgotten(session, public_api, anna):
    for _ in range(4):
        log_in(public_api, anna.log_in(password=WRONG))
    let_pass(session, timedelta(hours=25))
    assert log_in(public_api, anna.log_in(password=WRONG)).status_code == 401
    assert log_in(public_api, anna.log_in()).status_code == 200
    let_pass(session, timedelta(hours=25))
    assert failures.purge_failures(session, now=clock.wall()) == 1
    assert session.scalar(select(func.count()).select_from(StaffLogInFailures)) == 0


def test_known_and_unknown_addresses_cost_the_same(public_api, session, anna):
    def asked(body):
        with heard(session.connection()) as found:
            assert log_in(public_api, body).status_code == 401
        return [statement.sql for statement in found]

    known = asked(anna.log_in(password=WRONG))
    assert asked(anna.log_in(email="nobody@lender.test")) == known
    # And the slow part: a whole comparison, with today's parameters, that never holds.
    stand_in = passwords._NOBODYS
    assert not passwords.HASHER.check_needs_rehash(stand_in)
    with pytest.raises(VerifyMismatchError):
        passwords.HASHER.verify(stand_in, PASSWORD)


def at_once(app: Flask, bodies):
    with ThreadPoolExecutor(len(bodies)) as pool:
        clients = [app.test_client() for _ in bodies]
        tried = [
            pool.submit(client.post, LOG_IN, json=body)
            for client, body in zip(clients, bodies, strict=True)
        ]
        return sorted(each.result().status_code for each in tried)


@pytest.mark.commits
def test_of_parallel_log_ins_with_one_code_one_wins(app: Flask, session, own_database):
    anna = make_colleague(session, "auditor")
    session.commit()
    body = anna.log_in()
    # Four: a fifth failure would lock.
    assert at_once(app, [body] * 4) == [200, 401, 401, 401]


@pytest.mark.commits
def test_of_parallel_log_ins_with_one_recovery_code_one_wins(app: Flask, session, own_database):
    anna = make_colleague(session, "auditor")
    session.commit()
    body = anna.log_in(totp_code=None, recovery_code=anna.recovery_codes[0])
    assert at_once(app, [body] * 4) == [200, 401, 401, 401]


@pytest.mark.commits
def test_parallel_guesses_do_not_outrun_the_lock_out(app: Flask, session, own_database):
    anna = make_colleague(session, "auditor")
    session.commit()
    assert at_once(app, [anna.log_in(password=WRONG)] * 16) == [401] * 5 + [429] * 11
    failed = session.scalars(
        select(StaffLogInFailures.failures).where(
            StaffLogInFailures.key_hash == failures.account_key(anna.email)
        )
    ).one()
    assert failed == 5
