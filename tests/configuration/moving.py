"""An installation with something of everything, and the second person who publishes it."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from backend.app import config_sources
from backend.benefits import service as benefits
from backend.benefits.models import BenefitPackVersion
from backend.configuration import service
from backend.configuration.bundle import read_bundle, write_bundle
from backend.kit.configuration import Writing
from backend.repayment_plans import service as plans
from backend.repayment_plans.models import PlanPolicy
from backend.tiers import service as tiers
from backend.tiers.models import TierPolicy
from notifications.reminders import service as reminders
from notifications.reminders.models import ReminderPlan
from notifications.templates import service as templates
from notifications.templates.models import MessageTemplateVersion
from notifications.templates.shipped import SHIPPED
from rewards.badges import service as badges
from rewards.badges.models import BadgeVersion
from rewards.campaigns.models import Campaign, CampaignVersion
from rewards.catalogue.models import CatalogueItem
from rewards.points.models import EarnRuleVersion
from rewards.points.service import earn_rules
from tests.benefits.packs import version as pack_version
from tests.clock import NOW, TODAY
from tests.factories.badges import make_document
from tests.factories.campaigns import document
from tests.factories.policies import make_dpd_policy
from tests.reminders.test_rules import SHIPPED_PLAN

TEMPLATE, LIKE = "reminder.after_harvest", "reminder.late_7"


def _reminder_plan() -> dict[str, Any]:
    plan = json.loads(SHIPPED_PLAN.read_text())
    stage = {
        "code": "harvest",
        "days": 2,
        "templates": {"standard": TEMPLATE, "gentle": TEMPLATE},
        "keep_days": 0,
    }
    return plan | {"stages": [stage], "gentle_tiers": []}


def contents() -> dict[str, Any]:
    """One new thing of every part, as somebody would write it by hand."""
    pack = pack_version()
    return {
        "tier_policy": {"policy": make_dpd_policy(grace_days=9)},
        "plan_policy": {"policy": {"automatic": [], "holidays": ["2026-10-01"]}},
        "benefit_packs": {"next_steps": {"budget": pack["budget"], **pack["document"]}},
        "earn_rules": {"rules": {"rules": [{"kind": "on_time", "points": 7}]}},
        "badges": {"two_in_a_row": make_document()},
        "catalogue": {
            "a_book": {
                "kind": "voucher",
                "names": {"en": "A paperback", "zh-CN": "一本书"},
                "about": {"en": "Of your choice.", "zh-CN": "任选一本。"},
                "terms": {"merchant": "Corner Bookshop", "goods": "One paperback"},
                "price_points": 300,
            }
        },
        "campaigns": {"Three in a row": document()},
        "message_templates": {TEMPLATE: {"like": LIKE, "words": SHIPPED[LIKE].words.as_json()}},
        "reminder_plan": {"plan": _reminder_plan()},
    }


def text_of(given: dict[str, Any]) -> str:
    return write_bundle(given)


def writing(author_id: UUID, note: str = "moved") -> Writing:
    return Writing(author_id, note, NOW, TODAY)


def take_out(session: Any, *, with_drafts: bool = False) -> str:
    return write_bundle(service.export(session, sources=config_sources(), with_drafts=with_drafts))


def bring_in(session: Any, text: str, author_id: UUID) -> service.Report:
    return service.import_bundle(
        session,
        sources=config_sources(),
        bundle=read_bundle(text),
        writing=writing(author_id),
    )


def look(session: Any, text: str, author_id: UUID) -> service.Report:
    return service.check(
        session, sources=config_sources(), bundle=read_bundle(text), writing=writing(author_id)
    )


def publish_all(session: Any, who: UUID) -> None:
    """Every draft there is, by each feature's own way of publishing."""

    def drafts(*columns: Any) -> list[Any]:
        (table,) = {column.class_ for column in columns}
        return list(session.execute(select(*columns).where(table.published_at.is_(None))))

    _publish_policies(session, who, drafts)
    _publish_words(session, who, drafts)
    _launch(session)
    session.execute(
        update(CatalogueItem).where(CatalogueItem.state == "draft").values(state="live")
    )


def _publish_policies(session: Any, who: UUID, drafts: Any) -> None:
    for row in drafts(TierPolicy.version):
        tiers.publish(session, version=row.version, publisher_id=who, now=NOW)
    for row in drafts(PlanPolicy.version):
        plans.publish_policy(session, version=row.version, publisher_id=who, now=NOW)
    day = {"publisher_id": who, "today": TODAY, "now": NOW}
    for row in drafts(BenefitPackVersion.pack_code, BenefitPackVersion.version):
        benefits.publish_version(session, code=row.pack_code, version=row.version, **day)
    for row in drafts(EarnRuleVersion.version):
        earn_rules.publish_rules(session, version=row.version, **day)


def _publish_words(session: Any, who: UUID, drafts: Any) -> None:
    for row in drafts(BadgeVersion.code, BadgeVersion.version):
        badges.publish(session, code=row.code, version=row.version, publisher_id=who, now=NOW)
    for row in drafts(MessageTemplateVersion.code, MessageTemplateVersion.version):
        templates.publish(session, code=row.code, version=row.version, publisher_id=who, now=NOW)
    for row in drafts(ReminderPlan.version):
        reminders.publish_plan(session, version=row.version, publisher_id=who, now=NOW)


def _launch(session: Any) -> None:
    """Straight into the tables: how a campaign is approved has tests of its own."""
    steps: tuple[dict[str, Any], ...] = (
        {"state": "in_review", "submitter_id": UUID(int=1), "submitted_at": NOW},
        {"state": "approved", "approver_id": UUID(int=2), "approved_at": NOW,
         "replay_id": UUID(int=3), "replay_hash": "0" * 64},
        {"state": "live", "launched_by": UUID(int=2), "launched_at": NOW},
    )  # fmt: skip
    for step in steps:
        session.execute(update(CampaignVersion).values(step))
    session.execute(update(Campaign).values(live_version=1, state="live"))
