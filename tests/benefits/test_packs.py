"""Packs: composed, refused where they smell of money, published by another, offered in budget."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select, text, update

from backend.benefits.audit import run as audit
from backend.benefits.jobs import offer_packs
from backend.benefits.models import BenefitGrant, BenefitPackVersion
from backend.evidence import service as evidence
from backend.kit.db import transaction
from tests.benefits.packs import context, item, version
from tests.clock import NOW, TODAY
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key


def offered(session, **where) -> int:
    query = (
        select(func.count()).select_from(BenefitGrant).where(BenefitGrant.pack_code.is_not(None))
    )
    return session.execute(query.filter_by(**where)).scalar_one()


def test_a_pack_is_written_tried_and_published_by_another(session, marketer, approver):
    enrol(session, make_profile(session), make_profile(session, dpd_base=40))
    late = {"fact": "days_past_due", "op": "gt", "value": 30}
    assert marketer.post("/v1/benefit-packs", json={"code": "steps"}).status_code == 201
    drafted = marketer.post("/v1/benefit-packs/steps/versions", json=version(audience=late))
    path = "/v1/benefit-packs/steps/versions/1"

    assert (drafted.status_code, drafted.headers["ETag"]) == (201, '"1"')
    assert marketer.get(f"{path}/preview").json == {"borrowers": 1, "grants": 1, "budget": 100}
    assert marketer.post(f"{path}/publish", headers=new_key()).status_code == 403
    assert approver.post(f"{path}/publish", headers=new_key()).json["state"] == "published"
    again = approver.post(f"{path}/publish", headers=new_key())
    assert (again.status_code, again.json["code"]) == (409, "benefit-pack-not-draft")


def test_nobody_publishes_her_own_draft(staff_api):
    both = staff_api("marketer", "campaign_approver")
    both.post("/v1/benefit-packs", json={"code": "steps"})
    both.post("/v1/benefit-packs/steps/versions", json=version())
    own = both.post("/v1/benefit-packs/steps/versions/1/publish", headers=new_key())
    assert own.json["code"] == "second-person-needed"


def test_who_edits_a_draft_becomes_its_author(staff_api, marketer):
    both = staff_api("marketer", "campaign_approver")
    marketer.post("/v1/benefit-packs", json={"code": "steps"})
    marketer.post("/v1/benefit-packs/steps/versions", json=version())
    path = "/v1/benefit-packs/steps/versions/1"
    edited = both.put(path, json=version(budget=7), headers={"If-Match": '"1"'})
    assert (edited.status_code, edited.json["budget"]) == (200, 7)
    stale = marketer.put(path, json=version(), headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    own = both.post(f"{path}/publish", headers=new_key())
    assert own.json["code"] == "second-person-needed"


@pytest.mark.parametrize(
    ("changed", "code", "pointer"),
    [
        ({"kind": "cash_bonus"}, "cash-like-benefit", "#/items/0/kind"),
        ({"kind": "voucher"}, "cash-like-benefit", "#/items/0/kind"),
        ({"kind": "rate_discount"}, "benefit-kind-reserved", "#/items/0/kind"),
        ({"kind": "limit_increase"}, "benefit-kind-reserved", "#/items/0/kind"),
        ({"kind": "hardship_fund"}, "benefit-kind-reserved", "#/items/0/kind"),
        ({"kind": "fee_waiver"}, "benefit-kind-reserved", "#/items/0/kind"),
        (
            {"text": {"en": "Take 50 in CASH", "zh-CN": "文字"}},
            "cash-like-benefit",
            "#/items/0/text",
        ),
        ({"text": {"en": "Gift", "zh-CN": "返现 50 元"}}, "cash-like-benefit", "#/items/0/text"),
        (
            {"terms": {"partner": "Bank transfer", "course": "x"}},
            "cash-like-benefit",
            "#/items/0/terms/partner",
        ),
        ({"terms": {"partner": "A"}}, "invalid", "#/items/0/terms/course"),
        ({"terms": {"partner": "A", "course": 3}}, "invalid", "#/items/0/terms/course"),
        (
            {"terms": {"partner": "A", "course": "B", "amount_minor": 5}},
            "invalid",
            "#/items/0/terms/amount_minor",
        ),
    ],
)
def test_what_is_cash_or_has_its_own_rule_is_refused_with_a_reason(
    session, marketer, changed, code, pointer
):
    marketer.post("/v1/benefit-packs", json={"code": "steps"})
    refused = marketer.post("/v1/benefit-packs/steps/versions", json=version(item(**changed)))
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert refused.json["errors"][0]["pointer"] == pointer
    assert bool(refused.json.get("reasons")) == (code != "invalid")
    assert session.execute(select(func.count()).select_from(BenefitPackVersion)).scalar_one() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": {"fact": "sex", "op": "eq", "value": 1}},
        {"month": "2020-01"},
        {"month": "2026-13"},
        {"budget": 0},
    ],
)
def test_a_wrong_version_is_refused(marketer, wrong):
    marketer.post("/v1/benefit-packs", json={"code": "steps"})
    assert (
        marketer.post("/v1/benefit-packs/steps/versions", json=version(**wrong)).status_code == 422
    )


def test_a_month_has_one_published_version(publish, marketer, approver):
    publish()
    second = marketer.post("/v1/benefit-packs/steps/versions", json=version()).json["version"]
    path = f"/v1/benefit-packs/steps/versions/{second}/publish"
    refused = approver.post(path, headers=new_key())
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "#/month")


def test_the_job_offers_once_to_whom_it_is_for(session, publish):
    late, fine = make_profile(session, dpd_base=40), make_profile(session)
    stranger = make_profile(session, dpd_base=40)
    enrol(session, late, fine)
    publish(audience={"fact": "days_past_due", "op": "gt", "value": 30})

    assert offer_packs(context()) == {"offered": 1}
    assert offer_packs(context()) == {"offered": 0}
    assert offered(session, borrower_id=late) == 1
    assert (offered(session, borrower_id=fine), offered(session, borrower_id=stranger)) == (0, 0)


def test_the_next_month_offers_anew_by_its_own_version(session, publish):
    enrol(session, make_profile(session))
    publish()
    later = date(TODAY.year + (TODAY.month == 12), TODAY.month % 12 + 1, 1)
    publish(month=f"{later:%Y-%m}")

    assert offer_packs(context()) == {"offered": 1}
    assert offer_packs(context(as_of=later)) == {"offered": 1}


def test_a_budget_is_spent_and_never_more(session, publish):
    enrol(session, *[make_profile(session) for _ in range(5)])
    publish(item("first"), item("second"), budget=7)

    assert offer_packs(context()) == {"offered": 7}
    assert offer_packs(context()) == {"offered": 0}
    assert list(audit(session)) == []
    session.execute(update(BenefitPackVersion).values(used=6))
    assert len(list(audit(session))) == 1


@pytest.mark.commits
def test_offers_and_other_acts_for_the_same_people_never_wait_for_each_other(session, publish):
    good, late = make_profile(session), make_profile(session, dpd_base=40)
    first, last = sorted((good, late))
    enrol(session, first, last)
    session.commit()
    # Whoever comes last by id is offered something by the pack that comes first.
    of_last = {"fact": "days_past_due", "op": "gt" if last == late else "lte", "value": 30}
    publish(code="first", audience=of_last)
    publish(code="then")
    session.commit()

    with ThreadPoolExecutor(1) as pool:
        with transaction() as own:
            log_act(own, first)
            offering = pool.submit(offer_packs, context())
            wait_for_lock(session)
            log_act(own, last)
        assert offering.result(timeout=20) == {"offered": 3}


def log_act(session, borrower_id) -> None:
    act = evidence.Act.BENEFIT_GRANTED
    evidence.record(session, type=act, borrower_id=borrower_id, record={}, now=NOW)


def wait_for_lock(session) -> None:
    waiting = text(
        """
        SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'
        """
    )
    until = time.monotonic() + 20
    while not session.execute(waiting).scalar_one():
        assert time.monotonic() < until, "nobody waits"
        session.rollback()
        time.sleep(0.02)


@pytest.mark.commits
def test_a_budget_holds_however_many_jobs_offer_at_once(session, publish):
    enrol(session, *[make_profile(session) for _ in range(40)])
    session.commit()
    publish(budget=25)
    session.commit()

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: offer_packs(context())["offered"], range(8)))

    assert sum(done) == 25
    with transaction() as fresh:
        assert offered(fresh) == 25
        assert list(audit(fresh)) == []
