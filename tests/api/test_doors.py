"""Who may enter where: every audience and every staff role at every door of the application."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from backend.auth.rules import CLIENT_SCOPES
from backend.kit.audience import Audience
from backend.kit.ids import new_id
from backend.repayment_plans.rules import State
from backend.settings import Settings
from backend.staff.rules import PERMISSIONS, Role
from rewards.campaigns import participants
from rewards.campaigns.running import get_terms
from tests.api.conftest import ALL_ROLES, World
from tests.api.doors import DOORS, Door
from tests.clock import NOW, TODAY
from tests.factories.cases import dispute_of, promise_of, waiver_request_of
from tests.factories.catalogue import redemption_of
from tests.factories.credentials import make_credential
from tests.factories.documents import make_document, make_suspicion
from tests.factories.evidence import receipt_of
from tests.factories.grants import grant_of
from tests.factories.hardship import make_application, make_partner, make_referral, say_yes
from tests.factories.inbox import put_message
from tests.factories.live_campaigns import make_live
from tests.factories.notifications import delivery_of, make_intent
from tests.factories.plans import plan_of
from tests.factories.procedures import procedure_of
from tests.factories.quotes import quote_of
from tests.fixtures.api import Api, bearer, new_key, token_for

GUARDED = [door for door in DOORS if door.audience is not Audience.PUBLIC]
OF_STAFF = [door for door in DOORS if door.audience is Audience.STAFF]
OF_BORROWERS = [door for door in DOORS if door.audience is Audience.BORROWER]
# What people write to each other is for all of them; tests/community say who is shown what.
SHARED = "/v1/community/"
WITH_IDS = [d for d in OF_BORROWERS if d.ids and not d.rule.startswith(SHARED)]
LISTS = (
    "/v1/me/loans",
    "/v1/me/streaks",
    "/v1/me/loans/{loan_id}/payments",
    "/v1/me/loans/{loan_id}/schedule",
    "/v1/me/loans/{loan_id}/fees",
)

# The columns of the table in docs/access.md.
IN_THE_GUIDE = {
    "risk": (Role.RISK_OFFICER,),
    "account": (Role.ACCOUNT_MANAGER,),
    "marketer": (Role.MARKETER,),
    "approver": (Role.CAMPAIGN_APPROVER,),
    "privacy": (Role.PRIVACY_OFFICER,),
    "auditor": (Role.AUDITOR,),
    "admin": (Role.ADMIN,),
    "moderator": (Role.MODERATOR,),
    "lead": (Role.LEAD_MODERATOR,),
}
CREDENTIAL = "/v1/me/badges/<uuid:award_id>/credential"
NOT_THERE = {
    "/v1/me/procedures/<uuid:procedure_id>/reply": "procedure-unknown",
    "/v1/me/sessions/<uuid:session_id>": "session-not-found",
    **dict.fromkeys((f"{CREDENTIAL}/picture.svg", f"PUT {CREDENTIAL}/share"), "credential-unknown"),
    **dict.fromkeys(
        (f"{method} {CREDENTIAL}" for method in ("GET", "DELETE")), "credential-unknown"
    ),
    f"{CREDENTIAL}/share": "credential-share-unknown",
    "/v1/me/campaigns/<uuid:campaign_id>": "campaign-not-found",
    "/v1/me/inbox/<uuid:item_id>/read": "inbox-item-unknown",
    "/v1/me/messages/<uuid:message_id>": "message-unknown",
    "/v1/me/deliveries/<uuid:delivery_id>/receipt": "delivery-not-found",
    "/v1/me/receipts/<uuid:receipt_id>": "receipt-unknown",
    "/v1/me/receipts/<uuid:receipt_id>.tlog-proof": "receipt-unknown",
    "/v1/me/benefits/<uuid:grant_id>/activate": "benefit-grant-unknown",
    "/v1/me/benefits/<uuid:grant_id>/decline": "benefit-grant-unknown",
    **dict.fromkeys(
        (f"/v1/me/promises/<uuid:promise_id>{part}" for part in ("", "/withdraw")),
        "promise-unknown",
    ),
    **dict.fromkeys(
        (f"/v1/me/disputes/<uuid:dispute_id>{part}" for part in ("", "/reply", "/withdraw")),
        "dispute-unknown",
    ),
    **dict.fromkeys(
        (f"/v1/me/waiver-requests/<uuid:request_id>{part}" for part in ("", "/withdraw")),
        "waiver-request-unknown",
    ),
    **dict.fromkeys(
        (f"/v1/me/documents/<uuid:document_id>{part}" for part in ("", "/reply")),
        "document-unknown",
    ),
    **dict.fromkeys(
        (
            f"/v1/me/hardship-applications/<uuid:application_id>{part}"
            for part in ("", "/information", "/withdraw")
        ),
        "hardship-application-unknown",
    ),
    **dict.fromkeys(
        (
            "/v1/me/hardship-applications/<uuid:application_id>"
            f"/referrals/<uuid:referral_id>/{part}"
            for part in ("agree", "decline")
        ),
        "hardship-referral-unknown",
    ),
    **dict.fromkeys(
        (
            f"/v1/me/redemptions/<uuid:redemption_id>{part}"
            for part in ("", "/claim", "/cancel", "/codes")
        ),
        "redemption-unknown",
    ),
    **dict.fromkeys(
        (
            f"/v1/me/plan-requests/<uuid:request_id>{part}"
            for part in ("", "/accept", "/withdraw", "/answer", "/appeal")
        ),
        "plan-request-unknown",
    ),
}
PROMISES = "/v1/me/loans/<uuid:loan_id>/promises"
WITHDRAWAL = next(
    door for door in DOORS if door.rule == "/v1/me/promises/<uuid:promise_id>/withdraw"
)
# Where an id alone is not enough to enter.
BODIES = {
    ("POST", "/v1/me/loans/<uuid:loan_id>/plan-quotes"): {"kinds": ["longer_term"]},
    ("POST", "/v1/me/plan-requests/<uuid:request_id>/answer"): {"message": "Since October."},
    ("POST", "/v1/me/deliveries/<uuid:delivery_id>/receipt"): {"event": "opened"},
    ("POST", PROMISES): {"amount_minor": 100, "on": str(TODAY + timedelta(days=7))},
    **{
        ("POST", rule): {"text": "I had it from them."}
        for rule in (
            "/v1/me/disputes/<uuid:dispute_id>/reply",
            "/v1/me/procedures/<uuid:procedure_id>/reply",
            "/v1/me/documents/<uuid:document_id>/reply",
            "/v1/me/hardship-applications/<uuid:application_id>/information",
        )
    },
}
# How a request must stand for its door to open.
STANDS = {"answer": State.INFO_REQUESTED, "appeal": State.REJECTED}


def enter(api: Api, door: Door, **known: str):
    key = new_key() if door.method == "POST" else {}
    body = BODIES.get((door.method, door.rule))
    return api.call(door.method, door.path(**known), headers=key, json=body)


def is_refused(answer) -> bool:
    return answer.status_code == 403 and answer.json["code"] == "forbidden"


@dataclass(frozen=True)
class Visitor:
    """Somebody at a door: what she holds, and how she speaks."""

    name: str
    audience: Audience | None
    permissions: frozenset[str]
    api: Api

    def may_enter(self, door: Door) -> bool:
        if door.audience is Audience.PUBLIC:
            return True
        if self.audience not in door.serves:
            return False
        return door.audience is Audience.BORROWER or door.permission in self.permissions


@pytest.fixture
def visitors(public_api, borrower_api, client_api, staff_api, app, session, settings):
    """Nobody, each kind of caller with all and with nothing, and each role by itself."""
    powerless = token_for(settings, audience="client", subject_id=client_api.id, scopes=("other",))
    scopes = CLIENT_SCOPES
    none = Api(client=app.test_client(), session=session, headers=bearer(powerless))
    return [
        Visitor("nobody", None, frozenset(), public_api),
        Visitor("a borrower", Audience.BORROWER, frozenset(), borrower_api(new_id())),
        Visitor("a client", Audience.CLIENT, scopes, client_api),
        Visitor("a client without scopes", Audience.CLIENT, frozenset(), none),
        Visitor("staff without a role", Audience.STAFF, frozenset(), staff_api()),
        *(Visitor(role, Audience.STAFF, PERMISSIONS[role], staff_api(role)) for role in Role),
    ]


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_each_role_by_itself_and_everybody_else_enters_where_the_table_says(door, visitors):
    for visitor in visitors:
        answer = enter(visitor.api, door)
        if visitor.may_enter(door):
            assert not is_refused(answer), visitor.name
        elif visitor.audience is None:
            assert answer.status_code == 401, visitor.name
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.json["code"] == "unauthorized"
        else:
            assert is_refused(answer), visitor.name


def test_the_guide_tells_the_table_of_roles():
    guide = (Path(__file__).parents[2] / "docs/access.md").read_text()
    rows = [line.strip("|").split("|") for line in guide.splitlines() if line.startswith("|")]
    header = next(n for n, row in enumerate(rows) if row[0].strip() == "permission")
    columns = [IN_THE_GUIDE[name.strip()] for name in rows[header][2:]]
    told: dict[Role, set[str]] = {role: set() for role in Role}
    for row in rows[header + 2 :]:
        names = re.findall(r"`([a-z_]+\.[a-z_]+)`", row[0])
        if not names:
            break
        for roles, mark in zip(columns, row[2:], strict=True):
            for role in roles if mark.strip() == "x" else ():
                told[role].update(names)
    assert told == {role: set(PERMISSIONS[role]) for role in Role}


def test_every_door_of_staff_and_clients_needs_a_permission_that_somebody_holds():
    held = frozenset().union(*PERMISSIONS.values())
    assert [str(door) for door in OF_STAFF if door.permission not in held] == []
    assert [
        str(door) for door in DOORS if door.audience is Audience.CLIENT and not door.permission
    ] == []


def test_a_borrower_claiming_roles_and_scopes_opens_nothing_more(
    app: Flask, session, settings: Settings, world: World
):
    token = token_for(
        settings,
        audience="borrower",
        subject_id=world.ann.id,
        roles=ALL_ROLES,
        scopes=sorted(CLIENT_SCOPES),
    )
    api = Api(client=app.test_client(), session=session, headers=bearer(token))
    others = [door for door in GUARDED if door.audience is not Audience.BORROWER]
    assert [str(door) for door in others if not is_refused(enter(api, door))] == []


@pytest.fixture
def in_need(session, world: World, staff_api) -> dict[str, str]:
    """Ann's application with a partner who waits for her word, and a document of hers."""
    say_yes(session, world.ann.id)
    application_id = make_application(session, world.ann.id)
    staff_id = staff_api().id
    referral_id = make_referral(
        session, world.ann.id, application_id, partner=make_partner(session), by=staff_id
    )
    return {
        "application_id": str(application_id),
        "referral_id": str(referral_id),
        "document_id": str(make_document(session, world.ann.id)),
    }


def _campaign_of(session, borrower_id):
    campaign = make_live(session)
    terms = get_terms(session, keys=[(campaign, 1)])[campaign, 1]
    participants.join(session, [participants.Joined(borrower_id, terms, NOW, 0, TODAY, "current")])
    return str(campaign)


@pytest.mark.parametrize("door", WITH_IDS, ids=str)
def test_what_is_anothers_is_not_there(
    door: Door, session, borrower_api, staff_api, world: World, open_session, in_need
):
    if door.rule == "/v1/me/documents/<uuid:document_id>/reply":
        make_suspicion(
            session, world.ann.id, UUID(in_need["document_id"]), suspected_by=staff_api().id
        )
    ids = in_need | {
        "loan_id": world.ann.loan_id,
        "session_id": open_session(world.ann.id),
        "grant_id": grant_of(session, world.ann.id),
        "campaign_id": _campaign_of(session, world.ann.id),
        "award_id": str(make_credential(session, world.ann.id, is_shared=True)),
        "procedure_id": procedure_of(session, world.ann.id),
        "item_id": str(put_message(session, world.ann.id)),
        "message_id": str(make_intent(session, borrower_id=world.ann.id)),
        "delivery_id": str(delivery_of(session, world.ann.id)),
        "receipt_id": receipt_of(session, world.ann.id),
        "quote_id": quote_of(session, world.ann.id, world.ann.loan_id),
        "redemption_id": redemption_of(
            session, world.ann.id, is_claimed=door.rule.endswith("/codes")
        ),
        "promise_id": promise_of(session, world.ann.id, loan_id=world.ann.loan_id),
        "dispute_id": dispute_of(
            session, world.ann.id, loan_id=world.ann.loan_id, asked_by=staff_api().id
        ),
        "request_id": waiver_request_of(session, world.ann.id, loan_id=world.ann.loan_id),
    }
    if door.rule == PROMISES:  # a loan has one that is open
        enter(borrower_api(world.ann.id), WITHDRAWAL, **ids)
    if "/plan-requests/" in door.rule:
        ids["request_id"] = plan_of(
            session,
            world.ann.id,
            UUID(world.ann.loan_id),
            state=STANDS.get(door.rule.rpartition("/")[2], State.OFFERED),
        )
    assert door.ids <= set(ids), "teach this test the id"
    own, other = borrower_api(world.ann.id), borrower_api(world.bea.id)
    theirs, nothing = enter(other, door, **ids), enter(other, door)
    code = NOT_THERE.get(str(door)) or NOT_THERE.get(door.rule, "not-found")
    assert (theirs.status_code, theirs.json["code"]) == (404, code)
    hers = enter(own, door, **ids)
    assert hers.status_code in (200, 201, 204), hers.text
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
    if answer.mimetype == "text/csv":
        assert len(answer.text.splitlines()) == 1  # its heading
    elif answer.status_code == 200 and not door.rule.startswith(SHARED):
        # An empty list, or nothing but zeros.
        assert [value for value in answer.json.values() if value] == []
