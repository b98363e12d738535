"""Who checked what, and how; and that a suspicion is heard before anything follows from it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.documents import queries, rules
from backend.documents.rules import MOVES, Kind, State
from backend.kit import clock
from backend.kit.ids import new_id
from backend.kit.outbox import EventRow
from tests.clock import NOW, TODAY
from tests.factories.documents import make_document, make_suspicion
from tests.fixtures.api import new_key

GOOD = {
    "outcome": "verified",
    "method": "issuer_asked",
    "issuer": "Blue Mill",
    "expires_on": str(TODAY + timedelta(days=30)),
}
ASKED = {"grounds": "The stamp looks odd."}
HERS = {"text": "I got it from the mill."}


def check(desk, document_id, **changes):
    body = {key: value for key, value in (GOOD | changes).items() if value is not None}
    path = desk.path(f"documents/{document_id}/verifications")
    return desk.manager.post(path, json=body, headers=new_key())


def events(session) -> list[str]:
    names = select(EventRow.name).order_by(EventRow.seq)
    return [name for name in session.execute(names).scalars() if name.startswith("Forgery")]


def test_a_document_is_verified_until_a_day(desk, session):
    document_id = make_document(session, desk.ann)
    made = check(desk, document_id)
    assert (made.status_code, made.json["state"]) == (201, "verified")
    (found,) = made.json["verifications"]
    assert (found["checked_by"], found["method"]) == (str(desk.manager.id), "issuer_asked")
    assert found["issuer"] == "Blue Mill"
    last = TODAY + timedelta(days=30)
    for day, is_good in ((TODAY, True), (last, True), (last + timedelta(days=1), False)):
        ask = {"borrower_id": desk.ann, "today": day}
        assert queries.is_verified(session, document_id=document_id, **ask) is is_good
        kinds = {Kind.PROOF_OF_INCOME} if is_good else set()
        assert queries.list_verified_kinds(session, **ask) == kinds
    assert desk.own.get(f"/v1/me/documents/{document_id}").json["state"] == "verified"


def test_a_later_check_that_finds_it_wanting_counts(desk, session):
    document_id = make_document(session, desk.ann)
    (waiting,) = queries.find_open(session, borrower_id=desk.ann)
    assert waiting.id == document_id
    check(desk, document_id)
    assert list(queries.find_open(session, borrower_id=desk.ann)) == []
    check(desk, document_id, outcome="not_verified", issuer=None, expires_on=None)
    ask = {"borrower_id": desk.ann, "today": TODAY}
    assert not queries.is_verified(session, document_id=document_id, **ask)
    check(desk, document_id)
    assert queries.is_verified(session, document_id=document_id, **ask)
    ids = queries.list_checkers(session, borrower_id=desk.ann, document_ids=[document_id])
    assert ids == {desk.manager.id}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issuer": None}, "#/issuer"),
        ({"expires_on": None}, "#/expires_on"),
        ({"expires_on": str(TODAY - timedelta(days=1))}, "#/expires_on"),
        ({"outcome": "forged"}, "#/grounds"),
    ],
)
def test_a_check_says_all_that_its_outcome_needs(desk, session, changes, field):
    refused = check(desk, make_document(session, desk.ann), **changes)
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json["errors"]] == [field]


def test_a_document_of_nobody_or_another_is_not_there(desk, session, borrower_api):
    for path in (f"documents/{new_id()}/content",):
        assert desk.manager.get(desk.path(path)).json["code"] == "document-unknown"
    assert check(desk, new_id()).json["code"] == "document-unknown"
    lost = desk.officer.post(
        desk.path(f"document-suspicions/{new_id()}/decide"),
        json={"outcome": "dismissed", "reason": "All is well."},
        headers=new_key(),
    )
    assert lost.json["code"] == "document-suspicion-unknown"


def decide(desk, who, suspicion_id, outcome, *, at=NOW):
    with clock.fixed(at):
        return who.post(
            desk.path(f"document-suspicions/{suspicion_id}/decide"),
            json={"outcome": outcome, "reason": "We asked the mill."},
            headers=new_key(),
        )


def test_forged_at_first_sight_is_a_question_and_no_more(desk, session):
    document_id = make_document(session, desk.ann)
    made = check(desk, document_id, outcome="forged", grounds="The stamp looks odd.")
    assert (made.status_code, made.json["state"]) == (201, "suspected")
    assert events(session) == ["ForgerySuspected"]
    hers = desk.own.get(f"/v1/me/documents/{document_id}").json
    assert hers["question"]["grounds"] == "The stamp looks odd."
    assert hers["question"]["reply_until_on"] == str(TODAY + timedelta(days=14))
    kept = desk.own.delete(f"/v1/me/documents/{document_id}")
    assert kept.json["code"] == "document-in-use"


def test_she_is_heard_before_it_is_found_forged(desk, session):
    document_id = make_document(session, desk.ann)
    more = make_document(session, desk.ann, shade=20)
    path = desk.path(f"documents/{document_id}/suspicions")
    asked = desk.manager.post(path, json=ASKED, headers=new_key())
    assert (asked.status_code, asked.json["state"]) == (201, "suspected")
    again = desk.manager.post(path, json=ASKED, headers=new_key())
    assert (again.status_code, again.json["code"]) == (409, "document-not-open")
    suspicion_id = asked.json["suspicions"][0]["id"]
    last_day = NOW + timedelta(days=14)
    for at in (NOW, last_day):
        early = decide(desk, desk.officer, suspicion_id, "upheld", at=at)
        assert early.json["code"] == "document-reply-time-running"
    reply = f"/v1/me/documents/{document_id}/reply"
    said = desk.own.post(reply, json=HERS | {"document_ids": [str(more)]}, headers=new_key())
    assert (said.status_code, said.json["question"]["reply"]) == (200, HERS["text"])
    twice = desk.own.post(reply, json=HERS, headers=new_key())
    assert (twice.status_code, twice.json["code"]) == (409, "document-reply-not-open")

    found = decide(desk, desk.officer, suspicion_id, "upheld")
    assert (found.status_code, found.json["state"]) == (200, "forged")
    assert found.json["suspicions"][0]["reply_document_ids"] == [str(more)]
    assert events(session) == ["ForgerySuspected", "ForgeryUpheld"]
    late = decide(desk, desk.officer, suspicion_id, "dismissed")
    assert (late.status_code, late.json["code"]) == (409, "document-suspicion-decided")
    assert check(desk, document_id).json["code"] == "document-not-open"


def test_silence_for_14_days_of_hers_lets_it_be_decided(desk, session):
    document_id = make_document(session, desk.ann)
    asked = make_suspicion(session, desk.ann, document_id, suspected_by=desk.manager.id)
    late = NOW + timedelta(days=15)
    assert decide(desk, desk.officer, asked, "upheld", at=late).status_code == 200


def test_who_suspects_does_not_decide(desk, session):
    document_id = make_document(session, desk.ann)
    asked = make_suspicion(session, desk.ann, document_id, suspected_by=desk.officer.id)
    for outcome in ("dismissed", "upheld"):
        refused = decide(desk, desk.officer, asked, outcome, at=NOW + timedelta(days=20))
        assert (refused.status_code, refused.json["code"]) == (403, "second-person-needed")


def test_a_dismissed_suspicion_leaves_nothing_behind(desk, session):
    document_id = make_document(session, desk.ann)
    asked = make_suspicion(session, desk.ann, document_id, suspected_by=desk.manager.id)
    assert decide(desk, desk.officer, asked, "dismissed").json["state"] == "received"
    hers = desk.own.get(f"/v1/me/documents/{document_id}").json
    assert hers["question"]["outcome"] == "dismissed"
    assert check(desk, document_id).status_code == 201
    assert events(session) == ["ForgerySuspected"]


def test_only_what_is_asked_can_be_answered(desk, session):
    document_id = make_document(session, desk.ann)
    path = f"/v1/me/documents/{document_id}/reply"
    nothing = desk.own.post(path, json=HERS, headers=new_key())
    assert nothing.json["code"] == "document-reply-not-open"
    make_suspicion(session, desk.ann, document_id, suspected_by=desk.manager.id)
    lost = desk.own.post(path, json=HERS | {"document_ids": [str(new_id())]}, headers=new_key())
    assert lost.json["code"] == "document-unknown"


def test_no_state_is_left_by_a_way_that_is_none():
    assert MOVES[State.FORGED] == frozenset()
    assert all(State.FORGED not in MOVES[state] for state in State if state != State.SUSPECTED)


def test_room_is_counted_by_number_and_by_size():
    room = rules.Room(open_count=rules.OPEN_MAX - 1, total_bytes=rules.TOTAL_BYTES_MAX - 5)
    assert rules.has_room(room, size=5)
    assert not rules.has_room(room, size=6)
    full = rules.Room(open_count=rules.OPEN_MAX, total_bytes=0)
    assert not rules.has_room(full, size=1)
