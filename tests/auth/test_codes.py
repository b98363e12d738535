"""A code that was sent to her telephone lets her in, once, and nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.auth import service as auth
from backend.auth.models import LoginSession, OtpChallenge
from backend.kit import clock, resealing
from backend.kit.db import transaction
from tests.auth.conftest import ANN, BEA
from tests.factories.runs import make_job_context
from tests.fixtures.api import bearer
from tests.fixtures.keys import keys, ring, rotated


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def refused(answer) -> bool:
    return (answer.status_code, answer.json["code"]) == (403, "code-not-accepted")


def grow_older(session, by: timedelta) -> None:
    session.execute(
        update(OtpChallenge).values(
            created_at=OtpChallenge.created_at - by, expires_at=OtpChallenge.expires_at - by
        )
    )
    session.commit()


@pytest.fixture
def challenge(people, telephones, ask):
    """Ann's challenge and its code."""
    answer = ask(ANN)
    assert answer.status_code == 202
    return answer.json["challenge_id"], telephones.next_code()


def test_she_logs_in_with_the_code_that_she_was_sent(people, challenge, show, public_api, session):
    answer = show(*challenge, label="Ann's phone")
    assert answer.status_code == 200
    me = public_api.get("/v1/me", headers=bearer(answer.json["access_token"]))
    assert me.json["id"] == people[ANN]
    stored = session.execute(select(LoginSession)).scalar_one()
    assert (stored.label, stored.amr) == ("Ann's phone", ["otp", "sms"])


def test_a_code_from_before_a_rotation_lets_her_in_after_all_is_hashed_anew(
    people, challenge, telephones, ask, show
):
    with rotated():
        assert resealing.run(make_job_context())["rehashed"] == len(people)
        assert show(*challenge).status_code == 200
        late = ask(ANN).json["challenge_id"]
    # What was asked for with the new keys needs no older one.
    with keys(field=ring("newer"), lookup=ring("newer")):
        code = telephones.next_code()
        assert refused(show(late, other_than(code)))
        assert show(late, code).status_code == 200


def test_a_rotation_gives_nobody_more_codes(people, ask):
    assert [ask(ANN).status_code for _ in range(5)] == [202] * 5
    with rotated():
        assert ask(ANN).status_code == 429


def test_a_session_without_a_name_is_called_what_its_app_says_of_itself(
    challenge, public_api, session
):
    body = {"challenge_id": challenge[0], "code": challenge[1]}
    agent = {"User-Agent": "App/1.0\x00\x7f (phone) " + "x" * 300}
    assert public_api.post("/v1/auth/otp/verify", json=body, headers=agent).status_code == 200
    label = session.execute(select(LoginSession.label)).scalar_one()
    assert label.startswith("App/1.0 (phone) xxx")
    assert len(label) == 200


def test_the_message_speaks_the_askers_language(people, telephones, ask):
    ask("139 0000 4711", headers={"Accept-Language": "zh-CN"})
    assert telephones.sent.get(timeout=5)[::2] == ("+8613900004711", "zh-CN")
    ask(ANN)
    assert telephones.sent.get(timeout=5)[::2] == ("+8613900004711", "en")


def test_the_sixth_guess_is_refused_even_when_it_is_right(challenge, show):
    challenge_id, code = challenge
    for _ in range(5):
        assert refused(show(challenge_id, other_than(code)))
    assert refused(show(challenge_id, code))


def test_the_fifth_guess_still_counts(challenge, show):
    challenge_id, code = challenge
    for _ in range(4):
        assert refused(show(challenge_id, other_than(code)))
    assert show(challenge_id, code).status_code == 200


def test_a_code_works_once(challenge, show):
    assert show(*challenge).status_code == 200
    assert refused(show(*challenge))


def test_a_late_code_is_refused(challenge, show, session):
    grow_older(session, timedelta(minutes=5))
    assert refused(show(*challenge))


def test_a_code_is_good_for_its_own_challenge_only(people, telephones, ask, show):
    first, code = ask(ANN).json["challenge_id"], telephones.next_code()
    second, hers = ask(BEA).json["challenge_id"], telephones.next_code()
    while hers == code:
        second, hers = ask(BEA).json["challenge_id"], telephones.next_code()
    assert refused(show(second, code))
    assert refused(show(first, hers))
    assert show(first, code).status_code == 200


def test_an_unknown_challenge_is_refused_alike(challenge, show, public_api):
    wrong = show(challenge[0], other_than(challenge[1])).json
    unknown = show("0190b6a5-0000-7000-8000-000000000000", challenge[1]).json
    assert wrong | {"request_id": ""} == unknown | {"request_id": ""}


@pytest.mark.parametrize(
    "code",
    ["", "12345", "1234567", "12345a", "\uff11\uff12\uff13\uff14\uff15\uff16", " 123456", 123456],
)
def test_what_is_no_code_costs_no_try(code, challenge, show, session):
    assert show(challenge[0], code).status_code == 422
    assert session.execute(select(OtpChallenge.tries)).scalar_one() == 0


@pytest.mark.parametrize("phone", ["", "x", "12", "+86", "+999 1", "1" * 41, "+86139\x00", None, 7])
def test_what_is_no_number_is_refused(phone, people, ask, session):
    assert ask(phone).status_code == 422
    assert session.execute(select(OtpChallenge)).all() == []


def test_several_people_on_one_number_say_who_they_are(people, telephones, ask, show, client_api):
    for name, born_on in (("ann", "1990-02-03"), ("cat", "1991-04-05"), ("dan", None)):
        body = {"locale": "en", "timezone": "Asia/Shanghai", "phone": ANN, "born_on": born_on}
        body = {key: value for key, value in body.items() if value}
        client_api.put(f"/v1/ingest/borrowers/{name}", json=body)
    challenge_id, code = ask(ANN).json["challenge_id"], telephones.next_code()
    assert refused(show(challenge_id, other_than(code), born_on="1990-02-03"))
    for more in ({}, {"born_on": "1999-09-09"}):
        answer = show(challenge_id, code, **more)
        assert (answer.status_code, answer.json["code"]) == (409, "which-borrower")
    cat = show(challenge_id, code, born_on="1991-04-05")
    assert cat.status_code == 200
    assert refused(show(challenge_id, code, born_on="1990-02-03"))


def test_asking_who_she_is_costs_a_try(people, telephones, ask, show, client_api):
    for name in ("ann", "cat"):
        body = {"locale": "en", "timezone": "Asia/Shanghai", "phone": ANN, "born_on": "1990-02-03"}
        client_api.put(f"/v1/ingest/borrowers/{name}", json=body)
    challenge_id, code = ask(ANN).json["challenge_id"], telephones.next_code()
    for _ in range(5):
        # Born on one day: which of them it is cannot be told.
        assert show(challenge_id, code, born_on="1990-02-03").status_code == 409
    assert refused(show(challenge_id, code, born_on="1990-02-03"))


def test_a_right_guess_for_nobodys_number_opens_nothing(people, show, session):
    """Its challenge exists, and so does a code, which nobody was sent."""
    with transaction() as own:
        for_nobody, for_ann = (
            auth.request_code(own, phone=phone, address="", per_day=9, now=clock.wall())
            for phone in ("+8613900004799", "+8613900004711")
        )
    assert refused(show(str(for_nobody.challenge_id), for_nobody.code))
    assert session.execute(select(LoginSession)).all() == []
    assert show(str(for_ann.challenge_id), for_ann.code).status_code == 200


def test_a_number_that_changed_hands_lets_its_new_owner_in(people, challenge, show, client_api):
    body = {"locale": "en", "timezone": "Asia/Shanghai", "phone": "+86 139 0000 4713"}
    client_api.put("/v1/ingest/borrowers/ann", json=body)
    assert refused(show(*challenge))
