"""Migrating a database that is in use."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

from backend.kit import migrations, walled
from tests.fixtures.server import cloned, plain

BEFORE = "0018"  # what comes after it changes tables that are full
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


@pytest.fixture
def older(server_url):
    with cloned(server_url, name="older", template="template0") as url:
        engine = create_engine(url)
        with engine.connect() as connection:
            settings = migrations.config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, BEFORE)
        engine.dispose()
        yield url


def test_a_long_reader_keeps_a_migration_waiting_and_no_other_reader(older, monkeypatch):
    monkeypatch.setattr(migrations, "TABLE_WAIT_SECONDS", 1)
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.1)
    look = "SELECT count(*) FROM adjustment"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(plain(older)) as other:
        with psycopg.connect(plain(older)) as report:
            report.execute(look)
            behind = walled.derive_url(older)
            upgrading = pool.submit(migrations.upgrade, older, walled_url=behind)
            wait_until_blocked(other)
            other.execute("SET statement_timeout = '10s'")
            other.execute(look)
            other.rollback()
            assert not upgrading.done()
        upgrading.result(timeout=60)
        found = other.execute("SELECT version_num FROM alembic_version").fetchone()
        unchecked = other.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated")
        assert unchecked.fetchall() == []
    assert found == (migrations.head(),)


def wait_until_blocked(other):
    for _ in range(10_000):
        found = other.execute(WAITING, [other.info.dbname]).fetchone()
        other.rollback()
        if found[0]:
            return
    raise AssertionError
