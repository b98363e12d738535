"""What is decided today is logged, once, in the transaction of the act."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from backend.benefits import service as benefits
from backend.benefits.jobs import offer_packs
from backend.benefits.rules import GUARD_STREAK, Kind
from backend.evidence import queries, service
from backend.evidence.models import EvidencePending, EvidenceRecord
from rewards.points import service as points
from rewards.points.models import EarnRuleVersion
from tests.api.statements import heard
from tests.benefits.packs import context, item, version
from tests.clock import NOW, TODAY
from tests.factories.grants import adjustment_of
from tests.factories.loans import make_borrower
from tests.factories.policies import make_dpd_policy
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key


@pytest.fixture
def logged(session):
    """What was logged of somebody: each type with its record, opened."""

    def read(borrower_id=service.HOUSE):
        own = EvidenceRecord.borrower_id == borrower_id
        found = []
        for record_id in session.execute(select(EvidenceRecord.id).where(own)).scalars():
            row = queries.get_receipt(session, borrower_id=borrower_id, record_id=record_id)
            found.append((row.type, json.loads(service.open_record(row).record)))
        waiting = select(func.count()).where(EvidencePending.borrower_id == borrower_id)
        assert session.execute(waiting).scalar_one() == len(found)
        return found

    return read


def test_a_consent_that_changes_nothing_is_no_act(consent, me, logged, her_id):
    consent("marketing")
    consent("marketing")
    [(act, record)] = logged(her_id)
    assert act == "consent.given"
    assert record == {
        "borrower_id": str(her_id),
        "granted": True,
        "purpose": "marketing",
        "source": "app",
        "version": 1,
    }


def test_points_by_hand_are_logged_when_the_second_person_confirms(
    session, staff_api, logged, her_id
):
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    kept = UUID(adjustment_of(session, her_id, asked_by=first.id))
    left = UUID(adjustment_of(session, her_id, asked_by=first.id))
    assert logged(her_id) == []
    points.confirm_adjustment(
        session, borrower_id=her_id, adjustment_id=kept, decided_by=second.id, now=NOW
    )
    points.reject_adjustment(
        session, borrower_id=her_id, adjustment_id=left, decided_by=second.id, now=NOW
    )
    [(act, record)] = logged(her_id)
    assert act == "points.adjusted"
    assert (record["points"], record["reason"]) == (5, "Told wrong.")
    assert (record["asked_by"], record["decided_by"]) == (str(first.id), str(second.id))


def test_a_tier_by_hand_is_logged_from_its_confirmation_to_its_end(session, staff_api, logged):
    who = make_profile(session)
    first, second = staff_api("risk_officer"), staff_api("risk_officer")
    path = f"/v1/staff/borrowers/{who}/tier-override"
    until = str(TODAY + timedelta(days=30))
    body = {"tier": "current", "reason": "A mistake of ours.", "expires_on": until}
    purpose = {"X-Access-Purpose": "risk_review"}
    asked = first.post(path, json=body, headers=new_key() | purpose)
    assert asked.status_code == 201, asked.text
    assert logged(who) == []
    own = f"{path}/{asked.json['id']}"
    assert second.post(f"{own}/confirm", headers=new_key() | purpose).status_code == 200
    [(act, record)] = logged(who)
    assert act == "tier.overridden"
    assert (record["tier"], record["expires_on"]) == ("current", until)
    assert (record["asked_by"], record["confirmed_by"]) == (str(first.id), str(second.id))
    assert second.post(f"{own}/end", headers=new_key() | purpose).status_code == 200
    assert sorted(act for act, _ in logged(who)) == ["tier.overridden", "tier.override_ended"]


def test_a_tier_policy_is_logged_whole_when_it_is_published(staff_api, logged):
    author, other = staff_api("risk_officer"), staff_api("risk_officer")
    policy = make_dpd_policy()
    made = author.post("/v1/tier-policies", json={"policy": policy, "note": "Autumn"})
    assert made.status_code == 201, made.text
    assert logged() == []
    path = f"/v1/tier-policies/{made.json['version']}/publish"
    assert other.post(path, headers=new_key()).status_code == 200
    [(act, record)] = logged()
    assert act == "policy.published"
    assert (record["policy"], record["document"], record["note"]) == ("tiers", policy, "Autumn")
    assert (record["author_id"], record["publisher_id"]) == (str(author.id), str(other.id))


def test_limits_of_plans_are_logged_whole_when_they_are_published(staff_api, logged):
    author, other = staff_api("risk_officer"), staff_api("risk_officer")
    policy = {"automatic": [], "holidays": ["2026-11-24"]}
    made = author.post("/v1/plan-policies", json={"policy": policy, "note": "Holidays"})
    assert logged() == []
    path = f"/v1/plan-policies/{made.json['version']}/publish"
    assert other.post(path, headers=new_key()).status_code == 200
    [(act, record)] = logged()
    assert (act, record["policy"]) == ("policy.published", "plans")
    assert (record["document"], record["note"]) == (policy, "Holidays")
    assert (record["author_id"], record["publisher_id"]) == (str(author.id), str(other.id))


def test_earn_rules_are_logged_when_they_are_published(session, staff_api, logged):
    row = session.execute(
        select(EarnRuleVersion.__table__).where(EarnRuleVersion.version == 1)
    ).one()
    made = row._asdict() | {
        "version": 2,
        "state": "draft",
        "effective_from": date(2027, 1, 1),
        "author_id": staff_api("risk_officer").id,
        "publisher_id": None,
        "published_at": None,
    }
    session.execute(insert(EarnRuleVersion).values(**made))
    publisher = staff_api("risk_officer").id
    points.publish_rules(session, version=2, publisher_id=publisher, today=TODAY, now=NOW)
    [(act, record)] = logged()
    assert (act, record["policy"], record["version"]) == ("policy.published", "points", 2)
    assert record["effective_from"] == "2027-01-01"


def test_the_guard_logs_what_it_grants_and_a_waiver_by_its_own_name(session, logged):
    who = make_profile(session, on_time_streak=GUARD_STREAK)
    enrol(session, who)
    benefits.follow_facts(session, borrower_ids=[who], today=TODAY, now=NOW)
    kinds = {record["kind"]: act for act, record in logged(who)}
    assert kinds == {"rate_discount": "benefit.granted", "limit_increase": "benefit.granted"}
    benefits.grant_benefit(
        session,
        borrower_id=who,
        kind=Kind.FEE_WAIVER,
        terms={"amount_minor": 100, "currency": "CNY"},
        cause="test",
        now=NOW,
    )
    [waiver] = [record for act, record in logged(who) if act == "waiver.granted"]
    assert waiver["terms"] == {"amount_minor": 100, "currency": "CNY"}


def test_a_pack_is_logged_and_so_is_each_of_its_offers(session, staff_api, logged):
    who = [make_profile(session) for _ in range(3)]
    enrol(session, *who)
    marketer, approver = staff_api("marketer"), staff_api("campaign_approver")
    marketer.post("/v1/benefit-packs", json={"code": "steps"})
    made = marketer.post("/v1/benefit-packs/steps/versions", json=version(item()))
    path = f"/v1/benefit-packs/steps/versions/{made.json['version']}/publish"
    assert approver.post(path, headers=new_key()).status_code == 200
    [(act, record)] = logged()
    assert (act, record["policy"], record["pack_code"]) == (
        "policy.published", "benefit_pack", "steps",
    )  # fmt: skip
    assert offer_packs(context()) == {"offered": 3}
    for each in who:
        [(act, record)] = logged(each)
        assert (act, record["kind"]) == ("benefit.granted", "training_referral")
        assert record["terms"] == item()["terms"]


def test_many_acts_are_written_in_few_statements(session, logged):
    who = [make_borrower(session) for _ in range(40)]
    entries = [service.Entry(service.Act.BENEFIT_GRANTED, each, {"n": 1}) for each in who]
    session.flush()
    with heard(session.connection()) as found:
        service.record_many(session, entries=entries, now=NOW)
    assert len(found) == 3
    with heard(session.connection()) as found:
        service.record_many(session, entries=entries, now=NOW)
    assert len(found) == 2
    assert [len(logged(each)) for each in who] == [2] * len(who)
