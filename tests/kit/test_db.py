"""Connections that died while they rested are replaced before anybody meets them."""

import time

import pytest
from sqlalchemy import text

from backend.kit import db

pytestmark = pytest.mark.commits

CONNECTIONS = 3
SECONDS_MAX = 5.0
WHO = text("SELECT pg_backend_pid()")
OTHERS = text(
    "SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid = ANY(:pids) AND pid <> pg_backend_pid()"
)


def use(count: int) -> list[int]:
    """Take so many connections at once; answers their processes."""
    with db.get_database().writes.connect() as connection:
        return [connection.execute(WHO).scalar_one(), *(use(count - 1) if count > 1 else [])]


def end(session, pids: list[int]) -> None:
    session.execute(
        text("SELECT pg_terminate_backend(pid) FROM unnest(:pids) AS pid"), {"pids": pids}
    )
    give_up_at = time.monotonic() + SECONDS_MAX
    while session.execute(OTHERS, {"pids": pids}).first():
        session.execute(text("SELECT pg_stat_clear_snapshot()"))
        assert time.monotonic() < give_up_at


@pytest.fixture(params=["a moment ago", "long ago"])
def rest(request, monkeypatch):
    """For how long nobody used them."""
    if request.param == "long ago":
        monkeypatch.setattr(db, "PING_AFTER_IDLE_SECONDS", 0.0)


@pytest.mark.usefixtures("rest")
def test_a_connection_that_died_at_rest_is_replaced_unseen(session):
    session.connection()  # one that lives
    before = use(CONNECTIONS)
    end(session, before)
    assert set(use(CONNECTIONS)).isdisjoint(before)


@pytest.mark.usefixtures("rest")
def test_a_living_connection_is_used_again(session):
    session.connection()
    assert sorted(use(CONNECTIONS)) == sorted(use(CONNECTIONS))


def kept(session):
    asked = text(
        "SELECT count(*) AS kept FROM pg_prepared_statements WHERE statement LIKE '%kept%'"
    )
    for _ in range(db.PREPARED_AFTER + 2):
        number = session.execute(asked).scalar_one()
    return number, session.execute(WHO).scalar_one()


def test_a_connection_that_kept_no_plans_keeps_them_again_for_the_next():
    with db.transaction() as session:
        db.prepare_nothing(session)
        first = kept(session)
    with db.transaction() as session:
        second = kept(session)
    assert (first[0], second[0]) == (0, 1)
    assert first[1] == second[1]
