"""The console as its pages see it: a quick client for most tests, a real browser for journeys.

A module uses one of the two: `console_server` has a database of its own, which really commits,
while `console_client` works in the test's rolled-back session.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from backend.app import Process, create_app
from backend.kit import db, walled
from tests.console.kit import ConsoleClient, ConsoleServer, Desk, at_test_time, signed_in_client
from tests.fixtures.server import cloned
from tests.pages.browser import running_browser
from tests.pages.serving import served


@pytest.fixture
def console_client(app: Flask, session: Session) -> Callable[..., ConsoleClient]:
    """`console_client("marketer", ...)` is a new member of staff who has logged in."""
    return lambda *roles: signed_in_client(app, session, *roles)


@pytest.fixture
def stranger(app: Flask, session: Session) -> ConsoleClient:
    """Somebody without a session."""
    return ConsoleClient(client=app.test_client(), session=session)


@pytest.fixture(scope="module")
def console_server(
    process: Process, app: Flask, server_url: str, worker_name: str
) -> Iterator[ConsoleServer]:
    """The whole application on a port of this machine, over a committed database of its own."""
    with ExitStack() as stack:
        url = stack.enter_context(cloned(server_url, name=f"console_{worker_name}"))
        own = db.Database(url, limits=db.Limits(pool_size=10))
        behind = db.Database(walled.derive_url(url), limits=own.limits)
        db.configure(own)
        db.WALLED.configure(behind)
        settings = replace(process.settings, issuer="http://127.0.0.1")
        served_app = create_app(replace(process, settings=settings, database=own))
        try:
            address = stack.enter_context(served(at_test_time(served_app)))
            yield ConsoleServer(address=address, app=served_app, database=own)
        finally:
            db.configure(process.database)
            db.WALLED.configure(process.behind_the_wall)
            create_app(process)
            own.dispose()
            behind.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def desk(console_server: ConsoleServer, browser: Browser) -> Iterator[Desk]:
    """Colleagues at their browsers; `desk.of("marketer")` is a page of one who has logged in."""
    with Desk(console_server, browser) as desk:
        yield desk


@pytest.fixture(scope="module")
def desk_of(desk: Desk) -> Callable[..., Page]:
    return desk.of


@pytest.fixture(scope="module")
def look(desk: Desk) -> Callable[..., None]:
    """`look(page, "name")`: the page as it stands is whole."""
    return desk.look
