"""What the fixtures of this folder are made of."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backend.auth.service.console import open_console_session
from backend.kit import clock, db
from backend.kit.console import sessions
from backend.kit.ids import new_id
from backend.staff import service as staff_service
from backend.staff.rules import Role
from backend.staff.service.log_in import LoggedIn
from tests.clock import NOW
from tests.factories.staff import Colleague, make_colleague
from tests.fixtures import leaks
from tests.pages.browser import SCREENSHOTS

CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
WIDTHS = (375, 1440)
HEIGHT = 900
SERIOUS = ("serious", "critical")
TIMEOUT_MILLISECONDS = 15_000
SEE_OTHER = 303


@dataclass
class ConsoleClient:
    """`get` and `post` as a browser sends them, the form's token with them."""

    client: FlaskClient
    session: Session
    id: UUID | None = None
    csrf: str = ""

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, data: Any = None, **kwargs: Any) -> TestResponse:
        """`data`: a mapping (a list is a field that is there more than once) or pairs."""
        fields: dict[str, Any] = {"csrf": self.csrf} if self.csrf else {}
        return self.call("POST", path, data=fields | dict(data or {}), **kwargs)

    def follow(self, answer: TestResponse) -> TestResponse:
        """The page that a POST leads to."""
        assert answer.status_code == SEE_OTHER, (answer.status_code, answer.text)
        return self.get(answer.headers["Location"])

    def call(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        headers = {"Origin": "http://localhost", **kwargs.pop("headers", {})}
        if method == "GET":
            headers.pop("Origin")
        # What the test wrote is there for the view, and what the view wrote for the test.
        self.session.flush()
        answer = self.client.open(path, method=method, headers=headers, **kwargs)
        self.session.expire_all()
        return answer


def signed_in_client(
    app: Flask, session: Session, *roles: str, staff_id: UUID | None = None
) -> ConsoleClient:
    """A member of staff with these roles, new unless one is named, and her session's client."""
    if staff_id is None:
        staff_id = staff_service.add_staff(
            session,
            email=f"{new_id()}@goodfaith.test",
            roles=[Role(role) for role in roles],
            now=NOW,
        )
    secret = open_console_session(
        session, LoggedIn(staff_id, tuple(roles), ("pwd", "otp")), label=None, now=clock.wall()
    )
    leaks.watch(secret=secret)
    client = app.test_client()
    client.set_cookie(sessions.cookie_name(sessions.COOKIE), secret, secure=True)
    found = ConsoleClient(client=client, session=session, id=staff_id)
    found.csrf = csrf_of(found.get("/console"))
    return found


def csrf_of(answer: TestResponse) -> str:
    """The token that a page's forms carry."""
    shown = CSRF.search(answer.text)
    assert shown is not None, (answer.status_code, answer.text[:500])
    return shown[1]


@dataclass
class ConsoleServer:
    """The application at `address`; `session()` commits what a test arranges for it."""

    address: str
    app: Flask
    database: db.Database

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Session(bind=self.database.writes, expire_on_commit=False) as session:
            yield session
            session.commit()


def at_test_time(app: Flask) -> Callable[..., Iterable[bytes]]:
    """The application with business time as the tests have it, in whatever thread it runs."""

    def serve(environ: Any, start_response: Any) -> Iterable[bytes]:
        with clock.fixed(NOW), closing(app(environ, start_response)) as parts:
            return list(parts)

    return serve


@dataclass
class Desk:
    """Browsers of colleagues, and what went wrong in them."""

    server: ConsoleServer
    browser: Browser
    complaints: dict[Page, list[str]] = field(default_factory=dict)
    colleagues: dict[Page, Colleague] = field(default_factory=dict)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *_: object) -> None:
        for context in self._contexts:
            context.close()

    def of(self, *roles: str, language: str = "en") -> Page:
        """A page of a new colleague with these roles, who has come in by the form."""
        with self.server.session() as session:
            colleague = make_colleague(session, *roles)
        page = self.open(language=language)
        log_in(page, colleague)
        page.wait_for_url(f"{self.server.address}/console")
        self.colleagues[page] = colleague
        return page

    def open(self, *, language: str = "en") -> Page:
        """A browser of nobody yet, at the log-in."""
        context = self.browser.new_context(
            base_url=self.server.address,
            locale=language,
            viewport={"width": WIDTHS[-1], "height": HEIGHT},
        )
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        self._contexts.append(context)
        page = context.new_page()
        heard = self.complaints[page] = []

        def hear(said: ConsoleMessage) -> None:
            # A page that answers with a refusal is named by the browser; it is no fault of ours.
            if said.type in ("error", "warning") and "Failed to load resource" not in said.text:
                heard.append(said.text)

        def see(request: Request) -> None:
            place = urlsplit(request.url)
            if place.scheme in ("http", "https", "ws", "wss") and place.hostname != "127.0.0.1":
                heard.append(f"asked {request.url}")

        page.on("console", hear)
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", see)
        page.goto("/console/log-in")
        return page

    def look(self, page: Page, name: str, *, dark: bool = False) -> None:
        """The page as it stands is whole: no fault, nothing from elsewhere, readable by all.

        Its picture is kept in `build/screenshots`, one for each width.
        """
        # A click leads on before the next page has its style sheet.
        page.wait_for_load_state("load")
        page.emulate_media(color_scheme="dark" if dark else "light")
        before = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.evaluate(DRAWN)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            shade = "-dark" if dark else ""
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}{shade}.png", full_page=True)
            assert wide <= 0, f"{name} is {wide} pixels too wide at {width}"
            assert _barriers(page) == [], f"{name} at {width}"
        if before is not None:
            page.set_viewport_size(before)
        assert self.complaints[page] == []


# A new width is laid out with a frame, not at once.
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def log_in(page: Page, colleague: Colleague, *, code: str | None = None) -> None:
    """Fill in the form and send it."""
    page.fill("#f-email", colleague.email)
    page.fill("#f-password", colleague.password)
    page.fill("#f-totp-code", code or colleague.totp_code())
    page.click("main button[type=submit]")


def _barriers(page: Page) -> list[str]:
    """What axe finds that keeps somebody out, in words that lead to it."""
    # It is evaluated by the browser's own tools, which a page's policy does not bind.
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in SERIOUS
    ]
