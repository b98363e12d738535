"""The fund gives by two people, to the cent, and never more than it has."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.hardship import audit, demo, queries, service
from backend.hardship.errors import FundGrantOpen, FundGrantSettled, FundShort
from backend.hardship.jobs import settle_fund
from backend.hardship.models import (
    HardshipBudget,
    HardshipFundEntry,
    HardshipFundGrant,
)
from backend.kit.db import transaction
from backend.kit.wiring import DemoOffice
from backend.staff import service as staff
from tests.clock import NOW, TODAY
from tests.factories.documents import make_document
from tests.factories.hardship import fill_fund, make_application, propose
from tests.factories.loans import make_borrower
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key

FUND = "/v1/staff/hardship-fund"
TOP_UP = {"amount_minor": 1_000, "currency": "CNY", "month": f"{TODAY:%Y-%m}", "reason": "November"}


def top_up(office, *, amount_minor: int = 1_000):
    body = TOP_UP | {"amount_minor": amount_minor}
    asked = office.officer.post(f"{FUND}/top-ups", json=body, headers=new_key())
    assert asked.status_code == 201, asked.text
    path = f"{FUND}/top-ups/{asked.json['id']}/confirm"
    return office.second.post(path, headers=new_key())


def ask(office, application_id, *, amount_minor: int = 600, currency: str = "CNY", who=None):
    return (who or office.manager).post(
        office.path(application_id, "/fund-grants"),
        json={"amount_minor": amount_minor, "currency": currency},
        headers=new_key(),
    )


def approve(office, grant_id, *, who=None):
    path = office.grant_path(grant_id, "approve")
    return (who or office.officer).post(path, headers=new_key())


def budget(office) -> tuple[int, int, int]:
    (month,) = office.officer.get(FUND).json["budgets"]
    return tuple(month[f"{name}_minor"] for name in ("available", "reserved", "paid"))


def differences(session) -> list[str]:
    return list(audit.run(session))


def test_money_comes_in_by_two_people(office, session):
    asked = office.officer.post(f"{FUND}/top-ups", json=TOP_UP, headers=new_key())
    assert office.officer.get(FUND).json["budgets"] == []
    path = f"{FUND}/top-ups/{asked.json['id']}"
    alone = office.officer.post(f"{path}/confirm", headers=new_key())
    assert (alone.status_code, alone.json["code"]) == (403, "second-person-needed")
    confirmed = office.second.post(f"{path}/confirm", headers=new_key())
    assert (confirmed.status_code, confirmed.json["state"]) == (200, "confirmed")
    assert budget(office) == (1_000, 0, 0)
    for act in ("confirm", "reject"):
        again = office.second.post(f"{path}/{act}", headers=new_key())
        assert (again.status_code, again.json["code"]) == (409, "hardship-top-up-settled")
    second = office.officer.post(f"{FUND}/top-ups", json=TOP_UP, headers=new_key()).json["id"]
    rejected = office.second.post(f"{FUND}/top-ups/{second}/reject", headers=new_key())
    assert rejected.json["state"] == "rejected"
    assert budget(office) == (1_000, 0, 0)
    assert len(office.officer.get(f"{FUND}/top-ups").json["items"]) == 2
    lost = office.second.post(f"{FUND}/top-ups/{office.ann}/confirm", headers=new_key())
    assert lost.json["code"] == "hardship-top-up-unknown"
    assert differences(session) == []


def test_a_grant_is_reserved_approved_by_another_and_paid_by_the_core(office, session, client_api):
    top_up(office)
    application_id = make_application(session, office.ann)
    proposed = ask(office, application_id)
    assert proposed.status_code == 201, proposed.text
    grant = proposed.json["fund_grant"]
    assert (grant["state"], grant["proposed_by"]) == ("proposed", str(office.manager.id))
    assert budget(office) == (400, 600, 0)
    approved = approve(office, grant["id"])
    assert (approved.status_code, approved.json["fund_grant"]["state"]) == (200, "approved")
    (hers,) = office.own.get("/v1/me/benefits").json["items"]
    assert (hers["kind"], hers["state"]) == ("hardship_fund", "activated")
    assert hers["terms"] == {"amount_minor": 600, "currency": "CNY"}
    assert settle_fund(make_job_context()) == {}
    (told,) = client_api.get("/v1/ingest/benefit-grants").json["items"]
    client_api.post(f"/v1/ingest/benefit-grants/{told['id']}/ack")
    assert settle_fund(make_job_context()) == {"paid": 1}
    assert settle_fund(make_job_context()) == {}
    assert budget(office) == (400, 0, 600)
    assert differences(session) == []
    entries = office.officer.get(
        f"{FUND}/entries", query_string={"currency": "CNY", "month": TOP_UP["month"]}
    ).json["items"]
    moves = [(each["from_account"], each["to_account"]) for each in reversed(entries)]
    assert moves == [("outside", "available"), ("available", "reserved"), ("reserved", "paid")]


def test_who_proposes_does_not_approve_nor_reject(office, session):
    top_up(office)
    application_id = make_application(session, office.ann)
    grant_id = ask(office, application_id, who=office.officer).json["fund_grant"]["id"]
    alone = approve(office, grant_id)
    assert (alone.status_code, alone.json["code"]) == (403, "second-person-needed")
    path = office.grant_path(grant_id, "reject")
    body = {"reason": "Too little known."}
    alone = office.officer.post(path, json=body, headers=new_key())
    assert alone.json["code"] == "second-person-needed"
    rejected = office.second.post(path, json=body, headers=new_key())
    assert rejected.json["fund_grant"]["state"] == "rejected"
    assert budget(office) == (1_000, 0, 0)
    late = approve(office, grant_id, who=office.second)
    assert (late.status_code, late.json["code"]) == (409, "hardship-fund-grant-settled")
    # What was rejected may be proposed anew.
    assert ask(office, application_id).status_code == 201
    assert differences(session) == []


def test_who_checked_a_document_of_hers_does_not_approve(office, session):
    top_up(office)
    document_id = make_document(session, office.ann)
    application_id = office.own.post(
        "/v1/me/hardship-applications",
        json={
            "reason": "job_loss",
            "document_ids": [str(document_id)],
            "affordability": {
                "currency": "CNY", "income": {}, "fixed_costs": {}, "flexible_costs": {},
            },
        },
        headers=new_key(),
    ).json["id"]  # fmt: skip
    office.officer.post(
        f"/v1/staff/borrowers/{office.ann}/documents/{document_id}/verifications",
        json={"outcome": "not_verified", "method": "compared"},
        headers=new_key(),
    )
    grant_id = ask(office, application_id).json["fund_grant"]["id"]
    refused = approve(office, grant_id)
    assert (refused.status_code, refused.json["code"]) == (409, "hardship-checker-decides")
    assert approve(office, grant_id, who=office.second).status_code == 200


def test_one_grant_for_an_application_and_none_beyond_the_budget(office, session):
    application_id = make_application(session, office.ann)
    without = ask(office, application_id)
    assert (without.status_code, without.json["code"]) == (409, "hardship-fund-short")
    top_up(office)
    too_much = ask(office, application_id, amount_minor=1_001)
    assert too_much.json["code"] == "hardship-fund-short"
    other_money = ask(office, application_id, currency="USD")
    assert other_money.json["code"] == "hardship-fund-short"
    assert ask(office, application_id, amount_minor=500).status_code == 201
    second = ask(office, application_id, amount_minor=500)
    assert (second.status_code, second.json["code"]) == (409, "hardship-fund-grant-open")
    assert budget(office) == (500, 500, 0)


def test_a_grant_that_ends_before_it_is_paid_goes_back(office, session):
    top_up(office)
    application_id = make_application(session, office.ann)
    grant_id = ask(office, application_id).json["fund_grant"]["id"]
    approve(office, grant_id)
    (benefit,) = office.own.get("/v1/me/benefits").json["items"]
    office.officer.post(
        f"/v1/staff/borrowers/{office.ann}/benefits/{benefit['id']}/revoke",
        json={"reason": "by mistake"},
        headers=new_key(),
    )
    assert settle_fund(make_job_context()) == {"released": 1}
    assert budget(office) == (1_000, 0, 0)
    assert differences(session) == []
    assert ask(office, application_id).status_code == 201


def test_a_closed_application_is_given_nothing(office, session):
    top_up(office)
    application_id = make_application(session, office.ann)
    grant_id = ask(office, application_id).json["fund_grant"]["id"]
    path = f"/v1/me/hardship-applications/{application_id}/withdraw"
    office.own.post(path, headers=new_key())
    for answer in (approve(office, grant_id), ask(office, application_id)):
        assert answer.json["code"] == "hardship-application-not-open"
    lost = approve(office, office.ann)
    assert lost.json["code"] == "hardship-fund-grant-unknown"


def test_the_audit_names_any_difference(office, session):
    top_up(office)
    session.execute(update(HardshipBudget).values(available_minor=999, paid_minor=1))
    found = differences(session)
    assert len(found) == 3
    assert all("hardship fund CNY" in line for line in found)


@pytest.mark.parametrize("account", ["available_minor", "reserved_minor", "paid_minor"])
def test_the_database_lets_nothing_go_below_zero(office, session, account):
    top_up(office)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(HardshipBudget).values({account: -1}))


def test_the_ledger_is_only_added_to(office, session):
    top_up(office)
    for change in (
        update(HardshipFundEntry).values(amount_minor=5),
        delete(HardshipFundEntry),
    ):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(change)


def test_the_demo_has_a_fund_and_partners_who_say_that_they_are_made_up(session, staff_api):
    desk = DemoOffice(staff_api("risk_officer").id, staff_api("risk_officer").id)
    for _ in range(2):
        demo.fill(session, desk, NOW)
    partners = queries.page_partners(session, args={"limit": 20}).items
    assert {each.kind for each in partners} == {"training", "aid"}
    assert all(each.is_synthetic for each in partners)
    (month,) = queries.list_budgets(session)
    assert month.available_minor == demo.BUDGET.amount_minor
    assert differences(session) == []


CALLERS = 200
FITTING = 37


@pytest.mark.commits
def test_two_hundred_at_once_never_take_more_than_there_is(session, own_database):
    people = [
        staff.add_staff(session, email=f"{n}@goodfaith.test", roles=[], now=NOW) for n in range(2)
    ]
    fill_fund(session, amount_minor=FITTING * 100 + 99, by=(people[0], people[1]))
    cases = []
    for _ in range(CALLERS):
        borrower_id = make_borrower(session)
        cases.append((borrower_id, make_application(session, borrower_id)))
    session.commit()

    def take(case: tuple[UUID, UUID]) -> bool:
        try:
            with transaction() as own:
                propose(own, *case, by=people[0])
        except FundShort:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(take, cases)) == FITTING
    with own_database.writes.connect() as look:
        row = look.execute(select(HardshipBudget.__table__)).one()
    assert (row.available_minor, row.reserved_minor) == (99, FITTING * 100)
    session.expire_all()
    assert differences(session) == []


@pytest.mark.commits
def test_one_proposal_is_decided_once_whoever_is_quicker(session, own_database):
    people = [
        staff.add_staff(session, email=f"{n}@goodfaith.test", roles=[], now=NOW) for n in range(3)
    ]
    fill_fund(session, amount_minor=1_000, by=(people[0], people[1]))
    borrower_id = make_borrower(session)
    application_id = make_application(session, borrower_id)
    grant_id = propose(session, borrower_id, application_id, by=people[0])
    session.commit()

    def settle(nth: int) -> bool:
        decide = service.approve_grant if nth % 2 else service.reject_grant
        try:
            with transaction() as own:
                decide(
                    own,
                    borrower_id=borrower_id,
                    fund_grant_id=grant_id,
                    decided_by=people[1 + nth % 2],
                    now=NOW,
                )
        except FundGrantSettled:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(settle, range(16))) == 1
    session.expire_all()
    assert differences(session) == []


@pytest.mark.commits
def test_an_application_gets_one_grant_however_many_propose(session, own_database):
    people = [
        staff.add_staff(session, email=f"{n}@goodfaith.test", roles=[], now=NOW) for n in range(2)
    ]
    fill_fund(session, amount_minor=100_000, by=(people[0], people[1]))
    borrower_id = make_borrower(session)
    application_id = make_application(session, borrower_id)
    session.commit()

    def take(_: int) -> bool:
        try:
            with transaction() as own:
                propose(own, borrower_id, application_id, by=people[0])
        except FundGrantOpen:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1
    count = select(func.count()).select_from(HardshipFundGrant)
    assert session.execute(count).scalar_one() == 1
