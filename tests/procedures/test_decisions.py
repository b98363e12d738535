"""Another person decides after her days; what is carried out can be undone."""

import hashlib
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select, text

from backend.benefits import service as benefits
from backend.benefits.models import BenefitGrant
from backend.benefits.rules import Kind
from backend.events.documents import ForgeryUpheld
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.outbox import announce
from backend.procedures.audit import find_faults
from backend.procedures.rules import MOVES, OPEN, State
from backend.programme import queries as enrolments
from tests.clock import NOW, TODAY
from tests.factories.contacts import make_contact
from tests.factories.grants import grant_of
from tests.factories.loans import make_borrower
from tests.fixtures.api import new_key
from tests.procedures.conftest import AFTER, WHY


def status_of(session, case):
    return enrolments.find_enrolment(session, borrower_id=case.borrower_id).status


def test_nobody_upholds_before_her_days_have_passed_in_her_zone(case):
    case.open()
    # 14 December in Shanghai from 16:00 UTC on; her last day is the 7th.
    last_minute = NOW.replace(day=7, month=12, hour=15, minute=59)
    with clock.fixed(last_minute):
        early = case.act("decide", outcome="upheld")
        assert (early.status_code, early.json["code"]) == (409, "reply-still-possible")
        assert early.json["reply_until_on"] == "2026-12-07"
    with clock.fixed(last_minute + timedelta(minutes=1)):
        assert case.act("decide", outcome="upheld").status_code == 200


def test_who_opened_does_not_decide(case, staff_api):
    opener = staff_api("risk_officer")
    case.manager = opener
    made = opener.post(
        case.path,
        json={"ground": "silence", "notice_channel": "email", "reason": "Quiet."},
        headers=new_key() | WHY,
    )
    case.procedure_id = made.json["id"]
    with clock.fixed(AFTER):
        for outcome in ("upheld", "dismissed"):
            refused = case.act("decide", by=opener, outcome=outcome)
            assert (refused.status_code, refused.json["code"]) == (403, "second-person-needed")
        case.act("decide", outcome="upheld")
        assert case.act("terminate", by=opener).json["code"] == "second-person-needed"


def test_the_database_refuses_one_person_in_both_chairs(case, session):
    case.open()
    with pytest.raises(Exception, match="decided_by_another"), session.begin_nested():
        session.execute(text("UPDATE procedure SET decided_by = opened_by"))


def test_an_account_manager_does_not_decide(case):
    case.open()
    assert case.act("decide", by=case.manager, outcome="dismissed").status_code == 403


def test_a_termination_ends_the_programme_and_leaves_earned_waivers(
    case, session, client_api, deliver
):
    open_grant = grant_of(session, case.borrower_id)
    waiver = benefits.grant_benefit(
        session,
        borrower_id=case.borrower_id,
        kind=Kind.FEE_WAIVER,
        terms={"amount_minor": 5, "currency": "CNY"},
        cause="test",
        now=NOW,
    )
    done = case.terminate()
    assert (done.status_code, done.json["state"]) == (200, "terminated")
    deliver()
    assert status_of(session, case) == "terminated"
    states = dict(session.execute(select(BenefitGrant.id, BenefitGrant.state)).all())
    assert {str(key): state for key, state in states.items()} == {
        open_grant: "revoked",
        str(waiver): "offered",
    }
    (item,) = client_api.get("/v1/ingest/core-instructions").json["items"]
    assert (item["kind"], item["payload"]["state"]) == ("case.handed_over", "handed_over")
    (shown,) = case.own.get("/v1/me/procedures").json["items"]
    assert "another person will look at it again" in shown["what_you_can_do"][0]


def test_a_termination_is_undone_by_a_third_person_and_she_is_enrolled_again(
    case, session, client_api
):
    case.terminate()
    with clock.fixed(AFTER):
        refused = case.act("lift")
        assert refused.json["code"] == "second-person-needed"
        lifted = case.act("lift", by=case.other)
    assert (lifted.status_code, lifted.json["state"]) == (200, "dismissed")
    assert status_of(session, case) == "enrolled"
    items = client_api.get("/v1/ingest/core-instructions").json["items"]
    assert [each["payload"]["state"] for each in items] == ["handed_over", "taken_back"]
    again = case.act("lift", by=case.other)
    assert again.json["code"] == "procedure-move-refused"


def test_what_was_upheld_waits_for_a_sign_of_life_until_it_is_carried_out(case, deliver):
    case.open()
    with clock.fixed(AFTER):
        case.act("decide", outcome="upheld")
        (shown,) = case.own.get("/v1/me/procedures").json["items"]
        assert shown["may_reply"] is True
        assert case.reply("Here I am.").status_code == 200
        assert case.state() == "withdrawn"
        assert case.act("terminate").json["code"] == "procedure-move-refused"


def test_a_file_holds_the_case_and_neither_words_nor_notes(case, session):
    make_contact(session, case.borrower_id, channel="visit", staff_id=case.manager.id, days_ago=90)
    case.terminate()
    path = f"{case.path}/{case.procedure_id}/hand-over"
    assert case.officer.get(path).json["code"] == "access-purpose-required"
    found = case.officer.get(path, headers=WHY).json
    file = found["file"]
    canonical = orjson.dumps(file, option=orjson.OPT_SORT_KEYS)
    assert hashlib.sha256(canonical).hexdigest() == found["sha256"]
    assert file["borrower_external_id"] == "silent"
    assert [each["state"] for each in file["decisions"]] == [
        "notice_sent",
        "upheld",
        "terminated",
    ]
    assert file["decisions"][1]["staff_id"] == str(case.officer.id)
    assert len(file["schedule"]) == 3
    assert {each["kind"] for each in file["contacts"]} == {"attempt", "notice"}
    assert all("note" not in each for each in file["contacts"])
    table = case.officer.get(f"{path}.csv", query_string={"part": "contacts"}, headers=WHY)
    assert table.mimetype == "text/csv"
    assert len(table.text.splitlines()) == 1 + len(file["contacts"])
    assert case.manager.get(path).status_code == 403


def test_the_file_tells_nothing_of_need_or_health(case, session):
    make_contact(
        session,
        case.borrower_id,
        kind="conversation",
        outcome="asked_for_help",
        days_ago=88,
        staff_id=case.manager.id,
    )
    session.commit()
    why = "Her sister says that she has cancer."
    assert case.open(reason=why).status_code == 201
    with clock.fixed(AFTER):
        assert case.act("decide", outcome="upheld", reason=why).status_code == 200
        assert case.act("terminate", reason=why).status_code == 200
    found = case.officer.get(f"{case.path}/{case.procedure_id}/hand-over", headers=WHY)
    file = found.json["file"]
    assert {each["source"] for each in file["facts"]} <= {"loans", "contacts", "streaks"}
    known = {each["fact"] for each in file["facts"]}
    assert "days_past_due" in known
    assert known.isdisjoint({"hardship_active", "tier", "employment", "income_monthly"})
    assert set(file["decisions"][0]) == {"number", "state", "staff_id", "at"}
    assert "help" not in found.text
    assert "cancer" not in found.text
    # Who looks at the case reads it; who looks into the database does not.
    steps = case.officer.get(f"{case.path}/{case.procedure_id}", headers=WHY).json["steps"]
    assert [each["reason"] for each in steps] == [why] * 3
    kept = session.execute(text("SELECT s::text FROM procedure_step s")).scalars()
    assert all("cancer" not in each for each in kept)


def test_an_audit_names_what_does_not_add_up(case, session):
    case.terminate()
    assert list(find_faults(session)) == []
    session.execute(text("DELETE FROM procedure_hand_over"))
    session.execute(text("UPDATE enrolment SET status = 'enrolled'"))
    session.execute(text("UPDATE procedure_step SET state = 'upheld' WHERE number = 3"))
    assert len(list(find_faults(session))) == 3


def test_there_is_no_file_before_the_end(case):
    case.open()
    answer = case.officer.get(f"{case.path}/{case.procedure_id}/hand-over", headers=WHY)
    assert (answer.status_code, answer.json["code"]) == (404, "hand-over-missing")


def test_a_forged_document_is_an_occasion_that_a_person_takes_once(case, session, deliver):
    document_id = new_id()
    forged = {"ground": "forged_proof", "document_id": str(document_id)}
    assert case.open(**forged).json["code"] == "forgery-not-upheld"
    announce(
        session,
        ForgeryUpheld(borrower_id=case.borrower_id, occurred_at=NOW, document_id=document_id),
    )
    deliver()
    assert case.own.get("/v1/me/procedures").json["items"] == []
    assert case.open(**forged).status_code == 201
    replied = case.reply("The clinic changed its stamp.")
    assert replied.json["items"][0]["state"] == "replied"
    assert case.reply("And its address.").status_code == 200
    seen = case.manager.get(f"{case.path}/{case.procedure_id}").json["replies"]
    assert [each["text"] for each in seen] == ["The clinic changed its stamp.", "And its address."]
    assert case.act("decide", outcome="dismissed").status_code == 200
    assert case.open(**forged).json["code"] == "forgery-not-upheld"


def test_silence_names_no_document_and_a_forgery_does(case):
    for body in ({"document_id": str(new_id())}, {"ground": "forged_proof"}):
        assert case.open(**body).status_code == 422


def test_a_payment_does_not_end_a_case_of_forgery(case, session, client_api, deliver):
    document_id = new_id()
    announce(
        session,
        ForgeryUpheld(borrower_id=case.borrower_id, occurred_at=NOW, document_id=document_id),
    )
    deliver()
    case.open(ground="forged_proof", document_id=str(document_id))
    body = {"external_id": "p", "loan_external_id": case.loan, "amount_minor": 1}
    client_api.post("/v1/ingest/payments", json=body | {"received_on": str(TODAY)})
    deliver()
    assert case.state() == "notice_sent"


def test_the_queue_shows_whom_one_may_see(case, session, staff_api):
    case.open()
    stranger = staff_api("account_manager")
    assert stranger.get("/v1/staff/procedures").json["items"] == []
    assert len(case.manager.get("/v1/staff/procedures").json["items"]) == 1
    for state, expected in (("notice_sent", 1), ("upheld", 0)):
        found = case.officer.get("/v1/staff/procedures", query_string={"state": state}, headers=WHY)
        assert len(found.json["items"]) == expected
    shown = case.officer.get(f"/v1/staff/borrowers/{case.borrower_id}", headers=WHY).json
    assert shown["panels"]["procedures"]["items"][0]["state"] == "notice_sent"


def test_another_borrower_neither_sees_nor_answers_it(case, session, borrower_api):
    case.open()
    case.own = borrower_api(make_borrower(session, external_id="another"))
    assert case.own.get("/v1/me/procedures").json["items"] == []
    answer = case.reply()
    assert (answer.status_code, answer.json["code"]) == (404, "procedure-unknown")


def test_a_case_can_be_taken_back_until_it_is_carried_out(case):
    case.open()
    assert case.act("withdraw", by=case.manager).json["state"] == "withdrawn"
    assert case.act("withdraw", by=case.manager).json["code"] == "procedure-move-refused"


def test_only_an_open_case_can_end_and_only_a_termination_is_undone():
    ends = {state for state, after in MOVES.items() if not after}
    assert ends == {State.DISMISSED, State.WITHDRAWN}
    assert {state for state in State if State.TERMINATED in MOVES[state]} == {State.UPHELD}
    assert all(State.WITHDRAWN in MOVES[state] for state in OPEN)
    assert MOVES[State.TERMINATED] == {State.DISMISSED}
