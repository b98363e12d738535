"""What every test may ask for. `commits` tests get a database of their own, others a savepoint."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from backend.app import Process, configure, create_app, handlers
from backend.auth.rules import CLIENT_SCOPES
from backend.kit import clock, db, delivery, walled
from backend.kit.embedded.postgres import NAME
from backend.kit.ids import new_id
from backend.kit.wiring import Handler
from backend.settings import Settings
from backend.staff import service as staff_service
from backend.staff.rules import Role
from tests.clock import NOW
from tests.factories.clients import make_client
from tests.fixtures import leak_watch, leaks
from tests.fixtures.api import Api, bearer, token_for
from tests.fixtures.network import close_network
from tests.fixtures.server import cloned, of_both_sides, plain, running_server
from tests.fixtures.settings import make_settings, secrets_of
from tests.fixtures.sides import both_sides
from tests.fixtures.workers import ProductInOnePlace

EXAMPLES = 50
EXAMPLES_DEEP = 1_000
DEEP = os.environ.get("GOODFAITH_DEEP") == "1"

_stack = ExitStack()
_clones = count()


def pytest_configure(config: pytest.Config) -> None:
    close_network()
    config.pluginmanager.register(leak_watch)
    hypothesis_settings.register_profile(
        "goodfaith",
        max_examples=EXAMPLES_DEEP if DEEP else EXAMPLES,
        deadline=None,  # this machine is shared; benchmarks measure time
        print_blob=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    hypothesis_settings.load_profile("goodfaith")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: looking through it for garbage took a tenth."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist is about to start a worker: the server must be there before it, once."""
    config = node.config
    if not hasattr(config, "server_url"):
        config.server_url = _stack.enter_context(running_server())
    node.workerinput["server_url"] = config.server_url


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ProductInOnePlace:
    return ProductInOnePlace(config, log)


def pytest_unconfigure() -> None:
    _stack.close()


@pytest.fixture(scope="session")
def server_url(pytestconfig: pytest.Config) -> str:
    """The run's PostgreSQL."""
    told: dict[str, str] | None = getattr(pytestconfig, "workerinput", None)
    url = told["server_url"] if told else _stack.enter_context(running_server())
    for secret in secrets_of(url):
        leaks.watch(secret=secret)
    return url


@pytest.fixture(scope="session")
def worker_name(pytestconfig: pytest.Config) -> str:
    told: dict[str, str] | None = getattr(pytestconfig, "workerinput", None)
    return told["workerid"] if told else "alone"


@pytest.fixture(scope="session")
def settings(server_url: str, worker_name: str) -> Iterator[Settings]:
    """Settings of the application, on this worker's clone."""
    with cloned(server_url, name=f"tests_{worker_name}") as url:
        yield make_settings(url)
        with psycopg.connect(plain(url)) as connection:
            leak_watch.report(leaks.find_in_database(connection))


@pytest.fixture(scope="session")
def process(settings: Settings) -> Iterator[Process]:
    """The test's process, configured as a server's would be."""
    process = configure(settings)
    process.keyring.require()
    yield process
    process.dispose()


@pytest.fixture(scope="session")
def both_databases(process: Process) -> Iterator[db.Database]:
    """This worker's clone as the role that may become either side's."""
    both = db.Database(of_both_sides(process.settings.database_url))
    yield both
    both.dispose()


@pytest.fixture(scope="session")
def app(process: Process) -> Flask:
    """The assembled application."""
    app = create_app(process)
    app.testing = True
    return app


@pytest.fixture(autouse=True)
def business_time_stands_still() -> Iterator[None]:
    """`clock.fixed(...)` inside a test moves on from here."""
    with clock.fixed(NOW):
        yield


@pytest.fixture
def clone_database(server_url: str, worker_name: str) -> Iterator[Callable[[], str]]:
    """Makes databases that live until the end of the test; answers their URLs."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(
            cloned(server_url, name=f"clone_{worker_name}_{next(_clones)}")
        )


@pytest.fixture
def own_database(process: Process, clone_database: Callable[[], str]) -> Iterator[db.Database]:
    """The process's database is a fresh clone until the test ends; everything really commits."""
    url = clone_database()
    own = db.Database(url, limits=db.Limits(pool_size=20))
    behind = db.Database(walled.derive_url(url), limits=own.limits)
    db.configure(own)
    db.WALLED.configure(behind)
    yield own
    with own.writes.connect() as connection:
        _refuse_leaks(connection)
    own.dispose()
    behind.dispose()
    db.configure(process.database)
    db.WALLED.configure(process.behind_the_wall)


@pytest.fixture
def session(
    process: Process, both_databases: db.Database, request: pytest.FixtureRequest
) -> Iterator[Session]:
    """What the test reads and writes with; views see it, and nothing of it stays."""
    if request.node.get_closest_marker("commits"):
        own = request.getfixturevalue("own_database")
        with Session(bind=own.writes, expire_on_commit=False) as session:
            yield session
        return
    with (
        both_sides(both_databases.writes) as (connection, _),
        Session(
            bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session,
    ):
        yield session
        _refuse_leaks(connection)


@pytest.fixture
def behind_the_wall(session: Session) -> Iterator[Session]:
    """The other side of the wall, in the same transaction as `session`, as its own role."""
    session.connection()  # so that this side's savepoint is the inner one
    with db.WALLED.transaction() as behind:
        yield behind


def _refuse_leaks(connection: Connection) -> None:
    """What the test leaves in events, stored answers and the like names nobody."""
    if connection.invalidated:
        return  # the test, which lost its database, fails by that
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute(f"SET LOCAL ROLE {NAME}")
        found = leaks.find_in_database(driver)
    except psycopg.errors.InFailedSqlTransaction:
        return  # the test left nothing that could be read
    assert found == [], f"the test left {found}"


@pytest.fixture
def public_api(app: Flask, session: Session) -> Api:
    """Somebody without a token."""
    return Api(client=app.test_client(), session=session)


@pytest.fixture
def client_api(app: Flask, session: Session, settings: Settings) -> Api:
    """The lender's core system."""
    client_id = make_client(session)
    token = token_for(
        settings, audience="client", subject_id=client_id, scopes=sorted(CLIENT_SCOPES)
    )
    return Api(client=app.test_client(), session=session, headers=bearer(token), id=client_id)


@pytest.fixture
def borrower_api(app: Flask, session: Session, settings: Settings) -> Callable[[UUID], Api]:
    """`borrower_api(borrower_id)` speaks as that borrower."""

    def speak_as(borrower_id: UUID) -> Api:
        token = token_for(settings, audience="borrower", subject_id=borrower_id)
        return Api(client=app.test_client(), session=session, headers=bearer(token), id=borrower_id)

    return speak_as


@pytest.fixture
def staff_api(app: Flask, session: Session, settings: Settings) -> Callable[..., Api]:
    """`staff_api("risk_officer", ...)` speaks as a new member of staff with these roles."""

    def speak_as(*roles: str) -> Api:
        held = [Role(role) for role in roles]
        staff_id = staff_service.add_staff(
            session, email=f"{new_id()}@goodfaith.test", roles=held, now=NOW
        )
        token = token_for(settings, audience="staff", subject_id=staff_id, roles=roles)
        return Api(client=app.test_client(), session=session, headers=bearer(token), id=staff_id)

    return speak_as


@pytest.fixture
def deliver(session: Session) -> Callable[[], int]:
    """Drains the outbox as the worker would, and raises what a handler raised.

    Answers how many deliveries there were, those that deliveries led to among them.
    """

    def drain() -> int:
        session.flush()
        errors: list[Exception] = []
        telling = [_telling(handler, errors) for handler in handlers()]
        total = 0
        while done := sum(delivery.deliver_batch(h, now=clock.now()) for h in telling):
            total += done
            if errors:
                raise errors[0]
        session.expire_all()
        return total

    return drain


def _telling(handler: Handler, errors: list[Exception]) -> Handler:
    def run(*args: Any) -> None:
        try:
            handler.run(*args)
        except Exception as error:
            errors.append(error)
            raise

    return replace(handler, run=run)
