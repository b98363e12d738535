"""A code that is used once becomes a password and a second factor."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from backend.kit import clock
from backend.kit.ids import new_id
from backend.staff import service
from backend.staff.models import StaffAccount, StaffEnrolment, StaffRecoveryCode
from backend.staff.rules import Role
from tests.clock import NOW
from tests.factories.staff import PASSWORD, make_colleague

START = "/v1/auth/staff/enrolments"
CONFIRM = f"{START}/confirm"
EMAIL = "anna@lender.test"


@pytest.fixture
def invited(session):
    """The body of her enrolment."""
    staff_id = service.add_staff(session, email=EMAIL, roles=[Role.AUDITOR], now=NOW)
    issued = service.issue_code(session, staff_id=staff_id, issued_by=None, now=clock.wall())
    return {"email": EMAIL, "enrolment_code": issued.enrolment_code, "password": PASSWORD}


def first_code(shown):
    return pyotp.TOTP(shown.json["totp_secret"]).at(clock.wall())


def confirm(api, invited, totp_code):
    body = {name: invited[name] for name in ("email", "enrolment_code")}
    return api.post(CONFIRM, json=body | {"totp_code": totp_code})


def refusal(answer):
    return answer.status_code, answer.json["code"]


def test_a_code_becomes_a_password_and_a_second_factor(public_api, session, invited):
    shown = public_api.post(START, json=invited)
    assert shown.status_code == 201
    assert shown.json["otpauth_uri"].startswith("otpauth://totp/Goodfaith:anna%40lender.test?")
    assert len(set(shown.json["recovery_codes"])) == 10
    before = session.scalars(select(StaffAccount).where(StaffAccount.email == EMAIL)).one()
    assert before.enrolled_at is None

    done = confirm(public_api, invited, first_code(shown))
    assert done.status_code == 200
    assert (done.json["state"], done.json["recovery_codes_left"]) == ("active", 10)


def test_an_enrolment_code_opens_once(public_api, invited):
    shown = public_api.post(START, json=invited)
    assert confirm(public_api, invited, first_code(shown)).status_code == 200
    again = public_api.post(START, json=invited)
    assert refusal(again) == (401, "enrolment-refused")
    assert refusal(confirm(public_api, invited, first_code(shown))) == (401, "enrolment-refused")


def test_a_second_start_forgets_the_first_secret(public_api, invited):
    first, second = (public_api.post(START, json=invited) for _ in range(2))
    assert first.json["totp_secret"] != second.json["totp_secret"]
    assert refusal(confirm(public_api, invited, first_code(first))) == (409, "totp-code-refused")
    assert confirm(public_api, invited, first_code(second)).status_code == 200


def test_nothing_is_confirmed_before_it_is_started(public_api, invited):
    assert refusal(confirm(public_api, invited, "123456")) == (409, "enrolment-not-started")


def test_unknown_address_wrong_old_and_replaced_codes_are_refused_alike(
    public_api, session, invited
):
    tried = [
        public_api.post(START, json=invited | {"email": "nobody@lender.test"}),
        public_api.post(START, json=invited | {"enrolment_code": "aaaaa-aaaaa"}),
        public_api.post(START, json=invited | {"enrolment_code": "---"}),
    ]
    account = session.scalars(select(StaffAccount).where(StaffAccount.email == EMAIL)).one()
    newer = service.issue_code(session, staff_id=account.id, issued_by=None, now=clock.wall())
    tried.append(public_api.post(START, json=invited))
    body = invited | {"enrolment_code": newer.enrolment_code}
    session.execute(update(StaffEnrolment).values(expires_at=clock.wall() - timedelta(seconds=1)))
    tried.append(public_api.post(START, json=body))
    session.execute(update(StaffEnrolment).values(expires_at=clock.wall() + timedelta(hours=1)))
    session.execute(update(StaffAccount).values(disabled_at=NOW))
    tried.append(public_api.post(START, json=body))
    session.execute(update(StaffAccount).values(disabled_at=None))

    bodies = [{**answer.json, "request_id": ""} for answer in tried]
    assert [refusal(answer) for answer in tried] == [(401, "enrolment-refused")] * len(tried)
    assert bodies == [bodies[0]] * len(bodies)
    assert public_api.post(START, json=body).status_code == 201


def test_a_code_may_be_typed_without_dashes_and_in_capitals(public_api, invited):
    typed = invited["enrolment_code"].replace("-", " ").upper()
    assert public_api.post(START, json=invited | {"enrolment_code": typed}).status_code == 201


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_weak_password_is_refused_and_says_why(public_api, invited, language):
    answer = public_api.post(
        START,
        json=invited | {"password": "anna@lender.test!!"},
        headers={"Accept-Language": language},
    )
    assert refusal(answer) == (422, "invalid")
    (error,) = answer.json["errors"]
    assert error["pointer"] == "#/password"
    assert error["detail"] in ("Must not contain the e-mail address.", "不能包含邮箱地址。")


def test_what_is_stored_opens_nothing(public_api, session, invited):
    shown = public_api.post(START, json=invited)
    confirm(public_api, invited, first_code(shown))
    account = session.scalars(select(StaffAccount).where(StaffAccount.email == EMAIL)).one()
    assert account.password_hash.startswith("$argon2id$")
    assert shown.json["totp_secret"].encode() not in account.totp
    hashes = session.scalars(select(StaffRecoveryCode.code_hash)).all()
    codes = [code.replace("-", "").encode() for code in shown.json["recovery_codes"]]
    assert not set(hashes) & set(codes)
    assert session.scalars(select(StaffEnrolment)).all() == []


def test_an_admin_resets_another_and_her_password_counts_no_more(public_api, staff_api, session):
    anna = make_colleague(session, "auditor")
    admin = staff_api("admin")
    path = f"/v1/staff/accounts/{anna.id}/enrolment-codes"
    issued = admin.post(path, json={"reason": "Lost her telephone."})
    assert issued.status_code == 201

    refused = public_api.post("/v1/auth/staff/login", json=anna.log_in())
    assert refusal(refused) == (401, "log-in-refused")
    body = {
        "email": anna.email,
        "enrolment_code": issued.json["enrolment_code"],
        "password": PASSWORD,
    }
    shown = public_api.post(START, json=body)
    assert confirm(public_api, body, first_code(shown)).status_code == 200
    account = session.get(StaffAccount, anna.id, populate_existing=True)
    assert account.let_in_by == admin.id


def test_nobody_resets_herself_a_disabled_or_an_unknown_account(staff_api, session):
    admin, other = staff_api("admin"), staff_api("auditor")
    why = {"reason": "Lost her telephone."}
    own = admin.post(f"/v1/staff/accounts/{admin.id}/enrolment-codes", json=why)
    unknown = admin.post(f"/v1/staff/accounts/{new_id()}/enrolment-codes", json=why)
    session.get(StaffAccount, other.id).disabled_at = NOW
    disabled = admin.post(f"/v1/staff/accounts/{other.id}/enrolment-codes", json=why)
    assert refusal(own) == (409, "own-account")
    assert refusal(unknown) == (404, "not-found")
    assert refusal(disabled) == (409, "account-disabled")


@pytest.mark.commits
def test_of_parallel_confirmations_one_wins(app, public_api, session, own_database):
    staff_id = service.add_staff(session, email=EMAIL, roles=[Role.AUDITOR], now=NOW)
    issued = service.issue_code(session, staff_id=staff_id, issued_by=None, now=clock.wall())
    session.commit()
    body = {"email": EMAIL, "enrolment_code": issued.enrolment_code}
    shown = public_api.post(START, json=body | {"password": PASSWORD})
    body["totp_code"] = first_code(shown)
    with ThreadPoolExecutor(8) as pool:
        tried = [pool.submit(app.test_client().post, CONFIRM, json=body) for _ in range(8)]
    assert sorted(each.result().status_code for each in tried) == [200] + [401] * 7
    assert len(session.scalars(select(StaffRecoveryCode)).all()) == 10
