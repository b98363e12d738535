"""Refusals of campaigns."""

from backend.kit.problems import Conflict, NotFound
from backend.kit.texts import Text


class CampaignNotFound(NotFound):
    code = "campaign-not-found"
    title = Text("There is no such campaign.", "没有这个活动。")


class CampaignNotDraft(Conflict):
    code = "campaign-not-draft"
    title = Text(
        "This version was submitted and never changes. Write a new version.",
        "此版本已送审，不再变更。请另写新版本。",
    )


class CampaignMoveRefused(Conflict):
    code = "campaign-move-refused"
    title = Text("In its present state a campaign cannot do that.", "活动当前状态不允许此操作。")


class CampaignBlocked(Conflict):
    """`reasons` have the ids of the checks, `errors` where in the document each points to."""

    code = "campaign-blocked"
    title = Text("Checks stand in the way.", "有检查未通过。")


class CampaignStale(Conflict):
    code = "campaign-stale"
    title = Text(
        "The version is no longer the one that you have read.", "此版本已不是您所阅读的内容。"
    )


class ReplayMissing(Conflict):
    code = "campaign-replay-missing"
    title = Text(
        "A finished replay of exactly this version is needed.", "需要一次针对此版本且已完成的回放。"
    )


class CampaignOver(Conflict):
    code = "campaign-over"
    title = Text("Its last day has passed.", "活动的最后一天已过。")


class BudgetBelowSpent(Conflict):
    code = "campaign-budget-below-spent"
    title = Text("The new budget is below what has been given already.", "新预算低于已发放的数额。")


class CampaignNotLaunched(Conflict):
    code = "campaign-not-launched"
    title = Text("This campaign never ran, so it has no results.", "此活动从未上线，因此没有结果。")
