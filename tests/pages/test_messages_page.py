"""The demo's telephone as a person sees it, and as nobody else does."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from backend.app import Process, create_app
from backend.auth import sending
from backend.auth.demo_messages import KEPT_MAX, DemoMessages
from backend.kit import clock
from tests.conftest import DEEP
from tests.pages.browser import running_browser
from tests.pages.serving import served

PAGE = "/demo/messages"
WIDTHS = (375, 1440)
HEIGHT = 900
LANGUAGES = ("en", "zh-CN")
LOOKS = (
    [(w, lang) for w in WIDTHS for lang in LANGUAGES] if DEEP else [(375, "en"), (1440, "zh-CN")]
)
AA = 4.5
# WCAG 2.2, relative luminance and contrast, of every text against what lies behind it.
CONTRAST = """() => {
  const lum = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => (v /= 255) <= .04045
    ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (c !== "rgba(0, 0, 0, 0)") return c; } return "rgb(255, 255, 255)"; };
  return [...document.querySelectorAll("main *")].filter(e => e.innerText).map(e => {
    const [a, b] = [lum(getComputedStyle(e).color), lum(behind(e))].sort((x, y) => y - x);
    return (a + .05) / (b + .05); });
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(process: Process, app: Flask, folder: Path) -> Iterator[Flask]:
    """The application as the demo starts it; the others' way of sending comes back."""
    before = sending._out
    settings = replace(process.settings, is_demo=True, otp_webhook=None, data_dir=folder)
    yield create_app(replace(process, settings=settings))
    create_app(process)
    sending._out = before


@pytest.fixture(scope="module")
def address(demo: Flask) -> Iterator[str]:
    with served(demo) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def messages(folder: Path) -> Iterator[DemoMessages]:
    kept = DemoMessages(folder)
    kept("+12025550105", "271828", "en")
    kept("+447700900102", "314159", "zh-CN")
    yield kept
    (folder / "messages.jsonl").unlink()


@pytest.fixture(params=LOOKS, ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, language = request.param
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT},
        locale=language,
        extra_http_headers={"Accept-Language": language},
    )
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text))  # type: ignore[attr-defined]
    yield page
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_codes_are_shown_to_whoever_sits_here(page: Page, address, messages, scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    answer = page.goto(f"{address}{PAGE}")
    assert answer is not None
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "unsafe" not in policy
    language = page.evaluate("navigator.language")
    assert page.locator("html").get_attribute("lang") == language
    assert page.title() == page.locator("h1").inner_text()
    assert page.locator("h1").count() == 1
    shown = page.locator("ul.messages > li")
    assert shown.count() == 2
    assert shown.nth(0).locator("dd.code").inner_text() == "314159"
    assert "0102" in shown.nth(0).inner_text()
    assert "7700900" not in page.content()
    assert shown.nth(1).locator("dd[lang]").get_attribute("lang") == "en"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == PAGE
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert min(page.evaluate(CONTRAST)) >= AA
    assert address.removeprefix("http://") in page.locator("pre").first.inner_text()
    assert page.complaints == []  # type: ignore[attr-defined]
    if folder := os.environ.get("SCREENSHOTS"):
        width = (page.viewport_size or {})["width"]
        page.screenshot(path=f"{folder}/messages-{width}-{language}-{scheme}.png", full_page=True)


def test_an_empty_telephone_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}{PAGE}")
    assert page.locator("ul.messages").count() == 0
    assert page.locator("p.quiet").count() == 2


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.0.2.7", {}),
        ("", {}),
        ("unix:", {}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
        ("127.0.0.1", {"Host": "rebound.example"}),
        ("127.0.0.1", {"Host": "127.0.0.1.rebound.example:8000"}),
        ("127.0.0.1", {"Host": "localhost.rebound.example"}),
    ],
)
def test_who_is_elsewhere_is_told_that_there_is_nothing(demo: Flask, messages, peer, headers):
    client = demo.test_client()
    answer = client.get(PAGE, headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")
    assert "271828" not in answer.text


@pytest.mark.parametrize(
    ("peer", "host"),
    [("127.0.0.1", "localhost:8000"), ("127.0.0.9", "127.0.0.1"), ("::1", "[::1]:8000"),
     ("::1", "[::1]"), ("127.0.0.1", "localhost")],
)  # fmt: skip
def test_who_is_here_is_shown(demo: Flask, messages, peer, host):
    client = demo.test_client()
    answer = client.get(PAGE, headers={"Host": host}, environ_overrides={"REMOTE_ADDR": peer})
    assert answer.status_code == 200
    assert "271828" in answer.text


def test_production_has_no_such_page(app: Flask):
    assert app.test_client().get(PAGE).status_code == 404
    assert PAGE not in {rule.rule for rule in app.url_map.iter_rules()}


def test_what_is_kept_is_the_owners_alone_and_little(folder: Path, messages: DemoMessages):
    path = folder / "messages.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    for number in range(KEPT_MAX + 9):
        messages("+12025550105", f"{number:06}", "en")
    kept = messages.latest(now=clock.wall())
    assert [each.code for each in kept][:2] == [f"{KEPT_MAX + 8:06}", f"{KEPT_MAX + 7:06}"]
    assert len(kept) == KEPT_MAX
    assert "2025550105" not in path.read_text()


def test_many_processes_lose_no_message_of_each_other(folder: Path, messages: DemoMessages):
    def send(first: int) -> None:
        for number in range(first, first + 10):
            DemoMessages(folder)("+12025550105", f"{number:06}", "en")

    threads = [threading.Thread(target=send, args=(start,)) for start in (100, 200, 300, 400)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {each.code for each in messages.latest(now=clock.wall())}
    assert len(found) == 42


def test_half_a_line_hides_no_other_message(folder: Path, messages: DemoMessages):
    with (folder / "messages.jsonl").open("a") as file:
        file.write('{"at": "2026-')
    assert [each.code for each in messages.latest(now=clock.wall())] == ["314159", "271828"]
    messages("+12025550105", "161803", "en")
    assert messages.latest(now=clock.wall())[0].code == "161803"
