"""The API browser as a person sees it: in a real browser, from our own server alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request

from tests.pages.browser import running_browser
from tests.pages.serving import served

WIDTHS = (375, 1440)
# So high that everything is in sight: what is not, the API browser does not draw.
HEIGHT = 60_000
METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The application on a port of its own."""
    with served(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@dataclass
class Visit:
    """A page, with what it complained of and what it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))
        self.page.on("requestfailed", lambda request: self._hear("error", request.url))
        self.page.on("request", self._note)

    def _hear(self, kind: str, words: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(words)

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)


@pytest.fixture(params=WIDTHS)
def visit(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Visit]:
    page = browser.new_page(viewport={"width": request.param, "height": HEIGHT})
    yield Visit(page)
    page.close()


def test_every_operation_is_listed_and_one_opens(visit: Visit, address: str, app: Flask) -> None:
    page = visit.page
    answer = page.goto(f"{address}/docs")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    page.wait_for_selector(".opblock-tag-section")
    known = app.test_client().get("/openapi.json").json
    assert known is not None
    for tag in page.locator(".opblock-tag").all():
        tag.evaluate("one => one.click()")
    page.wait_for_selector(".opblock")
    places = [*known["paths"].values(), *known["webhooks"].values()]
    operations = [way for place in places for way in place if way in METHODS]
    assert page.locator(".opblock").count() == len(operations)
    page.locator(".opblock-summary", has_text="/v1/me/tier").first.click()
    page.wait_for_selector(".opblock-body .responses-table")
    # Nothing sticks out sideways: a page wider than the window is a page one cannot read.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [url for url in visit.requests if not url.startswith((address, "data:"))] == []
    assert visit.complaints == []


def test_the_bare_address_leads_there(visit: Visit, address: str) -> None:
    visit.page.goto(address)
    visit.page.wait_for_selector(".opblock-tag-section")
    assert visit.page.url == f"{address}/docs"
    assert visit.page.title() == "Goodfaith API"
