"""A campaign from template to launch, by two people, each in a browser of her own."""

import re
from uuid import UUID

import pytest

from rewards.campaigns import replay_worker
from tests.clock import NOW
from tests.factories.profile import make_profiles

REACHED = 12
USUAL = {
    "currency": "CNY",
    "product": "personal",
    "dpd_base": 5,
    "on_time_streak": 3,
    "open_loans": 1,
    "open_balance": 500_000,
}


@pytest.fixture(scope="module")
def borrowers(console_server):
    with console_server.session() as session:
        make_profiles(session, *[USUAL | {"tier": "stable"}] * REACHED, USUAL | {"tier": "current"})


def build(desk, marketer):
    """From the list to a saved draft; answers its id."""
    marketer.goto("/console/campaigns")
    marketer.get_by_role("link", name="New campaign").click()
    desk.look(marketer, "campaign-templates")
    marketer.locator('a[href$="three_in_a_row"]').click()
    assert marketer.locator("[data-reached]").get_attribute("data-reached") == str(REACHED)
    desk.look(marketer, "campaign-builder")
    desk.look(marketer, "campaign-builder", dark=True)
    marketer.locator('[name="audience.rows.0.value"]').fill("current")
    marketer.locator('[data-reached="1"]').wait_for()
    marketer.locator('[name="audience.rows.0.value"]').fill("potential, stable")
    marketer.locator(f'[data-reached="{REACHED}"]').wait_for()
    marketer.locator('[name="holdout"]').fill("1")
    marketer.locator("#live").get_by_role("link", name="P9").wait_for()
    desk.look(marketer, "campaign-builder-blocked")
    marketer.locator('[name="holdout"]').fill("10")
    marketer.get_by_role("button", name="Save the draft").last.click()
    marketer.wait_for_url(re.compile(r"/console/campaigns/[0-9a-f-]{36}$"))
    desk.look(marketer, "campaign-draft")
    return UUID(marketer.url.rpartition("/")[2])


def replay(desk, marketer, run):
    """It is seen waiting, and then with its report."""
    marketer.get_by_role("button", name="Replay").click()
    marketer.wait_for_url("**/replays/*")
    desk.look(marketer, "campaign-replay-waiting")
    run()
    marketer.locator(".state.good").wait_for()
    desk.look(marketer, "campaign-replay")
    desk.look(marketer, "campaign-replay", dark=True)
    marketer.get_by_role("link", name="To the campaign").click()


def decide(desk, approver, campaign_id):
    """Approved and launched by another person, in her own language."""
    approver.goto(f"/console/campaigns/{campaign_id}")
    desk.look(approver, "campaign-review")
    approver.get_by_role("button", name="批准").click()
    approver.get_by_role("button", name="上线").click()
    approver.get_by_role("button", name="暂停").wait_for()
    desk.look(approver, "campaign-live")


def test_two_people_build_check_replay_approve_and_launch(desk, console_server, borrowers):
    marketer = desk.of("marketer")
    campaign_id = build(desk, marketer)
    replay(desk, marketer, lambda: replay_worker.run_next(now=NOW))
    marketer.get_by_role("button", name="Send for review").click()
    marketer.get_by_role("status").wait_for()
    decide(desk, desk.of("campaign_approver", language="zh-CN"), campaign_id)
    marketer.goto("/console/campaigns")
    assert marketer.locator(".state.good").inner_text() == "Live"
    desk.look(marketer, "campaigns")


def test_the_builder_works_without_script(desk, console_server, borrowers):
    marketer = desk.of("marketer")
    cookies = marketer.context.cookies()
    plain = desk.browser.new_context(base_url=console_server.address, java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto("/console/campaigns/new/blank")
    page.get_by_role("button", name="Add a sentence").first.click()
    page.locator('[name="audience.rows.1.fact"]').select_option("tier")
    page.locator('[name="audience.rows.1.op"]').select_option("in")
    page.locator('[name="audience.rows.1.value"]').fill("stable")
    page.get_by_role("button", name="Check now").click()
    assert page.locator("[data-reached]").get_attribute("data-reached") == str(REACHED)
    page.get_by_role("button", name="Save the draft").last.click()
    assert page.locator(".error").count() == 0  # the browser itself asks for the name first
    plain.close()
