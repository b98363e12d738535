"""At every door with a borrower behind it: who sees her, what for, and that it is known."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.borrowers.models import AccessLog
from backend.commands.operate import openapi_document
from backend.kit.audience import Audience
from backend.kit.ids import new_id
from backend.staff.rules import PERMISSIONS, Role
from tests.api.bodies import (
    ADJUSTMENTS,
    ADVANCE,
    BODIES,
    DECIDE,
    DOCUMENT,
    OVERRIDE,
    PROCEDURES,
    PROMISES,
    QUERIES,
)
from tests.api.conftest import World
from tests.api.doors import DOORS, Door
from tests.clock import TODAY
from tests.factories.cases import dispute_of, waiver_request_of
from tests.factories.catalogue import redemption_of, referral_of
from tests.factories.grants import adjustment_of, award_of, grant_of
from tests.factories.hardship import make_case
from tests.factories.policies import make_dpd_policy
from tests.factories.procedures import note_forgery, procedure_of
from tests.factories.viewers import make_assignment
from tests.fixtures.api import Api, new_key

WHY = {"X-Access-Purpose": "dispute"}
OF_STAFF = [door for door in DOORS if door.audience is Audience.STAFF]
TAKING_HER = [door for door in OF_STAFF if "borrower_id" in door.ids]
LISTS = (
    "GET /v1/staff/borrowers",
    "GET /v1/tier-reviews",
    "POST /v1/tier-policies/preview",
    "POST /v1/badge-definitions/preview",
    "GET /v1/staff/points/adjustments",
    "GET /v1/staff/referral-reviews",
    "GET /v1/staff/disputes",
    "GET /v1/staff/waiver-requests",
    "GET /v1/staff/procedures",
    "GET /v1/hardship-applications",
    # Named by the request's id alone; tests/repayment_plans holds them to the same.
    "GET /v1/staff/plan-requests",
    "GET /v1/staff/plan-requests/<uuid:request_id>",
    "POST /v1/staff/plan-requests/<uuid:request_id>/decide",
)
# An account manager's own list holds none but hers, so that nobody says why.
OWN_LIST = "GET /v1/staff/assignments"
WORK_LISTS = ("GET /v1/staff/work-list", "GET /v1/staff/work-list/next")
# Doors that take a borrower and are no look, each with the reason.
NO_LOOK = {
    "PUT /v1/staff/borrowers/<uuid:borrower_id>/assignment": "tells who looks after her, no more",
    "DELETE /v1/staff/borrowers/<uuid:borrower_id>/assignment": "tells nothing",
}
# Who packs what was chosen may see no borrower, and is known to her all the same.
DELIVERIES = (ADVANCE, "GET /v1/staff/redemptions")
# An id and no word of hers: messages that failed, for whoever mends it; and whose words somebody's
# in need are, which is kept and looked at by another (tests/community/test_need.py).
IDS_ALONE = (
    "GET /v1/staff/dead-letters",
    "POST /v1/moderation/cases/<uuid:case_id>/unmask",
)
# Doors of the siblings are acts, and take no word about why: each says it by itself.
SILENT = {
    "POST /v1/staff/borrowers/<uuid:borrower_id>/badges/<uuid:award_id>/revoke": "risk_review",
    ADJUSTMENTS: "risk_review",
    f"{ADJUSTMENTS}/<uuid:adjustment_id>/confirm": "risk_review",
    f"{ADJUSTMENTS}/<uuid:adjustment_id>/reject": "risk_review",
    DECIDE: "fraud_review",
}
LOOKS = [door for door in TAKING_HER if str(door) not in (*NO_LOOK, *DELIVERIES)]
PROCEDURE_STATES = {
    "terminate": "upheld",
    "lift": "terminated",
    "hand-over": "terminated",
    "hand-over.csv": "terminated",
}
NAMING_HER = {"borrower_id", "external_id", "borrower_external_id"}


@dataclass(frozen=True)
class Case:
    """Ann, with something open for every door that takes an id of hers."""

    ann_id: str
    review_id: str
    override_id: str
    grant_id: str
    award_id: str
    adjustment_id: str
    redemption_id: str
    dispute_id: str
    request_id: str
    loan_id: str

    def procedure_for(self, api: Api, door: Door) -> str:
        """A case that stands where this door may be entered; made once."""
        act = door.rule.rpartition("/")[2]
        if act not in self.procedures:
            self.procedures[act] = procedure_of(
                api.session, UUID(self.ann_id), state=PROCEDURE_STATES.get(act, "notice_sent")
            )
        return self.procedures[act]

    document_id: str
    verified_id: str
    suspicion_id: str
    application_id: str
    fund_grant_id: str
    procedures: dict[str, str] = field(default_factory=dict)

    def enter(self, api: Api, door: Door, *, headers: dict[str, str], **other: str):
        known = {
            "borrower_id": self.ann_id,
            "review_id": self.review_id,
            "override_id": self.override_id,
            "grant_id": self.grant_id,
            "award_id": self.award_id,
            "adjustment_id": self.adjustment_id,
            "redemption_id": self.redemption_id,
            "dispute_id": self.dispute_id,
            "request_id": self.request_id,
            "document_id": self.document_id,
            "suspicion_id": self.suspicion_id,
            "application_id": self.application_id,
            "fund_grant_id": self.fund_grant_id,
        }
        if str(door) == f"{DOCUMENT}/benefit-proof":
            known["document_id"] = self.verified_id
        if "procedure_id" in door.ids:
            known["procedure_id"] = self.procedure_for(api, door)
        elif str(door) == PROCEDURES:
            note_forgery(api.session, UUID(self.ann_id))
        assert door.ids <= set(known), "teach this test the id"
        keys = new_key() if door.method == "POST" else {}
        body = BODIES.get(str(door))
        if str(door) == PROMISES:
            body = {"loan_id": self.loan_id, "amount_minor": 5, "on": str(TODAY + timedelta(9))}
        return api.call(
            door.method,
            door.path(**(known | other)),
            headers=keys | headers,
            json=body,
            query_string=QUERIES.get(str(door)),
        )


@pytest.fixture
def case(session, world: World, borrower_api, staff_api) -> Case:
    review = borrower_api(world.ann.id).post(
        "/v1/me/tier/reviews", json={"reason": "Please look."}, headers=new_key()
    )
    override = staff_api("risk_officer").post(
        f"/v1/staff/borrowers/{world.ann.id}/tier-override",
        json=OVERRIDE,
        headers=new_key() | WHY,
    )
    assert (review.status_code, override.status_code) == (201, 201), override.text
    referral_of(session, world.ann.id)
    return Case(
        str(world.ann.id),
        review.json["id"],
        override.json["id"],
        grant_of(session, world.ann.id),
        award_of(session, world.ann.id),
        adjustment_of(session, world.ann.id, asked_by=staff_api("risk_officer").id),
        redemption_of(session, world.ann.id, kind="physical_gift"),
        dispute_of(session, world.ann.id, loan_id=world.ann.loan_id),
        waiver_request_of(session, world.ann.id, loan_id=world.ann.loan_id),
        world.ann.loan_id,
        **make_case(session, world.ann.id, staff=(staff_api().id, staff_api().id)),
    )


@pytest.fixture
def looks(session):
    """Answers the looks since it was asked last."""
    known: set[Any] = set()

    def ask() -> list[tuple[str, str, str | None]]:
        rows = session.execute(select(AccessLog).order_by(AccessLog.id)).scalars().all()
        new = [row for row in rows if row.id not in known]
        known.update(row.id for row in new)
        return [(str(row.borrower_id), row.purpose, row.role) for row in new]

    return ask


def may_enter(role: Role, door: Door) -> bool:
    return door.permission in PERMISSIONS[role]


def pairs(*, sees_everybody: bool) -> list[Any]:
    return [
        pytest.param(door, role, id=f"{door} {role}")
        for door in LOOKS
        for role in Role
        if may_enter(role, door) and ("borrowers.read" in PERMISSIONS[role]) is sees_everybody
    ]


@pytest.mark.parametrize(("door", "role"), pairs(sees_everybody=True))
def test_who_sees_everybody_says_why(door, role, case, looks, staff_api):
    staff = staff_api(role)
    looks()
    for borrower_id in (case.ann_id, str(new_id())) if door.method == "GET" else ():
        refused = case.enter(staff, door, headers={}, borrower_id=borrower_id)
        assert (refused.status_code, refused.json["code"]) == (422, "access-purpose-required")
    nobody = case.enter(staff, door, headers=WHY, borrower_id=str(new_id()))
    assert (nobody.status_code, nobody.json["code"]) == (404, "borrower-not-found")
    assert looks() == []
    entered = case.enter(staff, door, headers=WHY)
    assert entered.status_code in (200, 201, 204), entered.text
    assert looks() == [(case.ann_id, SILENT.get(str(door), "dispute"), role)]


@pytest.mark.parametrize(
    ("door", "role"),
    [each for each in pairs(sees_everybody=True) if each.values[0].method != "GET"],
)
def test_an_act_says_why_by_itself(door, role, case, looks, staff_api):
    looks()
    entered = case.enter(staff_api(role), door, headers={})
    assert entered.status_code in (200, 201, 204), entered.text
    assert looks() == [(case.ann_id, SILENT.get(str(door), "risk_review"), role)]


def test_who_packs_what_she_chose_is_known_to_her(case, world, looks, staff_api):
    packer = staff_api("marketer")
    (advance,) = (door for door in TAKING_HER if str(door) == ADVANCE)
    looks()
    for other in (str(world.bea.id), str(new_id())):
        theirs = case.enter(packer, advance, headers={}, borrower_id=other)
        assert (theirs.status_code, theirs.json["code"]) == (404, "redemption-unknown")
    assert looks() == []
    seen = (case.ann_id, "account_care", None)
    assert case.ann_id in packer.get("/v1/staff/redemptions").text
    assert looks() == [seen]
    assert case.enter(packer, advance, headers={}).status_code == 200
    assert looks() == [seen]
    assert "7 Bell Street" in packer.get("/v1/staff/redemptions/to-send").text
    assert looks() == [seen]
    assert packer.get("/v1/staff/redemptions").json["items"] == []
    assert looks() == []


def test_who_looks_into_invitations_is_known_to_both(case, looks, staff_api):
    officer = staff_api("risk_officer")
    looks()
    (waiting,) = officer.get("/v1/staff/referral-reviews").json["items"]
    both = {waiting["borrower_id"], waiting["referrer_id"]}
    assert case.ann_id in both
    assert set(looks()) == {(each, "fraud_review", "risk_officer") for each in both}


@pytest.mark.parametrize("path", ["/v1/staff/referral-reviews", "/v1/staff/points/adjustments"])
def test_an_empty_list_that_says_why_by_itself_needs_no_word(path, staff_api):
    answer = staff_api("risk_officer").get(path)
    assert (answer.status_code, answer.json["items"]) == (200, [])


@pytest.mark.parametrize(("door", "role"), pairs(sees_everybody=False))
def test_an_account_manager_sees_her_own_and_nobody_else(
    door, role, case, looks, staff_api, session
):
    assert role is Role.ACCOUNT_MANAGER, "a role that opens this door and sees nobody"
    hers, anothers = staff_api(role), staff_api(role)
    make_assignment(session, staff_id=hers.id, borrower_id=case.ann_id)
    looks()
    for headers in ({}, WHY):
        theirs = case.enter(anothers, door, headers=headers)
        nobody = case.enter(anothers, door, headers=headers, borrower_id=str(new_id()))
        assert (theirs.status_code, theirs.json["code"]) == (404, "borrower-not-found")
        assert theirs.json | {"request_id": ""} == nobody.json | {"request_id": ""}
        assert set(theirs.headers.keys()) == set(nobody.headers.keys())
    assert looks() == []
    entered = case.enter(hers, door, headers={})
    assert entered.status_code in (200, 201, 204), entered.text
    assert looks() == [(case.ann_id, "account_care", "account_manager")]


@pytest.mark.parametrize("door", TAKING_HER, ids=str)
def test_reading_her_is_limited_as_a_look_up(door, case, staff_api):
    answer = case.enter(staff_api(*Role), door, headers=WHY)
    is_read = door.method == "GET"
    assert (answer.headers["RateLimit"].partition(";")[0] == '"look_up"') is is_read


def test_a_list_shows_an_account_manager_her_own(case, world, looks, staff_api, session):
    hers, anothers = staff_api("account_manager"), staff_api("account_manager")
    make_assignment(session, staff_id=hers.id, borrower_id=case.ann_id)
    looks()
    for path in ("/v1/staff/borrowers?q=ann", "/v1/tier-reviews", "/v1/staff/assignments"):
        assert anothers.get(path).json["items"] == []
        assert looks() == []
        found = hers.get(path)
        assert len(found.json["items"]) == 1
        assert case.ann_id in found.text
        assert looks() == [(case.ann_id, "account_care", "account_manager")]
    assert hers.get("/v1/staff/borrowers?q=bea").json["items"] == []


@pytest.mark.parametrize("path", ["/v1/staff/borrowers?q=ann", "/v1/tier-reviews"])
def test_a_list_of_everybody_needs_a_purpose(path, case, looks, staff_api):
    officer = staff_api("risk_officer")
    looks()
    assert officer.get(path).json["code"] == "access-purpose-required"
    assert looks() == []
    assert len(officer.get(path, headers=WHY).json["items"]) == 1
    assert looks() == [(case.ann_id, "dispute", "risk_officer")]


@pytest.mark.parametrize(
    ("headers", "purpose"), [({}, "risk_review"), (WHY, "dispute")], ids=["silent", "named"]
)
def test_samples_of_a_trial_are_looks(headers, purpose, case, world, looks, staff_api):
    looks()
    answer = staff_api("risk_officer").post(
        "/v1/tier-policies/preview", json={"policy": make_dpd_policy()}, headers=headers
    )
    seen = {sample["borrower_id"] for sample in answer.json["samples"]}
    assert seen == {str(world.ann.id), str(world.bea.id)}
    assert set(looks()) == {(each, purpose, "risk_officer") for each in seen}


def test_no_door_shows_a_borrower_that_is_not_tested_here():
    document = json.loads(openapi_document())
    shown = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters" and {"staff": []} in operation["security"]
        if NAMING_HER & names_in(answers_of(operation), document)
    }
    tested = {str(door) for door in TAKING_HER} | {*LISTS, *DELIVERIES, *WORK_LISTS, OWN_LIST}
    tested |= set(IDS_ALONE)
    assert shown - {as_documented(name) for name in tested} == set()


def as_documented(door: str) -> str:
    return door.replace("<uuid:", "{").replace(">", "}")


def answers_of(operation: dict[str, Any]) -> Any:
    return [answer for status, answer in operation["responses"].items() if status < "300"]


def names_in(part: Any, document: dict[str, Any]) -> set[str]:
    """Every property name in a schema, references followed."""
    if isinstance(part, list):
        return set().union(*(names_in(each, document) for each in part))
    if not isinstance(part, dict):
        return set()
    found = set(part.get("properties", {}))
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        found |= names_in(document["components"]["schemas"][name], document)
    return found.union(*(names_in(each, document) for each in part.values()))
