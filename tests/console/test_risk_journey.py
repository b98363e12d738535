"""A policy is changed by two people, and the day is looked at, in a real browser."""

import pytest

from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.wiring import JobContext
from backend.metrics import jobs
from backend.tiers import own_tier, policies
from tests.clock import NOW, TODAY
from tests.factories.evidence import receipt_of
from tests.tiers.standing import make_late

SHARES = (0, 0, 0, 5, 12, 40, 95)


@pytest.fixture(scope="module")
def town(console_server):
    """Seven borrowers in every tier, with what was decided of one, counted today."""
    policies.forget()
    own_tier.forget()
    with console_server.session() as session:
        ids = [make_late(session, days) for days in SHARES]
        receipt_of(session, ids[0])
    jobs.count_daily(JobContext(TODAY, NOW, run_id=new_id(), heartbeat=lambda: None))
    yield ids
    policies.forget()
    own_tier.forget()


def test_two_people_publish_a_policy(desk, town):
    author, publisher = desk.of("risk_officer"), desk.of("risk_officer")
    author.get_by_role("link", name="Tier policies").click()
    desk.look(author, "tier-policies")
    author.get_by_role("link", name="Change the live policy").click()
    desk.look(author, "tier-policy-editor")
    author.get_by_label("Days of grace before a worse tier counts").fill("10")
    potential = author.locator("#f-tiers-3")
    potential.get_by_label("Value").fill("1, 50")
    author.get_by_role("button", name="Try it on everybody").click()
    author.get_by_role("heading", name="What it would do").wait_for()
    assert "among 7 borrowers" in author.locator(".result").inner_text()
    desk.look(author, "tier-policy-tried")
    desk.look(author, "tier-policy-tried", dark=True)
    author.get_by_label("Note").fill("Ten days of grace, and a little more patience.")
    author.get_by_role("button", name="Keep as a draft").click()
    author.get_by_text("Somebody else publishes it").first.wait_for()
    assert author.get_by_role("button", name="Publish this version").count() == 0

    publisher.goto("/console/tier-policies")
    publisher.get_by_role("link", name="Version 2").click()
    assert "10 days of grace" in publisher.locator(".changes").inner_text()
    desk.look(publisher, "tier-policy-draft")
    publisher.get_by_role("button", name="Publish this version").click()
    publisher.get_by_text("Version 2 is live.").wait_for()
    desk.look(publisher, "tier-policy-live", dark=True)
    with transaction() as session:
        assert policies.get_live_version(session) == 2


def test_a_fault_leads_to_its_field(desk, town):
    author = desk.of("risk_officer")
    author.goto("/console/tier-policies/new")
    author.locator("#f-tiers-3").get_by_label("Value").fill("soon")
    author.get_by_role("button", name="Keep as a draft").click()
    author.get_by_role("alert").get_by_role("link").first.click()
    assert author.url.endswith("#f-tiers-3-when")
    desk.look(author, "tier-policy-fault")


def test_the_document_is_edited_by_experts(desk, town):
    author = desk.of("risk_officer", language="zh-CN")
    author.goto("/console/tier-policies/new")
    author.get_by_role("button", name="编辑文档").click()
    assert '"tiers"' in author.get_by_label("规则文档").input_value()
    desk.look(author, "tier-policy-document")


def test_an_auditor_proves_an_entry_and_a_receipt(desk, town):
    auditor = desk.of("auditor")
    auditor.get_by_role("link", name="Evidence log").click()
    desk.look(auditor, "evidence")
    auditor.get_by_role("link", name="0", exact=True).click()
    auditor.get_by_text("Everything holds.").wait_for()
    desk.look(auditor, "evidence-entry")
    with auditor.expect_download() as kept:
        auditor.get_by_role("link", name="Download the proof").click()
    proof = kept.value.path().read_text()
    auditor.goto("/console/evidence/verify")
    auditor.get_by_label("Receipt (.tlog-proof)").fill(proof)
    auditor.get_by_role("button", name="Verify", exact=True).click()
    auditor.get_by_text("Everything holds.").wait_for()
    desk.look(auditor, "evidence-verified")
    auditor.get_by_label("Receipt (.tlog-proof)").fill(proof.replace("index 0", "index 1"))
    auditor.get_by_role("button", name="Verify", exact=True).click()
    auditor.get_by_text("This receipt does not prove what it says").wait_for()
    desk.look(auditor, "evidence-refused", dark=True)


def test_the_overview_is_seen_at_both_widths(desk, town):
    page = desk.of("admin")
    page.get_by_role("link", name="The programme in figures").click()
    page.get_by_text("Borrowers by tier").first.wait_for()
    desk.look(page, "overview")
    desk.look(page, "overview", dark=True)
    page.get_by_label("Show").select_option("365")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Borrowers by tier, by week").first.wait_for()
