"""A session is opened, lives, and ends everywhere within a second."""

from datetime import timedelta

import pytest
from flask import Flask

from backend.auth import revocations
from backend.auth import service as auth
from backend.auth.models import LoginSession, TokenRevocation
from backend.kit import clock, db
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.fixtures.api import bearer


def test_a_log_in_opens_doors_and_says_which_session_it_is(claims_of, log_in, answered, session):
    tokens = log_in()
    claims = claims_of(tokens)
    assert answered(tokens) == 200
    stored = session.get(LoginSession, (claims.subject_id, claims.session_id))
    assert stored.amr == list(claims.amr) == ["sms"]
    assert tokens.expires_in == 900
    assert tokens.refresh_token not in str(vars(stored))


def test_a_revoked_session_is_refused_at_once_where_it_was_revoked(claims_of, log_in, answered):
    tokens, other = log_in(), log_in()
    claims = claims_of(tokens)
    assert answered(tokens) == 200
    with transaction() as own:
        ended = auth.revoke_session(
            own,
            subject_id=claims.subject_id,
            session_id=claims.session_id,
            cause="test",
            now=clock.wall(),
        )
    assert ended
    assert answered(tokens) == 401
    assert answered(other) == 200


def test_somebody_elses_session_is_not_there_to_revoke(claims_of, log_in, answered):
    tokens = log_in()
    session_id = claims_of(tokens).session_id
    with transaction() as own:
        assert not auth.revoke_session(
            own, subject_id=new_id(), session_id=session_id, cause="test", now=clock.wall()
        )
    assert answered(tokens) == 200


def test_all_tokens_of_a_person_end_together_and_the_next_log_in_counts(process, log_in, answered):
    her = new_id()
    first, second = log_in(subject_id=her), log_in(subject_id=her)
    now = clock.wall()
    by_command = auth.issue_token(
        process.token_keys,
        audience="borrower",
        subject_id=her,
        life=timedelta(minutes=5),
        now=now - timedelta(seconds=1),
    )
    with transaction() as own:
        assert auth.revoke_all(own, subject_id=her, cause="test", now=now) == 2
        again = auth.open_session(
            own,
            process.token_keys,
            audience="borrower",
            subject_id=her,
            amr=["sms"],
            label=None,
            now=now,
        )
    assert [answered(each) for each in (first, second, again)] == [401, 401, 200]
    old = auth.TokenAnswer(by_command, 0, None)
    assert answered(old) == 401


def test_a_revocation_that_is_rolled_back_never_was(claims_of, log_in, answered):
    tokens = log_in()
    claims = claims_of(tokens)

    def revoke_and_fail():
        with transaction() as own:
            auth.revoke_token(own, token_id=claims.token_id, now=clock.wall())
            raise LookupError

    with pytest.raises(LookupError):
        revoke_and_fail()
    assert answered(tokens) == 200


@pytest.mark.commits
def test_two_processes_learn_of_each_others_revocations(app: Flask, session, monkeypatch):
    """Also of one whose transaction began before, and ended after, something newer was seen."""
    monkeypatch.setattr(revocations, "POLL_SECONDS", 0)
    here, there = revocations.Copy(), revocations.Copy()
    early, late = new_id(), new_id()
    now = clock.wall()
    until = now + timedelta(minutes=16)

    def known_to(copy: revocations.Copy, each) -> bool:
        return copy.is_revoked([each], issued_at=now)

    revocations.revoke(session, ids=[early], until=until)
    session.flush()
    with transaction() as own:
        revocations.revoke(own, ids=[late], until=until)
    assert [known_to(copy, late) for copy in (here, there)] == [True, True]
    assert [known_to(copy, early) for copy in (here, there)] == [False, False]
    session.commit()
    assert [known_to(copy, early) for copy in (here, there)] == [True, True]
    assert [known_to(copy, late) for copy in (here, there)] == [True, True]


@pytest.mark.commits
def test_news_is_asked_for_at_most_once_a_second_unless_there_is_some(app: Flask, session):
    here, there = revocations.Copy(), revocations.Copy()
    each, now = new_id(), clock.wall()
    assert not here.is_revoked([each], issued_at=now)
    assert not there.is_revoked([each], issued_at=now)
    revocations.revoke(session, ids=[each], until=now + timedelta(minutes=16))
    session.commit()
    assert not there.is_revoked([each], issued_at=now)
    here.expect_news()
    assert here.is_revoked([each], issued_at=now)


@pytest.mark.commits
def test_a_database_that_counts_anew_is_read_anew(app: Flask, session, monkeypatch):
    """It was restored in another place while the processes ran on."""
    monkeypatch.setattr(revocations, "POLL_SECONDS", 0)
    copy, each, now = revocations.Copy(), new_id(), clock.wall()
    assert not copy.is_revoked([each], issued_at=now)
    copy._seen += 1_000_000
    revocations.revoke(session, ids=[each], until=now + timedelta(minutes=16))
    session.commit()
    assert copy.is_revoked([each], issued_at=now)


@pytest.mark.commits
def test_while_the_database_is_away_no_token_is_judged(
    public_api, log_in, answered, own_database, monkeypatch
):
    tokens = log_in()
    assert answered(tokens) == 200
    monkeypatch.setattr(revocations, "POLL_SECONDS", 0)
    away = db.Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    db.configure(away)
    try:
        answer = public_api.get("/v1/me", headers=bearer(tokens.access_token))
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert public_api.get("/v1/me", headers=bearer("a.b.c")).status_code == 401
    finally:
        db.configure(own_database)
        away.dispose()
    assert answered(tokens) == 200


def test_a_later_revocation_never_narrows_an_earlier_one(session):
    each, now = new_id(), clock.wall()
    hour = timedelta(hours=1)
    revocations.revoke(session, ids=[each], until=now + hour)
    revocations.revoke(session, ids=[each], until=now, not_before=now)
    stored = session.get(TokenRevocation, each)
    assert (stored.not_before, stored.until) == (None, now + hour)


def test_what_no_token_names_any_more_is_forgotten(session):
    old, young, now = new_id(), new_id(), clock.wall()
    revocations.revoke(session, ids=[old], until=now - timedelta(seconds=1))
    revocations.revoke(session, ids=[young], until=now + timedelta(seconds=9))
    assert revocations.purge(session, now=now, limit=1) == 1
    assert revocations.purge(session, now=now, limit=1) == 0
    assert session.get(TokenRevocation, young)
