"""Staff write contacts down; she reads them in kind words; policies learn of them."""

import csv
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from backend.contacts import service, wording
from backend.contacts.rules import PURPOSES, RULES
from backend.contacts.service import Attempt, Outcome
from backend.events.contacts import Channel, Purpose
from backend.kit.outbox import EventRow
from backend.profile.models import Profile
from tests.clock import NOW
from tests.factories.contacts import make_silence
from tests.factories.loans import make_borrower, make_loan
from tests.factories.viewers import make_assignment
from tests.fixtures.api import new_key

PUBLIC_TIERS = ["fresh_start", "step_by_step", "nearly_there", "in_good_standing"]
WORDS = "She sounded tired, try again after the harvest."


@pytest.fixture
def case(session, staff_api):
    """A manager, a borrower of hers, and a way to write a contact down."""
    borrower_id = make_borrower(session, external_id="reached")
    manager = staff_api("account_manager")
    make_assignment(session, staff_id=manager.id, borrower_id=borrower_id)

    def log(**changes):
        body = {"at": stamp(), "channel": "call", "kind": "attempt"} | changes
        path = f"/v1/staff/borrowers/{borrower_id}/contacts"
        return manager.post(path, json=body, headers=new_key())

    return manager, borrower_id, log


def stamp(**ago) -> str:
    return (NOW - timedelta(**ago)).isoformat().replace("+00:00", "Z")


def test_a_contact_is_written_down_and_read_by_both(case, borrower_api):
    manager, borrower_id, log = case
    made = log(kind="conversation", outcome="promised", note=WORDS, contact="m1")
    assert (made.status_code, made.json["note"]) == (201, WORDS)
    assert made.json["staff_id"] == str(manager.id)
    path = f"/v1/staff/borrowers/{borrower_id}/contacts"
    assert manager.get(path).json["items"] == [made.json]
    own = borrower_api(borrower_id)
    shown = own.get("/v1/me/contacts", headers={"Accept-Language": "zh-CN"})
    (item,) = shown.json["items"]
    assert (item["kind"], item["kind_text"]) == ("conversation", "我们与您进行了交谈。")
    assert item["outcome_text"] == "您说明了付款日期。"
    assert "note" not in item
    assert WORDS not in shown.text
    assert str(manager.id) not in shown.text


def test_the_newest_comes_first_in_pages(case, borrower_api):
    _, borrower_id, log = case
    for days in (3, 1, 2):
        log(at=stamp(days=days))
    own = borrower_api(borrower_id)
    first = own.get("/v1/me/contacts", query_string={"limit": 2}).json
    rest = own.get("/v1/me/contacts", query_string={"cursor": first["next_cursor"]}).json
    seen = [item["at"] for item in first["items"] + rest["items"]]
    assert seen == [stamp(days=days) for days in (1, 2, 3)]


def test_what_another_system_sends_twice_is_one_entry(case):
    _, _, log = case
    once, again = log(reference="call-7", note="x"), log(reference="call-7", note="x")
    assert (once.status_code, again.status_code) == (201, 201)
    assert again.json == once.json
    other = log(reference="call-7", kind="connected", note="x")
    assert (other.status_code, other.json["code"]) == (409, "contact-reference-taken")
    assert log(reference="call-8").json["id"] != once.json["id"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"at": stamp(minutes=-1)}, "#/at"),
        ({"at": stamp(days=366)}, "#/at"),
        ({"outcome": "promised"}, "#/outcome"),
        ({"kind": "opt_out", "outcome": "sent"}, "#/outcome"),
        ({"contact": "139 0000 4711"}, "#/contact"),
        ({"contact": "\uff11\uff13\uff19\uff10"}, "#/contact"),
        ({"channel": "fax"}, "#/channel"),
        ({"kind": "rumour"}, "#/kind"),
        ({"loan_id": "0198c7a0-0000-7000-8000-000000000000"}, "#/loan_id"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(case, changes, pointer):
    _, _, log = case
    refused = log(**changes)
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json["errors"]] == [pointer]


def test_a_contact_may_be_about_a_loan_of_hers_alone(case, session):
    _, _, log = case
    _, own = make_loan(session, borrower="reached")
    make_borrower(session, external_id="another")
    _, theirs = make_loan(session, borrower="another")
    assert log(loan_id=str(own)).status_code == 201
    assert log(loan_id=str(theirs)).status_code == 422


def test_contacts_become_facts(case, session, deliver):
    _, borrower_id, log = case
    log(outcome="no_answer")
    log(kind="conversation")
    deliver()
    profile = session.get(Profile, borrower_id)
    assert (str(profile.contact_answered_ratio_90d), profile.lost_contact) == ("0.5000", False)


def test_silence_is_a_fact_until_she_comes_by_herself(case, session, deliver):
    _, borrower_id, log = case
    make_silence(session, borrower_id)
    deliver()
    assert session.get(Profile, borrower_id).lost_contact is True
    log(kind="inbound_conversation", outcome="asked_for_help")
    deliver()
    assert session.get(Profile, borrower_id).lost_contact is False


def test_no_word_about_channels_moves_her_facts_until_none_is_left(case, session, deliver):
    _, borrower_id, log = case
    log(outcome="no_answer", channel="sms")
    log(kind="conversation")

    def known():
        deliver()
        profile = session.get(Profile, borrower_id)
        return profile.contact_answered_ratio_90d, profile.lost_contact

    before = known()
    for channel in ("call", "sms", "push", "email"):
        log(kind="opt_out", channel=channel)
        assert known() == before
    log(kind="opt_out", channel="visit")
    assert known() == (None, None)


def test_no_opt_out_moves_her_tier_or_a_score(case, session, deliver, borrower_api):
    _, borrower_id, log = case
    make_loan(session, borrower="reached")
    session.commit()
    for channel, kind in (("call", "conversation"), ("sms", "attempt"), ("sms", "attempt")):
        log(channel=channel, kind=kind)

    def standing():
        deliver()
        shown = borrower_api(borrower_id).get("/v1/me/tier").json
        return shown["tier"]["code"], shown["scores"]

    before = standing()
    # The channel on which she answered goes first: what she answered is not lost with it.
    for channel in ("call", "push", "email", "visit"):
        log(kind="opt_out", channel=channel)
        assert standing() == before
    log(kind="cease")
    # With no channel left nothing is known, which is never held against her.
    tier, scores = standing()
    assert PUBLIC_TIERS.index(tier) >= PUBLIC_TIERS.index(before[0])
    assert all(scores[name] >= score for name, score in before[1].items())


def test_no_event_of_a_contact_names_words(case, session):
    _, _, log = case
    log(note=WORDS)
    from_events = session.execute(select(EventRow.payload)).scalars().all()
    assert WORDS not in orjson.dumps(from_events).decode()


def test_messages_stand_in_the_ledger_with_what_they_were_held_to(case, session, borrower_api):
    manager, borrower_id, log = case
    log(kind="attempt", at=stamp(days=2))
    sent = Attempt(borrower_id, Channel.PUSH, Purpose.REMINDER, "m", NOW)
    service.reserve_many(session, attempts=[sent], now=NOW)
    service.settle(session, outcomes={(borrower_id, "m"): Outcome.SENT}, now=NOW)
    own = borrower_api(borrower_id)
    chinese = {"Accept-Language": "zh-CN"}
    shown = own.get("/v1/me/contacts", query_string={"channel": "push"}, headers=chinese)
    (item,) = shown.json["items"]
    assert (item["who"], item["purpose"], item["outcome"]) == ("machine", "reminder", "sent")
    assert item["purpose_text"] == "还款日提醒"
    assert {"id": "OWN.hours", "text": "仅在9:00至20:30之间。"} in item["rules"]
    path = f"/v1/staff/borrowers/{borrower_id}/contacts"
    (theirs,) = manager.get(path, query_string={"channel": "push"}).json["items"]
    assert (theirs["made_by"], theirs["staff_id"], theirs["note"]) == ("machine", None, None)
    assert theirs["rule_ids"] == [rule["id"] for rule in item["rules"]]


def test_she_takes_her_ledger_along(case, borrower_api):
    _, borrower_id, log = case
    log(contact="=m1", note=WORDS, kind="conversation", outcome="informed")
    table = borrower_api(borrower_id).get("/v1/me/contacts.csv")
    assert table.headers["Content-Disposition"].startswith("attachment")
    (row,) = csv.DictReader(table.text.splitlines())
    assert (row["channel"], row["outcome_text"]) == ("call", "We told you how things stand.")
    assert row["contact"] == "'=m1"
    assert WORDS not in table.text


def test_every_rule_and_purpose_has_words_for_her():
    assert set(wording.RULES) == {rule.id for rule in RULES}
    assert set(wording.PURPOSES) == PURPOSES
