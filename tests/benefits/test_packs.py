"""Packs: composed, refused where they smell of money, published by another, offered in budget."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from backend.benefits import service
from backend.benefits.audit import run as audit
from backend.benefits.jobs import end_expired, offer_packs
from backend.benefits.models import BenefitGrant, BenefitPackVersion
from backend.events.tiers import TierChanged
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.kit.wiring import JobContext
from backend.profile.models import Profile
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.fixtures.api import new_key
from tests.tiers.standing import place

EVERYBODY: dict[str, Any] = {"all": []}


def texts(words: str = "Words") -> dict[str, str]:
    return {"en": words, "zh-CN": "文字"}


def item(code: str = "course", **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "training_referral",
        "terms": {"partner": "Skills House", "course": "Bookkeeping"},
        "text": texts("A place in a course"),
    } | more


def version(*items: dict[str, Any], audience: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "month": f"{TODAY:%Y-%m}",
        "budget": 100,
        "document": {
            "name": texts("Next steps"),
            "about": texts("What helps now"),
            "audience": EVERYBODY if audience is None else audience,
            "items": list(items) or [item()],
        },
    } | more


@pytest.fixture
def marketer(staff_api):
    return staff_api("marketer")


@pytest.fixture
def approver(staff_api):
    return staff_api("campaign_approver")


@pytest.fixture
def publish(marketer, approver):
    def write_and_publish(*items, code="steps", **more):
        marketer.post("/v1/benefit-packs", json={"code": code})
        drafted = marketer.post(f"/v1/benefit-packs/{code}/versions", json=version(*items, **more))
        assert drafted.status_code == 201, drafted.json
        number = drafted.json["version"]
        path = f"/v1/benefit-packs/{code}/versions/{number}/publish"
        published = approver.post(path, headers=new_key())
        assert published.status_code == 200, published.json
        return number

    return write_and_publish


def context(as_of=TODAY) -> JobContext:
    return JobContext(as_of=as_of, now=NOW, run_id=new_id(), heartbeat=lambda: None)


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


@pytest.fixture
def one_offer(session, publish, borrower_api):
    """Answers a borrower's API and the id of what she was offered."""

    def make(**more) -> tuple[Any, UUID]:
        borrower_id = make_profile(session, **more.pop("profile", {}))
        enrol(session, borrower_id)
        publish(item(**more))
        offer_packs(context())
        own = borrower_api(borrower_id)
        (shown,) = own.get("/v1/me/benefits").json["items"]
        return own, shown["id"]

    return make


def test_she_takes_up_or_declines_what_is_offered(one_offer):
    own, grant_id = one_offer()
    taken = own.post(f"/v1/me/benefits/{grant_id}/activate", headers=new_key())
    assert (taken.status_code, taken.json["state"]) == (200, "activated")
    assert taken.json["name"] == "A place in a training course"
    assert taken.json["text"] == "A place in a course"
    assert taken.json["pack"] == {"code": "steps", "name": "Next steps"}
    late = own.post(f"/v1/me/benefits/{grant_id}/decline", headers=new_key())
    assert (late.status_code, late.json["code"]) == (409, "benefit-not-open")


def test_a_repeat_of_one_tap_is_answered_as_the_first(one_offer):
    own, grant_id = one_offer()
    key = new_key()
    first = own.post(f"/v1/me/benefits/{grant_id}/activate", headers=key)
    again = own.post(f"/v1/me/benefits/{grant_id}/activate", headers=key)
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"


def test_declining_changes_nothing_else(one_offer):
    own, grant_id = one_offer()
    declined = own.post(f"/v1/me/benefits/{grant_id}/decline", headers=new_key())
    assert declined.json["ending"] == {"code": "declined", "text": "You did not want it."}


def test_another_borrower_cannot_touch_it(one_offer, session, borrower_api):
    _, grant_id = one_offer()
    other = borrower_api(make_profile(session))
    for act in ("activate", "decline"):
        answer = other.post(f"/v1/me/benefits/{grant_id}/{act}", headers=new_key())
        assert (answer.status_code, answer.json["code"]) == (404, "benefit-grant-unknown")


def test_an_activated_one_is_fulfilled_when_the_core_acknowledges(one_offer, client_api):
    own, grant_id = one_offer()
    client_api.post(f"/v1/ingest/benefit-grants/{grant_id}/ack")
    assert own.get("/v1/me/benefits").json["items"][0]["state"] == "offered"
    own.post(f"/v1/me/benefits/{grant_id}/activate", headers=new_key())
    told = client_api.get("/v1/ingest/benefit-grants").json["items"][0]
    assert (told["state"], told["acknowledged_at"]) == ("activated", None)
    client_api.post(f"/v1/ingest/benefit-grants/{grant_id}/ack")
    assert own.get("/v1/me/benefits").json["items"][0]["state"] == "fulfilled"


PROOF = {"kind": "income", "document_sha256": "ab" * 32, "issuer": "Employer"}


def record(staff, borrower_id, **more):
    body = PROOF | {"expires_on": str(TODAY + timedelta(days=5))} | more
    path = f"/v1/staff/borrowers/{borrower_id}/benefit-proofs"
    return staff.post(path, json=body, headers=new_key())


def test_what_needs_a_proof_waits_for_it_and_uses_it_up(one_offer, session, staff_api, publish):
    own, grant_id = one_offer(needs_proof="income")
    manager = staff_api("account_manager")
    path = f"/v1/me/benefits/{grant_id}/activate"
    missing = own.post(path, headers=new_key())
    assert (missing.status_code, missing.json["code"]) == (409, "benefit-proof-needed")
    record(manager, own.id, kind="study")
    assert own.post(path, headers=new_key()).status_code == 409

    assert record(manager, own.id, document_sha256="cd" * 32).status_code == 201
    assert own.post(path, headers=new_key()).status_code == 200

    publish(item(needs_proof="income"), code="more")
    offer_packs(context())
    second = next(i for i in own.get("/v1/me/benefits").json["items"] if i["state"] == "offered")
    reused = own.post(f"/v1/me/benefits/{second['id']}/activate", headers=new_key())
    assert (reused.status_code, reused.json["code"]) == (409, "benefit-proof-needed")


def test_an_expired_proof_is_none(one_offer, staff_api):
    own, _ = one_offer(needs_proof="income")
    manager = staff_api("account_manager")
    yesterday = str(TODAY - timedelta(days=1))
    refused = record(manager, own.id, expires_on=yesterday)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "#/expires_on")


def test_a_document_proves_one_persons_case(session, staff_api):
    manager = staff_api("account_manager")
    ann, bea = make_borrower(session), make_borrower(session)
    assert record(manager, ann).status_code == 201
    for who in (ann, bea):
        taken = record(manager, who)
        assert (taken.status_code, taken.json["code"]) == (409, "proof-already-used")
    assert record(manager, new_id(), document_sha256="ef" * 32).status_code == 404


def test_what_was_not_taken_up_in_time_ends(one_offer, session):
    own, _ = one_offer(days=3)
    assert end_expired(context(TODAY + timedelta(days=3))) == {"ended": 0}
    assert end_expired(context(TODAY + timedelta(days=4))) == {"ended": 1}
    assert end_expired(context(TODAY + timedelta(days=4))) == {"ended": 0}
    assert own.get("/v1/me/benefits").json["items"][0]["ending"]["code"] == "date_passed"


def test_it_cannot_be_taken_up_late_even_before_the_job_has_run(one_offer, session):
    own, grant_id = one_offer()
    session.execute(update(BenefitGrant).values(expires_on=TODAY - timedelta(days=1)))
    late = own.post(f"/v1/me/benefits/{grant_id}/activate", headers=new_key())
    assert (late.status_code, late.json["code"]) == (409, "benefit-expired")


def test_a_lost_tier_ends_offers_that_no_longer_fit_and_keeps_the_others(
    session, publish, borrower_api, deliver
):
    borrower_id = make_profile(session)
    enrol(session, borrower_id)
    place(session, borrower_id)
    publish(item(), code="fine", audience={"fact": "days_past_due", "op": "eq", "value": 0})
    publish(item(), code="all")
    offer_packs(context())
    session.execute(update(Profile).where(Profile.borrower_id == borrower_id).values(dpd_base=50))
    place(session, borrower_id)
    announce(
        session,
        TierChanged(
            borrower_id=borrower_id, occurred_at=NOW, from_tier="current", to_tier="stable",
            from_rank=3, to_rank=1, policy_version=1,
        ),
    )  # fmt: skip
    deliver()

    items = borrower_api(borrower_id).get("/v1/me/benefits").json["items"]
    states = {each["pack"]["code"]: each["state"] for each in items}
    assert states == {"fine": "revoked", "all": "offered"}


def test_staff_take_back_with_a_reason(one_offer, staff_api):
    own, grant_id = one_offer()
    officer = staff_api("risk_officer")
    path = f"/v1/staff/borrowers/{own.id}/benefits/{grant_id}/revoke"
    assert officer.post(path, json={}, headers=new_key()).status_code == 422
    assert officer.post(path, json={"reason": "by mistake"}, headers=new_key()).status_code == 204
    assert own.get("/v1/me/benefits").json["items"][0]["ending"]["code"] == "by_staff"
    elsewhere = f"/v1/staff/borrowers/{new_id()}/benefits/{grant_id}/revoke"
    lost = officer.post(elsewhere, json={"reason": "by mistake"}, headers=new_key())
    assert lost.status_code == 404


def test_activation_is_counted_by_pack(one_offer, staff_api):
    own, grant_id = one_offer()
    manager = staff_api("account_manager")
    (row,) = manager.get("/v1/staff/benefit-activation").json["packs"]
    assert (row["offered"], row["activated"], row["rate"]) == (1, 0, "0.0000")
    own.post(f"/v1/me/benefits/{grant_id}/activate", headers=new_key())
    (row,) = manager.get(
        "/v1/staff/benefit-activation", query_string={"month": f"{TODAY:%Y-%m}"}
    ).json["packs"]
    assert (row["activated"], row["rate"]) == (1, "1.0000")


def test_a_pack_that_is_not_there_is_not_found(marketer):
    for path in ("/v1/benefit-packs/none", "/v1/benefit-packs/none/versions/1"):
        assert marketer.get(path).json["code"] == "benefit-pack-unknown"
    lost = marketer.post("/v1/benefit-packs/none/versions", json=version())
    assert lost.json["code"] == "benefit-pack-unknown"
    marketer.post("/v1/benefit-packs", json={"code": "steps"})
    taken = marketer.post("/v1/benefit-packs", json={"code": "steps"})
    assert (taken.status_code, taken.json["code"]) == (409, "benefit-pack-code-taken")


def test_the_first_to_end_a_grant_wins(one_offer, session):
    own, grant_id = one_offer()
    service.revoke(session, borrower_id=own.id, grant_id=UUID(grant_id), now=NOW)
    lost = own.post(f"/v1/me/benefits/{grant_id}/activate", headers=new_key())
    assert lost.json["code"] == "benefit-not-open"
