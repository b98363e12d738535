"""A borrower in need is relieved first and asked later; a person decides, and says why."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from backend.benefits.reasons import SENSITIVE, Reason
from backend.contacts import queries as contacts
from backend.hardship.jobs import move_relief_on
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from backend.profile.models import FactChange, Profile
from backend.tiers.models import TierFreeze
from tests.clock import NOW, TODAY
from tests.factories.documents import make_document
from tests.factories.hardship import AFFORDABILITY, APPLICATION, make_application
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.runs import make_job_context
from tests.fixtures.api import new_key

ADDRESS = "/v1/me/hardship-applications"
DECLINED = {
    "outcome": "declined",
    "grounds": ["sustainable", "not_confirmed"],
    "answer": "Let us talk about it.",
}
UNTIL = TODAY + timedelta(days=90)
GRANTED = {
    "outcome": "granted",
    "grounds": ["needed"],
    "answer": "Take your time.",
    "relief_until_on": str(UNTIL),
}


def apply(own, **changes):
    return own.post(ADDRESS, json=APPLICATION | changes, headers=new_key())


def decide(office, application_id, body, *, who=None):
    path = office.path(application_id, "/decide")
    return (who or office.officer).post(path, json=body, headers=new_key())


def held_until(session, office, *, today=TODAY) -> date | None:
    rows = contacts.list_holds(session, borrower_id=office.ann, today=today)
    return rows[0].until_on if rows else None


def frozen_until(session, office) -> date | None:
    query = select(TierFreeze.until_on).where(TierFreeze.borrower_id == office.ann)
    return session.execute(query).scalar_one_or_none()


def told(session) -> list[bool]:
    rows = session.execute(
        select(EventRow.payload).where(EventRow.name == "HardshipChanged").order_by(EventRow.seq)
    )
    return [row.payload["is_active"] for row in rows]


def test_she_applies_and_reads_what_her_figures_say(office, session):
    installments = make_installments(3, first_due_on=TODAY + timedelta(days=5))
    make_loan(session, borrower="ann", installments=installments)
    made = apply(office.own, text="I fell ill.", wishes=["pay_later", "talk"])
    assert made.status_code == 201, made.text
    verdict = made.json["verdict"]
    assert (verdict["disposable_minor"], verdict["reserve_minor"]) == (10_000, 25_000)
    # One instalment lies within the 30 days to come.
    assert verdict["own_due_minor"] == 10_100
    assert (verdict["finding"], verdict["is_sustainable"]) == ("tight", False)
    ways = {each["code"]: each["amount_minor"] for each in verdict["would_change"]}
    assert ways == {"income_up": 26_422, "flexible_down": 25_100}
    assert made.json["text"] == "I fell ill."
    assert made.json["affordability"] == AFFORDABILITY
    assert office.own.get(ADDRESS).json["items"] == [made.json]
    assert office.own.get(f"{ADDRESS}/{made.json['id']}").json == made.json
    chinese = office.own.get(ADDRESS, headers={"Accept-Language": "zh-CN"}).json["items"][0]
    assert chinese["reason_text"] == "疾病"


@pytest.mark.parametrize("reason", list(Reason))
def test_first_relief_begins_by_itself_for_sensitive_reasons_alone(office, session, reason):
    made = apply(office.own, reason=reason)
    is_relieved = reason in SENSITIVE
    assert (made.json["relief"] is not None) == is_relieved
    assert made.json["needs_document_first"] != is_relieved
    until = TODAY + timedelta(days=30) if is_relieved else None
    assert (held_until(session, office), frozen_until(session, office)) == (until, until)
    assert told(session) == [True] * is_relieved
    assert made.json["document_ids"] == []


def test_relief_becomes_a_fact_and_ends_as_one(office, session, deliver):
    def fact() -> bool | None:
        query = select(Profile.hardship_active).where(Profile.borrower_id == office.ann)
        return session.execute(query).scalar_one_or_none()

    made = apply(office.own)
    deliver()
    assert fact() is True
    withdrawn = office.own.post(f"{ADDRESS}/{made.json['id']}/withdraw", headers=new_key())
    assert (withdrawn.status_code, withdrawn.json["state"]) == (200, "withdrawn")
    deliver()
    assert fact() is False
    changes = session.execute(
        select(FactChange.value)
        .where(FactChange.fact == "hardship_active")
        .order_by(FactChange.event_seq)
    ).scalars()
    assert list(changes) == [True, False]
    heard = session.execute(select(EventRow.name, EventRow.payload)).all()
    causes = [row.payload["cause"] for row in heard if row.name == "FactsChanged"]
    assert causes.count("HardshipChanged") == 2
    assert held_until(session, office) is None
    assert frozen_until(session, office) == TODAY - timedelta(days=1)


def test_what_she_told_us_is_sealed_and_in_no_event(office, session):
    apply(office.own, text="I fell ill.")
    for table in ("hardship_application", "event", "staff_action"):
        rows = session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars()  # noqa: S608
        for words in rows:
            assert "fell" not in words
            assert "150000" not in words
    reasons = session.execute(
        text("SELECT payload::text FROM event WHERE name = 'HardshipChanged'")
    ).scalars()
    assert [words for words in reasons if "illness" in words] == []


def test_one_application_is_open_at_a_time(office):
    first = apply(office.own)
    second = apply(office.own, reason="job_loss")
    assert (second.status_code, second.json["code"]) == (409, "hardship-application-open")
    office.own.post(f"{ADDRESS}/{first.json['id']}/withdraw", headers=new_key())
    assert apply(office.own, reason="job_loss").status_code == 201


def test_a_second_tap_is_answered_as_the_first(office, session):
    key = new_key()
    first = office.own.post(ADDRESS, json=APPLICATION, headers=key)
    again = office.own.post(ADDRESS, json=APPLICATION, headers=key)
    assert first.data == again.data
    assert told(session) == [True]


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": "gambling"},
        {"affordability": AFFORDABILITY | {"currency": "XXQ"}},
        {"affordability": AFFORDABILITY | {"income": {"wages": -1}}},
        {"affordability": AFFORDABILITY | {"income": {"lottery": 1}}},
        {"affordability": AFFORDABILITY | {"fixed_costs": {"housing": 1.5}}},
        {"wishes": ["a pony"]},
        {"text": ""},
    ],
)
def test_what_is_malformed_is_refused_by_field(office, changes):
    refused = apply(office.own, **changes)
    assert refused.status_code == 422
    assert refused.json["errors"]


def test_anothers_application_and_document_are_not_there(office, session, borrower_api):
    made = apply(office.own)
    other = borrower_api(make_borrower(session))
    path = f"{ADDRESS}/{made.json['id']}"
    for answer in (
        other.get(path),
        other.post(f"{path}/withdraw", headers=new_key()),
        other.post(f"{path}/information", json={}, headers=new_key()),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "hardship-application-unknown")
    hers = make_document(session, office.ann)
    stolen = apply(other, document_ids=[str(hers)])
    assert (stolen.status_code, stolen.json["code"]) == (404, "document-unknown")
    assert other.get(ADDRESS).json["items"] == []


def test_staff_ask_and_she_answers_with_words_figures_and_documents(office, session):
    made = apply(office.own, text="I fell ill.")
    application_id = made.json["id"]
    taken = office.manager.post(office.path(application_id, "/review"), headers=new_key())
    assert (taken.status_code, taken.json["state"]) == (200, "under_review")
    asked = office.manager.post(
        office.path(application_id, "/questions"),
        json={"question": "Until when, do you think?"},
        headers=new_key(),
    )
    assert asked.json["state"] == "info_requested"
    assert office.own.get(f"{ADDRESS}/{application_id}").json["question"].startswith("Until")
    document_id = make_document(session, office.ann)
    added = office.own.post(
        f"{ADDRESS}/{application_id}/information",
        json={
            "text": "Until May.",
            "document_ids": [str(document_id)],
            "affordability": AFFORDABILITY | {"income": {"wages": 900_000}},
        },
        headers=new_key(),
    )
    assert (added.status_code, added.json["state"]) == (200, "under_review")
    assert added.json["text"] == "I fell ill.\n\nUntil May."
    assert added.json["document_ids"] == [str(document_id)]
    assert added.json["verdict"]["is_sustainable"] is True
    kept = office.own.delete(f"/v1/me/documents/{document_id}")
    assert kept.json["code"] == "document-in-use"


def test_what_she_adds_has_an_end(office):
    path = f"{ADDRESS}/{apply(office.own).json['id']}/information"

    def add(**body):
        return office.own.post(path, json=body, headers=new_key())

    letter = "x" * 4_000
    answers = [add(text=letter) for _ in range(10)]
    assert [each.status_code for each in answers] == [200] * 9 + [409]
    assert answers[-1].json["code"] == "hardship-words-full"
    assert add(affordability=AFFORDABILITY).status_code == 200


def test_a_grant_relieves_until_its_day_and_ends_by_itself(office, session):
    application_id = apply(office.own, reason="job_loss").json["id"]
    granted = decide(office, application_id, GRANTED)
    assert (granted.status_code, granted.json["state"]) == (200, "granted")
    assert held_until(session, office) == UNTIL
    assert frozen_until(session, office) == UNTIL
    shown = office.own.get(f"{ADDRESS}/{application_id}").json
    assert shown["decision"]["answer"] == "Take your time."
    assert shown["decision"]["reasons"][0]["code"] == "needed"
    late = decide(office, application_id, DECLINED)
    assert (late.status_code, late.json["code"]) == (409, "hardship-application-not-open")

    assert move_relief_on(make_job_context(now=NOW + timedelta(days=90)))["ended"] == 0
    assert move_relief_on(make_job_context(now=NOW + timedelta(days=91)))["ended"] == 1
    assert office.own.get(f"{ADDRESS}/{application_id}").json["state"] == "ended"
    assert told(session) == [True, False]
    assert held_until(session, office) is None


def test_a_refusal_names_its_grounds_and_what_would_change_them(office, session):
    application_id = apply(office.own).json["id"]
    declined = decide(office, application_id, DECLINED)
    assert (declined.status_code, declined.json["state"]) == (200, "declined")
    decision = office.own.get(f"{ADDRESS}/{application_id}").json["decision"]
    assert [each["code"] for each in decision["reasons"]] == ["sustainable", "not_confirmed"]
    assert len(decision["would_change"]) == 2
    assert told(session) == [True, False]
    assert held_until(session, office) is None
    assert apply(office.own).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        GRANTED | {"relief_until_on": None},
        GRANTED | {"relief_until_on": str(TODAY - timedelta(days=1))},
        GRANTED | {"relief_until_on": str(TODAY + timedelta(days=181))},
        GRANTED | {"grounds": ["sustainable"]},
        DECLINED | {"relief_until_on": str(UNTIL)},
        DECLINED | {"grounds": ["needed"]},
        DECLINED | {"grounds": []},
    ],
)
def test_a_decision_fits_its_outcome(office, session, body):
    application_id = make_application(session, office.ann)
    refused = decide(office, application_id, body)
    assert (refused.status_code, refused.json["code"]) == (422, "invalid")


def test_who_checked_a_document_does_not_decide(office, session):
    document_id = make_document(session, office.ann)
    application_id = apply(office.own, document_ids=[str(document_id)]).json["id"]
    checked = office.officer.post(
        f"/v1/staff/borrowers/{office.ann}/documents/{document_id}/verifications",
        json={"outcome": "not_verified", "method": "compared"},
        headers=new_key(),
    )
    assert checked.status_code == 201
    refused = decide(office, application_id, GRANTED)
    assert (refused.status_code, refused.json["code"]) == (409, "hardship-checker-decides")
    assert decide(office, application_id, GRANTED, who=office.second).status_code == 200


def test_when_we_are_late_relief_begins_by_itself_and_goes_on(office, session):
    application_id = apply(office.own, reason="job_loss").json["id"]
    by = date.fromisoformat(office.own.get(f"{ADDRESS}/{application_id}").json["decide_by_on"])
    last_day = NOW + (by - TODAY)
    assert move_relief_on(make_job_context(now=last_day)) == {"prolonged": 0, "ended": 0}
    late = last_day + timedelta(days=1)
    assert move_relief_on(make_job_context(now=late)) == {"prolonged": 1, "ended": 0}
    assert held_until(session, office) == late.date() + timedelta(days=14)
    assert move_relief_on(make_job_context(now=late)) == {"prolonged": 0, "ended": 0}
    later = late + timedelta(days=15)
    assert move_relief_on(make_job_context(now=later)) == {"prolonged": 1, "ended": 0}
    assert told(session) == [True]


def test_first_relief_is_first_once_in_a_year(office, session):
    first = apply(office.own).json["id"]
    assert decide(office, first, DECLINED).status_code == 200
    second = apply(office.own, reason="caring")
    assert second.status_code == 201
    assert (second.json["relief"], second.json["needs_document_first"]) == (None, True)
    assert held_until(session, office) is None
    office.own.post(f"{ADDRESS}/{second.json['id']}/withdraw", headers=new_key())
    with clock.fixed(NOW + timedelta(days=365)):
        assert apply(office.own).json["relief"] is not None


def test_relief_does_not_wait_for_her_for_ever(office, session):
    application_id = apply(office.own).json["id"]
    asked = office.manager.post(
        office.path(application_id, "/questions"),
        json={"question": "Until when, do you think?"},
        headers=new_key(),
    )
    assert asked.status_code == 200
    run = {day: make_job_context(now=NOW + timedelta(days=day)) for day in (30, 31, 32, 50)}
    assert move_relief_on(run[30]) == {"prolonged": 0, "ended": 0}
    assert move_relief_on(run[31]) == {"prolonged": 0, "ended": 1}
    assert move_relief_on(run[32]) == {"prolonged": 0, "ended": 0}
    assert told(session) == [True, False]
    with clock.fixed(NOW + timedelta(days=40)):
        added = office.own.post(
            f"{ADDRESS}/{application_id}/information", json={"text": "May."}, headers=new_key()
        )
        assert added.json["state"] == "under_review"
    # Now it is ours again.
    assert move_relief_on(run[50]) == {"prolonged": 1, "ended": 0}
    assert held_until(session, office) == TODAY + timedelta(days=64)
    assert told(session) == [True, False, True]


def test_what_one_application_ends_another_carries_on(office, session):
    first = apply(office.own).json["id"]
    decide(office, first, GRANTED)
    second = apply(office.own, reason="disaster").json["id"]
    office.own.post(f"{ADDRESS}/{second}/withdraw", headers=new_key())
    assert frozen_until(session, office) == UNTIL
    assert held_until(session, office) == UNTIL
    assert told(session) == [True]


def test_the_queue_shows_what_was_promised_first_first(office, session, staff_api):
    with clock.fixed(NOW - timedelta(days=7)):
        other = make_borrower(session)
    make_application(session, other)
    application_id = apply(office.own).json["id"]
    why = {"X-Access-Purpose": "hardship"}
    assert office.officer.get("/v1/hardship-applications").status_code == 422
    listed = office.officer.get("/v1/hardship-applications", headers=why).json["items"]
    assert {each["borrower_id"] for each in listed} == {str(other), str(office.ann)}
    (hers,) = office.manager.get("/v1/hardship-applications").json["items"]
    assert hers["id"] == application_id
    assert staff_api("account_manager").get("/v1/hardship-applications").json["items"] == []
    path = office.path(application_id)
    assert office.manager.get(path).json["affordability"] == AFFORDABILITY
    lost = office.manager.get(office.path(new_id()))
    assert lost.json["code"] == "hardship-application-unknown"
