"""What a borrower does with an offer, what a proof is good for, and how a grant ends."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from backend.benefits import service
from backend.benefits.jobs import end_expired, offer_packs
from backend.benefits.models import BenefitGrant
from backend.borrowers.models import Assignment
from backend.events.tiers import TierChanged
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.profile.models import Profile
from tests.benefits.packs import context, item, version
from tests.clock import NOW, TODAY
from tests.factories.loans import make_borrower
from tests.factories.profile import make_profile
from tests.factories.programme import enrol
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key
from tests.tiers.standing import place


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
    make_assignment(session, staff_id=manager.id, borrower_id=own.id)
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


def test_an_expired_proof_is_none(one_offer, session, staff_api):
    own, _ = one_offer(needs_proof="income")
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=own.id)
    yesterday = str(TODAY - timedelta(days=1))
    refused = record(manager, own.id, expires_on=yesterday)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "#/expires_on")


def test_a_document_proves_one_persons_case(session, staff_api):
    manager = staff_api("account_manager")
    ann, bea = make_borrower(session), make_borrower(session)
    for each in (ann, bea):
        make_assignment(session, staff_id=manager.id, borrower_id=each)
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


def test_activation_is_counted_by_account_manager(one_offer, staff_api, session):
    taken, first = one_offer()
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=taken.id)
    taken.post(f"/v1/me/benefits/{first}/activate", headers=new_key())
    (hers,) = manager.get("/v1/staff/benefit-activation").json["account_managers"]
    assert (hers["staff_id"], hers["offered"], hers["rate"]) == (str(manager.id), 1, "1.0000")

    # Only who looks after her now is credited.
    session.execute(update(Assignment).values(ended_at=NOW))
    (nobodys,) = manager.get("/v1/staff/benefit-activation").json["account_managers"]
    assert (nobodys["staff_id"], nobodys["activated"]) == (None, 1)


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
