"""Keys in the database: every process knows a new one before the first process uses it."""

import base64
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from backend.commands.migrate import bring_up_to_date
from backend.kit import crypto, key_changes, walled
from backend.kit.crypto import KeyRing
from backend.kit.key_changes import KeyChangeError, Legacy
from backend.kit.keyring import Keyring, KeysMissingError, Kind, Snapshot
from backend.kit.problems import Unavailable
from backend.settings import MigrationSettings
from tests.fixtures.keys import ring
from tests.fixtures.settings import KEY_NAME, migration_settings

DELAY = timedelta(seconds=1)
SOON_SECONDS = 10.0


class Host:
    """A process's keyring, and every snapshot that it was told of."""

    def __init__(self, url: str, master: KeyRing, *, reload_seconds: float = 60) -> None:
        self.told: list[Snapshot] = []
        self.keyring = Keyring(url, master, self.told.append, reload_seconds=reload_seconds)

    @property
    def now(self) -> Snapshot:
        return self.told[-1]


@pytest.fixture
def url(clone_database: Callable[[], str]) -> str:
    return clone_database()


@pytest.fixture
def master(url: str) -> KeyRing:
    return migration_settings(url).master_keys


@pytest.fixture
def host(url: str, master: KeyRing) -> Iterator[Callable[..., Host]]:
    """Makes hosts of this installation."""
    with ExitStack() as stack:

        def make(master_keys: KeyRing = master, **more: float) -> Host:
            made = Host(url, master_keys, **more)
            stack.callback(made.keyring.close)
            return made

        yield make


@contextmanager
def acting(url: str) -> Iterator[Session]:
    engine = create_engine(url, poolclass=NullPool)
    with Session(bind=engine) as session, session.begin():
        yield session


def rotate(url: str, master: KeyRing, *kinds: Kind, delay: timedelta = DELAY) -> None:
    with acting(url) as session:
        key_changes.rotate(session, kinds=kinds or list(Kind), master_keys=master, delay=delay)


def wait_until(what: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + SOON_SECONDS
    while not what():
        assert time.monotonic() < give_up_at, "it did not come in time"
        time.sleep(0.02)


def test_a_new_key_opens_everywhere_before_it_seals_anywhere(url, master, host):
    first, second = host(reload_seconds=0.1), host(reload_seconds=0.1)
    for each in (first, second):
        each.keyring.require()
        each.keyring.watch()
    rotate(url, master)
    for each in (first, second):
        wait_until(lambda each=each: len(each.now.field.keys) == 2)
        rings = (each.now.field, each.now.token, each.now.lookup)
        # Known, and not used yet: the old one still seals.
        assert each.now.field.current_id == KEY_NAME
        assert [len(known.keys) for known in rings] == [2, 2, 2]
    for each in (first, second):
        wait_until(lambda each=each: each.now.field.current_id != KEY_NAME)
        assert KEY_NAME in each.now.field.keys
    assert first.now.field.current_id == second.now.field.current_id
    assert first.now.field.keys == second.now.field.keys


def test_a_process_that_lags_finds_an_unknown_key_at_once_and_once_a_second(url, master, host):
    lagging = host()
    lagging.keyring.require()
    rotate(url, master, Kind.FIELD, delay=timedelta(0))
    lagging.keyring.renew()  # somebody just looked
    assert len(lagging.now.field.keys) == 1
    lagging.keyring._asked_at -= 1
    loads = lagging.keyring._loads
    threads = [threading.Thread(target=lagging.keyring.renew) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lagging.now.field.keys) == 2
    assert lagging.keyring._loads == loads + 1


def test_a_retired_key_is_loaded_no_more(url, master, host):
    rotate(url, master, Kind.FIELD, delay=timedelta(0))
    with acting(url) as session:
        old = next(k for k in key_changes.list_keys(session) if k.state == "former")
        key_changes.retire(session, key=old)
    fresh = host()
    fresh.keyring.require()
    assert KEY_NAME not in fresh.now.field.keys
    with acting(url) as session:
        states = {k.name: k.state for k in key_changes.list_keys(session) if k.kind == "field"}
    assert sorted(states.values()) == ["current", "retired"]


def test_a_second_rotation_waits_for_the_first(url, master):
    rotate(url, master, Kind.FIELD, delay=timedelta(minutes=1))
    with pytest.raises(KeyChangeError, match="made already"):
        rotate(url, master)
    with acting(url) as session:  # nothing of it was kept
        assert len(key_changes.list_keys(session)) == 4


def test_a_process_keeps_its_keys_while_the_database_is_away(url, master, host, server_url):
    running = host(reload_seconds=0.05)
    running.keyring.require()
    running.keyring.watch()
    name = url.rpartition("/")[2].partition("?")[0]
    admin = create_engine(server_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"),
            {"n": name},
        )
        late = host()
        with pytest.raises(OperationalError):
            late.keyring.require()
        with pytest.raises(Unavailable):  # no hammering: the next look is a second away
            late.keyring.require()
        assert running.keyring.is_loaded
        running.keyring.require()
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    rotate(url, master, Kind.TOKEN, delay=timedelta(0))
    wait_until(lambda: len(running.now.token.keys) == 2)
    late.keyring._asked_at -= 1
    late.keyring.require()
    assert late.keyring.is_loaded


def test_a_wrong_master_key_is_told_by_the_name_of_what_it_does_not_open(host):
    with pytest.raises(KeysMissingError, match=rf"does not open .*{KEY_NAME}"):
        host(ring("other")).keyring.require()
    with pytest.raises(KeysMissingError, match="does not open"):
        host(ring(KEY_NAME)).keyring.require()  # the right name, another key


def test_a_wrapped_key_opens_in_its_own_row_only(url, host):
    with acting(url) as session:
        session.execute(
            text(
                "UPDATE crypto_key SET sealed ="
                " (SELECT sealed FROM crypto_key WHERE kind = 'token') WHERE kind = 'field'"
            )
        )
    with pytest.raises(KeysMissingError, match="field"):
        host().keyring.require()


def test_master_keys_rotate_without_a_moment_in_which_a_host_cannot_start(url, master, host):
    old_host = host(reload_seconds=0.05)
    old_host.keyring.require()
    both = KeyRing({"newer": secrets.token_bytes(32), **master.keys})
    host(both).keyring.require()
    with acting(url) as session:
        assert key_changes.rewrap(session, master_keys=both) == 3
        assert key_changes.rewrap(session, master_keys=both) == 0
    # One that was started before goes on with what it holds, and does not take what it cannot open.
    rotate(url, both, Kind.FIELD, delay=timedelta(0))
    old_host.keyring._asked_at -= 1
    old_host.keyring.renew()
    assert list(old_host.now.field.keys) == [KEY_NAME]
    only = host(KeyRing({"newer": both.keys["newer"]}))
    only.keyring.require()
    assert len(only.now.field.keys) == 2
    with pytest.raises(KeysMissingError, match="newer"):
        host(master).keyring.require()


def _emptied(url: str) -> None:
    with acting(url) as session:
        session.execute(text("DELETE FROM crypto_key"))


def test_without_keys_one_is_told_what_to_do(url, host):
    _emptied(url)
    with pytest.raises(KeysMissingError, match="goodfaith migrate"):
        host().keyring.require()
    with acting(url) as session:
        session.execute(text("DROP TABLE crypto_key"))
    with pytest.raises(KeysMissingError, match="goodfaith migrate"):
        host().keyring.require()


def test_two_migrations_at_once_make_one_set(url, master):
    _emptied(url)
    made: list[list[str]] = []

    def make() -> None:
        with acting(url) as session:
            made.append(key_changes.make_first_keys(session, master_keys=master, legacy=Legacy()))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, made)) == [0, 0, 0, 3]
    with acting(url) as session:
        keys = key_changes.list_keys(session)
    assert {key.kind for key in keys} == set(Kind)
    assert len(keys) == 3


def test_the_environments_keys_are_adopted_in_their_order(url, master, host):
    _emptied(url)
    legacy = Legacy(field=ring("2026b", "2026a"), lookup=b"l" * 32, token=ring("2026b"))
    bring_up_to_date(MigrationSettings(url, walled.derive_url(url), master, legacy))
    found = host()
    found.keyring.require()
    assert list(found.now.field.keys.items()) == list(ring("2026b", "2026a").keys.items())
    assert list(found.now.lookup.keys.values()) == [b"l" * 32]
    assert found.now.token.keys == ring("2026b").keys
    assert (
        bring_up_to_date(
            MigrationSettings(url, walled.derive_url(url), master, Legacy(field=ring("late")))
        )
        == []
    )


@pytest.mark.parametrize("given", ["nothing", "another key"])
def test_no_new_keys_are_made_beside_what_they_would_not_open(url, master, given):
    _emptied(url)
    sealed = crypto.prefix_of("2025") + b"x" * 40
    with acting(url) as session:
        session.execute(
            text(
                "INSERT INTO borrower (id, external_id, locale, timezone, name_cipher)"
                " VALUES (gen_random_uuid(), 'b', 'en', 'UTC', :sealed)"
            ),
            {"sealed": sealed},
        )
        session.execute(
            text("INSERT INTO borrower_lookup VALUES ('name', 'x', gen_random_uuid(), 'adopted')")
        )
    legacy = Legacy() if given == "nothing" else Legacy(field=ring("2024"), lookup=b"l" * 32)
    with pytest.raises(KeyChangeError, match="2025") as told:
        bring_up_to_date(MigrationSettings(url, walled.derive_url(url), master, legacy))
    assert "FIELD_KEYS" in str(told.value)
    assert ("LOOKUP_KEY" in str(told.value)) == (given == "nothing")
    with acting(url) as session:
        assert key_changes.list_keys(session) == []
    right = Legacy(field=ring("2025"), lookup=b"l" * 32)
    assert len(bring_up_to_date(MigrationSettings(url, walled.derive_url(url), master, right))) == 3


def test_a_transaction_from_before_is_waited_for(url):
    with acting(url) as writer:
        writer.execute(text("SELECT pg_current_xact_id()"))
        with acting(url) as session:
            before = key_changes.horizon(session)
        with acting(url) as later, acting(url) as asking:
            later.execute(text("SELECT pg_current_xact_id()"))
            assert not key_changes.have_ended(asking, before=before)
            writer.commit()
            # One that began since writes with newer keys, and nobody waits for it.
            assert key_changes.have_ended(asking, before=before)


def test_no_key_shows_itself_in_a_text_about_it(master):
    [secret] = master.keys.values()
    assert base64.b64encode(secret).decode() not in repr(master)
    assert str(secret)[2:-1] not in repr(master)
