"""Every page of the console and who may open it, read from the application's own map."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from backend import app as assembly
from backend.kit.audience import Audience, permission_of
from backend.kit.console.doors import PageBlueprint
from backend.staff.rules import PERMISSIONS, Role

PLACE = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
STRANGER = str(UUID(int=404))
SAMPLES = {"uuid": STRANGER, "int": "1"}
PAGES = [blp for wiring in assembly.WIRINGS for blp in wiring.pages]


def _list_pages() -> list[tuple[str, str, str]]:
    """Method, address and permission of every page that is not for everybody."""
    app = Flask("pages", static_folder=None)
    for blp in PAGES:
        app.register_blueprint(blp)
    found = []
    for rule in app.url_map.iter_rules():
        blp: Any = app.blueprints.get(rule.endpoint.rpartition(".")[0])
        if blp is None or blp.audience is not Audience.STAFF:
            continue
        view = app.view_functions[rule.endpoint]
        path = PLACE.sub(lambda place: SAMPLES.get(place["kind"], "nothing"), rule.rule)
        found += [
            (method, path, str(permission_of(blp, view, method)))
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
    return sorted(found)


DOORS = _list_pages()
READS = [(path, needed) for method, path, needed in DOORS if method == "GET"]
WRITES = [(path, needed) for method, path, needed in DOORS if method == "POST"]


def test_every_page_is_for_staff_with_a_permission_that_somebody_has():
    held = frozenset().union(*PERMISSIONS.values())
    assert all(isinstance(blp, PageBlueprint) for blp in PAGES)
    assert {method for method, _, _ in DOORS} <= {"GET", "POST"}
    assert [door for door in DOORS if door[2] not in held] == []


def test_what_is_open_to_everybody_is_log_in_alone():
    public = {blp.name for blp in PAGES if blp.audience is Audience.PUBLIC}
    assert public == {"log_in_pages", "enrolment_pages"}


@pytest.mark.parametrize("path", [path for path, _ in READS])
def test_a_stranger_is_sent_to_log_in(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/console/log-in")


@pytest.mark.parametrize("path", [path for path, _ in WRITES])
def test_a_stranger_does_nothing(stranger, path):
    answer = stranger.post(path, {"csrf": "0" * 64})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/log-in")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_its_permissions_say_and_nothing_else(console_client, role):
    me = console_client(role)
    wrong = []
    for path, needed in READS:
        answer = me.get(path)
        is_refused = answer.status_code == 403 and "/console/static/console.css" in answer.text
        # Behind an open door there may be no such thing, or something that has to be said first.
        is_open = answer.status_code < 500 and answer.status_code != 403
        if not (is_open if needed in PERMISSIONS[role] else is_refused):
            wrong.append((path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_permission_sends_nothing(console_client, role):
    me = console_client(role)
    shut = [path for path, needed in WRITES if needed not in PERMISSIONS[role]]
    assert [path for path in shut if me.post(path).status_code != 403] == []


@pytest.mark.parametrize("path", [path for path, _ in WRITES])
def test_a_form_without_the_sessions_token_is_refused(console_client, path):
    me = console_client(*Role)
    for forged in ("", "0" * 64, "é" * 64):
        answer = me.call("POST", path, data={"csrf": forged})
        assert answer.status_code == 403
        assert "This form is not one of your session" in answer.text


def test_pages_and_entries_of_the_menu_say_what_they_are_in_both_languages(app):
    entries = [entry for blp in PAGES for entry in blp.menu]
    assert len({entry.url for entry in entries}) == len(entries)
    chinese = re.compile("[\u4e00-\u9fff]")
    for label in [*(e.label for e in entries), *(e.area.value for e in entries)]:
        assert chinese.search(label.zh_cn)
        assert label.en.strip()
        assert not chinese.search(label.en)


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_shows_what_opens(console_client, role):
    me = console_client(role)
    shown = set(re.findall(r'<li><a href="(/console[^"]*)"', me.get("/console").text))
    allowed = {
        entry.url
        for blp in PAGES
        for entry in blp.menu
        if (entry.permission or blp.permission) in PERMISSIONS[role]
    }
    assert allowed <= shown
    assert [url for url in allowed if me.get(url).status_code != 200] == []
