"""The frame around every page: language, colours, headers, forms, refusals, charts."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response

from backend import app as assembly
from backend.app import create_app
from backend.auth import sending
from backend.kit import clock, console
from backend.kit.console import charts
from backend.kit.ids import new_id
from backend.kit.texts import Text
from backend.staff import demo
from backend.staff import service as staff
from tests.clock import NOW
from tests.factories.staff import make_colleague

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path
    for package in ("backend", "rewards", "notifications", "community")
    for path in (ROOT / package).rglob("templates/**/*.html")
    if path.name not in ("demo_messages.html", "shared_badge.html")
)
MARKUP = "<script>alert('x')</script>"
CHINESE = re.compile("[\u4e00-\u9fff]")


def _console_templates():
    return [path for path in TEMPLATES if "console/" in path.read_text()]


def _name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", _console_templates(), ids=_name)
def test_a_template_holds_no_script_style_or_words_of_its_own(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "|safe" not in text.replace(" ", "")
    assert not CHINESE.search(text), "words belong into wording.py, in both languages"
    for form in re.findall(r"<form[^>]*post[^>]*>.*?</form>", text, re.DOTALL):
        is_public = re.search(r'action="/console/(log-in|enrol|preferences)', form)
        assert is_public or "csrf()" in form


def test_every_page_says_how_it_may_be_used(console_client, stranger):
    for answer in (console_client("admin").get("/console"), stranger.get("/console/log-in")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_language_and_colours_are_kept_in_the_browser(stranger):
    asked = stranger.get("/console/log-in", headers={"Accept-Language": "zh-CN"})
    assert '<html lang="zh-CN"' in asked.text
    assert "登录工作台" in asked.text
    chosen = {"language": "zh-CN", "theme": "dark", "next": "/console/log-in"}
    answer = stranger.post("/console/preferences", chosen)
    assert answer.headers["Location"] == "/console/log-in"
    page = stranger.get("/console/log-in", headers={"Accept-Language": "en"})
    assert '<html lang="zh-CN" data-theme="dark">' in page.text
    stranger.post("/console/preferences", {"language": "xx", "theme": "red"})
    assert '<html lang="zh-CN" data-theme="dark">' in stranger.get("/console/log-in").text
    led = stranger.post("/console/preferences", {"next": "https://evil.example"})
    assert led.headers["Location"] == "/console"


def test_what_is_no_page_is_told_as_a_page(console_client):
    answer = console_client("admin").get("/console/nothing/here")
    assert answer.status_code == 404
    assert "There is no such thing here." in answer.text
    assert "Back to the console" in answer.text


def test_the_page_that_one_is_on_is_marked(console_client):
    page = console_client("admin").get("/console/jobs").text
    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["/console/jobs"]
    assert page.count("<h1>") == 1
    assert 'class="skip" href="#content"' in page
    assert '<main id="content"' in page


def test_names_with_markup_are_shown_as_text(console_client, session):
    admin, other = console_client("admin"), console_client("admin")
    admin.post(
        f"/console/staff-accounts/{other.id}/disable",
        {"reason": MARKUP, "idempotency_key": "k"},
    )
    page = admin.get("/console/staff-actions").text
    assert MARKUP not in page
    assert "&lt;script&gt;" in page
    mirrored = admin.get(f"/console/log-in?next={MARKUP}&email={MARKUP}").text
    assert MARKUP not in mirrored


def test_a_message_is_shown_once_and_only_in_the_session_that_it_is_for(console_client):
    me, other = console_client("admin"), console_client("admin")
    answer = me.post("/console/account/sessions/end-others")
    name = "__Host-goodfaith_said"
    held = me.client.get_cookie(name)
    assert held is not None
    other.client.set_cookie(name, held.value, secure=True)
    assert "All your other sessions have ended." not in other.get("/console/account").text
    assert "All your other sessions have ended." in me.follow(answer).text
    assert "All your other sessions have ended." not in me.get("/console/account").text


def test_a_form_acts_once(console_client, session):
    asker, confirmer = console_client("admin"), console_client("admin")
    new = make_colleague(session, "auditor")
    path = f"/console/staff-accounts/{new.id}/role-changes"
    form = {"add": ["marketer"], "reason": "joins marketing", "idempotency_key": "once"}
    for _ in range(2):
        assert asker.post(path, form).status_code == 303
    assert asker.post(path, form | {"reason": "another"}).status_code == 422
    page = confirmer.get("/console/role-changes").text
    assert page.count("joins marketing") == 1
    assert "You asked: another decides." in asker.get("/console/role-changes").text
    [confirm] = re.findall(r'action="(/console/role-changes/[^"]+/confirm)"', page)
    own = asker.post(confirm, {"idempotency_key": "a"})
    assert own.status_code == 403
    assert "Another person than you must do this." in own.text
    assert confirmer.post(confirm, {"idempotency_key": "b"}).status_code == 303
    assert "The change is made." in confirmer.get("/console/role-changes").text


def test_the_first_page_counts_what_waits_for_this_person(console_client, session):
    asker, other = console_client("admin"), console_client("admin")
    new = make_colleague(session, "auditor")
    asker.post(
        f"/console/staff-accounts/{new.id}/role-changes",
        {"add": ["marketer"], "reason": "joins", "idempotency_key": "k"},
    )
    assert '<span class="figure">1</span>' in other.get("/console").text
    assert '<span class="figure">' not in asker.get("/console").text


def test_a_chart_holds_no_script_and_says_its_figures_as_a_table(app: Flask):
    name = Text(MARKUP, "图表")
    with app.test_request_context():
        for draw in (charts.line, charts.bars, charts.stacked):
            chart = draw(name, ["Mon", MARKUP], {name: [1, None], "b": [2.5, 1200]})
            assert not re.search(r"<script|<style|\sstyle=|\son\w+=", chart.svg)
            assert 'role="img"' in chart.svg
            assert chart.rows == (("Mon", "1", "2.5"), (MARKUP, "-", "1,200"))
            assert draw(name, [], {}).rows == ()


def test_a_charts_legend_stands_within_its_picture_in_letters_that_there_is_room_for(app: Flask):
    with app.test_request_context():
        chart = charts.bars(Text("a", "甲"), ["Mon", "Tue"], {"b": [1200, 2], "c": [3, 4]})
    top = re.search(r'translate\([\d.]+, ([\d.]+)\)" class="legends"', chart.svg)
    assert top is not None
    assert float(top[1]) + charts.LETTERS <= charts.HEIGHT
    assert ">1,200<" in chart.svg
    sheet = (Path(charts.__file__).parent / "static" / "console.css").read_text()
    assert set(re.findall(r"\.chart svg (?:\.legends )?text \{[^}]*font-size: (\d+)px", sheet)) == {
        str(charts.LETTERS)
    }


def test_a_failure_is_told_as_a_page_and_says_nothing_of_itself(process, console_client):
    blp = console.page_blueprint(
        "broken", __name__, url_prefix="/console/broken", permission="staff.self"
    )

    @blp.get("")
    def broken():
        message = "secret words of the database"
        raise RuntimeError(message)

    app = create_app(process)
    app.register_blueprint(blp)
    me = console_client("admin")
    client = app.test_client()
    for cookie in me.client._cookies.values():
        client.set_cookie(cookie.key, cookie.value, secure=True)
    answer = client.get("/console/broken")
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "secret words" not in answer.text


@pytest.fixture
def demo_app(process, tmp_path):
    before = sending._out
    settings = replace(process.settings, is_demo=True, otp_webhook=None, data_dir=tmp_path)
    yield create_app(replace(process, settings=settings))
    create_app(process)
    sending._out = before


def test_the_demo_tells_whoever_sits_at_it_how_to_come_in(demo_app, session):
    email = f"auditor@{demo.DEMO_DOMAIN}"
    staff.add_staff(session, email=email, roles=["auditor"], now=NOW)
    demo.enrol_all(session, password_hash=demo.hash_demo_password(), now=clock.wall())
    client = demo_app.test_client()
    page = client.get("/demo/staff")
    assert page.status_code == 200
    assert email in page.text
    assert demo.DEMO_PASSWORD in page.text
    assert re.search(r"<code>[0-9]{6}</code>", page.text)
    elsewhere = client.get("/demo/staff", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 404
    assert email not in elsewhere.text


def test_production_tells_nobody(app: Flask):
    assert assembly.WIRINGS
    assert app.test_client().get("/demo/staff").status_code == 404


def test_why_one_looks_is_kept_for_each_borrower_and_in_this_session_alone(process, console_client):
    blp = console.page_blueprint(
        "looking", __name__, url_prefix="/console/looking", permission="staff.self"
    )

    @blp.get("/<uuid:borrower_id>")
    def look(borrower_id):
        found = console.purpose()
        response = Response(str(found))
        if found is None:
            return response
        return console.keep_purpose(response, borrower_id=borrower_id, named=found)

    app = create_app(process)
    app.register_blueprint(blp)

    def visit(cookies, path):
        client = app.test_client()
        for key, value in cookies.items():
            client.set_cookie(key, value, secure=True)
        said = client.get(path)
        return said.text, {each.key: each.value for each in client._cookies.values()}

    def cookies_of(me):
        return {each.key: each.value for each in me.client._cookies.values()}

    one, two = (f"/console/looking/{new_id()}" for _ in range(2))
    mine = cookies_of(console_client("admin"))
    said, kept = visit(mine, f"{one}?purpose=complaint")
    assert said == "complaint"
    assert visit(kept, one)[0] == "complaint"
    assert visit(kept, two)[0] == "None"
    other = cookies_of(console_client("admin"))
    stolen = other | {"__Host-goodfaith_purpose": kept["__Host-goodfaith_purpose"]}
    assert visit(stolen, one)[0] == "None"
