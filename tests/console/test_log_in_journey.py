"""Coming in, working and going out, in a real browser."""

import pytest

from backend.kit import clock
from backend.staff import service as staff
from tests.clock import NOW
from tests.console.kit import log_in
from tests.factories.staff import make_colleague

PAGES = {
    "jobs": "/console/jobs",
    "parked": "/console/jobs/parked-deliveries",
    "accounts": "/console/staff-accounts",
    "role-changes": "/console/role-changes",
    "staff-actions": "/console/staff-actions",
    "account": "/console/account",
    "no-page": "/console/nothing",
}


@pytest.fixture(scope="module")
def admin(desk):
    return desk.of("admin")


def test_a_colleague_logs_in_by_password_and_code_and_leaves_again(desk, console_server):
    with console_server.session() as session:
        colleague = make_colleague(session, "admin")
    page = desk.open()
    page.goto("/console/jobs")
    assert page.url.endswith("/console/log-in?next=/console/jobs")
    desk.look(page, "log-in")
    log_in(page, colleague, code="000000")
    assert page.locator("[role=alert]").is_visible()
    assert page.input_value("#f-email") == colleague.email
    assert page.input_value("#f-password") == ""
    desk.look(page, "log-in-refused")
    log_in(page, colleague)
    page.wait_for_url("**/console/jobs")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/console/log-in")
    page.goto("/console/jobs")
    assert "/console/log-in" in page.url


def test_the_keyboard_comes_first_to_the_content_and_sees_where_it_is(admin):
    admin.goto("/console")
    admin.keyboard.press("Tab")
    skip = admin.locator(":focus")
    assert skip.inner_text() == "Skip to the content"
    assert skip.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    admin.keyboard.press("Enter")
    assert admin.evaluate("document.activeElement.id") == "content"


def test_on_a_telephone_the_menu_opens_without_script(desk, admin):
    admin.goto("/console")
    admin.set_viewport_size({"width": 375, "height": 900})
    menu = admin.locator("nav.menu")
    assert not menu.is_visible()
    admin.get_by_role("link", name="Menu", exact=True).click()
    assert menu.is_visible()
    desk.look(admin, "menu")
    admin.set_viewport_size({"width": 375, "height": 900})
    menu.get_by_role("link", name="Role changes").click()
    assert admin.locator("h1").inner_text() == "Role changes"
    admin.set_viewport_size({"width": 1440, "height": 900})


def test_one_asks_for_a_role_and_another_confirms(desk, console_server, admin):
    with console_server.session() as session:
        new = make_colleague(session, "auditor")
    admin.goto(f"/console/staff-accounts/{new.id}")
    admin.get_by_label("Marketer").check()
    change = admin.locator("section", has=admin.get_by_role("heading", name="Ask for a change"))
    change.get_by_label("Why").fill("joins marketing")
    desk.look(admin, "account-of-another")
    change.get_by_role("button", name="Ask").click()
    assert admin.get_by_role("status").inner_text() == "A second administrator confirms it now."
    second = desk.of("admin")
    assert "waits for a second person" in second.locator("ul.cards").inner_text()
    desk.look(second, "home")
    desk.look(second, "home", dark=True)
    second.get_by_role("link", name="waits for a second person").click()
    desk.look(second, "role-changes-waiting")
    second.get_by_role("button", name="Confirm").click()
    assert second.get_by_role("status").inner_text() == "The change is made."


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_whole(desk, admin, name):
    admin.goto(PAGES[name])
    desk.look(admin, name)


def test_the_language_is_chosen_and_stays(desk):
    page = desk.of("admin", language="zh-CN")
    assert page.locator("h1").inner_text() == "待办事项"
    desk.look(page, "home-zh")
    page.select_option("select[name=language]", "en")
    page.select_option("select[name=theme]", "dark")
    page.get_by_role("button", name="应用").click()
    page.wait_for_selector("h1:text('What waits for you')")
    page.goto("/console/jobs")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("html").get_attribute("lang") == "en"


def test_an_invited_colleague_sets_up_her_account(desk, console_server):
    with console_server.session() as session:
        email = "invited@goodfaith.test"
        staff_id = staff.add_staff(session, email=email, roles=[], now=NOW)
        issued = staff.issue_code(session, staff_id=staff_id, issued_by=None, now=clock.wall())
    page = desk.open()
    page.get_by_role("link", name="You have an enrolment code?").click()
    page.fill("#f-email", email)
    page.fill("#f-enrolment-code", issued.enrolment_code)
    page.fill("#f-password", "seven grey herons wait")
    desk.look(page, "enrol")
    page.get_by_role("button", name="Go on").click()
    assert page.locator("pre").inner_text().count("\n") == 9
    desk.look(page, "second-factor")
