"""Nobody is introduced to anybody without her consent, and her word for that partner."""

import pytest

from backend.consents.rules import Purpose, Source
from backend.consents.service import Said, put_consents
from backend.hardship.jobs import stop_referrals
from backend.kit.ids import new_id
from tests.clock import NOW
from tests.factories.hardship import make_application, make_partner
from tests.factories.loans import make_borrower
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key

PARTNERS = "/v1/staff/aid-partners"
PARTNER = {
    "kind": "training",
    "name": "Skills House",
    "about": {"en": "Evening courses.", "zh-CN": "夜校课程。"},
    "regions": ["CN-SH"],
}


def say(session, borrower_id, purpose, *, granted=True) -> None:
    said = Said(purpose=purpose, version=1 if granted else None, granted=granted)
    put_consents(session, borrower_id=borrower_id, said=[said], source=Source.APP, now=NOW)


def suggest(office, application_id, **body):
    path = office.path(application_id, "/referrals")
    return office.manager.post(path, json=body, headers=new_key())


def answer(own, application_id, referral_id, what):
    path = f"/v1/me/hardship-applications/{application_id}/referrals/{referral_id}/{what}"
    return own.post(path, headers=new_key())


@pytest.fixture
def suggested(office, session):
    """(application, referral) of an aid partner."""
    application_id = make_application(session, office.ann)
    made = suggest(office, application_id, partner_code=make_partner(session))
    assert made.status_code == 201, made.text
    return application_id, made.json["referrals"][0]["id"]


def test_a_suggestion_is_no_more_than_that(office, suggested, client_api):
    application_id, _ = suggested
    shown = office.own.get(f"/v1/me/hardship-applications/{application_id}").json
    (hers,) = shown["referrals"]
    assert (hers["state"], hers["partner"], hers["is_synthetic"]) == (
        "suggested", "Open Door", True,
    )  # fmt: skip
    assert client_api.get("/v1/ingest/benefit-grants").json["items"] == []
    again = suggest(office, application_id, partner_code="open_door")
    assert (again.status_code, again.json["code"]) == (409, "hardship-referral-suggested")


def test_her_word_needs_her_consent_to_that_purpose(office, session, suggested, client_api):
    refused = answer(office.own, *suggested, "agree")
    assert (refused.status_code, refused.json["code"]) == (409, "referral-consent-needed")
    assert refused.json["purpose"] == "aid_referral"
    say(session, office.ann, Purpose.TRAINING_REFERRAL)
    assert answer(office.own, *suggested, "agree").status_code == 409
    say(session, office.ann, Purpose.AID_REFERRAL)
    agreed = answer(office.own, *suggested, "agree")
    assert (agreed.status_code, agreed.json["referrals"][0]["state"]) == (200, "agreed")
    (grant,) = client_api.get("/v1/ingest/benefit-grants").json["items"]
    assert (grant["kind"], grant["terms"]) == ("aid_referral", {"partner": "Open Door"})
    late = answer(office.own, *suggested, "decline")
    assert (late.status_code, late.json["code"]) == (409, "hardship-referral-settled")


def test_no_is_no_and_changes_nothing_else(office, suggested):
    declined = answer(office.own, *suggested, "decline")
    assert declined.json["referrals"][0]["state"] == "declined"
    assert (declined.json["state"], declined.json["relief"] is not None) == ("submitted", True)
    assert office.own.get("/v1/me/benefits").json["items"] == []


def test_a_consent_taken_back_stops_what_is_not_made_yet(office, session, suggested, client_api):
    say(session, office.ann, Purpose.AID_REFERRAL)
    answer(office.own, *suggested, "agree")
    assert stop_referrals(make_job_context()) == {"stopped": 0}
    say(session, office.ann, Purpose.AID_REFERRAL, granted=False)
    assert stop_referrals(make_job_context()) == {"stopped": 1}
    assert stop_referrals(make_job_context()) == {"stopped": 0}
    (grant,) = client_api.get("/v1/ingest/benefit-grants").json["items"]
    assert grant["state"] == "revoked"
    shown = office.own.get(f"/v1/me/hardship-applications/{suggested[0]}").json
    assert shown["referrals"][0]["state"] == "withdrawn"


def test_anothers_suggestion_is_not_there(session, suggested, borrower_api):
    other = borrower_api(make_borrower(session))
    for what in ("agree", "decline"):
        lost = answer(other, *suggested, what)
        assert (lost.status_code, lost.json["code"]) == (404, "hardship-referral-unknown")


def test_partners_are_data_that_staff_keep(office, session):
    path = f"{PARTNERS}/skills_house"
    stored = office.officer.put(path, json=PARTNER)
    assert (stored.status_code, stored.json["is_synthetic"]) == (200, False)
    assert office.manager.get(PARTNERS).json["items"] == [stored.json]
    for code in ("Bad-Code", "x", "a" * 61):
        lost = office.officer.put(f"{PARTNERS}/{code}", json=PARTNER)
        assert (lost.status_code, lost.json["code"]) == (404, "aid-partner-unknown")
    application_id = make_application(session, office.ann)
    nameless = suggest(office, application_id, partner_code="skills_house")
    assert nameless.json["errors"][0]["pointer"] == "#/course"
    office.officer.put(path, json=PARTNER | {"is_active": False})
    gone = suggest(office, application_id, partner_code="skills_house", course="Bookkeeping")
    assert gone.json["code"] == "aid-partner-unknown"
    office.officer.put(path, json=PARTNER)
    made = suggest(office, application_id, partner_code="skills_house", course="Bookkeeping")
    say(session, office.ann, Purpose.TRAINING_REFERRAL)
    answer(office.own, application_id, made.json["referrals"][0]["id"], "agree")
    (grant,) = office.own.get("/v1/me/benefits").json["items"]
    assert grant["kind"] == "training_referral"
    assert grant["terms"] == {"partner": "Skills House", "course": "Bookkeeping"}
    lost = suggest(office, new_id(), partner_code="skills_house", course="Bookkeeping")
    assert lost.json["code"] == "hardship-application-unknown"
