"""Marketers' pages in a real browser: readable by all, nothing from elsewhere, kept as pictures."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from backend.benefits import service as benefits
from backend.kit.ids import new_id
from backend.loans.models import Installment
from rewards.campaigns.engine_models import CampaignDecision, CampaignParticipant
from rewards.campaigns.models import Campaign, CampaignVersion
from tests.benefits.packs import item
from tests.benefits.packs import version as pack_version
from tests.clock import NOW, TODAY
from tests.console.test_marketing import TEMPLATE
from tests.factories.campaigns import document
from tests.factories.catalogue import make_item, redemption_of
from tests.factories.loans import make_borrower, make_installments, make_loan
from tests.factories.staff import make_colleague

ARM = 36
JOINED = TODAY - timedelta(days=45)
PAGES = {
    "badges": "/console/badges",
    "badge": "/console/badges/first_step",
    "catalogue": "/console/catalogue",
    "redemptions": "/console/catalogue/redemptions",
    "benefit-packs": "/console/benefit-packs",
    "benefit-pack": "/console/benefit-packs/next_steps",
    "earn-rules": "/console/earn-rules",
    "message-templates": "/console/message-templates",
    "message-template": f"/console/message-templates/{TEMPLATE}",
    "reminder-plan": "/console/reminder-plan",
}


@pytest.fixture(scope="module")
def marketer(console_server, desk_of):
    """At her desk, with something in every part."""
    with console_server.session() as session:
        author = make_colleague(session, "marketer").id
        make_item(session, "lesson")
        redemption_of(session, make_borrower(session), kind="physical_gift")
        benefits.create_pack(session, code="next_steps", created_by=author, now=NOW)
        pack = pack_version(item(days=30, needs_proof=None))
        benefits.write_draft(
            session, code="next_steps", month=TODAY.replace(day=1), document=pack["document"],
            budget=pack["budget"], author_id=author, today=TODAY, now=NOW,
        )  # fmt: skip
    return desk_of("marketer")


@pytest.fixture(scope="module")
def campaign(console_server):
    """One that ran, with somebody in each arm and three weeks of awards."""
    campaign_id, terms = new_id(), document()
    with console_server.session() as session:
        author, approver = (make_colleague(session, "marketer").id for _ in range(2))
        session.execute(
            insert(Campaign).values(
                id=campaign_id, revision=1, state="draft", newest_version=1, created_by=author,
                created_at=NOW, first_live_at=NOW, changed_at=NOW,
            )
        )  # fmt: skip
        session.execute(
            insert(CampaignVersion).values(
                campaign_id=campaign_id, number=1, state="draft", document=terms,
                document_hash="0" * 64, author_id=author, editors=[str(author)], created_at=NOW,
                edited_at=NOW, waivers=[],
            )
        )  # fmt: skip
        for step in (
            {"state": "in_review", "submitter_id": author, "submitted_at": NOW},
            {"state": "approved", "approver_id": approver, "approved_at": NOW,
             "replay_id": new_id(), "replay_hash": "0" * 64},
            {"state": "live", "launched_by": approver, "launched_at": NOW},
        ):  # fmt: skip
            session.execute(update(CampaignVersion).values(step))
        session.execute(update(Campaign).values(live_version=1, state="live"))
        for place in range(2 * ARM):
            _take_part(session, campaign_id, place)
    return campaign_id


def _take_part(session, campaign_id, place):
    name, arm = f"participant-{place}", ("treated", "holdout")[place % 2]
    who = make_borrower(session, external_id=name)
    rows = make_installments(1, first_due_on=JOINED + timedelta(days=9))
    make_loan(session, borrower=name, installments=rows)
    if place % 12 < (10 if arm == "treated" else 6):
        paid = update(Installment).where(Installment.borrower_id == who)
        session.execute(paid.values(paid_on=JOINED + timedelta(days=8)))
    session.execute(
        insert(CampaignParticipant).values(
            borrower_id=who, campaign_id=campaign_id, arm=arm, joined_at=NOW, joined_seq=1,
            joined_on=JOINED, version=1, tier="stable",
        )
    )  # fmt: skip
    is_given = arm == "treated"
    session.execute(
        insert(CampaignDecision).values(
            borrower_id=who, campaign_id=campaign_id, seq=1, version=1,
            trigger="installment_paid", outcome="awarded" if is_given else "refused",
            reasons=[] if is_given else ["holdout"], effects=[], snapshot={},
            points=200 if is_given else 0, occurred_at=NOW,
            on_day=TODAY - timedelta(days=7 * (place % 3)), decided_at=NOW,
        )
    )  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(marketer, console_server, look, name):
    marketer.goto(console_server.address + PAGES[name])
    look(marketer, f"marketing-{name}")


def test_an_article_is_whole(marketer, console_server, look):
    marketer.goto(console_server.address + PAGES["catalogue"])
    marketer.locator("main table a").first.click()
    assert "/console/catalogue/" in marketer.url
    look(marketer, "marketing-catalogue-item")


def test_words_are_whole_in_the_dark_and_when_they_are_refused(marketer, console_server, look):
    marketer.goto(console_server.address + PAGES["message-template"])
    look(marketer, "marketing-message-template", dark=True)
    marketer.fill("#f-words-title-en", "Three days to go")
    marketer.wait_for_selector(".phone:has-text('Three days to go')")
    marketer.fill("#f-words-body-en", "Pay or we will tell your boss.")
    marketer.wait_for_selector("#phones .problem")
    look(marketer, "marketing-message-template-refused")


def test_results_are_whole(marketer, console_server, look, campaign):
    marketer.goto(f"{console_server.address}/console/campaigns/{campaign}/results")
    assert "Better than without the campaign." in marketer.text_content("main")
    look(marketer, "marketing-results")
    look(marketer, "marketing-results", dark=True)
