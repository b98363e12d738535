"""A moderator's day in a real browser: ten cases by keyboard, and every page as it looks."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.auth.service.console import open_console_session
from backend.kit import clock
from backend.kit.console import sessions
from backend.kit.ids import new_id
from backend.staff import service as staff_service
from backend.staff.rules import Role
from backend.staff.service.log_in import LoggedIn
from community import wall
from community.desk.wording import ANSWERS, GROUNDS
from community.moderation.rules import Action, Clause
from tests.clock import NOW
from tests.community.conftest import PLAIN, POSTS, Person
from tests.community.test_second_looks import count_at
from tests.console.kit import ConsoleServer, Desk, csrf_of
from tests.console.moderation.at_pages import DESK, HIDDEN, SELLER, report
from tests.factories.community import make_trusted
from tests.factories.loans import make_borrower
from tests.fixtures import leaks
from tests.fixtures.api import Api, bearer, new_key, token_for

OWN_WORDS = "Please say it without the nickname."
OPEN = text("SELECT count(*) FROM community.moderation_case WHERE state = 'open'")
DESPAIR = {"body": "I want to end my life. There is no way out of this any more."}


class Town:
    """Those who write, over the server's own database."""

    def __init__(self, server: ConsoleServer, settings: Any) -> None:
        self.server, self.settings = server, settings

    def person(self, *, is_trusted: bool = False, **given: Any) -> Person:
        with self.server.session() as session:
            borrower_id = make_borrower(session, **given)
        if is_trusted:
            with wall.transaction() as behind:
                make_trusted(behind, borrower_id)
        token = token_for(self.settings, audience="borrower", subject_id=borrower_id)
        api = Api(client=self.server.app.test_client(), session=Session(), headers=bearer(token))
        return Person(borrower_id, api)


@pytest.fixture
def town(console_server: ConsoleServer, settings: Any) -> Town:
    return Town(console_server, settings)


def press(page: Page, *keys: str) -> None:
    """All but the last choose; the last leads on."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def shows(page: Page, words: str) -> None:
    page.get_by_text(words, exact=False).first.wait_for()


def test_ten_cases_by_keyboard(town: Town, desk: Desk) -> None:
    for number in range(10):
        words = SELLER if number == 3 else {"body": f"Soup, the {number}th of its kind."}
        answer = town.person().api.post(
            POSTS, json=PLAIN | {"title": f"Case {number}"} | words, headers=new_key()
        )
        assert answer.status_code == 201, answer.text
    page = desk.of("moderator")
    page.goto(DESK)
    desk.look(page, "moderation-desk")
    press(page, "2")
    seen = [page.url]
    for keys in (["a"], ["6", "r"], ["4", "w"], ["8", "m"]):
        press(page, *keys)
        shows(page, "Decided:")
        seen.append(page.url)
    _remove_in_own_words(page)
    _take_back(page)
    press(page, "6", "s")
    for _ in range(4):
        shows(page, "Decided:")
        press(page, "a")
    assert page.url.endswith(DESK)
    shows(page, "Nothing more waits here for you.")
    assert len(set(seen)) == 5
    page.goto(f"{DESK}/decisions")
    desk.look(page, "moderation-decisions")
    rows = page.locator("tbody tr").all_inner_texts()
    assert len(rows) == 11
    assert sum("Taken back" in row for row in rows) == 1
    assert sum(OWN_WORDS in row for row in rows) == 1
    with wall.reading() as session:
        assert session.execute(OPEN).scalar() == 0


def _remove_in_own_words(page: Page) -> None:
    """Without a rule of the community nothing is taken; then with one, and words of her own."""
    press(page, "r")
    shows(page, "Name the rule of the community.")
    page.fill("#f-reason", OWN_WORDS)
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    page.locator("#statement").get_by_text(OWN_WORDS).first.wait_for()
    page.locator("#statement").get_by_text("您的内容已被撤下。").first.wait_for()
    press(page, "r")
    shows(page, "Decided: Remove")


def _take_back(page: Page) -> None:
    """The wrong key, and back."""
    press(page, "a")
    press(page, "z")
    shows(page, "Taken back: the case is yours again.")
    # Nothing is decided behind the list of keys.
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")


def test_a_case_and_all_the_other_pages_are_whole(town: Town, desk: Desk) -> None:
    ann, bea = town.person(is_trusted=True), town.person(is_trusted=True)
    post = ann.write(title="Who knows a way out?", kind="question").json["id"]
    ann.answer(post, "I had the same once, and it got better.")
    said = bea.answer(post, "Nobody like you belongs here.").json["id"]
    report(town.person(), said, target_type="comment", note="It is rude.")
    town.person().write(**SELLER)
    page, lead = desk.of("moderator"), desk.of("lead_moderator", language="zh-CN")
    page.goto(DESK)
    press(page, "2")
    desk.look(page, "moderation-case")
    desk.look(page, "moderation-case", dark=True)
    page.emulate_media(color_scheme="light")
    page.keyboard.press("?")
    desk.look(page, "moderation-keys")
    page.keyboard.press("?")
    _suspend_with_a_second_person(page, lead, desk)
    lead.goto(f"{DESK}/rules")
    desk.look(lead, "moderation-rules")
    lead.goto(f"{DESK}/rules/spam.repetition")
    desk.look(lead, "moderation-rule")
    page.goto(DESK)
    press(page, "j")
    url = page.url
    press(page, "4", "p")
    desk.look(page, "moderation-comment")
    press(page, "a")
    # The same page once more is too late.
    page.goto(url)
    desk.look(page, "moderation-moved")
    page.goto(f"{url}/trail")
    desk.look(page, "moderation-trail")


def _suspend_with_a_second_person(page: Page, lead: Page, desk: Desk) -> None:
    page.select_option("#f-days", "for_good")
    page.keyboard.press("Escape")
    press(page, "4", "s")
    shows(page, "Decided: Suspend")
    page.goto(f"{DESK}/decisions/waiting")
    desk.look(page, "moderation-own-waiting")
    lead.goto(f"{DESK}/decisions/waiting")
    desk.look(lead, "moderation-waiting")
    press(lead, "c")


def test_a_second_look_is_whole(town: Town, desk: Desk) -> None:
    ann = town.person(is_trusted=True, locale="zh-CN")
    report(town.person(), ann.write(title="They call me names here").json["id"])
    page, other = desk.of("moderator"), desk.of("moderator")
    page.goto(DESK)
    press(page, "2")
    press(page, "4", "r")
    count_at(NOW + timedelta(minutes=10))
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    assert statement["reason"] == GROUNDS[Clause.RESPECT].zh_cn
    body = {"decision_id": statement["decision_id"], "text": "I only told what was said to me."}
    ann.api.post("/v1/me/community/appeals", json=body, headers=new_key())
    other.goto(DESK)
    press(other, "4")
    desk.look(other, "moderation-appeal")
    press(other, "o")
    [statement] = ann.api.get("/v1/me/community").json["statements"]
    assert statement["appeal"]["reason"] == ANSWERS[Action.OVERTURN].zh_cn


def test_people_in_need_and_a_name_that_is_told(town: Town, desk: Desk) -> None:
    town.person().write(**DESPAIR)
    lead, second = desk.of("lead_moderator"), desk.of("lead_moderator")
    lead.goto(DESK)
    press(lead, "1")
    desk.look(lead, "moderation-crisis")
    lead.fill("#unmask-reason", "She names a place and an hour; somebody must go there.")
    lead.get_by_role("button", name="Learn whose words these are").click()
    desk.look(lead, "moderation-told")
    lead.get_by_role("link", name="Back to the case").click()
    lead.wait_for_url("**/cases/*")
    press(lead, "h")
    second.goto(f"{DESK}/unmaskings")
    desk.look(second, "moderation-unmaskings")
    second.get_by_role("button", name="It was right", exact=True).click()
    shows(second, "Nothing waits for a second look.")


def test_it_all_works_without_script(town: Town, desk: Desk, browser: Any) -> None:
    town.person().write(body="Read without script.")
    page = desk.of("moderator")
    state = page.context.storage_state()
    context = browser.new_context(
        base_url=desk.server.address, java_script_enabled=False, storage_state=state
    )
    plain = context.new_page()
    plain.goto(DESK)
    plain.get_by_role("button", name=re.compile("Take the next.*Held")).click()
    words = plain.locator("article.is-case").inner_text()
    plain.get_by_label("No advertising").check()
    plain.get_by_role("button", name=re.compile("Show the statement")).click()
    shows(plain, "Your text was taken down.")
    plain.get_by_role("button", name=re.compile("^Remove")).click()
    shows(plain, "Decided: Remove.")
    plain.get_by_role("button", name=re.compile("Undo")).click()
    shows(plain, "Taken back: the case is yours again.")
    assert plain.locator("article.is-case").inner_text() == words
    plain.get_by_role("button", name=re.compile("^Allow")).click()
    context.close()


@pytest.fixture
def crowd(console_server: ConsoleServer) -> list[tuple[FlaskClient, str]]:
    """Six moderators with clients of their own, each with what her forms carry."""
    with console_server.session() as session:
        secrets = [_signed_in(session) for _ in range(6)]
    clients = [console_server.app.test_client() for _ in secrets]
    for client, secret in zip(clients, secrets, strict=True):
        client.set_cookie(sessions.cookie_name(sessions.COOKIE), secret, secure=True)
    return [(client, csrf_of(client.get("/console"))) for client in clients]


def _signed_in(session: Session) -> str:
    staff_id = staff_service.add_staff(
        session, email=f"{new_id()}@goodfaith.test", roles=[Role.MODERATOR], now=NOW
    )
    who = LoggedIn(staff_id, (Role.MODERATOR,), ("pwd", "otp"))
    secret = open_console_session(session, who, label=None, now=clock.wall())
    leaks.watch(secret=secret)
    return secret


def test_six_moderators_at_once_never_take_the_same_case(
    town: Town, crowd: list[tuple[FlaskClient, str]]
) -> None:
    # More than they decide: each is left with one more in her hands.
    for number in range(30):
        town.person().write(body=f"Everybody at once, number {number}.")
    taken: list[str] = []

    def work(client: FlaskClient, csrf: str) -> None:
        at = {"headers": {"Origin": "http://localhost"}}
        path = f"{DESK}/queues/general/next"
        for _ in range(3):
            place = client.post(path, data={"csrf": csrf}, **at).headers["Location"]
            taken.append(place)
            held = dict(HIDDEN.findall(client.get(place).text))
            body = {"csrf": csrf, "action": "approve"} | held
            done = client.post(f"{place}/decide", data=body, **at)
            assert done.status_code == 303, done.text

    threads = [threading.Thread(target=work, args=each) for each in crowd]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert len(taken) == 18
    assert len(set(taken)) == 18
