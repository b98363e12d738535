"""She reads what she is asked, says yes or no, and finds all that she said."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from backend.consents import queries, rules
from backend.consents.models import Consent
from backend.consents.rules import Purpose
from backend.kit import clock
from backend.kit.fields import instant_text
from backend.kit.ids import new_id
from tests.clock import NOW
from tests.factories.loans import make_borrower

PATH = "/v1/me/consents"
HISTORY = f"{PATH}/history"


@pytest.fixture
def her_id(session):
    borrower_id = make_borrower(session)
    session.commit()
    return borrower_id


@pytest.fixture
def me(borrower_api, her_id):
    return borrower_api(her_id)


def say(api, *said, **kwargs):
    keys = ("purpose", "granted", "version")
    body = {"consents": [dict(zip(keys, each, strict=False)) for each in said]}
    return api.put(PATH, json=body, **kwargs)


def of(answer, purpose="marketing"):
    return next(each for each in answer.json["consents"] if each["purpose"] == purpose)


@pytest.fixture
def renewed(monkeypatch):
    """`renewed(counts=...)`: from now on marketing has a second wording."""

    def publish(*, counts):
        first = rules.VERSIONS[Purpose.MARKETING][0]
        versions = (replace(first, counts=counts), replace(first, number=2))
        monkeypatch.setitem(rules.VERSIONS, Purpose.MARKETING, versions)

    return publish


def test_all_is_off_until_she_says_yes(me):
    answer = me.get(PATH)
    assert [each["purpose"] for each in answer.json["consents"]] == [
        "marketing",
        "emotion_signals",
        "research",
        "sensitive_documents",
        "training_referral",
        "aid_referral",
    ]
    for each in answer.json["consents"]:
        assert (each["granted"], each["version"], each["since"]) == (False, None, None)
        assert (each["current_version"], each["needs_renewal"]) == (1, False)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "News and offers"), ("zh-CN", "资讯与优惠")]
)
def test_she_is_asked_in_her_language(me, language, title):
    shown = of(me.get(PATH, headers={"Accept-Language": language}))
    assert shown["title"] == title
    assert shown["what_is_done"]
    assert shown["without_it"]


def test_what_she_gives_is_given_and_taken_back_as_easily(me, session, her_id):
    given = say(me, ("marketing", True, 1))
    assert given.status_code == 200
    assert (of(given)["granted"], of(given)["version"]) == (True, 1)
    assert of(given)["since"] == instant_text(NOW)
    assert queries.is_granted(session, borrower_id=her_id, purpose=Purpose.MARKETING)
    assert not of(given, "research")["granted"]

    taken = say(me, ("marketing", False))
    assert taken.status_code == 200
    assert (of(taken)["granted"], of(taken)["version"]) == (False, None)
    assert not queries.is_granted(session, borrower_id=her_id, purpose=Purpose.MARKETING)


def test_saying_it_again_adds_nothing(me, session):
    for said in (("research", True, 1), ("research", False, 1)):
        for _ in range(3):
            assert say(me, said).status_code == 200
    assert say(me, ("marketing", False)).status_code == 200
    kinds = session.execute(select(Consent.purpose, Consent.granted).order_by(Consent.number))
    assert [tuple(row) for row in kinds] == [("research", True), ("research", False)]


def test_several_are_said_at_once_or_none(me, session):
    answer = say(me, ("research", True, 1), ("marketing", True, 7))
    assert (answer.status_code, answer.json["code"]) == (409, "consent-version-outdated")
    assert answer.json["current"] == [{"purpose": "marketing", "version": 1}]
    assert session.scalar(select(func.count()).select_from(Consent)) == 0

    answer = say(me, ("research", True, 1), ("marketing", True, 1))
    assert of(answer)["granted"]
    assert of(answer, "research")["granted"]


def test_a_newer_wording_is_asked_for_and_the_older_counts_on(me, session, her_id, renewed):
    say(me, ("marketing", True, 1))
    renewed(counts=True)

    shown = of(me.get(PATH))
    assert (shown["granted"], shown["version"], shown["current_version"]) == (True, 1, 2)
    assert shown["needs_renewal"]
    assert queries.is_granted(session, borrower_id=her_id, purpose=Purpose.MARKETING)
    again = say(me, ("marketing", True, 1))
    assert again.status_code == 409
    assert again.json["current"] == [{"purpose": "marketing", "version": 2}]
    shown = of(say(me, ("marketing", True, 2)))
    assert (shown["version"], shown["needs_renewal"]) == (2, False)


def test_a_withdrawn_wording_counts_no_more(me, session, her_id, renewed):
    say(me, ("marketing", True, 1))
    renewed(counts=False)

    shown = of(me.get(PATH))
    assert (shown["granted"], shown["needs_renewal"]) == (False, True)
    assert not queries.is_granted(session, borrower_id=her_id, purpose=Purpose.MARKETING)
    # And can still be taken back, under the version that she gave.
    assert say(me, ("marketing", False, 2)).status_code == 200
    assert not of(me.get(PATH))["needs_renewal"]
    newest = me.get(HISTORY).json["items"][0]
    assert (newest["granted"], newest["version"]) == (False, 1)


def test_her_history_is_complete_and_newest_first(me):
    for nth, said in enumerate(
        [("research", True, 1), ("marketing", True, 1), ("research", False)]
    ):
        with clock.fixed(NOW + timedelta(days=nth)):
            say(me, said)
    first = me.get(HISTORY, query_string={"limit": 2}, headers={"Accept-Language": "zh-CN"})
    rest = me.get(HISTORY, query_string={"limit": 2, "cursor": first.json["next_cursor"]})
    items = first.json["items"] + rest.json["items"]
    assert [(item["purpose"], item["granted"]) for item in items] == [
        ("research", False),
        ("marketing", True),
        ("research", True),
    ]
    assert items[0]["title"] == "帮助我们改进"
    assert {item["source"] for item in items} == {"app"}
    assert rest.json["next_cursor"] is None


def test_what_she_says_is_hers_alone(session, borrower_api, me):
    other = borrower_api(make_borrower(session))
    say(me, ("marketing", True, 1))
    assert not of(other.get(PATH))["granted"]
    assert other.get(HISTORY).json["items"] == []


def test_nobody_has_no_consents(borrower_api):
    nobody = borrower_api(new_id())
    assert nobody.get(PATH).status_code == 404
    assert say(nobody, ("marketing", True, 1)).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/consents"),
        ({"consents": []}, "#/consents"),
        ({"consents": [{"purpose": "tracking", "granted": False}]}, "#/consents/0/purpose"),
        ({"consents": [{"purpose": "research", "granted": True}]}, "#/consents/0/version"),
        ({"consents": [{"purpose": "research", "granted": 1}]}, "#/consents/0/granted"),
        ({"consents": [{"purpose": "research", "granted": "yes"}]}, "#/consents/0/granted"),
        (
            {"consents": [{"purpose": "research", "granted": True, "version": 0}]},
            "#/consents/0/version",
        ),
        ({"consents": [{"purpose": "research", "granted": False}] * 2}, "#/consents"),
    ],
)
def test_what_is_no_consent_is_refused(me, session, body, pointer):
    answer = me.put(PATH, json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert session.scalar(select(func.count()).select_from(Consent)) == 0


def test_the_database_knows_no_other_purpose(session, her_id):
    statement = text(
        "INSERT INTO consent VALUES (:who, gen_random_uuid(), 1, 'tracking', 1, true, 'app', now())"
    )
    with pytest.raises(IntegrityError, match="purpose_is_known"):
        session.execute(statement, {"who": her_id})


@pytest.mark.commits
def test_on_two_devices_the_last_act_wins_and_both_are_kept(own_database, me, session, her_id):
    together = threading.Barrier(2)

    def device(granted):
        said = ("marketing", granted, 1)
        for _ in range(10):
            together.wait()
            body = {"consents": [dict(zip(("purpose", "granted", "version"), said, strict=True))]}
            answer = me.client.application.test_client().put(PATH, json=body, headers=me.headers)
            assert answer.status_code == 200
            # Her own answer is of the moment in which she said it.
            assert of(answer)["granted"] is granted

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(device, granted) for granted in (True, False)]:
            done.result()

    rows = session.execute(select(Consent.granted).order_by(Consent.number)).scalars().all()
    numbers = session.execute(select(Consent.number).order_by(Consent.number)).scalars().all()
    assert numbers == list(range(1, len(rows) + 1))
    # Yes and no in turn: what repeats the last is not written.
    assert all(one is not other for one, other in pairwise(rows))
    is_given = queries.is_granted(session, borrower_id=her_id, purpose=Purpose.MARKETING)
    assert is_given is rows[-1]
