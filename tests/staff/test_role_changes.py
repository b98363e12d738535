"""Roles change by two people, and what is lost opens nothing any more."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from backend.auth import revocations
from backend.auth import service as auth
from backend.kit import clock
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.staff import jobs, service
from backend.staff.models import StaffAccount, StaffAction, StaffRole, StaffRoleChange
from backend.staff.rules import ChangeState, Role
from tests.clock import NOW
from tests.factories.runs import make_job_context
from tests.factories.staff import make_colleague
from tests.fixtures.api import Api, bearer, new_key, token_for

WHY = "Moves to the audit team."


@pytest.fixture
def admins(staff_api):
    return staff_api("admin"), staff_api("admin")


@pytest.fixture
def anna(staff_api):
    return staff_api("marketer")


def ask(admin, staff_id, **body):
    given = {"add": ["auditor"], "remove": ["marketer"], "reason": WHY} | body
    return admin.post(f"/v1/staff/accounts/{staff_id}/role-changes", json=given, headers=new_key())


def act(admin, change, action):
    path = f"/v1/staff/role-changes/{change.json['id']}/{action}"
    return admin.post(path, headers=new_key())


def refusal(answer):
    return answer.status_code, answer.json["code"]


def roles_of(session, staff_id):
    query = select(StaffRole.role).where(StaffRole.staff_id == staff_id)
    return sorted(session.scalars(query))


def test_a_change_counts_once_a_second_admin_confirms_it(session, admins, anna):
    first, second = admins
    asked = ask(first, anna.id)
    assert (asked.status_code, asked.json["state"]) == (201, "pending")
    assert refusal(act(first, asked, "confirm")) == (403, "second-person-needed")
    assert refusal(act(first, asked, "reject")) == (403, "second-person-needed")
    assert roles_of(session, anna.id) == ["marketer"]

    confirmed = act(second, asked, "confirm")
    assert (confirmed.status_code, confirmed.json["state"]) == (200, "confirmed")
    assert confirmed.json["decided_by"] == str(second.id)
    assert roles_of(session, anna.id) == ["auditor"]
    for action in ("confirm", "reject"):
        assert refusal(act(second, asked, action)) == (409, "role-change-settled")
    actions = session.scalars(
        select(StaffAction.action).where(StaffAction.subject == f"staff:{anna.id}")
    ).all()
    assert {"staff.role_change.request", "staff.role_change.confirmed"} <= set(actions)


def test_a_change_that_is_rejected_comes_to_nothing(session, admins, anna):
    first, second = admins
    asked = ask(first, anna.id)
    assert act(second, asked, "reject").json["state"] == "rejected"
    assert roles_of(session, anna.id) == ["marketer"]
    assert ask(second, anna.id).status_code == 201


def test_nobody_has_a_hand_in_her_own_roles(admins):
    first, second = admins
    own = ask(first, first.id, remove=[])
    assert refusal(own) == (403, "second-person-needed")
    of_second = ask(first, second.id, remove=[])
    assert refusal(act(second, of_second, "confirm")) == (403, "second-person-needed")


@pytest.mark.parametrize("action", ["confirm", "reject"])
def test_a_command_line_is_no_second_person(app, session, settings, admins, anna, action):
    first, second = admins
    asked = ask(first, anna.id)
    token = token_for(
        settings, audience="staff", subject_id=second.id, roles=["admin"], amr=("cli",)
    )
    operator = Api(client=app.test_client(), session=session, headers=bearer(token))
    assert refusal(act(operator, asked, action)) == (403, "forbidden")
    assert act(second, asked, action).status_code == 200


def test_the_database_keeps_the_second_person_too(session, admins, anna):
    first, second = admins
    asked = ask(first, anna.id)
    change = update(StaffRoleChange).where(StaffRoleChange.id == asked.json["id"])
    for changes in (
        {"state": "confirmed", "decided_by": first.id, "decided_at": NOW},
        {"state": "confirmed", "decided_by": anna.id, "decided_at": NOW},
        {"state": "confirmed", "decided_at": NOW},
        {"requested_by": anna.id},
    ):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(change.values(**changes))
    session.execute(change.values(state="confirmed", decided_by=second.id, decided_at=NOW))


def test_who_was_let_in_by_the_other_is_no_second_person(session, admins, anna):
    first, second = admins
    account = session.get(StaffAccount, second.id)
    account.let_in_by = first.id
    session.flush()
    assert refusal(act(second, ask(first, anna.id), "confirm")) == (403, "second-person-needed")
    third = anna.id
    account.let_in_by = third
    session.flush()
    session.get(StaffAccount, first.id).let_in_by = third
    session.flush()
    (waiting,) = first.get("/v1/staff/role-changes").json["items"]
    path = f"/v1/staff/role-changes/{waiting['id']}/confirm"
    assert refusal(second.post(path, headers=new_key())) == (403, "second-person-needed")
    account = session.get(StaffAccount, second.id)
    account.let_in_by = None
    session.flush()
    assert second.post(path, headers=new_key()).status_code == 200


def test_a_request_of_somebody_who_is_no_admin_any_more_is_not_confirmed(session, admins, anna):
    first, second = admins
    asked = ask(first, anna.id)
    session.get(StaffAccount, first.id).disabled_at = NOW
    session.flush()
    assert refusal(act(second, asked, "confirm")) == (403, "second-person-needed")
    assert act(second, asked, "reject").status_code == 200


def test_an_admin_whose_role_is_gone_decides_nothing_with_her_old_token(session, admins, anna):
    first, second = admins
    asked = ask(first, anna.id)
    session.execute(text("DELETE FROM staff_role WHERE staff_id = :id"), {"id": second.id})
    assert refusal(act(second, asked, "confirm")) == (403, "forbidden")
    assert refusal(ask(second, anna.id)) == (403, "forbidden")


def test_a_change_expires_after_72_hours(session, admins, anna):
    first, second = admins
    asked = ask(first, anna.id)
    with clock.fixed(NOW + timedelta(hours=72)):
        assert refusal(act(second, asked, "confirm")) == (409, "role-change-settled")
        listed = first.get("/v1/staff/role-changes", query_string={"state": "expired"})
        assert [item["id"] for item in listed.json["items"]] == [asked.json["id"]]
        # The next one does not wait for the night to write it down.
        assert ask(first, anna.id).status_code == 201
    with clock.fixed(NOW + timedelta(hours=71)):
        pending = first.get("/v1/staff/role-changes", query_string={"state": "pending"})
        assert len(pending.json["items"]) == 1


def test_the_night_writes_down_what_expired(session, admins, anna):
    asked = ask(admins[0], anna.id)
    late = make_job_context(now=NOW + timedelta(hours=73))
    assert jobs.tidy_accounts(late)["role_changes_expired"] == 1
    session.expire_all()
    assert session.get(StaffRoleChange, asked.json["id"]).state == "expired"


def test_one_change_of_an_account_waits_at_a_time(admins, anna):
    first, second = admins
    assert ask(first, anna.id).status_code == 201
    assert refusal(ask(second, anna.id)) == (409, "role-change-open")


def test_a_change_that_changes_nothing_is_refused(admins, anna):
    void = ask(admins[0], anna.id, add=["marketer"], remove=["auditor"])
    assert refusal(void) == (409, "role-change-void")


@pytest.mark.parametrize(
    "body",
    [
        {"add": [], "remove": []},
        {"add": ["auditor"], "remove": ["auditor"]},
        {"add": ["emperor"]},
        {"reason": ""},
    ],
)
def test_a_change_that_makes_no_sense_is_refused(admins, anna, body):
    assert ask(admins[0], anna.id, **body).status_code == 422


def test_unknown_accounts_and_changes_are_not_there(admins):
    assert refusal(ask(admins[0], new_id())) == (404, "not-found")
    for action in ("confirm", "reject"):
        path = f"/v1/staff/role-changes/{new_id()}/{action}"
        assert refusal(admins[0].post(path, headers=new_key())) == (404, "not-found")


def test_the_last_active_admin_keeps_the_role(session, admins):
    first, second = admins
    last = make_colleague(session, "admin")
    lose = {"add": [], "remove": ["admin"]}
    assert refusal(ask(first, last.id, **lose)) == (409, "last-admin")
    why = {"reason": "Leaves the house."}
    path = f"/v1/staff/accounts/{last.id}/disable"
    assert refusal(first.post(path, json=why, headers=new_key())) == (409, "last-admin")
    make_colleague(session, "admin")
    asked = ask(first, last.id, **lose)
    assert act(second, asked, "confirm").status_code == 200


def test_a_repeat_with_the_same_key_is_the_same_request(admins, anna):
    key, body = new_key(), {"add": ["auditor"], "reason": WHY}
    path = f"/v1/staff/accounts/{anna.id}/role-changes"
    first, again = (admins[0].post(path, json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.data == first.data


def open_session_of(process, session, staff_id, *roles):
    with transaction() as own:
        return auth.open_session(
            own,
            process.token_keys,
            audience="staff",
            subject_id=staff_id,
            roles=roles,
            amr=["pwd", "otp"],
            label=None,
            now=clock.wall(),
        )


def test_a_role_that_is_lost_opens_nothing_any_more(process, session, admins, anna, public_api):
    first, second = admins
    tokens = open_session_of(process, session, anna.id, "marketer")
    hers = bearer(tokens.access_token)
    assert public_api.get("/v1/facts", headers=hers).status_code == 200
    assert act(second, ask(first, anna.id), "confirm").status_code == 200
    assert public_api.get("/v1/facts", headers=hers).status_code == 401
    assert anna.get("/v1/facts").status_code == 401
    renewed = public_api.post("/v1/auth/refresh", json={"refresh_token": tokens.refresh_token})
    assert renewed.status_code == 401


def test_a_role_that_is_won_comes_with_the_next_token(process, session, admins, anna, public_api):
    first, second = admins
    tokens = open_session_of(process, session, anna.id, "marketer")
    asked = ask(first, anna.id, add=["auditor"], remove=[])
    assert act(second, asked, "confirm").status_code == 200
    renewed = public_api.post("/v1/auth/refresh", json={"refresh_token": tokens.refresh_token})
    hers = bearer(renewed.json["access_token"])
    assert public_api.get("/v1/jobs", headers=hers).status_code == 200


@pytest.mark.commits
def test_another_process_refuses_the_lost_role_within_a_second(
    app: Flask, process, session, own_database
):
    anna = make_colleague(session, "marketer")
    first, second = make_colleague(session, "admin"), make_colleague(session, "admin")
    session.commit()
    tokens = open_session_of(process, session, anna.id, "marketer")
    claims = auth.read_token(process.token_keys, tokens.access_token)
    elsewhere = revocations.Copy()
    named = (claims.session_id, claims.token_id, claims.subject_id)
    assert not elsewhere.is_revoked(named, issued_at=claims.issued_at)
    with transaction() as own:
        change_id = service.request_change(
            own,
            staff_id=anna.id,
            add=[],
            remove=[Role.MARKETER],
            reason=WHY,
            requested_by=first.id,
            now=NOW,
        )
    with transaction() as own:
        service.decide(
            own, change_id=change_id, outcome=ChangeState.CONFIRMED, decided_by=second.id, now=NOW
        )
    time.sleep(revocations.POLL_SECONDS)
    assert elsewhere.is_revoked(named, issued_at=claims.issued_at)


@pytest.mark.commits
def test_of_a_confirmation_and_a_rejection_at_once_one_wins(
    app: Flask, session, staff_api, own_database
):
    anna = staff_api("marketer")
    first, *others = (staff_api("admin") for _ in range(9))
    session.commit()
    asked = ask(first, anna.id)
    path = f"/v1/staff/role-changes/{asked.json['id']}"
    actions = [("confirm", "reject")[number % 2] for number in range(len(others))]

    def decide(admin: Api, action: str):
        headers = admin.headers | new_key()
        return app.test_client().post(f"{path}/{action}", headers=headers)

    with ThreadPoolExecutor(len(others)) as pool:
        answers = list(pool.map(decide, others, actions))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * (len(others) - 1)
    (won,) = [answer for answer in answers if answer.status_code == 200]
    confirmed = won.json["state"] == "confirmed"
    assert roles_of(session, anna.id) == (["auditor"] if confirmed else ["marketer"])


@pytest.mark.commits
def test_two_admins_who_close_each_other_do_not_both_succeed(
    app: Flask, session, staff_api, own_database
):
    pair = [make_colleague(session, "admin") for _ in range(2)]
    session.commit()

    def close(mine, theirs) -> str:
        try:
            with transaction() as own:
                service.disable(own, staff_id=theirs.id, disabled_by=mine.id, reason=WHY, now=NOW)
        except Exception as problem:  # noqa: BLE001 - which, is the answer
            return type(problem).__name__
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, pair, reversed(pair))) == ["Forbidden", "closed"]
