"""One's own account, and everybody's for those who may."""

import pytest
from sqlalchemy import select

from backend.kit.ids import new_id
from backend.staff.models import StaffAccount, StaffAction
from tests.clock import NOW
from tests.factories.staff import PASSWORD, forget_last_step, make_colleague
from tests.fixtures.api import Api, bearer, new_key, token_for

LOG_IN = "/v1/auth/staff/login"
NEW = "four quiet rivers bend"
WEAK = "a" * 13
WHY = {"reason": "Leaves the house."}


@pytest.fixture
def anna(session):
    return make_colleague(session, "auditor")


@pytest.fixture
def hers(app, public_api, session, anna):
    """Anna, logged in; and a second session of hers."""

    def log_in(steps):
        body = anna.log_in(totp_code=anna.totp_code(steps=steps))
        token = public_api.post(LOG_IN, json=body).json["access_token"]
        return Api(client=app.test_client(), session=session, headers=bearer(token), id=anna.id)

    mine, other = log_in(-1), log_in(0)
    forget_last_step(session, anna.id)
    return mine, other


def change(api, anna, **changes):
    body = {"old_password": PASSWORD, "new_password": NEW, "totp_code": anna.totp_code()}
    return api.post("/v1/staff/me/password", json=body | changes)


def refusal(answer):
    return answer.status_code, answer.json["code"]


def test_a_new_password_ends_the_other_sessions(session, public_api, anna, hers):
    mine, other = hers
    assert change(mine, anna).status_code == 204
    assert mine.get("/v1/staff/me").status_code == 200
    assert other.get("/v1/staff/me").status_code == 401
    forget_last_step(session, anna.id)
    assert public_api.post(LOG_IN, json=anna.log_in()).status_code == 401
    assert public_api.post(LOG_IN, json=anna.log_in(password=NEW)).status_code == 200


def test_a_password_is_changed_with_the_old_one_and_a_fresh_code_only(anna, hers):
    mine, _ = hers
    wrong = (409, "password-not-changed")
    assert refusal(change(mine, anna, old_password=NEW)) == wrong
    assert refusal(change(mine, anna, totp_code="000000")) == wrong
    weak = change(mine, anna, new_password=WEAK)
    assert refusal(weak) == (422, "invalid")
    assert weak.json["errors"][0]["pointer"] == "#/new_password"
    assert change(mine, anna).status_code == 204
    again = change(mine, anna, old_password=NEW, new_password=PASSWORD)
    assert refusal(again) == wrong


def test_a_stolen_token_does_not_guess_the_password(anna, hers, public_api):
    mine, _ = hers
    for _ in range(5):
        assert change(mine, anna, old_password=NEW).status_code == 409
    locked = change(mine, anna)
    assert refusal(locked) == (429, "log-in-locked")
    assert "Retry-After" in locked.headers
    assert public_api.post(LOG_IN, json=anna.log_in()).status_code == 429


def test_a_disabled_account_loses_everything_at_once(session, staff_api, public_api, anna, hers):
    mine, _ = hers
    admin = staff_api("admin")
    path = f"/v1/staff/accounts/{anna.id}"
    closed = admin.post(f"{path}/disable", json=WHY, headers=new_key())
    assert (closed.status_code, closed.json["state"]) == (200, "disabled")
    assert mine.get("/v1/staff/me").status_code == 401
    assert public_api.post(LOG_IN, json=anna.log_in()).status_code == 401
    again = admin.post(f"{path}/disable", json=WHY, headers=new_key())
    assert refusal(again) == (409, "account-disabled")

    opened = admin.post(f"{path}/enable", json=WHY, headers=new_key())
    assert (opened.status_code, opened.json["state"]) == (200, "active")
    assert mine.get("/v1/staff/me").status_code == 401
    assert public_api.post(LOG_IN, json=anna.log_in()).status_code == 200
    again = admin.post(f"{path}/enable", json=WHY, headers=new_key())
    assert refusal(again) == (409, "account-enabled")
    done = session.execute(
        select(StaffAction.action, StaffAction.staff_id, StaffAction.reason).where(
            StaffAction.action.in_(["staff.disable", "staff.enable"])
        )
    ).all()
    told = [(f"staff.{act}", admin.id, WHY["reason"]) for act in ("disable", "enable")]
    assert sorted(tuple(row) for row in done) == told


@pytest.mark.parametrize("action", ["disable", "enable"])
def test_nobody_closes_or_opens_her_own_account(staff_api, action):
    admin = staff_api("admin")
    own = admin.post(f"/v1/staff/accounts/{admin.id}/{action}", json=WHY, headers=new_key())
    other = admin.post(f"/v1/staff/accounts/{new_id()}/{action}", json=WHY, headers=new_key())
    assert refusal(own) == (409, "own-account")
    assert refusal(other) == (404, "not-found")


def test_accounts_are_listed_page_by_page(session, staff_api, anna):
    auditor = staff_api("auditor")
    session.get(StaffAccount, staff_api("moderator").id).disabled_at = NOW
    seen, cursor = [], None
    while True:
        query = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        answer = auditor.get("/v1/staff/accounts", query_string=query)
        assert answer.status_code == 200
        seen += answer.json["items"]
        cursor = answer.json["next_cursor"]
        if cursor is None:
            break
    assert [item["email"] for item in seen] == sorted(item["email"] for item in seen)
    assert {item["state"] for item in seen} == {"active", "invited", "disabled"}
    active = auditor.get("/v1/staff/accounts", query_string={"state": "active"}).json["items"]
    assert [item["id"] for item in active] == [str(anna.id)]
    one = auditor.get(f"/v1/staff/accounts/{anna.id}").json
    assert one == active[0]
    assert refusal(auditor.get(f"/v1/staff/accounts/{new_id()}")) == (404, "not-found")


def test_a_list_of_accounts_shows_no_secret(session, staff_api, anna):
    account = session.get(StaffAccount, anna.id)
    shown = staff_api("auditor").get("/v1/staff/accounts").text
    secrets = (account.password_hash, anna.totp_secret, *anna.recovery_codes)
    assert [secret for secret in secrets if secret in shown] == []


def test_an_own_account_that_is_gone_is_not_there(app, session, settings):
    token = token_for(settings, audience="staff", subject_id=new_id(), roles=["auditor"])
    api = Api(client=app.test_client(), session=session, headers=bearer(token))
    assert refusal(api.get("/v1/staff/me")) == (404, "not-found")
    body = {"old_password": PASSWORD, "new_password": NEW, "totp_code": "123456"}
    assert api.post("/v1/staff/me/password", json=body).status_code == 404
