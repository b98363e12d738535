"""A console session: begun at the form, ended by everything that ends a log-in."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from backend.auth.models import ConsoleSession, LoginSession
from backend.auth.service import purge
from backend.kit import clock
from backend.kit.console import sessions
from backend.staff import service as staff
from backend.staff import sessions as staff_sessions
from backend.staff.errors import LogInRefused
from backend.staff.models import StaffRole
from tests.clock import NOW
from tests.console.kit import ConsoleClient, signed_in_client
from tests.factories.staff import forget_last_step, make_colleague
from tests.fixtures import leaks

LOG_IN = "/console/log-in"
SECRET = re.compile(r"<dd>([A-Z2-7]{32})</dd>")


@pytest.fixture
def anna(session):
    return make_colleague(session, "admin")


def secret_of(client: ConsoleClient) -> str:
    held = client.client.get_cookie(sessions.cookie_name(sessions.COOKIE))
    assert held is not None
    leaks.watch(secret=held.value)
    return held.value


def log_in(stranger, anna, *, wanted="/console", **changes):
    return stranger.post(LOG_IN, {**anna.log_in(**changes), "next": wanted})


def age(session, *, created: timedelta = timedelta(0), used: timedelta = timedelta(0)) -> None:
    row = LoginSession
    session.execute(
        update(row).values(
            created_at=row.created_at - created - used,
            last_used_at=row.last_used_at - used,
            ends_at=row.ends_at - max(created, used),
        )
    )


def is_in(client: ConsoleClient) -> bool:
    return client.get("/console").status_code == 200


def test_a_colleague_comes_in_by_both_factors_and_goes_where_she_wanted(stranger, anna):
    answer = log_in(stranger, anna, wanted="/console/jobs?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/jobs?a=1")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-goodfaith_console=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in cookie
    assert "Domain" not in cookie
    secret_of(stranger)
    assert anna.email in stranger.get("/console").text


def test_a_recovery_code_opens_once(stranger, anna):
    body = {"totp_code": "", "recovery_code": anna.recovery_codes[0]}
    assert log_in(stranger, anna, **body).status_code == 303
    assert log_in(stranger, anna, **body).status_code == LogInRefused.status


@pytest.mark.parametrize(
    "changes", [{"password": "another one entirely"}, {"totp_code": "000000"}, {"totp_code": ""},
                {"email": "nobody@goodfaith.test"}],
)  # fmt: skip
def test_whatever_is_wrong_opens_nothing_and_is_told_at_the_form(stranger, anna, changes):
    answer = log_in(stranger, anna, **changes)
    assert answer.status_code in (401, 422)
    assert 'role="alert"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not is_in(stranger)


def test_tries_are_locked_as_those_of_the_interface_are(stranger, public_api, anna):
    wrong = {"password": "another one entirely"}
    for _ in range(5):
        assert log_in(stranger, anna, **wrong).status_code == 401
    locked = log_in(stranger, anna)
    assert locked.status_code == 429
    assert int(locked.headers["Retry-After"]) > 0
    assert "Too many failed log-ins" in locked.text
    assert public_api.post("/v1/auth/staff/login", json=anna.log_in()).status_code == 429


def test_what_a_browser_brought_to_the_log_in_opens_nothing_after_it(stranger, anna):
    planted = "planted-by-somebody-else"
    stranger.client.set_cookie(sessions.cookie_name(sessions.COOKIE), planted, secure=True)
    log_in(stranger, anna)
    first = secret_of(stranger)
    assert first != planted
    forget_last_step(stranger.session, anna.id)
    log_in(stranger, anna)
    assert secret_of(stranger) != first
    stranger.client.set_cookie(sessions.cookie_name(sessions.COOKIE), planted, secure=True)
    assert not is_in(stranger)


def test_the_secret_is_stored_as_a_hash_alone(stranger, anna, session):
    log_in(stranger, anna)
    secret = secret_of(stranger)
    kept = session.execute(select(ConsoleSession.secret_hash)).scalars().all()
    assert len(kept) == 1
    assert secret.encode() not in kept[0]
    assert secret not in stranger.get("/console").text


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/console//evil.example",
     "/console/..//evil.example", "javascript:alert(1)", "/consolevil", "/v1/jobs",
     "/console/x\r\nSet-Cookie: a=b", "http:/console", "/console/log-in?next=/console"],
)  # fmt: skip
def test_nobody_is_led_elsewhere(stranger, anna, wanted):
    answer = log_in(stranger, anna, wanted=wanted)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    secret_of(stranger)


def test_a_log_in_from_elsewhere_is_refused(stranger, anna):
    body = {**anna.log_in(), "next": "/console"}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer = stranger.call("POST", LOG_IN, data=body, headers=headers)
        assert answer.status_code == 403
    bare = stranger.client.post(LOG_IN, data=body)
    assert bare.status_code == 403


def test_a_form_of_another_session_or_site_is_refused(console_client):
    me, other = console_client("admin"), console_client("admin")
    path = "/console/account/sessions/end-others"
    assert me.call("POST", path, data={"csrf": other.csrf}).status_code == 403
    foreign = {"Origin": "https://evil.example"}
    assert me.call("POST", path, data={"csrf": me.csrf}, headers=foreign).status_code == 403
    site = {"Origin": None, "Sec-Fetch-Site": "cross-site"}
    given = {name: value for name, value in site.items() if value}
    assert me.client.post(path, data={"csrf": me.csrf}, headers=given).status_code == 403
    assert me.post(path).status_code == 303


def test_half_an_hour_of_rest_ends_it_and_use_keeps_it(console_client, session):
    me = console_client("admin")
    age(session, used=timedelta(minutes=29))
    assert is_in(me)
    age(session, used=timedelta(minutes=29))
    assert is_in(me)
    age(session, used=timedelta(minutes=30, seconds=1))
    assert not is_in(me)


def test_twelve_hours_end_it_however_much_it_is_used(console_client, session):
    me = console_client("admin")
    session.execute(
        update(LoginSession).values(created_at=LoginSession.created_at - timedelta(hours=11.6))
    )
    age(session, used=timedelta(minutes=2))
    assert is_in(me)
    ends_at = session.execute(select(LoginSession.ends_at - LoginSession.created_at)).scalar_one()
    assert ends_at == timedelta(hours=12)
    session.execute(update(LoginSession).values(ends_at=clock.wall()))
    assert not is_in(me)


def test_most_pages_write_nothing(console_client, session):
    me = console_client("admin")
    before = session.execute(select(LoginSession.last_used_at)).scalar_one()
    me.get("/console")
    assert session.execute(select(LoginSession.last_used_at)).scalar_one() == before


def test_logging_out_ends_it_and_not_only_in_the_browser(console_client):
    me = console_client("admin")
    secret = secret_of(me)
    assert me.post("/console/log-out").headers["Location"] == LOG_IN
    me.client.set_cookie(sessions.cookie_name(sessions.COOKIE), secret, secure=True)
    assert not is_in(me)


def test_disabling_the_account_ends_it_at_once(console_client, session):
    me = console_client("admin")
    admin = console_client("admin")
    answer = admin.post(
        f"/console/staff-accounts/{me.id}/disable", {"reason": "left us", "idempotency_key": "k1"}
    )
    assert answer.status_code == 303
    assert not is_in(me)


def test_a_role_that_is_gone_opens_nothing_at_the_next_page(console_client, session):
    me = console_client("admin", "auditor")
    assert me.get("/console/role-changes").status_code == 200
    session.execute(StaffRole.__table__.delete().where(StaffRole.staff_id == me.id))
    assert me.get("/console/role-changes").status_code == 403
    assert is_in(me)


def test_a_new_enrolment_code_ends_it(console_client, session, app):
    anna = make_colleague(session, "admin")
    me = signed_in_client(app, session, "admin", staff_id=anna.id)
    assert is_in(me)
    staff.issue_code(session, staff_id=anna.id, issued_by=None, now=clock.wall())
    assert not is_in(me)


def test_a_password_that_changes_ends_the_others(session, app):
    anna = make_colleague(session, "admin")
    here, there = (signed_in_client(app, session, "admin", staff_id=anna.id) for _ in range(2))
    words = {"old_password": anna.password, "totp_code": anna.totp_code()}
    wrong = here.post("/console/account/password", words | {"new_password": "short"})
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    answer = here.post(
        "/console/account/password", words | {"new_password": "nine brown owls sing"}
    )
    assert answer.status_code == 303, answer.text
    assert "The new password counts" in here.follow(answer).text
    assert not is_in(there)


def test_logging_out_everywhere_over_the_interface_ends_it(console_client, session):
    me = console_client("admin")
    staff_sessions.end_all(session, staff_id=me.id, cause="test")
    assert not is_in(me)


def test_ended_sessions_are_forgotten_with_their_log_ins(console_client, session):
    me = console_client("admin")
    age(session, used=timedelta(minutes=31))
    assert purge.purge_sessions(session, now=clock.wall()) == 1
    assert session.execute(select(ConsoleSession)).first() is None
    assert not is_in(me)


def test_ones_own_sessions_are_listed_and_ended(session, app):
    anna = make_colleague(session, "admin")
    here, there = (signed_in_client(app, session, "admin", staff_id=anna.id) for _ in range(2))
    page = here.get("/console/account")
    assert page.text.count("/sessions/") == 2  # the other's, and all others'
    there_id = session.execute(
        select(LoginSession.id).order_by(LoginSession.id.desc()).limit(1)
    ).scalar_one()
    assert here.post(f"/console/account/sessions/{there_id}/end").status_code == 303
    assert not is_in(there)
    assert is_in(here)


def test_a_borrowers_or_clients_token_is_no_cookie(stranger, borrower_api, client_api):
    token = client_api.headers["Authorization"].removeprefix("Bearer ")
    stranger.client.set_cookie(sessions.cookie_name(sessions.COOKIE), token, secure=True)
    assert not is_in(stranger)


def test_an_invited_colleague_sets_up_her_account(stranger, session):
    email = "new.colleague@goodfaith.test"
    staff_id = staff.add_staff(session, email=email, roles=[], now=NOW)
    code = staff.issue_code(
        session, staff_id=staff_id, issued_by=None, now=clock.wall()
    ).enrolment_code
    words = {"email": email, "enrolment_code": code}
    weak = stranger.post("/console/enrol", words | {"password": "short"})
    assert weak.status_code == 422
    shown = stranger.post("/console/enrol", words | {"password": "seven grey herons wait"})
    assert shown.status_code == 200
    assert "Recovery codes" in shown.text
    wrong = stranger.post("/console/enrol/confirm", words | {"totp_code": "000000"})
    assert wrong.status_code == 409
    assert shown.text.count("<pre>") == 1
    code_of_app = pyotp.TOTP(SECRET.search(shown.text)[1]).at(clock.wall())
    done = stranger.post("/console/enrol/confirm", words | {"totp_code": code_of_app})
    assert done.status_code == 200
    assert "Your account is ready." in done.text
    again = stranger.post("/console/enrol", words | {"password": "seven grey herons wait"})
    assert again.status_code == 401
