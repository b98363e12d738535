"""Refusals of tiers."""

from backend.kit.problems import Conflict
from backend.kit.texts import Text


class PolicyNotDraft(Conflict):
    code = "policy-not-draft"
    title = Text("This version is published already.", "此版本已发布。")


class NoTierYet(Conflict):
    code = "no-tier-yet"
    title = Text("Your tier has not been worked out yet.", "您的等级尚未评定。")


class ReviewOpen(Conflict):
    code = "review-open"
    title = Text("A review of your tier is under way already.", "您的等级复核正在进行中。")


class ReviewDecided(Conflict):
    code = "review-decided"
    title = Text("This review is decided already.", "此复核已有结论。")


class OverrideSettled(Conflict):
    code = "override-settled"
    title = Text(
        "This override is confirmed, ended or expired already.", "此人工调整已确认、结束或过期。"
    )
