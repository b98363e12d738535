"""A badge as others see it, in a real browser."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Response

from rewards.credentials import queries
from rewards.credentials.issuer import share_url
from tests.conftest import DEEP
from tests.factories.credentials import make_credential
from tests.factories.loans import make_borrower
from tests.pages.browser import running_browser
from tests.pages.serving import served
from tests.pages.test_messages_page import AA, CONTRAST, HEIGHT, LANGUAGES, WIDTHS

pytestmark = pytest.mark.commits

LOOKS = (
    [(w, lang, scheme) for w in WIDTHS for lang in LANGUAGES for scheme in ("light", "dark")]
    if DEEP
    else [(375, "en", "dark"), (1440, "zh-CN", "light")]
)
WORDS = {
    "en": ("Six in a row", "Signed and valid", "No badge is shown here"),
    "zh-CN": ("六次守约", "已签名，有效", "此处没有展示的徽章"),
}
OTHER = {"en": "zh-CN", "zh-CN": "en"}
TARGET_PX = 24  # WCAG 2.2, 2.5.8


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def shared(session) -> dict[str, Any]:
    """Her page's path, and what it must not say."""
    borrower_id = make_borrower(session, external_id="ann")
    award_id = make_credential(session, borrower_id, is_shared=True)
    found = queries.find_share(session, borrower_id=borrower_id, award_id=award_id)
    assert found is not None
    path = "/" + share_url(found.id).split("/", 3)[3]
    session.rollback()
    return {"path": path, "private": (str(borrower_id), str(award_id))}


@pytest.fixture(params=LOOKS, ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, language, scheme = request.param
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT},
        locale=language,
        color_scheme=scheme,
        extra_http_headers={"Accept-Language": language},
    )
    page.look = "-".join(map(str, request.param))  # type: ignore[attr-defined]
    yield page
    page.close()


def is_well_made(page: Page) -> None:
    """Of the reader's width, and read and hit by everybody."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert min(page.evaluate(CONTRAST)) >= AA
    boxes = [link.bounding_box() for link in page.locator("a").all()]
    assert min(box["height"] for box in boxes if box is not None) >= TARGET_PX


def take_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.look}.png", full_page=True)  # type: ignore[attr-defined]


def test_whoever_has_the_address_sees_a_badge_and_nobody(app: Flask, page: Page, shared):
    language = page.evaluate("navigator.language")
    name, valid, gone = WORDS[language]
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    with served(app) as address:
        answer = page.goto(address + shared["path"])
        assert answer is not None
        refuses_robots_and_scripts(answer)
        assert page.locator("html").get_attribute("lang") == language
        assert page.title() == page.locator("h1").inner_text() == name
        assert page.locator(".state").inner_text() == valid
        picture = page.locator("img.badge")
        assert picture.get_attribute("alt") == name
        assert picture.evaluate("e => e.complete && e.naturalWidth > 0")
        assert [each for each in shared["private"] if each in page.content()] == []
        is_well_made(page)
        take_picture(page, "badge")
        assert complaints == []
        missing = page.goto(f"{address}/shared-badges/nothing")
        assert missing is not None
        assert (missing.status, page.title()) == (404, gone)
        is_well_made(page)
        take_picture(page, "no-badge")


def refuses_robots_and_scripts(answer: Response) -> None:
    headers = answer.headers
    assert (answer.status, headers["cache-control"]) == (200, "no-store")
    assert headers["x-robots-tag"] == "noindex, nofollow, noarchive"
    assert headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]


def test_she_who_reads_it_takes_it_with_her_in_either_language(app: Flask, page: Page, shared):
    language = page.evaluate("navigator.language")
    with served(app) as address:
        page.goto(address + shared["path"])
        for link in page.locator("ul.take a").all():
            with page.expect_download() as download:
                link.click()
            text = download.value.path().read_text("utf-8")
            if not text.startswith("{"):
                text = text.partition("<![CDATA[")[2].partition("]]>")[0]
            assert json.loads(text)["type"][1] == "OpenBadgeCredential"
        page.goto(address + shared["path"])
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**lang=*")
        assert page.title() == WORDS[OTHER[language]][0]
        assert page.locator("html").get_attribute("lang") == OTHER[language]
