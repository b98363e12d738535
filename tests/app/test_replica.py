"""Reads on a replica: what was acknowledged is visible there, or the setting is missing."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.app import Process
from backend.kit import db, migrations, walled
from backend.settings import Settings
from tests.factories.loans import make_borrower
from tests.fixtures.api import bearer, token_for
from tests.fixtures.replica import Node, replicated

ROUNDS = 100
IN_RECOVERY = text("SELECT pg_is_in_recovery()")


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[tuple[Node, Node]]:
    with replicated(tmp_path_factory.mktemp("pair")) as pair:
        url = pair[0].url()
        migrations.upgrade(url, walled_url=walled.derive_url(url))
        yield pair


def _using(process: Process, read_url: str, url: str) -> Iterator[db.Database]:
    own = db.Database(url, read_url=read_url, limits=db.Limits(lock_ms=2_000, statement_ms=2_000))
    db.configure(own)
    yield own
    own.dispose()
    db.configure(process.database)


@pytest.fixture
def database(process: Process, pair: tuple[Node, Node]) -> Iterator[db.Database]:
    primary, replica = pair
    yield from _using(process, replica.url(), primary.url())


@pytest.fixture
def borrower(database: db.Database) -> UUID:
    with db.transaction() as session:
        return make_borrower(session)


def test_reads_go_to_the_replica_and_writes_to_the_primary(database):
    with db.reading() as reads, db.transaction() as writes:
        assert reads.execute(IN_RECOVERY).scalar_one() is True
        assert writes.execute(IN_RECOVERY).scalar_one() is False
    with db.reading() as session, pytest.raises(DBAPIError, match="read-only"):
        session.execute(text("DELETE FROM borrower"))


def test_what_was_acknowledged_is_what_is_read_next(app: Flask, settings: Settings, borrower):
    client = app.test_client()
    headers = bearer(token_for(settings, audience="borrower", subject_id=borrower))
    seen = []
    for n in range(ROUNDS):
        wanted = ("en", "zh-CN")[n % 2]
        changed = client.patch("/v1/me", json={"locale": wanted}, headers=headers)
        assert changed.status_code == 200
        seen.append(client.get("/v1/me", headers=headers).json["locale"] == wanted)
    assert seen == [True] * ROUNDS
    assert app.test_client().get("/readyz").json["replica"] == "ok"


def test_without_remote_apply_a_read_may_be_old(pair, app: Flask, settings: Settings, borrower):
    """What the setting is for, shown with a replica that has stopped to apply."""
    primary, replica = pair
    client = app.test_client()
    headers = bearer(token_for(settings, audience="borrower", subject_id=borrower))
    replica.ask("SELECT pg_wal_replay_pause()")
    primary.ask("ALTER SYSTEM SET synchronous_commit = 'local'")
    primary.ask("SELECT pg_reload_conf()")
    try:
        _wait_for_setting(primary, "local")
        changed = client.patch("/v1/me", json={"locale": "zh-CN"}, headers=headers)
        assert changed.status_code == 200
        assert client.get("/v1/me", headers=headers).json["locale"] == "en"
    finally:
        replica.ask("SELECT pg_wal_replay_resume()")
        primary.ask("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
        primary.ask("SELECT pg_reload_conf()")
        _wait_for_setting(primary, "remote_apply")


def _wait_for_setting(node: Node, value: str) -> None:
    for _ in range(1_000):
        if node.ask("SHOW synchronous_commit") == [(value,)]:
            return
    pytest.fail("the server did not take the setting up")


def test_reads_fall_back_to_the_primary_when_the_address_names_both(process, pair):
    primary, replica = pair
    both = replica.url(primary, target_session_attrs="prefer-standby")
    using = _using(process, both, primary.url())
    next(using)
    try:
        with db.reading() as session:
            assert session.execute(IN_RECOVERY).scalar_one() is True
        replica.stop()
        with db.reading() as session:
            assert session.execute(IN_RECOVERY).scalar_one() is False
        replica.start()
    finally:
        next(using, None)
