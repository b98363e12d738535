"""Who may enter where: every audience and every staff role at every door of the application."""

from collections.abc import Callable

import pytest
from flask import Flask

from backend.kit.audience import Audience
from backend.kit.ids import new_id
from backend.settings import Settings
from backend.staff.rules import PERMISSIONS, Role
from tests.api.conftest import ALL_ROLES, World
from tests.api.doors import DOORS, Door
from tests.fixtures.api import Api, bearer, token_for

GUARDED = [door for door in DOORS if door.audience is not Audience.PUBLIC]
OF_STAFF = [door for door in DOORS if door.audience is Audience.STAFF]
OF_BORROWERS = [door for door in DOORS if door.audience is Audience.BORROWER]
WITH_IDS = [door for door in OF_BORROWERS if door.ids]
LISTS = (
    "/v1/me/loans",
    "/v1/me/loans/{loan_id}/payments",
    "/v1/me/loans/{loan_id}/schedule",
    "/v1/me/loans/{loan_id}/fees",
)

NOT_THERE = {"/v1/me/sessions/<uuid:session_id>": "session-not-found"}

every_door = pytest.mark.parametrize("door", GUARDED, ids=str)


def enter(api: Api, door: Door, **known: str):
    return api.call(door.method, door.path(**known))


def is_refused(answer) -> bool:
    return answer.status_code == 403 and answer.json["code"] == "forbidden"


@every_door
def test_without_a_token_nobody_enters(public_api, door):
    answer = enter(public_api, door)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["code"] == "unauthorized"


@every_door
def test_another_kind_of_caller_is_refused(door: Door, borrower_api, staff_api, client_api):
    callers = {
        Audience.BORROWER: borrower_api(new_id()),
        Audience.STAFF: staff_api(*ALL_ROLES),
        Audience.CLIENT: client_api,
    }
    for audience, api in callers.items():
        assert is_refused(enter(api, door)) == (audience not in door.serves), audience


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_doors_that_the_table_gives_it(role: Role, staff_api: Callable[..., Api]):
    api = staff_api(role)
    opened = {str(door) for door in OF_STAFF if not is_refused(enter(api, door))}
    assert opened == {str(door) for door in OF_STAFF if door.permission in PERMISSIONS[role]}


def test_every_door_of_staff_and_clients_needs_a_permission_that_somebody_holds():
    held = frozenset().union(*PERMISSIONS.values())
    assert [str(door) for door in OF_STAFF if door.permission not in held] == []
    assert [
        str(door) for door in DOORS if door.audience is Audience.CLIENT and not door.permission
    ] == []


def test_a_client_without_the_scope_is_refused(app: Flask, session, settings: Settings, client_api):
    token = token_for(settings, audience="client", subject_id=client_api.id, scopes=("other",))
    api = Api(client=app.test_client(), session=session, headers=bearer(token))
    own = [door for door in DOORS if door.audience is Audience.CLIENT]
    assert [str(door) for door in own if not is_refused(enter(api, door))] == []


def test_a_borrower_claiming_roles_and_scopes_opens_nothing_more(
    app: Flask, session, settings: Settings, world: World
):
    token = token_for(
        settings,
        audience="borrower",
        subject_id=world.ann.id,
        roles=ALL_ROLES,
        scopes=("ingest.write", "ingest.read"),
    )
    api = Api(client=app.test_client(), session=session, headers=bearer(token))
    others = [door for door in GUARDED if door.audience is not Audience.BORROWER]
    assert [str(door) for door in others if not is_refused(enter(api, door))] == []


@pytest.mark.parametrize("door", WITH_IDS, ids=str)
def test_what_is_anothers_is_not_there(door: Door, borrower_api, world: World, open_session):
    ids = {"loan_id": world.ann.loan_id, "session_id": open_session(world.ann.id)}
    assert door.ids <= set(ids), "teach this test the id"
    own, other = borrower_api(world.ann.id), borrower_api(world.bea.id)
    theirs, nothing = enter(other, door, **ids), enter(other, door)
    assert (theirs.status_code, theirs.json["code"]) == (404, NOT_THERE.get(door.rule, "not-found"))
    hers = enter(own, door, **ids)
    assert hers.status_code in (200, 204)
    assert theirs.json | {"request_id": ""} == nothing.json | {"request_id": ""}


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_of_one_borrower_shows_another_nothing_of_hers(path, borrower_api, world: World):
    own, other = borrower_api(world.ann.id), borrower_api(world.bea.id)
    first = own.get(path.format(loan_id=world.ann.loan_id), query_string={"limit": 1})
    assert first.status_code == 200
    cursor = first.json["next_cursor"]
    assert cursor is not None
    answer = other.get(path.format(loan_id=world.bea.loan_id), query_string={"cursor": cursor})
    assert answer.status_code == 200
    assert [secret for secret in world.ann.secrets if secret in answer.text] == []


@pytest.mark.parametrize("door", OF_BORROWERS, ids=str)
def test_a_borrower_who_does_not_exist_is_told_nothing(door: Door, borrower_api, world: World):
    answer = enter(borrower_api(new_id()), door, loan_id=world.ann.loan_id)
    assert answer.status_code in (200, 204, 404, 400, 415, 422)
    assert [secret for secret in world.ann.secrets if secret in answer.text] == []
    if answer.status_code == 200:
        assert answer.json["items"] == []
